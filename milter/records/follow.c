/* follow - the record file in batches of lines, with a mark of how far */

#include "records/follow.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/regular_file.h"
#include "base/whole_file.h"
#include "records/record_file.h"

#define BATCH (4 * 1024 * 1024)	/* a longer line is no record */

struct follow {
	const char *mark;
	struct record_file file;	/* at what is not dealt with */
	size_t given;		/* bytes of the lines given last */
	char *bytes;
};

static void
load_mark(struct follow *f)
{
	struct record_position *p = &f->file.position;
	FILE *in = regular_file_open(f->mark, NULL);

	if (in == NULL)
		return;
	if (fscanf(in, "%" SCNu64 " %" SCNu64 " %" SCNd64, &p->device,
	    &p->inode, &p->offset) != 3 || p->offset < 0)
		p->device = p->inode = 0;
	fclose(in);
}

struct follow *
follow_new(const char *path, const char *mark)
{
	struct follow *f = mem_alloc(sizeof *f);

	f->file = (struct record_file)RECORD_FILE_INIT(path);
	f->mark = mark;
	f->bytes = mem_alloc(BATCH);
	load_mark(f);
	return f;
}

void
follow_free(struct follow *f)
{
	if (f == NULL)
		return;
	record_file_close(&f->file);
	free(f->bytes);
	free(f);
}

static ssize_t
read_bytes(struct follow *f)
{
	if (f->file.fd < 0)
		record_file_find(&f->file, &f->file.position);
	return f->file.fd < 0 ? 0 : record_file_read(&f->file, f->bytes, BATCH);
}

static size_t
cut_lines(struct follow *f, size_t n, struct follow_line *lines, size_t max)
{
	const char *at = f->bytes, *end;
	size_t nlines = 0, left = n;

	while (nlines < max && (end = memchr(at, '\n', left)) != NULL) {
		lines[nlines++] = (struct follow_line){ .text = at,
			.n = (size_t)(end - at) };
		left -= (size_t)(end - at) + 1;
		at = end + 1;
	}
	f->given = n - left;
	return nlines;
}

/* What has no newline: too long, or cut off for good; it is passed over. */
static bool
skip_rest(struct follow *f, size_t n)
{
	if (n < BATCH && !(n > 0 && record_file_is_over(&f->file)))
		return false;
	f->file.position.offset += (int64_t)n;
	return true;
}

size_t
follow_next(struct follow *f, struct follow_line *lines, size_t max)
{
	ssize_t n = read_bytes(f);
	size_t found;

	f->given = 0;
	if (n > 0) {
		found = cut_lines(f, (size_t)n, lines, max);
		if (found > 0 || !skip_rest(f, (size_t)n))
			return found;
		n = read_bytes(f);
		return n > 0 ? cut_lines(f, (size_t)n, lines, max) : 0;
	}
	if (f->file.fd < 0 || !record_file_is_over(&f->file))
		return 0;
	record_file_next(&f->file);
	n = read_bytes(f);
	return n > 0 ? cut_lines(f, (size_t)n, lines, max) : 0;
}

bool
follow_done(struct follow *f, struct buf *errmsg)
{
	struct record_position *p = &f->file.position;
	struct buf text = BUF_INIT;
	bool good;

	p->offset += (int64_t)f->given;
	f->given = 0;
	buf_printf(&text, "%" PRIu64 " %" PRIu64 " %" PRId64 "\n", p->device,
	    p->inode, p->offset);
	good = whole_file_keep(f->mark, &text, errmsg);
	buf_free(&text);
	return good;
}

int64_t
follow_left(struct follow *f)
{
	return record_file_left(&f->file);
}

int64_t
follow_behind(const char *path, const char *mark)
{
	struct follow f = { .mark = mark, .file = RECORD_FILE_INIT(path) };

	load_mark(&f);
	return record_file_left(&f.file);
}
