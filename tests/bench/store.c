/*
 * store - what the store costs: taken in, searched, reported
 *
 *	store-bench [RECORDS] [FOLDER]
 *
 * Record files of refusals as a mail host has them (many clients, few
 * reasons) are taken in by the feed, and what a record costs is given as the
 * store grows, beside one of a small store that was made at the same time, for
 * what else is at work makes both dearer; then it is asked. CPU is of this
 * thread, bytes are those that the program wrote (/proc/self/io), of which the
 * records are the unit.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "pages/report_page.h"
#include "records/feed.h"
#include "records/record.h"
#include "records/report.h"
#include "records/search.h"
#include "records/store.h"

#define SPAN_S (6 * 86400)	/* the time that all records are of */
#define SMALL 10000		/* records of a small store */
#define PIECES 10		/* of a growth, a small store behind each */

static const char *const reasons[] = { "spf-fail", "dnsbl-listed",
	"mailbox-unknown", "relay-denied", "dmarc-reject", "helo-forged",
	"rdns-missing", "client-denied", "content-malware", "mailbox-full" };

/* The same numbers at each run: nobody sets a seed. */
static unsigned
draw(unsigned below)
{
	return (unsigned)lrand48() % below;
}

/* Small numbers are frequent: half are of the first tenth. */
static unsigned
draw_skewed(unsigned below)
{
	return draw(2) == 0 ? draw(below / 10 + 1) : draw(below);
}

/* As record_id() does: the hour first, the rest random. */
static void
put_id(struct buf *out, time_t at)
{
	static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	unsigned hour = (unsigned)(at / 3600) % 1024;
	int i;

	buf_putc(out, digits[hour >> 5]);
	buf_putc(out, digits[hour & 31]);
	for (i = 2; i < RECORD_ID_TEXT - 1; i++)
		buf_putc(out, digits[draw(32)]);
}

static void
put_record(struct buf *out, time_t at)
{
	unsigned c = draw_skewed(200000), d = draw_skewed(50000);
	const char *reason = reasons[draw_skewed(10)];
	char text[32];
	struct tm tm;

	gmtime_r(&at, &tm);
	strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &tm);
	buf_printf(out, "{\"v\":1,\"time\":\"%s.%03uZ\",\"id\":\"", text,
	    draw(1000));
	put_id(out, at);
	buf_printf(out, "\",\"host\":\"mx.example.org\",\"issuer\":\"%s\","
	    "\"direction\":\"in\",\"outcome\":\"%s\",\"stage\":\"rcpt\","
	    "\"reason\":\"%s\",\"who\":\"sender-admin\",\"check\":\"auth_spf\""
	    ",\"reply\":{\"code\":550,\"status\":\"5.7.23\",\"lines\":["
	    "\"SPF: 10.%u.%u.%u may not send mail for sender%u.example.\","
	    "\"The mail admin of sender%u.example must add this server to the "
	    "SPF record.\"]},", draw(3) == 0 ? "mta" : "saywhy",
	    draw(10) == 0 ? "tempfail" : "reject", reason, c >> 16,
	    c >> 8 & 255, c & 255, d, d);
	buf_printf(out, "\"server\":{\"address\":\"192.0.2.1\",\"port\":25},"
	    "\"client\":{\"address\":\"10.%u.%u.%u\",\"name\":\"mail%u.isp%u."
	    "example\",\"port\":%u},\"helo\":\"mail.sender%u.example\",",
	    c >> 16, c >> 8 & 255, c & 255, c, c % 1000, 1024 + draw(60000), d);
	if (draw(50) == 0)
		buf_printf(out, "\"login\":\"user%u\",", draw(500));
	buf_printf(out, "\"sender\":\"user%u@sender%u.example\",\"recipients\":"
	    "[\"user%u@example.org\"],\"queue_id\":\"4X%07X\",\"evidence\":{"
	    "\"mechanism\":\"-all\",\"record\":\"v=spf1 ip4:192.0.2.%u "
	    "include:_spf.example.net -all\"},\"mode\":\"enforce\",\"ms\":%u}"
	    "\n", draw(1000), d, draw_skewed(5000), draw(1u << 28), draw(255),
	    draw(400));
}

