/* attachments - one attachment against the admin's blocks */

#include "checks/attachments.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "mime/archive.h"
#include "mime/file_name.h"
#include "mime/filetype.h"
#include "mime/mime.h"

/* Files of a message whose type is worth half a millisecond. */
#define QUERIED_MAX 50

static void
clear_hit(struct attachment_hit *hit)
{
	free(hit->file);
	free(hit->type);
	free(hit->detail);
	memset(hit, 0, sizeof *hit);
}

void
attachment_clear(struct attachment_note *note)
{
	size_t i;

	for (i = 0; i < note->nhits; i++)
		clear_hit(&note->hits[i]);
	clear_hit(&note->unscannable);
	free(note->hits);
	free(note->file);
	free(note->type);
	buf_free(&note->bytes);
}

static void
fill(struct attachment_hit *hit, const char *file, const char *type,
    const char *detail)
{
	if (hit->found)
		return;
	hit->found = true;
	hit->file = mem_dup(file != NULL ? file : "(no name)");
	hit->type = mem_dup(type);
	hit->detail = mem_dup(detail);
}

void
attachment_unscannable(struct attachment_note *note, const char *file,
    const char *type, const char *errmsg)
{
	fill(&note->unscannable, file, type, errmsg);
}

static const struct attachments *
block_of(const struct attachment_options *o, size_t i)
{
	return o->blocks.v[i];
}

/* One name, of a part or (`where`) inside an archive. */
static void
inspect_name(struct attachment_note *note, const struct attachment_options *o,
    const char *name, const char *where)
{
	const struct attachments *block;
	struct buf detail = BUF_INIT, plain = BUF_INIT;
	const char *ending;
	size_t i;

	file_name_put_plain(&plain, name);
	for (i = 0; i < o->blocks.n; i++) {
		block = block_of(o, i);
		if (note->hits[i].found || (where != NULL && !block->archives))
			continue;
		ending = file_name_ending(plain.data, &block->endings);
		buf_clear(&detail);
		if (ending != NULL)
			buf_printf(&detail, "ends in .%s", ending);
		else if (block->doubles && file_name_is_double(plain.data))
			buf_puts(&detail,
			    "a program that looks like a document");
		else
			continue;
		if (where != NULL)
			buf_printf(&detail, ", inside %s", where);
		fill(&note->hits[i], name, note->type, detail.data);
	}
	buf_free(&detail);
	buf_free(&plain);
}

static bool
has_type(const struct strset *types, const char *type)
{
	const char *slash = strchr(type, '/');
	struct buf any = BUF_INIT;
	bool found;

	if (strset_find(types, type, strlen(type)) != NULL)
		return true;
	if (slash == NULL)
		return false;
	buf_put(&any, type, (size_t)(slash + 1 - type));
	buf_putc(&any, '*');
	found = strset_find(types, any.data, any.len) != NULL;
	buf_free(&any);
	return found;
}

static void
inspect_type(struct attachment_note *note, const struct attachment_options *o,
    const char *type, const char *how)
{
	struct buf detail = BUF_INIT;
	size_t i;

	buf_printf(&detail, "%s %s", how, type);
	for (i = 0; i < o->blocks.n; i++)
		if (has_type(&block_of(o, i)->types, type))
			fill(&note->hits[i], note->file, type, detail.data);
	buf_free(&detail);
}

/* It says that it is an archive: then it should be one, wherever in it that
   begins. */
static bool
is_called_archive(const struct mime_part *part)
{
	static const char *const types[] = { "zip", "x-zip-compressed", "x-zip",
		"x-7z-compressed", "x-rar-compressed", "vnd.rar", "x-rar",
		"gzip", "x-gzip", "x-tar", "x-iso9660-image", "ms-tnef",
		"vnd.ms-tnef", "vnd.ms-cab-compressed", NULL };
	size_t i;

	for (i = 0; i < part->nnames; i++)
		if (archive_is_called(part->names[i]))
			return true;
	for (i = 0; types[i] != NULL; i++)
		if (strncmp(part->type, "application/", 12) == 0 &&
		    strcmp(part->type + 12, types[i]) == 0)
			return true;
	return false;
}

