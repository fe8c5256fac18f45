/* archive_is - an archive by its first bytes, its name, its directory */

#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/budget.h"
#include "base/buf.h"
#include "mime/archive.h"
#include "mime/file_name.h"
#include "mime/tnef.h"

struct signature {
	size_t at, n;
	const char *bytes, *foreign;	/* foreign: what we do not open */
};

static const struct signature known[] = {
	{ 0, 4, "PK\003\004", NULL }, { 0, 4, "PK\005\006", NULL },
	{ 0, 6, "7z\274\257\047\034", NULL }, { 0, 6, "Rar!\032\007", NULL },
	{ 0, 2, "\037\213", NULL }, { 0, 3, "BZh", NULL },
	{ 0, 6, "\375""7zXZ\0", NULL }, { 0, 5, "\135\0\0\200\0", NULL },
	{ 0, 2, "\037\235", NULL }, { 0, 4, "MSCF", NULL },
	{ 2, 3, "-lh", NULL }, { 2, 3, "-lz", NULL },
	{ 257, 5, "ustar", NULL }, { 32769, 5, "CD001", NULL },
	{ 0, 6, "070701", NULL }, { 0, 6, "070707", NULL },
	{ 0, 8, "!<arch>\n", NULL }, { 0, 4, "\170\237\076\042", NULL },
	{ 7, 7, "**ACE**", "ACE" }, { 0, 2, "\140\352", "ARJ" },
	{ 0, 5, "MSWIM", "WIM" }, { 0, 4, "xar!", "XAR" },
	{ 0, 4, "ALZ\001", "ALZ" }, { 0, 4, "EGGA", "EGG" },
	{ 0, 8, "conectix", "VHD" }, { 0, 8, "vhdxfile", "VHDX" },
	{ 0, 4, "ITSF", "CHM" }, { 0, 4, "LZIP", "LZIP" },
	{ 0, 4, "\050\265\057\375", "Zstandard" },
	{ 0, 4, "\004\042\115\030", "LZ4" }, { 0, 4, "zPQ\001", "ZPAQ" },
	{ 20, 4, "\334\247\304\375", "ZOO" }, { 32769, 5, "BEA01", "UDF" },
	{ 0, 8, "\344\122\134\173\214\330\247\115", "OneNote" },
	{ 0, 4, "!BDN", "PST" }, { 0, 4, "KDMV", "VMDK" },
	{ 0, 4, "\0\005\026\0", "AppleSingle" },
};

static const struct signature *
find(const char *head, size_t n)
{
	const struct signature *s;

	for (s = known; s < known + sizeof known / sizeof *known; s++)
		if (n >= s->at + s->n &&
		    memcmp(head + s->at, s->bytes, s->n) == 0)
			return s;
	return NULL;
}

bool
archive_is(const char *head, size_t n)
{
	return find(head, n) != NULL;
}

const char *
archive_foreign(const char *head, size_t n)
{
	const struct signature *s = find(head, n);

	return s != NULL ? s->foreign : NULL;
}

bool
archive_is_called_foreign(const char *name)
{
	static const char *const endings[] = { "ace", "arj", "wim", "swm",
		"esd", "vhd", "vhdx", "vmdk", "xar", "alz", "egg", "zst", "lz",
		"lz4", "zpaq", "udf", "zoo", "dmg", "msg", "one", "pst",
		"emlx", "mbox", "uu", "uue", "xxe", "b64", "bhx", NULL };

	return file_name_has(name, endings);
}

bool
archive_is_called_message(const char *name)
{
	static const char *const endings[] = { "eml", "mht", "mhtml", "nws",
		"mim", NULL };

	return file_name_has(name, endings);
}

static bool
is_winmail(const char *name)
{
	struct buf saved = BUF_INIT;
	bool is;

	if (name != NULL)
		file_name_put_saved(&saved, name);
	is = strcasecmp(saved.data, "winmail.dat") == 0;
	buf_free(&saved);
	return is;
}

bool
archive_is_called(const char *name)
{
	static const char *const endings[] = { "zip", "zipx", "7z", "rar",
		"gz", "tgz", "bz2", "tbz2", "xz", "txz", "lzma", "tar", "cab",
		"lha", "lzh", "jar", "iso", "apk", "cpio", NULL };

	return file_name_has(name, endings) ||
	    archive_is_called_foreign(name) || is_winmail(name);
}

