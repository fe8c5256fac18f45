# style.awk - a style sheet becomes C: awk -f style.awk style.css > pages_style.c
BEGIN {
	print "/* made by style.awk from style.css: edit that, not this */"
	print "#include \"pages/site.h\"\n"
	print "const char pages_style[] ="
}
{
	gsub(/\\/, "\\\\")
	gsub(/"/, "\\\"")
	sub(/^[ \t]+/, "")
	if ($0 != "")
		printf "    \"%s\\n\"\n", $0
}
END { print "    ;" }
