# prose.awk - prose.txt becomes C
#
#	awk -f text.awk -f prose.awk reasons.def prose.txt > words_prose.c
#
# The form of prose.txt is described at its top; each reason of reasons.def
# must have its prose there. Mistakes are reported as file:line: words, all of
# them, and the exit status is then 1.

BEGIN {
	nkeys = split("title plain page steps tune", keys, " ")
	print "/* made by prose.awk from prose.txt: edit that, not this */"
	print "#include <stddef.h>\n"
	print "#include \"words/catalogue.h\""
	print "#include \"words/prose.h\"\n"
	print "uint64_t\nwords_prose_catalogue(void)\n{"
	print "\treturn catalogue_hash();\n}\n"
	print "const struct reason_prose words_prose[REASON_COUNT] = {"
	print "\t[REASON_NONE] = { .title = NULL },"
}

function end_reason(    i) {
	if (reason == "")
		return
	printf "\t[%s] = {\n", constant(reason)
	for (i = 1; i <= nkeys; i++) {
		if (text[keys[i]] == "")
			complain(reason " has no " keys[i])
		printf "\t\t.%s = %s,\n", keys[i], quote(text[keys[i]])
		text[keys[i]] = ""
	}
	print "\t},"
	reason = ""
}

function begin_reason(name) {
	end_reason()
	if (!(name in row))
		complain("reasons.def has no reason " name)
	if (name in seen)
		complain(name " stands here twice")
	seen[name] = 1
	reason = name
	key = ""
	if (nchapters == 0)
		complain("a chapter (== title) must come first")
	members[nchapters] = members[nchapters] constant(name) ", "
}

function is_key(word,    i) {
	for (i = 1; i <= nkeys; i++)
		if (keys[i] == word)
			return 1
	return 0
}

# A line goes on with the paragraph or step before it, unless a blank line or
# a "- " parts them.
function add(line,    glue) {
	if (key == "") {
		complain("text that belongs to no key")
		return
	}
	if (key == "steps") {
		glue = sub(/^- /, "", line) ? "\n" : " "
		if (text[key] == "" && glue != "\n")
			complain("a step begins with \"- \"")
	} else
		glue = blank ? "\n\n" : " "
	text[key] = text[key] (text[key] == "" ? "" : glue) line
}

FILENAME ~ /reasons\.def$/ {
	if (match($0, /^REASON\([A-Z0-9_]+, "[a-z0-9-]+"/)) {
		split($0, part, /"/)
		row[part[2]] = FILENAME ":" FNR
	}
	next
}
/[^\t -~]/ { complain("a letter that is not ASCII") }
/^#/ { next }
/^== / { end_reason(); chapters[++nchapters] = trim(substr($0, 4)); next }
/^= / { begin_reason(trim(substr($0, 3))); next }
/^[ \t]*$/ { blank = 1; next }
nchapters == 0 && /^again:/ { again = trim(substr($0, 7)); next }
match($0, /^[a-z]+:/) && is_key(substr($0, 1, RLENGTH - 1)) {
	key = substr($0, 1, RLENGTH - 1)
	if (text[key] != "")
		complain(key " stands here twice")
	blank = 0
	rest = trim(substr($0, RLENGTH + 1))
	if (rest != "")
		add(rest)
	next
}
{ add(trim($0)); blank = 0 }

END {
	end_reason()
	for (name in row)
		if (!(name in seen)) {
			printf "%s: %s has no prose in prose.txt\n", \
			    row[name], name > "/dev/stderr"
			bad = 1
		}
	if (again == "")
		complain("again is missing")
	printf "};\n\nconst char words_again[] = %s;\n\n", quote(again)
	for (i = 1; i <= nchapters; i++)
		printf "static const int chapter_%d[] = { %sREASON_NONE };\n",
		    i, members[i]
	print "\nconst struct prose_chapter words_chapters[] = {"
	for (i = 1; i <= nchapters; i++)
		printf "\t{ %s, chapter_%d },\n", quote(chapters[i]), i
	print "\t{ NULL, NULL },\n};"
	exit bad
}