bool
archive_may_be(const char *name)
{
	static const char *const endings[] = { "z", "docm", "docx", "dotm",
		"xlsm", "xlsx", "xlam", "pptm", "pptx", "odt", "ods", "img",
		"deb", "r00", "001", "msix", "appx", "xpi", "crx", "epub",
		NULL };

	return archive_is_called(name) || file_name_has(name, endings);
}

bool
archive_has_udf(const char *bytes, size_t n)
{
	size_t at;

	for (at = 16 * 2048 + 1; at + 5 <= n && at < 64 * 2048; at += 2048)
		if (memcmp(bytes + at, "NSR02", 5) == 0 ||
		    memcmp(bytes + at, "NSR03", 5) == 0)
			return true;
	return false;
}

size_t
archive_start(const char *bytes, size_t n)
{
	static const char *const starts[] = { "PK\003\004",
		"7z\274\257\047\034", "Rar!\032\007", "MSCF" };
	const char *at, *first = bytes + n;
	size_t i;

	for (i = 0; i < sizeof starts / sizeof starts[0]; i++) {
		at = memmem(bytes, n, starts[i], strlen(starts[i]));
		first = at != NULL && at < first ? at : first;
	}
	return (size_t)(first - bytes);
}

size_t
archive_next(const char *bytes, size_t n, size_t from)
{
	static const char *const starts[] = { "7z\274\257\047\034",
		"Rar!\032\007" };
	const char *at, *first = bytes + n;
	size_t i;

	for (i = 0; i < 2 && from < n; i++) {
		at = memmem(bytes + from, n - from, starts[i], 6);
		first = at != NULL && at < first ? at : first;
	}
	return (size_t)(first - bytes);
}

static size_t
number(const char *p, size_t bytes)
{
	size_t value = 0;

	while (bytes-- > 0)
		value = value << 8 | (unsigned char)p[bytes];
	return value;
}

/* A NUL ends it for some programs and is passed over by others. */
static void
tell(const char *at, size_t n, archive_entry_fn *entry, void *arg)
{
	size_t i, first = strnlen(at, n);
	struct buf name = BUF_INIT;

	buf_put(&name, at, first);
	if (name.len > 0)
		entry(arg, name.data);
	for (i = first; i < n; i++)
		if (at[i] != '\0')
			buf_putc(&name, at[i]);
	if (name.len > first)
		entry(arg, name.data);
	buf_free(&name);
}

/* PKWARE's APPNOTE, 4.3.7 and 4.3.12: a header before each file, and one in
   the directory. */
static void
zip_names(const char *bytes, size_t n, struct budget *budget,
    archive_entry_fn *entry, void *arg)
{
	static const struct {
		const char *mark;
		size_t name_length, name;
	} headers[] = { { "PK\001\002", 28, 46 }, { "PK\003\004", 26, 30 } };
	const char *p = bytes, *end = bytes + n;
	size_t i, length;

	for (; (p = memmem(p, (size_t)(end - p), "PK", 2)) != NULL; p += 2)
		for (i = 0; i < 2; i++) {
			if ((size_t)(end - p) < headers[i].name ||
			    memcmp(p, headers[i].mark, 4) != 0)
				continue;
			length = number(p + headers[i].name_length, 2);
			if (length > (size_t)(end - p) - headers[i].name)
				continue;
			if (!budget_spend(budget, BUDGET_ENTRIES, 1))
				return;
			tell(p + headers[i].name, length, entry, arg);
		}
}

/* RFC 1952 section 2.3.1. */
static void
gzip_name(const char *bytes, size_t n, archive_entry_fn *entry, void *arg)
{
	size_t at = 10;
	int flags = n > 10 ? bytes[3] : 0;

	if ((flags & 4) != 0 && n >= at + 2)
		at += 2 + number(bytes + at, 2);
	if ((flags & 8) != 0 && at < n)
		tell(bytes + at, strnlen(bytes + at, n - at), entry, arg);
}

void
archive_plain_names(const char *bytes, size_t n, struct budget *budget,
    archive_entry_fn *entry, void *arg)
{
	if (n > 2 && memcmp(bytes, "\037\213", 2) == 0)
		gzip_name(bytes, n, entry, arg);
	if ((n > 4 && bytes[0] == 'P' && bytes[1] == 'K') ||
	    memmem(bytes, n, "PK\005\006", 4) != NULL)
		zip_names(bytes, n, budget, entry, arg);
}
