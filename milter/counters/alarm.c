/* alarm - a mail to the contact: somebody must look at once */

#include "counters/alarm.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/thread.h"

#define STACK_BYTES (256 * 1024)
#define SESSION_MS 30000	/* of one try */
#define LINE_MAX_BYTES 2000	/* of a reply */
#define SUBJECT_MAX 200

/* How long after the first, second, ... try the next one is. */
static const int64_t pauses[] = { 5000, 60000, 5 * 60000, 15 * 60000,
	40 * 60000 };
#define TRIES (sizeof pauses / sizeof pauses[0] + 1)

struct mail {
	struct mail *next;
	char *subject, *text;
	struct timespec made;
	unsigned number;	/* of its Message-ID */
	size_t tries;
	int64_t due;		/* clock_ms() */
};

static struct {
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool configured, runs;
	struct sock_spec server;
	char *from, *to;
	struct mail *first;
	size_t n;
	unsigned made;
} self = { .lock = PTHREAD_MUTEX_INITIALIZER,
	.wake = PTHREAD_COND_INITIALIZER };

void
alarm_use(const struct sock_spec *server, const char *from, const char *to)
{
	pthread_mutex_lock(&self.lock);
	self.configured = server != NULL;
	if (server != NULL)
		self.server = *server;
	mem_replace(&self.from, from);
	mem_replace(&self.to, to);
	pthread_mutex_unlock(&self.lock);
}

/* Where and from whom, as it is now; the strings are the caller's. */
struct route {
	struct sock_spec server;
	char *from, *to;
};

/* Printable ASCII on one line; everything else is a question mark. */
static void
put_line(struct buf *out, const char *text, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		buf_putc(out, text[i] >= ' ' && text[i] <= '~' ? text[i] : '?');
}

/* RFC 5322 section 3.3: "Fri, 27 Nov 2026 10:09:00 +0000" */
static void
put_date(struct buf *out, const struct timespec *t)
{
	static const char *const days[] = { "Sun", "Mon", "Tue", "Wed", "Thu",
		"Fri", "Sat" };
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr",
		"May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	struct tm tm;

	gmtime_r(&t->tv_sec, &tm);
	buf_printf(out, "%s, %d %s %d %02d:%02d:%02d +0000", days[tm.tm_wday],
	    tm.tm_mday, months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour,
	    tm.tm_min, tm.tm_sec);
}

/* Lines end in CR LF; a dot at their beginning is doubled (RFC 5321 4.5.2). */
static void
put_body(struct buf *out, const char *text)
{
	size_t n;

	while (*text != '\0') {
		n = strcspn(text, "\n");
		if (*text == '.')
			buf_putc(out, '.');
		put_line(out, text, n);
		buf_puts(out, "\r\n");
		text += n + (text[n] == '\n');
	}
}

/* RFC 3834: nobody's program answers it. */
static void
put_message(struct buf *out, const struct mail *m, const struct route *r)
{
	size_t n = strlen(m->subject);

	buf_puts(out, "Date: ");
	put_date(out, &m->made);
	buf_printf(out, "\r\nFrom: saywhy <%s>\r\nTo: <%s>\r\nSubject: ", r->to,
	    r->to);
	put_line(out, m->subject, n < SUBJECT_MAX ? n : SUBJECT_MAX);
	buf_printf(out, "\r\nMessage-ID: <saywhy.%lld.%ld.%u@%s>\r\n"
	    "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
	    "Content-Type: text/plain; charset=us-ascii\r\n\r\n",
	    (long long)m->made.tv_sec, m->made.tv_nsec, m->number, r->from);
	put_body(out, m->text);
}

/* A whole reply; its last line is in `line`. */
static bool
read_reply(int fd, struct buf *line, int64_t deadline)
{
	do {
		buf_clear(line);
		if (!sock_read_line(fd, line, LINE_MAX_BYTES, deadline))
			return false;
	} while (line->len > 3 && line->data[3] == '-');
	return line->len >= 3;
}

/* One command and its reply; `wanted` is its first digit. */
static bool
command(int fd, const struct buf *text, char wanted, struct buf *reply,
    int64_t deadline)
{
	return sock_write(fd, text->data, text->len, deadline) &&
	    read_reply(fd, reply, deadline) && reply->data[0] == wanted;
}

