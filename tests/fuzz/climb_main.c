/*
 * climb_main - looks for messages that cost as much CPU as can be
 *
 * usage: climb SECONDS FOLDER FILE...
 *
 * Each file is an input of fuzz_cost.c and founds a line. The dearest of a line
 * is changed, or mixed with one of another line; what costs more takes its
 * place. That is tried at a tenth of size and budget; what is dearer there is
 * played at full size (50 MB, the budget as shipped), and the dearest of a line
 * kept in FOLDER under the name of the file. SECONDS are of CPU and add up in
 * FOLDER/climbed; SIGTERM ends it early. Fails when a message costs more than
 * two seconds, five times.
 */

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "base/buf.h"
#include "base/mem.h"
#include "fuzz_cost.h"

#define PARTS 5
#define PART_MAX 65536
#define MAX_US 2000000

static struct cost_scale tenth = { .body = 5000000, .header = 5000000,
	.budget = "max-cpu = \"150 ms\"" };
static struct cost_scale full = { .body = 50000000, .header = 50000000,
	.budget = "" };

/* Those of a line of inputs: what its dearest is made of, and costs. */
struct line {
	const char *name;
	struct buf part[PARTS];
	struct cost tenth, full;
	long long climbed;	/* how often it became dearer */
};

static struct line *lines;
static size_t nlines;
static const char *folder;
static long long tries;
static volatile sig_atomic_t stopped;

static const char *const tokens[] = { "http://", "https://a.example/?u=",
	"www.", "&amp;", "&#x68;", "&CounterClockwiseContourIntegral;",
	"<a href=", "<!--", "<base href='http://", "%68", "=68", "=\n",
	"\xcc\x81", "\xe3\x80\x82", "xn--", "@", "=?utf-8?q?", "=?utf-16?b?",
	"?=", "(", ")", "\"", "\\", ";", "; name=", "; name*0*=utf-16be''",
	"; filename=", "; boundary=b", "--b\n", "--b--\n", "\n", "\r",
	"\r\n\r\n", " ", "\t", "\x1b$B", "\x1b(B", "~{", "+AGgAdAB0-",
	"begin 644 a.exe\n", "=ybegin line=128 size=1 name=a\n",
	"begin-base64 644 a\n", "PK\3\4", "PK\1\2", "PK\5\6", "BZh9",
	"\x1f\x8b\b", "7z\xbc\xaf\x27\x1c", "Rar!\x1a\7",
	"\x78\x9f\x3e\x22", "UEsDB", "QlpoO", "H4sIA", "babbb", "abababab",
	"xxxxxxxxx", "win", "prize", "aaaaaaaaaab",
	"Content-Type: text/plain\n\n", "Content-Type: text/html\n\n",
	"Content-Type: message/rfc822\n\n", "Content-Type: application/zip\n"
	"Content-Transfer-Encoding: base64\n\n", "Content-Type: text/plain; "
	"charset=utf-16\nContent-Transfer-Encoding: quoted-printable\n\n",
	"Content-Type: multipart/mixed; boundary=b\n\n" };

static const char *const fields[] = { "Content-Type: text/plain",
	"Content-Type: text/html; charset=gb18030", "Content-Type: text/html",
	"Content-Type: text/plain; charset=iso-2022-jp",
	"Content-Type: text/plain; charset=utf-7",
	"Content-Type: multipart/mixed; boundary=b",
	"Content-Type: multipart/digest; boundary=b",
	"Content-Type: message/rfc822", "Content-Type: application/ms-tnef",
	"Content-Type: application/zip; name=a.zip",
	"Content-Type: application/x-bzip2; name=a.bz2",
	"Content-Transfer-Encoding: base64",
	"Content-Transfer-Encoding: quoted-printable",
	"Content-Transfer-Encoding: x-uuencode", "From: a@a.example",
	"From: =?utf-8?q?<<<<<?= <a@a.example>", "Subject: aaaaaaaaaaaaaa",
	"X: abababababababab",
	"DKIM-Signature: v=1; a=rsa-sha256; d=a.example; s=s; "
	"c=relaxed/relaxed; h=from:from:from; bh=; b=AA==",
	"DKIM-Signature: v=1; a=rsa-sha256; d=a.example; s=s; "
	"c=simple/simple; h=from; l=5; bh=; b=AA==" };

static size_t
below(size_t n)
{
	return n > 0 ? (size_t)random() % n : 0;
}

static const char *
one_of(const char *const list[], size_t n)
{
	return list[below(n)];
}
#define ONE_OF(list) one_of(list, sizeof list / sizeof list[0])

static void
insert(struct buf *b, size_t at, const char *bytes, size_t n)
{
	struct buf made = BUF_INIT;

	buf_put(&made, b->data, at);
	buf_put(&made, bytes, n);
	buf_put(&made, b->data + at, b->len - at);
	buf_free(b);
	*b = made;
}