void
attachment_begin(struct attachment_note *note,
    const struct attachment_options *o, const struct mime_part *part)
{
	size_t i;

	mem_replace(&note->file, part->nnames > 0 ? part->names[0] : NULL);
	mem_replace(&note->type, part->type);
	for (i = 0; i < part->nnames; i++)
		inspect_name(note, o, part->names[i], NULL);
	inspect_type(note, o, part->type, "is called");
	if (part->other_type != NULL)
		inspect_type(note, o, part->other_type, "is called");
	if (part->container)
		return;
	note->part = part->number;
	note->over = !o->types && !o->archives;
	note->archive = note->typed = false;
	note->called = o->archives && is_called_archive(part);
	buf_clear(&note->bytes);
}

struct inside {
	struct attachment_note *note;
	const struct attachment_options *options;
};

static void
inside(void *arg, const char *name)
{
	struct inside *in = arg;

	inspect_name(in->note, in->options, name, in->note->file != NULL ?
	    in->note->file : "an archive");
}

static void
inspect_inside(struct attachment_note *note, const struct attachment_options *o)
{
	static const char *const words[] = {
		[ARCHIVE_LOCKED] = "an archive is encrypted",
		[ARCHIVE_LIMITED] = "an archive is too large or too deep",
		[ARCHIVE_DAMAGED] = "an archive is damaged",
		[ARCHIVE_UNKNOWN] = "archives of this kind are not opened here",
		[ARCHIVE_MESSAGE] =
		    "a message in an archive is not looked into",
	};
	struct inside in = { note, o };
	const char *bytes = note->bytes.data;
	size_t n = note->bytes.len, start = 0;
	enum archive_state state;

	if (!archive_is(bytes, n))
		start = archive_start(bytes, n);
	state = start < n ? archive_names(bytes + start, n - start,
	    !note->over, note->file, note->budget, inside, &in) :
	    archive_is_called_foreign(note->file) ? ARCHIVE_UNKNOWN :
	    ARCHIVE_DAMAGED;
	if (state != ARCHIVE_LISTED)
		attachment_unscannable(note, note->file, note->type,
		    words[state]);
}

static void
find_type(struct attachment_note *note, const struct attachment_options *o)
{
	struct buf type = BUF_INIT;

	if (filetype_plain(note->bytes.data, note->bytes.len, &type)) {
		/* no library is needed */
	} else if (note->examined++ < QUERIED_MAX) {
		filetype_find(note->bytes.data, note->bytes.len, &type);
	} else {
		attachment_unscannable(note, note->file, note->type,
		    "it has too many files");
	}
	if (type.len > 0)
		inspect_type(note, o, type.data, "looks like");
	buf_free(&type);
}

/* The first bytes are there, or all. */
static void
inspect_head(struct attachment_note *note, const struct attachment_options *o)
{
	if (o->types && !note->typed)
		find_type(note, o);
	note->typed = true;
	note->archive = o->archives && (note->called ||
	    archive_is(note->bytes.data, note->bytes.len));
}

/* How many bytes are wanted before the next look. */
static size_t
wanted(const struct attachment_note *note, const struct attachment_options *o)
{
	return note->archive ? (size_t)o->buffer : note->typed ? ARCHIVE_HEAD :
	    FILETYPE_BYTES;
}

static void
keep_no_more(struct attachment_note *note)
{
	note->over = true;
	buf_free(&note->bytes);
}

void
attachment_bytes(struct attachment_note *note,
    const struct attachment_options *o, const char *bytes, size_t n)
{
	size_t use;

	while (n > 0 && !note->over) {
		use = wanted(note, o) - note->bytes.len;
		if (use > n)
			use = n;
		buf_put(&note->bytes, bytes, use);
		bytes += use;
		n -= use;
		if (n == 0)
			break;
		if (note->archive) {
			note->over = true;
			inspect_inside(note, o);
			keep_no_more(note);
		} else {
			inspect_head(note, o);
			if (!note->archive && (!o->archives ||
			    note->bytes.len >= ARCHIVE_HEAD))
				keep_no_more(note);
		}
	}
}

void
attachment_end(struct attachment_note *note,
    const struct attachment_options *o)
{
	if (!note->over && !note->archive && note->bytes.len > 0)
		inspect_head(note, o);
	if (!note->over && note->archive)
		inspect_inside(note, o);
	buf_free(&note->bytes);
	note->part = 0;
}
