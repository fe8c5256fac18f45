# failures.awk - of all that a part of the tests said, what failed, and why
#
# usage: awk -f failures.awk LOG
#
# Knows what tests/run says at its end, pytest, make, compilers and clang-tidy:
# at most MOST lines of it. Of a log in which it finds nothing, the last lines.

BEGIN {
	MOST = 40
	LAST = 15
}

function found(line)
{
	if (n < MOST)
		lines[n++] = substr(line, 1, 300)
	else
		more++
}

{
	last[NR % LAST] = $0
}

# tests/run: names and reasons stand between these two.
/^Failed:$/ {
	in_run = 1
	next
}
/^[0-9]+ passed, [0-9]+ failed$/ {
	in_run = 0
}
in_run {
	found($0)
	next
}

# pytest: the name of a test, and the first lines that tell why.
/^____+ .* ____+$/ {
	gsub(/^_+ | _+$/, "")
	found($0)
	reasons = 0
}
/^E  +[^ +]/ && reasons++ < 2 {
	sub(/^E +/, "\t")
	found($0)
}
/^[^ :]+:[0-9]+:([0-9]+:)? (fatal error|error|warning): |^make.*\*\*\* / {
	found($0)
}

END {
	for (i = 0; i < n; i++)
		print lines[i]
	if (more > 0)
		print "... and " more " lines more"
	for (i = NR - LAST + 1; n == 0 && i <= NR; i++)
		if (i > 0)
			print last[i % LAST]
}
