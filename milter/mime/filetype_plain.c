/*
 * filetype_plain - the usual file types by their first bytes, because libmagic
 * needs half a millisecond for each file
 */

#include <string.h>

#include "base/buf.h"
#include "mime/filetype.h"

#define PDF_LATE 1024

static bool
is_text(const char *bytes, size_t n)
{
	static const char controls[] = "\t\n\f\r\033";
	size_t i;

	for (i = 0; i < n; i++)
		if ((unsigned char)bytes[i] < ' ' && (bytes[i] == '\0' ||
		    strchr(controls, bytes[i]) == NULL))
			return false;
	return true;
}

/* Programs look for the beginning of a PDF in the first kilobyte; a line that
   begins so is hardly anything else. */
static bool
is_late_pdf(const char *bytes, size_t n)
{
	const char *p = bytes, *end = bytes + (n < PDF_LATE ? n : PDF_LATE);

	while ((p = memmem(p, (size_t)(end - p), "%PDF-", 5)) != NULL) {
		if (p == bytes || p[-1] == '\n' || p[-1] == '\r')
			return true;
		p += 5;
	}
	return false;
}

bool
filetype_plain(const char *bytes, size_t n, struct buf *type)
{
	static const struct {
		const char *bytes;
		size_t n;
		const char *type;
		bool letters;	/* a text may begin so */
	} known[] = {
		{ "\211PNG\r\n\032\n", 8, "image/png", false },
		{ "\377\330\377", 3, "image/jpeg", false },
		{ "GIF8", 4, "image/gif", true },
		{ "%PDF-", 5, "application/pdf", false },
		{ "MZ", 2, "application/x-dosexec", true },
	};
	bool text = is_text(bytes, n);
	size_t i;

	for (i = 0; i < sizeof known / sizeof known[0]; i++)
		if (n >= known[i].n && memcmp(bytes, known[i].bytes,
		    known[i].n) == 0 && !(known[i].letters && text)) {
			buf_puts(type, known[i].type);
			return true;
		}
	if (is_late_pdf(bytes, n)) {
		buf_puts(type, "application/pdf");
		return true;
	}
	if (!text)
		return false;
	buf_puts(type, "text/plain");
	return true;
}
