# coverage.awk - sums what gcov -n prints, by room
#
#	File '../milter/base/buf.c'
#	Lines executed:98.00% of 50

/^File/ {
	room = ""
	if (match($0, /milter\/[a-z]+\/[a-z_0-9]+\.c/)) {
		split(substr($0, RSTART, RLENGTH), part, "/")
		room = part[2]
	}
}
/^Lines executed/ && room != "" {
	split($0, at, /[:% ]+/)
	run[room] += at[3] * $NF / 100
	all[room] += $NF
	room = ""
}
END {
	for (room in all) {
		printf "%-10s %5.1f %% of %d lines\n", room,
		    100 * run[room] / all[room], all[room]
		runs += run[room]
		alls += all[room]
	}
	if (alls > 0)
		printf "%-10s %5.1f %% of %d lines\n", "all",
		    100 * runs / alls, alls
}