/* What may be done to a part; `other` is the same part of another line. */

static void
change_byte(struct buf *b, const struct buf *other)
{
	(void)other;
	if (b->len > 0)
		b->data[below(b->len)] = (char)below(256);
}

static void
repeat_slice(struct buf *b, const struct buf *other)
{
	size_t at = below(b->len), n = below(b->len - at) + 1;
	char *slice;

	(void)other;
	if (b->len == 0)
		return;
	slice = mem_alloc(n);
	memcpy(slice, b->data + at, n);
	insert(b, at, slice, n);
	free(slice);
}

static void
cut_slice(struct buf *b, const struct buf *other)
{
	size_t at = below(b->len), n = below(b->len - at) + 1;

	(void)other;
	if (b->len == 0)
		return;
	memmove(b->data + at, b->data + at + n, b->len - at - n);
	buf_cut(b, b->len - n);
}

static void
add_token(struct buf *b, const struct buf *other)
{
	const char *token = ONE_OF(tokens);
	size_t times = (size_t)1 << below(8), at = below(b->len + 1);

	(void)other;
	while (times-- > 0)
		insert(b, at, token, strlen(token));
}

static void
add_run(struct buf *b, const struct buf *other)
{
	static const char letters[] = "abx. \t\n\r=-<&\0\xff\xcc";
	size_t times = (size_t)1 << below(13);
	char *run = mem_alloc(times);

	(void)other;
	memset(run, letters[below(sizeof letters - 1)], times);
	insert(b, below(b->len + 1), run, times);
	free(run);
}

static void
add_field(struct buf *b, const struct buf *other)
{
	const char *field = ONE_OF(fields);
	struct buf text = BUF_INIT;

	(void)other;
	buf_printf(&text, "%s\n", field);
	insert(b, 0, text.data, text.len);
	buf_free(&text);
}

/* Multiparts in each other, each the only part of the last. */
static void
nest(struct buf *b, const struct buf *other)
{
	struct buf text = BUF_INIT;
	size_t i, depth = below(40) + 1, first = below(1000);

	(void)other;
	for (i = first; i < first + depth; i++)
		buf_printf(&text, "Content-Type: multipart/mixed; boundary=b%zu"
		    "\n\n--b%zu\n", i, i);
	insert(b, b->len, text.data, text.len);
	buf_free(&text);
}

static void
to_base64(struct buf *b, const struct buf *other)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/";
	struct buf text = BUF_INIT;
	size_t i, k;

	(void)other;
	for (i = 0; i + 3 <= b->len; i += 3) {
		unsigned v = (unsigned char)b->data[i] << 16 |
		    (unsigned char)b->data[i + 1] << 8 |
		    (unsigned char)b->data[i + 2];

		for (k = 4; k-- > 0; )
			buf_putc(&text, digits[v >> 6 * k & 63]);
		if (i % 54 == 51)
			buf_putc(&text, '\n');
	}
	buf_free(b);
	*b = text;
}

static void
take(struct buf *b, const struct buf *other)
{
	buf_clear(b);
	buf_put(b, other->data, other->len);
}

static void
append(struct buf *b, const struct buf *other)
{
	insert(b, below(2) == 0 ? b->len : 0, other->data, other->len);
}

static void (*const changes[])(struct buf *, const struct buf *) = {
	change_byte, repeat_slice, repeat_slice, cut_slice, cut_slice,
	add_token, add_token, add_run, nest, to_base64, take, append };

static void
change(struct line *l)
{
	const struct line *other = &lines[below(nlines)];
	size_t i = below(PARTS), k;

	if (i < 2 && below(2) == 0) {
		add_field(&l->part[i], NULL);
		return;
	}
	k = below(sizeof changes / sizeof changes[0]);
	changes[k](&l->part[i], &other->part[i]);
	if (l->part[i].len > PART_MAX)
		buf_cut(&l->part[i], PART_MAX);
}

static void
join(const struct line *l, struct buf *out)
{
	size_t i;

	for (i = 0; i < PARTS; i++) {
		buf_put(out, l->part[i].data, l->part[i].len);
		if (i + 1 < PARTS)
			buf_puts(out, "%%\n");
	}
}

/* The cheapest of `times`, as others use the machine, too. */
static void
play(const struct line *l, struct cost_scale *scale, int times,
    struct cost *cost)
{
	struct buf input = BUF_INIT;
	struct cost c;

	join(l, &input);
	for (cost->us = -1; times > 0; times--) {
		cost_of(scale, (const uint8_t *)input.data, input.len, &c);
		tries++;
		if (cost->us < 0 || c.us < cost->us)
			*cost = c;
	}
	buf_free(&input);
}

