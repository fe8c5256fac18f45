/* mime_read - the values of a part's header fields */

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "mime/encoded.h"
#include "mime/field.h"
#include "mime/file_name.h"
#include "mime/mime_internal.h"

/* White space at its end is none of a line (RFC 2046 section 5.1.1). */
size_t
mime_trimmed(const char *line, size_t n)
{
	while (n > 0 && strchr(" \t\r\n", line[n - 1]) != NULL &&
	    line[n - 1] != '\0')
		n--;
	return n;
}

void
mime_fault(struct mime *m, struct mime_level *level, unsigned fault)
{
	m->faults |= fault;
	level->part.faults |= fault;
}

static bool
begins_with(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

/* Whose parameter is read. */
struct reading {
	struct mime *m;
	struct mime_level *level;
};

static void
add_name(struct mime *m, struct mime_level *level, const struct buf *name)
{
	struct mime_part *part = &level->part;
	size_t i;

	for (i = 0; i < part->nnames; i++)
		if (strcmp(part->names[i], name->data) == 0)
			return;
	if (name->len == 0)
		return;
	if (part->nnames == MIME_NAMES) {
		mime_fault(m, level, MIME_NAMES_MANY);
		return;
	}
	level->names[part->nnames] = mem_dup(name->data);
	part->names[part->nnames] = level->names[part->nnames];
	part->nnames++;
}

static bool
is_control(char c)
{
	return (unsigned char)c < ' ' || c == 127;
}

/* Programs leave line ends and the like out of a name, or end it there. */
static void
add_readings(struct mime *m, struct mime_level *level, const char *name,
    size_t n)
{
	struct buf whole = BUF_INIT, first = BUF_INIT;
	bool cut = false;
	size_t i;

	for (i = 0; i < n; i++) {
		cut |= is_control(name[i]) && whole.len > 0;
		if (is_control(name[i]))
			continue;
		buf_putc(&whole, name[i]);
		if (!cut)
			buf_putc(&first, name[i]);
	}
	add_name(m, level, &whole);
	add_name(m, level, &first);
	buf_free(&whole);
	buf_free(&first);
}

/* Some undo percents wherever they stand. */
void
mime_part_name(struct mime *m, struct mime_level *level, const char *name,
    size_t n)
{
	struct buf plain = BUF_INIT;

	add_readings(m, level, name, n);
	encoded_put_percent(&plain, name, n);
	if (plain.len != n)
		add_readings(m, level, plain.data, plain.len);
	buf_free(&plain);
}

static void
name_read(void *arg, const char *text, size_t n)
{
	struct reading *r = arg;

	mime_part_name(r->m, r->level, text, n);
}

/* All values of a parameter, of all fields of that name. */
static void
parameter(struct reading *r, enum mime_field field, const char *name,
    size_t max, field_reading *reading)
{
	const struct buf *f = r->m->fields[field];
	unsigned odd = 0;
	size_t i;

	for (i = 0; i < r->m->nfields[field]; i++)
		field_parameter(f[i].data, f[i].len, name, max, reading, r,
		    &odd);
	if ((odd & FIELD_CUT) != 0)
		mime_fault(r->m, r->level, max == MIME_NAME ? MIME_NAME_LONG :
		    MIME_BOUNDARY_LONG);
	if ((odd & FIELD_JUNK) != 0)
		mime_fault(r->m, r->level, MIME_JUNK);
	if ((odd & FIELD_TWICE) != 0)
		mime_fault(r->m, r->level, MIME_PARAMETER_TWICE);
	if ((odd & FIELD_UNREAD) != 0)
		mime_fault(r->m, r->level, reading == name_read ?
		    MIME_NAME_WORD : MIME_JUNK);
}

static const char *
ending_of(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot != NULL ? dot : "";
}

/* What follows the last slash of a URL's path: "a.exe" of "http://x/a.exe". */
static void
read_location(struct mime *m, struct mime_level *level, const struct buf *url)
{
	const char *host = strstr(url->data, "://"), *p = url->data, *slash;
	size_t n;

	if (host != NULL && (p = strchr(host + 3, '/')) == NULL)
		return;
	n = strcspn(p, "?#");
	slash = memrchr(p, '/', n);
	if (slash != NULL) {
		n -= (size_t)(slash + 1 - p);
		p = slash + 1;
	}
	mime_part_name(m, level, p, n);
}

/* A file that has no name is saved by some as what tells where it comes from
   (RFC 2557), or as what describes it. */
static void
read_other_names(struct mime *m, struct mime_level *level)
{
	struct buf text = BUF_INIT;
	const struct buf *f;
	int field;
	size_t i;

	for (field = FIELD_LOCATION; field <= FIELD_DESCRIPTION; field++)
		for (i = 0; i < m->nfields[field]; i++) {
			f = &m->fields[field][i];
			buf_clear(&text);
			encoded_put(&text, f->data, f->len);
			buf_cut(&text, mime_trimmed(text.data, text.len));
			if (field == FIELD_LOCATION)
				read_location(m, level, &text);
			else if (strchr(text.data +
			    strspn(text.data, " \t"), ' ') == NULL)
				mime_part_name(m, level, text.data, text.len);
		}
	buf_free(&text);
}

/* Programs prefer the disposition's, and what RFC 2231 gives. Two names of
   one kind do no harm: the second is often the first in ASCII. */
static void
read_names(struct mime *m, struct mime_level *level)
{
	struct reading r = { m, level };
	struct mime_part *part = &level->part;
	size_t i;

	parameter(&r, FIELD_DISPOSITION, "filename", MIME_NAME, name_read);
	parameter(&r, FIELD_TYPE, "name", MIME_NAME, name_read);
	parameter(&r, FIELD_DISPOSITION, "name", MIME_NAME, name_read);
	parameter(&r, FIELD_TYPE, "filename", MIME_NAME, name_read);
	if (part->nnames == 0 && begins_with(level->type, "application/"))
		read_other_names(m, level);
	for (i = 0; i < part->nnames; i++) {
		if (strstr(part->names[i], "=?") != NULL &&
		    strstr(part->names[i], "?=") != NULL)
			mime_fault(m, level, MIME_NAME_WORD);
		if (strcasecmp(ending_of(part->names[i]),
		    ending_of(part->names[0])) != 0)
			mime_fault(m, level, MIME_TWO_NAMES);
	}
}

static bool
has_name(const struct mime_part *part, const char *const *endings)
{
	size_t i;

	for (i = 0; i < part->nnames; i++)
		if (file_name_has(part->names[i], endings))
			return true;
	return false;
}

static bool
is_type(const char *type)
{
	const char *slash = strchr(type, '/');

	return slash != NULL && slash != type && slash[1] != '\0' &&
	    strchr(slash + 1, '/') == NULL;
}

static void
charset_read(void *arg, const char *text, size_t n)
{
	struct reading *r = arg;
	struct mime_level *level = r->level;

	if (level->charset == NULL)
		level->charset = mem_ndup(text, n);
	level->part.charset = level->charset;
}

static bool
is_message(const char *type)
{
	return strcmp(type, "message/rfc822") == 0 ||
	    strcmp(type, "message/global") == 0 ||
	    strcmp(type, "message/news") == 0;
}

/* Of two types the one with parts is the one that counts, else the first. */
static void
take_type(struct mime_level *level, char *type)
{
	if (level->type == NULL) {
		level->type = type;
	} else if (strcmp(level->type, type) == 0 ||
	    level->other_type != NULL) {
		free(type);
	} else if (begins_with(type, "multipart/") || (is_message(type) &&
	    !begins_with(level->type, "multipart/"))) {
		level->other_type = level->type;
		level->type = type;
	} else {
		level->other_type = type;
	}
}

/* RFC 2045 section 5.2, RFC 2046 section 5.1.5. */
static void
read_type(struct mime *m, struct mime_level *level)
{
	struct reading r = { m, level };
	const struct buf *f;
	struct buf type;
	size_t i;

	for (i = 0; i < m->nfields[FIELD_TYPE]; i++) {
		f = &m->fields[FIELD_TYPE][i];
		type = (struct buf)BUF_INIT;
		if ((field_value(f->data, f->len, &type) & FIELD_JUNK) != 0 ||
		    !is_type(type.data))
			mime_fault(m, level, MIME_JUNK);
		if (is_type(type.data))
			take_type(level, buf_steal(&type));
		buf_free(&type);
	}
	if (level->type == NULL)
		level->type = mem_dup(m->nlevels > 1 && level[-1].digest &&
		    i == 0 ? "message/rfc822" : "text/plain");
	level->part.type = level->type;
	level->part.other_type = level->other_type;
	parameter(&r, FIELD_TYPE, "charset", MIME_NAME, charset_read);
}

/* Of two encodings the one that hides more. */
static void
read_encoding(struct mime *m, struct mime_level *level)
{
	enum mime_encoding encoding;
	const struct buf *f;
	struct buf name;
	size_t i;

	for (i = 0; i < m->nfields[FIELD_ENCODING]; i++) {
		f = &m->fields[FIELD_ENCODING][i];
		name = (struct buf)BUF_INIT;
		if ((field_value(f->data, f->len, &name) & FIELD_JUNK) != 0)
			mime_fault(m, level, MIME_JUNK);
		encoding = MIME_AS_IS;
		if (!decode_find(name.data, &encoding))
			mime_fault(m, level, MIME_ENCODING);
		if (level->decoder.encoding == MIME_AS_IS ||
		    encoding == MIME_BASE64)
			level->decoder.encoding = encoding;
		buf_free(&name);
	}
	level->part.encoding = level->decoder.encoding;
}

static void
read_disposition(struct mime *m, struct mime_level *level)
{
	const struct buf *f;
	struct buf value;
	size_t i;

	for (i = 0; i < m->nfields[FIELD_DISPOSITION]; i++) {
		f = &m->fields[FIELD_DISPOSITION][i];
		value = (struct buf)BUF_INIT;
		if ((field_value(f->data, f->len, &value) & FIELD_JUNK) != 0)
			mime_fault(m, level, MIME_JUNK);
		level->part.attached |= strcmp(value.data, "attachment") == 0;
		buf_free(&value);
	}
}

static bool
is_same(const struct buf *b, const char *text, size_t n)
{
	return b->len == n && memcmp(b->data, text, n) == 0;
}

/* The first is the boundary till one of the others is seen before it. */
static void
boundary_read(void *arg, const char *text, size_t n)
{
	struct mime_level *level = ((struct reading *)arg)->level;
	size_t i;

	n = mime_trimmed(text, n);
	if (n == 0)
		return;
	if (level->boundary.len == 0) {
		buf_put(&level->boundary, text, n);
		return;
	}
	if (is_same(&level->boundary, text, n))
		return;
	for (i = 0; i < MIME_SAME && level->others[i].len > 0; i++)
		if (is_same(&level->others[i], text, n))
			return;
	if (i < MIME_SAME)
		buf_put(&level->others[i], text, n);
}

/*
 * A part whose type has no parts may have some for programs that look for a
 * boundary.
 */
static void
read_boundary(struct mime *m, struct mime_level *level, bool multipart)
{
	struct reading r = { m, level };
	unsigned before = level->part.faults;
	size_t i;

	parameter(&r, FIELD_TYPE, "boundary", MIME_BOUNDARY, boundary_read);
	if (((level->part.faults & ~before) & MIME_BOUNDARY_LONG) != 0) {
		buf_clear(&level->boundary);
		for (i = 0; i < MIME_SAME; i++)
			buf_clear(&level->others[i]);
	} else if (level->boundary.len == 0 && multipart) {
		mime_fault(m, level, MIME_NO_BOUNDARY);
	}
	if (level->boundary.len == 0)
		return;
	m->nboundaries++;
	if (!multipart)
		mime_fault(m, level, MIME_BOUNDARY_STRAY);
}

/* A message that is attached as a file; a web page with its pictures is one
   (RFC 2557). */
static bool
is_message_file(const struct mime_part *part)
{
	static const char *const endings[] = { "eml", "mht", "mhtml", "nws",
		"mim", NULL };

	return has_name(part, endings);
}

static void
delsp_read(void *arg, const char *text, size_t n)
{
	if (n == 3 && strncasecmp(text, "yes", n) == 0)
		((struct reading *)arg)->level->part.joined = MIME_FLOWED;
}

/* What a program shows as a text, and how: by its type, or by the name that it
   is saved under. */
static void
read_text(struct mime *m, struct mime_level *level)
{
	static const char *const types[] = { "text/html",
		"application/xhtml+xml", "image/svg+xml", "text/xml",
		"application/xml", "text/x-amp-html", "text/watch-html", NULL };
	static const char *const pages[] = { "html", "htm", "shtml", "xhtml",
		"xht", "svg", "xml", "xsl", "hta", NULL };
	static const char *const texts[] = { "txt", "url", "webloc", "ics",
		"vcf", NULL };
	struct reading r = { m, level };
	struct mime_part *part = &level->part;
	size_t i;

	for (i = 0; types[i] != NULL; i++)
		part->page |= strcmp(level->type, types[i]) == 0;
	part->page |= has_name(part, pages);
	part->text = part->page || begins_with(level->type, "text/") ||
	    has_name(part, texts);
	if (strcmp(level->type, "text/plain") == 0)
		parameter(&r, FIELD_TYPE, "delsp", MIME_NAME, delsp_read);
	else if (strcmp(level->type, "text/calendar") == 0 ||
	    strcmp(level->type, "text/vcard") == 0 ||
	    strcmp(level->type, "text/x-vcard") == 0)
		part->joined = MIME_UNFOLDED;
}

/* S/MIME, whose signed messages programs open without a word, and PGP/MIME; or
   files for a Macintosh. */
static void
read_sealed(struct mime *m, struct mime_level *level)
{
	static const char *const sealed[] = { "p7m", "p7z", "rpmsg", "pgp",
		NULL };
	static const char *const binhex[] = { "hqx", "hcx", NULL };
	static const struct {
		const char *type;
		enum mime_fault fault;
	} kinds[] = {
		{ "application/pkcs7-mime", MIME_SEALED },
		{ "application/x-pkcs7-mime", MIME_SEALED },
		{ "multipart/encrypted", MIME_SEALED },
		{ "application/x-microsoft-rpmsg-message", MIME_SEALED },
		{ "application/mac-binhex40", MIME_BINHEX },
		{ "application/mac-binhex", MIME_BINHEX },
	};
	size_t i;

	for (i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (strcmp(level->type, kinds[i].type) == 0)
			mime_fault(m, level, kinds[i].fault);
	if (has_name(&level->part, sealed))
		mime_fault(m, level, MIME_SEALED);
	if (has_name(&level->part, binhex))
		mime_fault(m, level, MIME_BINHEX);
}

/* Does it hold parts that can be reached? Then what follows it is set. True:
   they are those of a message in its bytes. */
static bool
read_container(struct mime *m, struct mime_level *level)
{
	bool multipart = begins_with(level->type, "multipart/");
	bool plain = level->decoder.encoding == MIME_AS_IS;

	if (strcmp(level->type, "message/partial") == 0 ||
	    strcmp(level->type, "message/external-body") == 0)
		mime_fault(m, level, MIME_PARTIAL);
	read_sealed(m, level);
	if (m->nlevels > MIME_DEPTH) {
		if (multipart || is_message(level->type))
			mime_fault(m, level, MIME_TOO_DEEP);
		return false;
	}
	if (is_message(level->type)) {
		level->part.container = plain;
		return !plain;
	}
	read_boundary(m, level, multipart);
	if (!multipart)
		return is_message_file(&level->part);
	if (!plain)
		mime_fault(m, level, MIME_ENCODED);
	level->part.container = level->boundary.len > 0;
	level->digest = strcmp(level->type, "multipart/digest") == 0;
	return false;
}

bool
mime_part_read(struct mime *m, struct mime_level *level)
{
	read_type(m, level);
	read_encoding(m, level);
	read_disposition(m, level);
	read_names(m, level);
	read_text(m, level);
	return read_container(m, level);
}