/* RFC 5321; the null sender, so that nothing comes back. */
static bool
hand_over(int fd, const struct mail *m, const struct route *r,
    struct buf *reply, int64_t deadline)
{
	struct buf text = BUF_INIT;
	const char wanted[] = "2223";
	bool good = read_reply(fd, reply, deadline) && reply->data[0] == '2';
	size_t i;

	for (i = 0; good && i < sizeof wanted - 1; i++) {
		buf_clear(&text);
		if (i == 0)
			buf_printf(&text, "EHLO %s\r\n", r->from);
		else if (i == 1)
			buf_puts(&text, "MAIL FROM:<>\r\n");
		else if (i == 2)
			buf_printf(&text, "RCPT TO:<%s>\r\n", r->to);
		else
			buf_puts(&text, "DATA\r\n");
		good = command(fd, &text, wanted[i], reply, deadline);
	}
	buf_clear(&text);
	put_message(&text, m, r);
	buf_puts(&text, ".\r\n");
	good = good && command(fd, &text, '2', reply, deadline);
	if (good)
		sock_write(fd, "QUIT\r\n", 6, deadline);
	buf_free(&text);
	return good;
}

static bool
deliver(const struct mail *m, const struct route *r)
{
	struct buf errmsg = BUF_INIT;
	int64_t deadline = clock_ms() + SESSION_MS;
	int fd = sock_connect(&r->server, deadline, &errmsg);
	bool good = fd >= 0 && hand_over(fd, m, r, &errmsg, deadline);

	if (good)
		log_info("mail to %s: %s", r->to, m->subject);
	else
		log_warn("the mail server took no mail to %s (\"%s\"): %s%s",
		    r->to, m->subject, errmsg.len > 0 ? errmsg.data :
		    "no answer", m->tries < TRIES ? "; it is tried again" :
		    "; it is not sent");
	if (fd >= 0)
		close(fd);
	buf_free(&errmsg);
	return good;
}

static void
free_mail(struct mail *m)
{
	free(m->subject);
	free(m->text);
	free(m);
}

/* Takes out the one that is due first, and waits for its time. Locked. */
static struct mail *
next_due(void)
{
	struct mail **at, **best = &self.first, *m;

	while (self.first == NULL)
		pthread_cond_wait(&self.wake, &self.lock);
	for (at = &self.first; *at != NULL; at = &(*at)->next)
		if ((*at)->due < (*best)->due)
			best = at;
	if ((*best)->due > clock_ms()) {
		clock_wait(&self.wake, &self.lock, (*best)->due);
		return NULL;
	}
	m = *best;
	*best = m->next;
	return m;
}

/* Locked before and after, not while the mail server is spoken to. */
static void
try_mail(struct mail *m)
{
	struct route r = { .server = self.server,
		.from = mem_dup(self.from), .to = mem_dup(self.to) };
	bool done;

	pthread_mutex_unlock(&self.lock);
	m->tries++;
	done = deliver(m, &r) || m->tries == TRIES;
	free(r.from);
	free(r.to);
	pthread_mutex_lock(&self.lock);
	if (done) {
		self.n--;
		free_mail(m);
		return;
	}
	m->due = clock_ms() + pauses[m->tries - 1];
	m->next = self.first;
	self.first = m;
}

static void *
work(void *arg)
{
	struct mail *m;

	pthread_mutex_lock(&self.lock);
	for (;;) {
		m = next_due();
		if (m != NULL)
			try_mail(m);
	}
	return arg;
}

static bool
enqueue(const char *subject, const char *text)
{
	struct mail *m;

	if (!self.configured || self.n == ALARMS_MAX)
		return false;
	if (!self.runs)
		self.runs = thread_detached("alarm", work, NULL, STACK_BYTES);
	if (!self.runs)
		return false;
	m = mem_alloc(sizeof *m);
	*m = (struct mail){ .next = self.first, .subject = mem_dup(subject),
		.text = mem_dup(text), .made = clock_now(),
		.number = self.made++, .due = clock_ms() };
	self.first = m;
	self.n++;
	pthread_cond_signal(&self.wake);
	return true;
}

bool
alarm_raise(const char *subject, const char *text)
{
	bool taken, wanted;

	pthread_mutex_lock(&self.lock);
	wanted = self.configured;
	taken = enqueue(subject, text);
	pthread_mutex_unlock(&self.lock);
	if (wanted && !taken)
		log_warn("no mail is sent: %s", subject);
	return taken;
}