static void
copy(struct line *to, const struct line *from)
{
	size_t i;

	*to = *from;
	for (i = 0; i < PARTS; i++) {
		to->part[i] = (struct buf)BUF_INIT;
		buf_put(&to->part[i], from->part[i].data, from->part[i].len);
	}
}

static void
forget(struct line *l)
{
	size_t i;

	for (i = 0; i < PARTS; i++)
		buf_free(&l->part[i]);
}

static FILE *
open_in(const char *name, const char *mode)
{
	struct buf path = BUF_INIT;
	FILE *f;

	buf_printf(&path, "%s/%s", folder, name);
	f = fopen(path.data, mode);
	if (f == NULL) {
		perror(path.data);
		exit(EX_CANTCREAT);
	}
	buf_free(&path);
	return f;
}

static void
show(const struct line *l)
{
	printf("%-24s %6lld ms at full size, %6lld us at a tenth, %lld times "
	    "dearer, %d\n", l->name, l->full.us / 1000, l->tenth.us,
	    l->climbed, l->full.code);
	fflush(stdout);
}

static void
keep(const struct line *l)
{
	struct buf input = BUF_INIT;
	FILE *f = open_in(l->name, "wb");

	join(l, &input);
	fwrite(input.data, 1, input.len, f);
	fclose(f);
	buf_free(&input);
	show(l);
}

/* At full size, too. Does it cost too much? */
static bool
is_over(struct line *l, const struct line *before)
{
	play(l, &full, 1, &l->full);
	if (l->full.us > MAX_US)
		play(l, &full, 5, &l->full);
	if (l->full.us > before->full.us)
		keep(l);
	else
		l->full = before->full;
	return l->full.us > MAX_US;
}

/* A step of one line. False: a message costs too much. */
static bool
climb(struct line *l)
{
	struct line tried;
	size_t n = below(4) + 1;
	bool over = false;

	for (copy(&tried, l); n > 0; n--)
		change(&tried);
	play(&tried, &tenth, 1, &tried.tenth);
	if (tried.tenth.us * 100 > l->tenth.us * 103)
		play(&tried, &tenth, 2, &tried.tenth);
	if (tried.tenth.us * 100 > l->tenth.us * 103) {
		tried.climbed++;
		over = is_over(&tried, l);
		forget(l);
		*l = tried;
		return !over;
	}
	forget(&tried);
	return true;
}

static void
found_line(struct line *l, const char *path)
{
	const char *at, *name = strrchr(path, '/');
	FILE *f = fopen(path, "rb");
	struct buf text = BUF_INIT;
	size_t i, n;

	if (f == NULL || !buf_read(&text, f, PARTS * PART_MAX)) {
		perror(path);
		exit(EX_NOINPUT);
	}
	fclose(f);
	l->name = name != NULL ? name + 1 : path;
	at = text.data;
	for (i = 0; i < PARTS; i++) {
		size_t left = (size_t)(text.data + text.len - at);
		const char *mark = memmem(at, left, "%%\n", 3);

		n = mark != NULL ? (size_t)(mark - at) : left;
		l->part[i] = (struct buf)BUF_INIT;
		buf_put(&l->part[i], at, n);
		at += n + (mark != NULL ? 3 : 0);
	}
	buf_free(&text);
	play(l, &tenth, 2, &l->tenth);
	play(l, &full, 1, &l->full);
	keep(l);
}

static double
cpu(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int
end(bool over)
{
	FILE *f = open_in("climbed", "a");
	long long max = 0;
	size_t i;

	for (i = 0; i < nlines; i++) {
		show(&lines[i]);
		if (lines[i].full.us > max)
			max = lines[i].full.us;
	}
	fprintf(f, "%.0f s of CPU, %lld messages, %lld ms\n", cpu(), tries,
	    max / 1000);
	fclose(f);
	printf("%.0f s of CPU, %lld messages, the dearest %lld ms of %d\n",
	    cpu(), tries, max / 1000, MAX_US / 1000);
	return over;
}

static void
on_term(int signo)
{
	(void)signo;
	stopped = 1;
}

int
main(int argc, char **argv)
{
	bool over = false;
	double seconds;
	size_t i;

	if (argc < 4) {
		fputs("usage: climb SECONDS FOLDER FILE...\n", stderr);
		return EX_USAGE;
	}
	seconds = atof(argv[1]);
	folder = argv[2];
	nlines = (size_t)argc - 3;
	lines = mem_array(nlines, sizeof *lines);
	srandom((unsigned)time(NULL));
	signal(SIGTERM, on_term);
	for (i = 0; i < nlines; i++)
		found_line(&lines[i], argv[i + 3]);
	while (cpu() < seconds && !over && !stopped)
		over = !climb(&lines[below(nlines)]);
	return end(over);
}
