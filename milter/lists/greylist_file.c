/* greylist_file - the databases of other greylisters: who passed there */

#include "lists/greylist_file.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/net.h"

struct reader {
	const struct greylist_file_options *o;
	greylist_file_fn *fn;
	void *arg;
	struct greylist_file_counts *counts;
	struct buf key, value;		/* of db_dump, without escapes */
};

/* The next line without its end; false: there is none. */
static bool
next_line(const char **at, const char *end, const char **line, size_t *n)
{
	const char *newline;

	if (*at == end)
		return false;
	*line = *at;
	newline = memchr(*at, '\n', (size_t)(end - *at));
	*n = (size_t)((newline != NULL ? newline : end) - *at);
	*at = newline != NULL ? newline + 1 : end;
	return true;
}

/* The first address of a network is the network for us. */
static void
take(struct reader *r, const char *address, bool passed, int64_t last)
{
	struct ip ip = { .known = false };

	if (!ip_parse(address, &ip))
		r->counts->bad++;
	else if (!passed)
		r->counts->waiting++;
	else if (r->o->now - last > r->o->max_age)
		r->counts->old++;
	else {
		r->counts->passed++;
		r->fn(r->arg, &ip);
	}
}

static int
hex(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c != '\0' ? strchr(digits, c | 0x20) : NULL;

	return at != NULL ? (int)(at - digits) : -1;
}

/* " 312c" in the bytevalue form, " 1\2c" in the print form. */
static void
unescape(struct buf *out, const char *line, size_t n, bool print)
{
	size_t i = n > 0 && *line == ' ';

	buf_clear(out);
	buf_puts(out, "");
	while (i < n) {
		if (print && line[i] != '\\') {
			buf_putc(out, line[i++]);
			continue;
		}
		i += print;
		if (print && i < n && line[i] == '\\') {
			buf_putc(out, line[i++]);
			continue;
		}
		if (i + 1 >= n || hex(line[i]) < 0 || hex(line[i + 1]) < 0)
			return;
		buf_putc(out, (char)(hex(line[i]) * 16 + hex(line[i + 1])));
		i += 2;
	}
}

/*
 * "address/sender/recipient" has "first,last" seen, in s; an address alone
 * "how often,last": it is let pass by itself.
 */
static void
take_pair(struct reader *r)
{
	char *slash = strchr(r->key.data, '/'), *end;
	long long first = strtoll(r->value.data, &end, 10), last;

	if (*end != ',') {
		r->counts->bad++;
		return;
	}
	last = strtoll(end + 1, NULL, 10);
	if (slash != NULL)
		*slash = '\0';
	take(r, r->key.data, slash == NULL || last - first >= r->o->delay,
	    last);
}

static void
read_dump(struct reader *r, const char *at, const char *end)
{
	const char *line;
	bool print = false, data = false, value = false;
	size_t n;

	while (next_line(&at, end, &line, &n)) {
		if (!data) {
			if (n == 12 && memcmp(line, "format=print", n) == 0)
				print = true;
			data = n == 10 && memcmp(line, "HEADER=END", n) == 0;
			continue;
		}
		if (n == 0 || *line != ' ') {
			data = false;
			continue;
		}
		unescape(value ? &r->value : &r->key, line, n, print);
		if (value)
			take_pair(r);
		value = !value;
	}
}

static const char blanks[] = " \t\r";

/* The last word of n bytes, which end before it then; "": there is none. */
static const char *
take_word(const char *line, size_t *n)
{
	while (*n > 0 && strchr(blanks, line[*n - 1]) != NULL)
		--*n;
	while (*n > 0 && strchr(blanks, line[*n - 1]) == NULL)
		--*n;
	return line + *n;
}

static bool
is_word(const char *at, const char *word)
{
	size_t n = strcspn(at, blanks);

	return n == strlen(word) && memcmp(at, word, n) == 0;
}

/* "... expiry AUTO" in n bytes; what stands before, or 0: it is none. */
static size_t
read_end(const char *line, size_t n, bool *automatic, int64_t *expiry)
{
	const char *word = take_word(line, &n);
	size_t digits;

	*automatic = is_word(word, "AUTO");
	if (*automatic)
		word = take_word(line, &n);
	digits = strspn(word, "0123456789");
	*expiry = strtoll(word, NULL, 10);
	return digits > 0 && digits == strcspn(word, blanks) ? n : 0;
}

/* Without its last comment; 0: it has none. */
static size_t
without_comment(const char *line, size_t n)
{
	while (n > 1 && (line[n - 1] != '#' ||
	    strchr(blanks, line[n - 2]) == NULL))
		n--;
	return n > 1 ? n - 1 : 0;
}

/*
 * "address <sender> <recipient> expiry AUTO # comment"; others wait still. A
 * sender may have blanks, so that the end is read from behind.
 */
static void
read_line(struct reader *r, char *line)
{
	size_t n, end, left = 0;
	bool automatic = false;
	int64_t expiry = 0;

	line += strspn(line, blanks);
	if (*line == '\0' || *line == '#')
		return;
	n = strcspn(line, blanks);
	for (end = strlen(line); end > n && left == 0;
	    end = without_comment(line, end))
		left = read_end(line, end, &automatic, &expiry);
	take_word(line, &left);
	if (left <= n) {
		r->counts->bad++;
		return;
	}
	line[n] = '\0';
	if (automatic && expiry < r->o->now)
		r->counts->old++;
	else
		take(r, line, automatic, r->o->now);
}

static void
read_text(struct reader *r, const char *at, const char *end)
{
	struct buf copy = BUF_INIT;
	const char *line;
	size_t n;

	while (next_line(&at, end, &line, &n)) {
		buf_clear(&copy);
		buf_put(&copy, line, n);
		buf_puts(&copy, "");
		read_line(r, copy.data);
	}
	buf_free(&copy);
}

void
greylist_file_read(const char *text, size_t n,
    const struct greylist_file_options *o, greylist_file_fn *fn, void *arg,
    struct greylist_file_counts *counts)
{
	static const char dump[] = "VERSION=";
	struct reader r = { .o = o, .fn = fn, .arg = arg, .counts = counts,
		.key = BUF_INIT, .value = BUF_INIT };

	memset(counts, 0, sizeof *counts);
	if (n >= sizeof dump - 1 && memcmp(text, dump, sizeof dump - 1) == 0)
		read_dump(&r, text, text + n);
	else
		read_text(&r, text, text + n);
	buf_free(&r.key);
	buf_free(&r.value);
}
