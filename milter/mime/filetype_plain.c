/*
 * filetype_plain - the usual file types by their first bytes, because libmagic
 * needs half a millisecond for each file
 */

#include <string.h>

#include "base/buf.h"
#include "mime/filetype.h"

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

bool
filetype_plain(const char *bytes, size_t n, struct buf *type)
{
	static const struct {
		const char *bytes;
		size_t n;
		const char *type;
	} known[] = {
		{ "\211PNG\r\n\032\n", 8, "image/png" },
		{ "\377\330\377", 3, "image/jpeg" },
		{ "GIF8", 4, "image/gif" },
		{ "%PDF-", 5, "application/pdf" },
		{ "MZ", 2, "application/x-dosexec" },
	};
	size_t i;

	for (i = 0; i < sizeof known / sizeof known[0]; i++)
		if (n >= known[i].n && memcmp(bytes, known[i].bytes,
		    known[i].n) == 0) {
			buf_puts(type, known[i].type);
			return true;
		}
	if (!is_text(bytes, n))
		return false;
	buf_puts(type, "text/plain");
	return true;
}

bool
filetype_is_archive(const char *head, size_t n)
{
	static const struct {
		size_t at, n;
		const char *bytes;
	} known[] = {
		{ 0, 4, "PK\003\004" }, { 0, 4, "PK\005\006" },
		{ 0, 6, "7z\274\257\047\034" }, { 0, 6, "Rar!\032\007" },
		{ 0, 2, "\037\213" }, { 0, 3, "BZh" },
		{ 0, 6, "\375""7zXZ\0" }, { 0, 5, "\135\0\0\200\0" },
		{ 0, 2, "\037\235" }, { 0, 4, "MSCF" }, { 2, 3, "-lh" },
		{ 257, 5, "ustar" },
	};
	size_t i;

	for (i = 0; i < sizeof known / sizeof known[0]; i++)
		if (n >= known[i].at + known[i].n && memcmp(head +
		    known[i].at, known[i].bytes, known[i].n) == 0)
			return true;
	return false;
}
