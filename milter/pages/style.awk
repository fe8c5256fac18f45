# style.awk - a style sheet becomes C:
#
#	awk -v name=report_style -f style.awk report.css > report_style.c
BEGIN {
	print "/* made by style.awk from a style sheet: edit that, not this */"
	printf "extern const char %s[];\n\nconst char %s[] =\n", name, name
}
{
	gsub(/\\/, "\\\\")
	gsub(/"/, "\\\"")
	sub(/^[ \t]+/, "")
	if ($0 != "")
		printf "    \"%s\\n\"\n", $0
}
END { print "    ;" }