static double
cpu_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static unsigned long long
written(void)
{
	FILE *f = fopen("/proc/self/io", "re");
	unsigned long long n = 0;
	char line[128];

	while (f != NULL && fgets(line, sizeof line, f) != NULL)
		sscanf(line, "wchar: %llu", &n);
	if (f != NULL)
		fclose(f);
	return n;
}

/* So many records more at the end of the file; bytes of them. */
static unsigned long long
append(const char *path, long from, long to, long all)
{
	time_t began = time(NULL) - SPAN_S;
	FILE *f = fopen(path, "ae");
	struct buf line = BUF_INIT;
	unsigned long long bytes = 0;
	long i;

	for (i = from; f != NULL && i < to; i++) {
		buf_clear(&line);
		put_record(&line, began + (time_t)((double)i / (double)all *
		    SPAN_S));
		fwrite(line.data, 1, line.len, f);
		bytes += line.len;
	}
	if (f == NULL || fclose(f) != 0)
		BUG("the record file cannot be written");
	buf_free(&line);
	return bytes;
}

static void
feed_all(struct feed *f)
{
	struct buf errmsg = BUF_INIT;
	int idle = 0;

	while (idle < 2)
		switch (feed_batch(f, &errmsg)) {
		case FEED_IDLE:
			idle++;
			break;
		case FEED_MORE:
			idle = 0;
			break;
		case FEED_FAILED:
			BUG(errmsg.data);
		}
	buf_free(&errmsg);
}

/*
 * CPU of a record in a store that has no others before, in seconds. What is
 * written to its file at its end counts, as it does where a store grows.
 */
static double
cost_small(const char *folder)
{
	struct buf file = BUF_INIT, path = BUF_INIT, errmsg = BUF_INIT;
	struct store *s;
	struct feed *f;
	double began;

	buf_printf(&file, "%s/small.json", folder);
	buf_printf(&path, "%s/small.db", folder);
	append(file.data, 0, SMALL, SMALL);
	s = store_open(path.data, true, &errmsg);
	if (s == NULL)
		BUG(errmsg.data);
	f = feed_new(file.data, s);
	began = cpu_s();
	feed_all(f);
	feed_free(f);
	store_close(s);
	began = cpu_s() - began;
	unlink(file.data);
	unlink(path.data);
	buf_puts(&path, "-wal");
	unlink(path.data);
	buf_cut(&path, path.len - 3);
	buf_puts(&path, "shm");
	unlink(path.data);
	buf_free(&file);
	buf_free(&path);
	return began / SMALL;
}

struct growth {
	const char *file, *folder;
	struct feed *feed;
	long all;
	double took, small;	/* CPU, in seconds */
	unsigned long long bytes, wrote;
};

static void
grow(struct growth *g, long from, long to)
{
	unsigned long long wrote;
	double began;

	g->bytes += append(g->file, from, to, g->all);
	wrote = written();
	began = cpu_s();
	feed_all(g->feed);
	g->took += cpu_s() - began;
	g->wrote += written() - wrote;
	g->small += cost_small(g->folder) / PIECES;
}

/* Grows to `all`, tenfold at a time. */
static void
bench_growth(const char *file, const char *folder, struct store *s, long all)
{
	struct growth g = { .file = file, .folder = folder, .all = all,
		.feed = feed_new(file, s) };
	long have = 0, to = SMALL, i, n;

	for (; have < all; to = to * 10 < all ? to * 10 : all) {
		n = to - have;
		g.took = g.small = 0;
		g.bytes = g.wrote = 0;
		for (i = 0; i < PIECES; i++)
			grow(&g, have + n / PIECES * i, i < PIECES - 1 ?
			    have + n / PIECES * (i + 1) : to);
		printf("store %9ld records: %6.1f us each, %.2f of a small "
		    "store's; %6.0f a CPU second, %.1f bytes written a byte "
		    "of record\n", to, g.took * 1e6 / (double)n, g.took /
		    (double)n / g.small, (double)n / g.took, (double)g.wrote /
		    (double)g.bytes);
		fflush(stdout);
		have = to;
	}
	feed_free(g.feed);
}

