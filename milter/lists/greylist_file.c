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

/* Takes the last word off a line; "": there is none. */
static char *
last_word(char *line)
{
	static const char blanks[] = " \t\r";
	size_t n = strlen(line);

	while (n > 0 && strchr(blanks, line[n - 1]) != NULL)
		n--;
	line[n] = '\0';
	while (n > 0 && strchr(blanks, line[n - 1]) == NULL)
		n--;
	if (n > 0)
		line[n - 1] = '\0';
	return n > 0 ? line + n : line + strlen(line);
}

static bool
is_number(const char *word)
{
	return *word != '\0' && word[strspn(word, "0123456789")] == '\0';
}

/*
 * "address <sender> <recipient> expiry AUTO # comment"; others wait still. A
 * sender may have blanks, so that the end is read from behind.
 */
static void
read_line(struct reader *r, char *line)
{
	char *address, *comment = line, *at, *word;
	bool automatic;

	address = line + strspn(line, " \t\r");
	if (*address == '\0' || *address == '#')
		return;
	line = address + strcspn(address, " \t\r");
	for (comment = line; (at = strstr(comment, " #")) != NULL;)
		comment = at + 1;
	if (comment != line)
		comment[-1] = '\0';
	word = last_word(line);
	automatic = strcmp(word, "AUTO") == 0;
	if (automatic)
		word = last_word(line);
	line += strspn(line, " \t\r");
	if (!is_number(word) || strpbrk(line, " \t\r") == NULL) {
		r->counts->bad++;
		return;
	}
	address[strcspn(address, " \t\r")] = '\0';
	if (automatic && strtoll(word, NULL, 10) < r->o->now)
		r->counts->old++;
	else
		take(r, address, automatic, r->o->now);
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
