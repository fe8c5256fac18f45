/* setup_block - settings in main.cf and master.cf that can be removed again */

#include "setup/setup_block.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/siphash.h"

static const char begin[] = "# saywhy setup: begin";
static const char begin_more[] =
    " (saywhy setup --undo takes this block out)\n";
static const char no_newline[] = ", no newline before";
static const char end[] = "# saywhy setup: end ";
static const char was[] = "#was ";

static bool
starts(const char *at, const char *word)
{
	return strncmp(at, word, strlen(word)) == 0;
}

static const char *
next_line(const char *at)
{
	const char *newline = strchr(at, '\n');

	return newline != NULL ? newline + 1 : at + strlen(at);
}

/* A setting goes on in lines that begin with a blank (postconf(5)). */
static const char *
setting_end(const char *at)
{
	do
		at = next_line(at);
	while (*at == ' ' || *at == '\t');
	return at;
}

static bool
sets(const char *at, const char *name)
{
	if (!starts(at, name))
		return false;
	at += strlen(name);
	at += strspn(at, " \t");
	return *at == '=';
}

/* The last setting of that name, or NULL. */
static const char *
find_setting(const char *text, const char *name)
{
	const char *at, *found = NULL;

	for (at = text; *at != '\0'; at = next_line(at))
		if (sets(at, name))
			found = at;
	return found;
}

static int
line_of(const char *text, const char *at)
{
	int line = 1;

	for (; text < at; text++)
		line += *text == '\n';
	return line;
}

int
setup_block_line(const struct buf *text, const char *name)
{
	const char *at = find_setting(text->data, name);

	return at != NULL ? line_of(text->data, at) : 0;
}

static uint32_t
checksum(const char *text, size_t n)
{
	static const uint64_t key[2] = { 0, 0 };	/* no secret */

	return (uint32_t)siphash(key, text, n);
}

/* The lines from `from` to `to` as comments. */
static void
put_was(struct buf *out, const char *from, const char *to)
{
	const char *next;

	for (; from < to; from = next) {
		next = next_line(from);
		buf_puts(out, was);
		buf_put(out, from, (size_t)(next - from));
	}
}

/* `cut`: the file ended without a newline where the block begins or ends. */
static void
put_block(struct buf *out, const char *from, const char *to, bool cut,
    const char *line)
{
	size_t start;

	if (cut && from == to)
		buf_putc(out, '\n');
	start = out->len;
	buf_printf(out, "%s%s%s", begin, cut ? no_newline : "", begin_more);
	put_was(out, from, to);
	if (out->data[out->len - 1] != '\n')
		buf_putc(out, '\n');
	buf_printf(out, "%s\n", line);
	buf_printf(out, "%s%08" PRIx32 "\n", end,
	    checksum(out->data + start, out->len - start));
}

/* A block with this line in the place of what stands from `from` to `to`. */
static void
set_line(struct buf *text, const char *from, const char *to,
    const char *line)
{
	struct buf out = BUF_INIT;
	bool cut = text->len > 0 && text->data[text->len - 1] != '\n';

	buf_put(&out, text->data, (size_t)(from - text->data));
	put_block(&out, from, to, cut && *to == '\0', line);
	buf_puts(&out, to);
	buf_free(text);
	*text = out;
}

void
setup_block_set(struct buf *text, const char *name, const char *value)
{
	const char *from = find_setting(text->data, name), *to;
	struct buf line = BUF_INIT;

	if (from == NULL)
		from = text->data + text->len;
	to = *from != '\0' ? setting_end(from) : from;
	buf_printf(&line, "%s = %s", name, value);
	set_line(text, from, to, line.data);
	buf_free(&line);
}

/* "NAME inet", with any blanks in between. */
static bool
is_service(const char *at, const char *name)
{
	static const char type[] = "inet";

	if (!starts(at, name))
		return false;
	at += strlen(name);
	if (*at != ' ' && *at != '\t')
		return false;
	at += strspn(at, " \t");
	return starts(at, type) && strchr(" \t", at[strlen(type)]) != NULL;
}

bool
setup_block_option(struct buf *text, const char *service,
    const char *option)
{
	const char *at, *found = NULL;
	struct buf line = BUF_INIT;

	for (at = text->data; *at != '\0'; at = next_line(at))
		if (is_service(at, service))
			found = at;
	if (found == NULL)
		return false;
	found = setting_end(found);
	buf_printf(&line, "  -o %s", option);
	set_line(text, found, found, line.data);
	buf_free(&line);
	return true;
}

bool
setup_block_is_there(const struct buf *text)
{
	return strstr(text->data, begin) != NULL;
}

/* Where the line with the checksum of this block begins, or NULL. */
static const char *
find_end(const char *block)
{
	const char *at = next_line(block);

	for (; *at != '\0' && !starts(at, begin); at = next_line(at))
		if (starts(at, end))
			return at;
	return NULL;
}

static bool
is_untouched(const char *block, const char *last)
{
	char sum[9];

	if (last == NULL)
		return false;
	snprintf(sum, sizeof sum, "%08" PRIx32,
	    checksum(block, (size_t)(last - block)));
	return starts(last + strlen(end), sum);
}

/* What stood there before the block; false: nothing did. */
static bool
put_back(struct buf *out, const char *block, const char *last)
{
	const char *at = next_line(block), *next;
	size_t before = out->len;

	for (; at < last && starts(at, was); at = next) {
		next = next_line(at);
		at += strlen(was);
		buf_put(out, at, (size_t)(next - at));
	}
	return out->len > before;
}

/* The text without its blocks; false when one was changed. */
static bool
undo(const char *text, struct buf *out, const char *file, struct diags *d)
{
	bool cut = false;	/* the last newline is not the file's own */
	const char *at = text, *last, *next;

	for (; *at != '\0'; at = next) {
		next = next_line(at);
		if (!starts(at, begin)) {
			buf_put(out, at, (size_t)(next - at));
			cut = false;
			continue;
		}
		last = find_end(at);
		if (!is_untouched(at, last)) {
			diags_error(d, file, line_of(text, at),
			    "this block of saywhy setup was changed since; "
			    "take it out by hand");
			return false;
		}
		if (put_back(out, at, last))
			cut = false;
		cut |= starts(at + strlen(begin), no_newline);
		next = next_line(last);
	}
	if (cut && out->len > 0)
		buf_cut(out, out->len - 1);
	return true;
}

bool
setup_block_undo(struct buf *text, const char *file, struct diags *d)
{
	struct buf out = BUF_INIT;
	bool good = undo(text->data, &out, file, d);

	if (good) {
		buf_free(text);
		*text = out;
	} else
		buf_free(&out);
	return good;
}