static void
count_line(void *arg, const char *line, size_t n)
{
	(void)line;
	(void)n;
	++*(int64_t *)arg;
}

/* As "saywhy find" does: the first page, and how many when it is full. */
static void
bench_find(const char *what, struct store *s, const struct search *w)
{
	struct buf errmsg = BUF_INIT;
	double began = cpu_s();
	int64_t n = 0;

	if (!search_each(s, w, count_line, &n, &errmsg))
		BUG(errmsg.data);
	if (n == w->max)
		n = search_count(s, w, &errmsg);
	printf("find %-10s %8.1f ms, %lld records\n", what,
	    (cpu_s() - began) * 1e3, (long long)n);
	fflush(stdout);
	buf_free(&errmsg);
}

static void
bench_finds(struct store *s)
{
	bench_find("reason", s, &(struct search){ .reason = "spf-fail",
	    .max = 50 });
	bench_find("domain", s, &(struct search){ .domain =
	    "sender4711.example", .max = 50 });
	bench_find("our domain", s, &(struct search){ .domain = "example.org",
	    .max = 50 });
	bench_find("login", s, &(struct search){ .login = "user42",
	    .max = 50 });
	bench_find("name", s, &(struct search){ .client = "isp77.example",
	    .max = 50 });
	bench_find("client", s, &(struct search){ .client = "10.0.5.9",
	    .max = 50 });
	bench_find("network", s, &(struct search){ .client = "10.1.0.0/22",
	    .max = 50 });
	bench_find("sender", s, &(struct search){ .sender =
	    "user7@sender4711.example", .max = 50 });
	bench_find("recipient", s, &(struct search){ .recipient =
	    "user77@example.org", .max = 50 });
	bench_find("words", s, &(struct search){ .text = "sender4711",
	    .max = 50 });
	bench_find("no words", s, &(struct search){ .text = "nosuchword",
	    .max = 50 });
	bench_find("frequent", s, &(struct search){ .text = "mechanism",
	    .max = 50 });
	bench_find("all", s, &(struct search){ .max = 50 });
}

static void
bench_report(struct store *s)
{
	struct buf errmsg = BUF_INIT, out = BUF_INIT;
	struct report r = { .site = "bench" };
	double began = cpu_s();

	r.until = ((int64_t)time(NULL) / 86400 + 1) * 86400000;
	r.since = r.until - 7 * (int64_t)86400000;
	if (!report_gather(&r, s, NULL, NULL, &errmsg))
		BUG(errmsg.data);
	report_text(&r, &out);
	printf("report week    %8.1f ms, %lld records\n",
	    (cpu_s() - began) * 1e3, (long long)r.total);
	if (getenv("SHOW") != NULL)
		fputs(out.data, stdout);
	report_free(&r);
	buf_free(&out);
	buf_free(&errmsg);
}

int
main(int argc, char **argv)
{
	long all = argc > 1 ? atol(argv[1]) : 100000;
	struct buf file = BUF_INIT, path = BUF_INIT, errmsg = BUF_INIT;
	struct store *s;
	struct stat st;

	buf_printf(&file, "%s/records.json", argc > 2 ? argv[2] : ".");
	buf_printf(&path, "%s/records.db", argc > 2 ? argv[2] : ".");
	s = store_open(path.data, true, &errmsg);
	if (s == NULL)
		BUG(errmsg.data);
	bench_growth(file.data, argc > 2 ? argv[2] : ".", s, all);
	store_close(s);
	if (stat(path.data, &st) == 0)
		printf("store on disk  %8.1f MB\n", (double)st.st_size / 1e6);
	s = store_open(path.data, false, &errmsg);
	if (s == NULL)
		BUG(errmsg.data);
	store_read_all(s);
	bench_finds(s);
	bench_report(s);
	store_close(s);
	buf_free(&file);
	buf_free(&path);
	return 0;
}
