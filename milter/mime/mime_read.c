/* mime_read - the values of a part's header fields */

#include <stdlib.h>
#include <string.h>

#include "mime/field.h"
#include "mime/mime_internal.h"

static bool
begins_with(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

/* What a parameter of the type or the disposition says, or NULL. */
static char *
parameter(struct mime *m, struct mime_level *level, enum mime_field field,
    const char *name, bool extended, size_t max)
{
	const struct buf *f = &m->fields[field];
	struct buf value = BUF_INIT;
	unsigned odd = 0;

	if (!field_parameter(f->data, f->len, name, extended, max, &value,
	    &odd)) {
		buf_free(&value);
		return NULL;
	}
	if ((odd & FIELD_CUT) != 0)
		mime_fault(m, level, max == MIME_NAME ? MIME_NAME_LONG :
		    MIME_BOUNDARY_LONG);
	if ((odd & FIELD_JUNK) != 0)
		mime_fault(m, level, MIME_JUNK);
	return buf_steal(&value);
}

void
mime_part_name(struct mime_level *level, char *name)
{
	struct mime_part *part = &level->part;
	size_t i;

	for (i = 0; i < part->nnames; i++)
		if (strcmp(part->names[i], name) == 0)
			break;
	if (i < part->nnames || *name == '\0') {
		free(name);
		return;
	}
	level->names[part->nnames] = name;
	part->names[part->nnames++] = name;
}

/* Programs prefer the disposition's, and what RFC 2231 gives. */
static void
read_names(struct mime *m, struct mime_level *level)
{
	static const struct {
		enum mime_field field;
		const char *name;
		bool extended;
	} places[MIME_NAMES] = {
		{ FIELD_DISPOSITION, "filename", true },
		{ FIELD_DISPOSITION, "filename", false },
		{ FIELD_TYPE, "name", true },
		{ FIELD_TYPE, "name", false },
	};
	char *name;
	size_t i;

	for (i = 0; i < MIME_NAMES; i++) {
		name = parameter(m, level, places[i].field, places[i].name,
		    places[i].extended, MIME_NAME);
		if (name == NULL)
			continue;
		if (strstr(name, "=?") != NULL && strstr(name, "?=") != NULL)
			mime_fault(m, level, MIME_NAME_WORD);
		mime_part_name(level, name);
	}
	if (level->part.nnames > 1)
		mime_fault(m, level, MIME_TWO_NAMES);
}

static bool
is_type(const char *type)
{
	const char *slash = strchr(type, '/');

	return slash != NULL && slash != type && slash[1] != '\0' &&
	    strchr(slash + 1, '/') == NULL;
}

/* RFC 2045 section 5.2, RFC 2046 section 5.1.5. */
static void
read_type(struct mime *m, struct mime_level *level)
{
	const struct buf *f = &m->fields[FIELD_TYPE];
	struct buf type = BUF_INIT;
	bool digest = m->nlevels > 1 && level[-1].digest;

	if ((field_value(f->data, f->len, &type) & FIELD_JUNK) != 0)
		mime_fault(m, level, MIME_JUNK);
	if (!is_type(type.data)) {
		if (m->have[FIELD_TYPE])
			mime_fault(m, level, MIME_JUNK);
		buf_clear(&type);
		buf_puts(&type, digest && !m->have[FIELD_TYPE] ?
		    "message/rfc822" : "text/plain");
	}
	level->type = buf_steal(&type);
	level->part.type = level->type;
	level->text = begins_with(level->type, "text/");
	level->charset = parameter(m, level, FIELD_TYPE, "charset", false,
	    MIME_NAME);
	level->part.charset = level->charset;
}

static void
read_encoding(struct mime *m, struct mime_level *level)
{
	const struct buf *f = &m->fields[FIELD_ENCODING];
	struct buf name = BUF_INIT;

	if ((field_value(f->data, f->len, &name) & FIELD_JUNK) != 0)
		mime_fault(m, level, MIME_JUNK);
	if (!decode_find(name.data, &level->decoder.encoding))
		mime_fault(m, level, MIME_ENCODING);
	level->part.encoding = level->decoder.encoding;
	buf_free(&name);
}

static void
read_disposition(struct mime *m, struct mime_level *level)
{
	const struct buf *f = &m->fields[FIELD_DISPOSITION];
	struct buf value = BUF_INIT;

	if ((field_value(f->data, f->len, &value) & FIELD_JUNK) != 0)
		mime_fault(m, level, MIME_JUNK);
	level->part.attached = strcmp(value.data, "attachment") == 0;
	buf_free(&value);
}

static bool
is_message(const char *type)
{
	return strcmp(type, "message/rfc822") == 0 ||
	    strcmp(type, "message/global") == 0 ||
	    strcmp(type, "message/news") == 0;
}

static void
read_boundary(struct mime *m, struct mime_level *level)
{
	char *boundary = parameter(m, level, FIELD_TYPE, "boundary", false,
	    MIME_BOUNDARY);

	if (boundary == NULL)
		boundary = parameter(m, level, FIELD_TYPE, "boundary", true,
		    MIME_BOUNDARY);
	if (boundary == NULL || *boundary == '\0') {
		mime_fault(m, level, MIME_NO_BOUNDARY);
	} else if ((level->part.faults & MIME_BOUNDARY_LONG) == 0) {
		buf_puts(&level->boundary, boundary);
		m->nboundaries++;
	}
	free(boundary);
}

/* Does it hold parts that can be reached? Then what follows it is set. */
static void
read_container(struct mime *m, struct mime_level *level)
{
	bool multipart = begins_with(level->type, "multipart/");

	if (strcmp(level->type, "message/partial") == 0 ||
	    strcmp(level->type, "message/external-body") == 0)
		mime_fault(m, level, MIME_PARTIAL);
	if (!multipart && !is_message(level->type))
		return;
	if (m->nlevels > MIME_DEPTH) {
		mime_fault(m, level, MIME_TOO_DEEP);
		return;
	}
	if (level->decoder.encoding != MIME_AS_IS)
		mime_fault(m, level, MIME_ENCODED);
	if (multipart) {
		read_boundary(m, level);
		level->part.container = level->boundary.len > 0;
		level->digest = strcmp(level->type, "multipart/digest") == 0;
	} else {
		/* Encoded against RFC 2046 5.2.1 it is a file like others. */
		level->part.container = level->decoder.encoding == MIME_AS_IS;
	}
}

void
mime_part_read(struct mime *m, struct mime_level *level)
{
	read_type(m, level);
	read_encoding(m, level);
	read_disposition(m, level);
	read_names(m, level);
	read_container(m, level);
}
