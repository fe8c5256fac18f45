# text.awk - what prose.awk and pages/lang.awk share
#
# A mistake is reported as file:line: words; `bad` is then 1, for the end to
# exit with.

function complain(words) {
	printf "%s:%d: %s\n", FILENAME, FNR, words > "/dev/stderr"
	bad = 1
}

function trim(text) {
	sub(/^[ \t]+/, "", text)
	sub(/[ \t]+$/, "", text)
	return text
}

# "spf-fail" is REASON_SPF_FAIL.
function constant(name,    id) {
	id = toupper(name)
	gsub(/-/, "_", id)
	return "REASON_" id
}

function quote(text) {
	gsub(/\\/, "\\\\", text)
	gsub(/"/, "\\\"", text)
	gsub(/\n/, "\\n\"\n\t\t\"", text)
	return "\"" text "\""
}
