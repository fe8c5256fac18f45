# lang.awk - the languages of the page become C
#
#	awk -f text.awk -f lang.awk speech.def en.lang ... > pages_lang.c
#
# "key: text" says something of the page (speech.def). "again: text", which all
# but the first language have, and "= reason", which begins the prose of one
# with title, plain, page and steps, are as in words/prose.txt; a language that
# has no prose of a reason shows it in English. "== English title: other title"
# names a chapter of prose.txt. Lines may be wrapped; lines that begin with #
# are not read.

BEGIN {
	nprose = split("title plain page steps", prose, " ")
	print "/* made by lang.awk from *.lang: edit those, not this */"
	print "#include <stddef.h>\n"
	print "#include \"pages/language.h\""
	print "#include \"words/catalogue.h\""
	print "#include \"words/reason.h\"\n"
	print "uint64_t\nlanguages_catalogue(void)\n{"
	print "\treturn catalogue_hash();\n}\n"
}

function end_reason(    i) {
	if (reason == "")
		return
	if (said["title"] == "" || said["plain"] == "" || said["steps"] == "")
		complain(reason " needs title, plain and steps")
	reasons = reasons sprintf("\t[%s] = {\n", constant(reason))
	for (i = 1; i <= nprose; i++) {
		if (said[prose[i]] != "")
			reasons = reasons sprintf("\t\t.%s = %s,\n", prose[i],
			    quote(said[prose[i]]))
		said[prose[i]] = ""
	}
	reasons = reasons "\t},\n"
	reason = ""
}

function end_language(    i, code) {
	if (file == "")
		return
	end_reason()
	code = file
	sub(/.*\//, "", code)
	sub(/\.lang$/, "", code)
	printf "static const char *const %s_words[] = {\n", code
	for (i = 1; i <= nkeys; i++) {
		if (!(keys[i] in words))
			complain(code ".lang: " keys[i] " is missing")
		printf "\t[SPEECH_%s] = %s,\n", ids[keys[i]],
		    quote(words[keys[i]])
	}
	print "};\n"
	printf "static const struct reason_prose %s_prose[REASON_COUNT] = {\n",
	    code
	printf "\t[REASON_NONE] = { .title = NULL },\n%s};\n\n", reasons
	printf "static const char *const %s_chapters[] = {\n%s\tNULL\n};\n\n",
	    code, chapters
	chapters = ""
	if (again == "" && all != "")
		complain(code ".lang: again is missing")
	all = all sprintf("\t{ \"%s\", %s_words, %s_prose, %s,\n\t    " \
	    "%s_chapters },\n", code, code, code, again == "" ? "NULL" : \
	    quote(again), code)
	again = ""
	split("", words)
	reasons = ""
}

FILENAME ~ /speech\.def$/ {
	if (match($0, /^SPEECH\([A-Z_]+, "[a-z-]+"\)/)) {
		split($0, part, /[(,") ]+/)
		keys[++nkeys] = part[3]
		ids[part[3]] = part[2]
	}
	next
}
FNR == 1 { end_language(); file = FILENAME; key = ""; blank = 0 }
/^#/ { next }
/^== / {
	end_reason()
	at = index($0, ": ")
	if (at == 0)
		complain("a chapter has two titles")
	chapters = chapters "\t" quote(trim(substr($0, 4, at - 4))) ", " \
	    quote(trim(substr($0, at + 2))) ",\n"
	next
}
/^= / {
	end_reason()
	reason = trim(substr($0, 3))
	if ((file, reason) in seen)
		complain(reason " stands here twice")
	seen[file, reason] = 1
	key = ""
	next
}
/^[ \t]*$/ { blank = 1; next }
reason == "" && match($0, /^[a-z-]+:/) {
	key = substr($0, 1, RLENGTH - 1)
	if (key == "again") {
		again = trim(substr($0, RLENGTH + 1))
		next
	}
	if (!(key in ids))
		complain("there is no key " key)
	words[key] = trim(substr($0, RLENGTH + 1))
	next
}
reason == "" {
	words[key] = words[key] " " trim($0)
	next
}
match($0, /^(title|plain|page|steps):/) {
	key = substr($0, 1, RLENGTH - 1)
	said[key] = trim(substr($0, RLENGTH + 1))
	blank = 0
	next
}
{
	line = trim($0)
	glue = blank ? "\n\n" : " "
	if (key == "steps")
		glue = sub(/^- /, "", line) ? "\n" : " "
	said[key] = said[key] (said[key] == "" ? "" : glue) line
	blank = 0
}

END {
	end_language()
	printf "const struct language languages[] = {\n%s", all
	print "\t{ NULL, NULL, NULL, NULL, NULL },\n};"
	exit bad
}
