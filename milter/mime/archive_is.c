/* archive_is - an archive by its first bytes */

#include <string.h>

#include "mime/archive.h"

bool
archive_is(const char *head, size_t n)
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
