/* dns_liar - a small DNS server that is given its bad habits */

#include "dns_liar.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define LATE_MAX 65536
#define MESSAGE 65535
#define UDP_MAX 1232
#define AT_ONCE 16		/* questions between two looks around */
#define PORT_TRIES 50

/* Habits stand among the types. */
enum habit { HABIT_DELAY = -10, HABIT_DEAD, HABIT_ALWAYS,
	HABIT_MAIL };

struct liar_record {
	char name[256];
	int type;
	char *value;
};

/* An answer that waits for its time. */
struct late {
	int64_t when;
	struct sockaddr_storage to;
	socklen_t tolen;
	uint8_t *bytes;
	size_t n;
};

struct liar {
	pthread_t thread;
	int udp, tcp, port;
	_Atomic bool stop;
	_Atomic int delay;
	pthread_mutex_t lock;		/* of what was given */
	bool hijack;
	struct liar_record *records;
	size_t nrecords;
	struct late *late;
	size_t first, nlate;		/* a ring */
	unsigned long questions;
};

struct out {
	uint8_t b[MESSAGE];
	size_t n;
};

static int64_t
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

static void
put(struct out *o, const void *bytes, size_t n)
{
	if (n <= sizeof o->b - o->n) {
		memcpy(o->b + o->n, bytes, n);
		o->n += n;
	}
}

static void
put_16(struct out *o, unsigned v)
{
	uint8_t b[2] = { (uint8_t)(v >> 8), (uint8_t)v };

	put(o, b, 2);
}

static void
put_name(struct out *o, const char *name)
{
	size_t n;
	uint8_t length;

	while (*name != '\0') {
		n = strcspn(name, ".");
		length = (uint8_t)n;
		put(o, &length, 1);
		put(o, name, n);
		name += n + (name[n] == '.');
	}
	put(o, "", 1);
}

static void
put_head(struct out *o, const char *owner, unsigned type, unsigned ttl)
{
	if (owner != NULL)
		put_name(o, owner);
	else
		put_16(o, 0xc00c);
	put_16(o, type);
	put_16(o, 1);
	put_16(o, ttl >> 16);
	put_16(o, ttl & 0xffff);
	o->b[7]++;
	if (o->b[7] == 0)
		o->b[6]++;
}

static void
put_text(struct out *o, const char *text, size_t n)
{
	uint8_t length;

	put_16(o, (unsigned)(n + (n + 254) / 255 + (n == 0)));
	do {
		length = (uint8_t)(n < 255 ? n : 255);
		put(o, &length, 1);
		put(o, text, length);
		text += length;
		n -= length;
	} while (n > 0);
}

static void
put_record(struct out *o, const char *owner, int type, const char *value)
{
	uint8_t ip[16];
	size_t at;
	char *end;

	put_head(o, owner, (unsigned)type, 300);
	if (type == 16) {
		put_text(o, value, strlen(value));
		return;
	}
	at = o->n;
	put_16(o, 0);
	if (type == 1 && inet_pton(AF_INET, value, ip) == 1)
		put(o, ip, 4);
	else if (type == 28 && inet_pton(AF_INET6, value, ip) == 1)
		put(o, ip, 16);
	else if (type == 15) {
		put_16(o, (unsigned)strtoul(value, &end, 10));
		put_name(o, end + strspn(end, " "));
	} else
		put_name(o, value);
	o->b[at] = (uint8_t)((o->n - at - 2) >> 8);
	o->b[at + 1] = (uint8_t)(o->n - at - 2);
}

static void
set_rcode(struct out *o, unsigned rcode)
{
	o->b[3] = (uint8_t)((o->b[3] & 0xf0) | rcode);
}

/* Is the name `owner`, or below it? */
static bool
is_below(const char *name, const char *owner)
{
	size_t n = strlen(name), m = strlen(owner);

	return strcmp(owner, ".") == 0 ||
	    (n >= m && strcasecmp(name + n - m, owner) == 0 &&
	    (n == m || name[n - m - 1] == '.'));
}

static const struct liar_record *
habit_of(const struct liar *l, const char *name, enum habit habit)
{
	const struct liar_record *t;

	for (t = l->records; t < l->records + l->nrecords; t++)
		if (t->type == (int)habit && is_below(name, t->name))
			return t;
	return NULL;
}

static bool
is_known(const struct liar *l, const char *name)
{
	const struct liar_record *t;

	for (t = l->records; t < l->records + l->nrecords; t++)
		if (t->type >= 0 && strcasecmp(t->name, name) == 0)
			return true;
	return false;
}

/* What was given for a name and type; aliases are followed. */
static void
put_records(struct liar *l, struct out *o, const char *name, int type,
    int depth)
{
	const struct liar_record *t;
	bool exists = false, known = false;
	size_t n;

	for (t = l->records; t < l->records + l->nrecords; t++) {
		if (t->type < 0)
			continue;
		n = strlen(t->name) - strlen(name);
		exists |= strlen(t->name) >= strlen(name) &&
		    strcasecmp(t->name + n, name) == 0 &&
		    (n == 0 || t->name[n - 1] == '.');
		if (strcasecmp(t->name, name) != 0)
			continue;
		if ((t->type == 0 || t->type == type) &&
		    strcmp(t->value, "TEMPFAIL") == 0) {
			set_rcode(o, 2);
			return;
		}
		known |= t->type == 0 || t->type == type;
		if (t->type == type && strcmp(t->value, "NONE") != 0)
			put_record(o, depth > 0 ? name : NULL, type, t->value);
		else if (t->type == 5 && depth < 20) {
			put_record(o, depth > 0 ? name : NULL, 5, t->value);
			put_records(l, o, t->value, type, depth + 1);
			return;
		}
	}
	if (!exists && type == 1 && (t = habit_of(l, name, HABIT_ALWAYS)))
		put_record(o, NULL, 1, t->value);
	else if (!known && type == 15 && habit_of(l, name, HABIT_MAIL))
		put_record(o, depth > 0 ? name : NULL, 15, "10 mx.example.org");
	else if (!exists && l->hijack && type == 1)
		put_record(o, NULL, 1, "192.0.2.66");
	else if (!exists)
		set_rcode(o, 3);
}

static void
put_chain(struct out *o, const char *name, int links)
{
	char from[300], to[300];
	int i;

	snprintf(from, sizeof from, "%s", name);
	for (i = 0; i < links; i++) {
		snprintf(to, sizeof to, "link%d.test", i);
		put_record(o, from, 5, to);
		memcpy(from, to, sizeof from);
	}
	put_record(o, from, 1, "192.0.2.1");
}

static void
put_big(struct out *o)
{
	char text[1000];
	int i;

	memset(text, 'x', sizeof text);
	for (i = 0; i < 64; i++) {
		put_head(o, NULL, 16, 300);
		put_text(o, text, sizeof text);
	}
}

/* The lies; false: nothing of that kind, look into what was given. */
static bool
lie(struct liar *l, struct out *o, const char *name, int type)
{
	static const struct {
		const char *word;
		unsigned rcode;
	} errors[] = { { "servfail.", 2 }, { "refused.", 5 },
		{ "formerr.", 1 }, { "nx.", 3 } };
	char text[32];
	size_t i;

	for (i = 0; i < sizeof errors / sizeof errors[0]; i++)
		if (strncmp(name, errors[i].word,
		    strlen(errors[i].word)) == 0) {
			set_rcode(o, errors[i].rcode);
			return true;
		}
	snprintf(text, sizeof text, "%lu", l->questions);
	if (strncmp(name, "count.", 6) == 0)
		put_record(o, NULL, 16, text);
	else if (strncmp(name, "loop.", 5) == 0)
		put_record(o, NULL, 5, name);
	else if (strncmp(name, "chain", 5) == 0)
		put_chain(o, name, atoi(name + 5));
	else if (strncmp(name, "big.", 4) == 0)
		put_big(o);
	else if (type == 1 && (strncmp(name, "slow", 4) == 0 ||
	    strncmp(name, "cold", 4) == 0 || strncmp(name, "cut.", 4) == 0))
		put_record(o, NULL, 1, "192.0.2.1");
	else
		return false;
	return true;
}

/* The question of a request as text; 0: it is none. */
static size_t
read_question(const uint8_t *in, size_t n, char name[256], int *type)
{
	size_t at = 12, out = 0;

	while (at < n && in[at] != 0 && in[at] < 64 && at + in[at] + 1 < n &&
	    out + in[at] + 1 < 256) {
		memcpy(name + out, in + at + 1, in[at]);
		out += in[at];
		name[out++] = '.';
		at += in[at] + 1u;
	}
	name[out > 0 ? out - 1 : 0] = '\0';
	if (at + 5 > n || in[at] != 0)
		return 0;
	*type = in[at + 1] << 8 | in[at + 2];
	return at + 5;
}

/* -1: no answer; else milliseconds to wait before it is sent. */
static int
answer_locked(struct liar *l, const uint8_t *in, size_t n, bool udp,
    struct out *o)
{
	const struct liar_record *slow;
	char name[256];
	int type;
	size_t end = n > 12 ? read_question(in, n, name, &type) : 0;

	if (end == 0 || strncmp(name, "dead.", 5) == 0 ||
	    habit_of(l, name, HABIT_DEAD) != NULL)
		return -1;
	l->questions++;
	o->n = 0;
	put(o, in, end);
	memset(o->b + 2, 0, 10);
	o->b[2] = 0x84 | (in[2] & 1);
	o->b[3] = 0x80;
	o->b[5] = 1;
	if (strncmp(name, "garbage.", 8) == 0) {
		memset(o->b + 6, 0xff, o->n - 6);
		put(o, "\x01\x02", 2);
	} else if (strncmp(name, "pointer.", 8) == 0) {
		o->b[7] = 1;
		put_16(o, (unsigned)(0xc000 | o->n));
	} else if (is_known(l, name) || !lie(l, o, name, type))
		put_records(l, o, name, type, 0);
	if (udp && (o->n > UDP_MAX || strncmp(name, "cut.", 4) == 0)) {
		o->n = end;
		o->b[6] = o->b[7] = 0;
		o->b[2] |= 2;
	}
	slow = habit_of(l, name, HABIT_DELAY);
	return (strncmp(name, "slow", 4) == 0 ? atoi(name + 4) : 0) +
	    (slow != NULL ? atoi(slow->value) : 0) + atomic_load(&l->delay);
}

static int
answer(struct liar *l, const uint8_t *in, size_t n, bool udp, struct out *o)
{
	int wait;

	pthread_mutex_lock(&l->lock);
	wait = answer_locked(l, in, n, udp, o);
	pthread_mutex_unlock(&l->lock);
	return wait;
}

/* In the order of their time; most come at the end. */
static void
keep_late(struct liar *l, const struct late *late)
{
	size_t at = l->first + l->nlate++;

	for (; at > l->first && l->late[(at - 1) % LATE_MAX].when >
	    late->when; at--)
		l->late[at % LATE_MAX] = l->late[(at - 1) % LATE_MAX];
	l->late[at % LATE_MAX] = *late;
}

static void
serve_udp(struct liar *l)
{
	static _Thread_local struct out o;
	struct late late = { .tolen = sizeof late.to };
	uint8_t in[4096];
	ssize_t n = recvfrom(l->udp, in, sizeof in, MSG_DONTWAIT,
	    (struct sockaddr *)&late.to, &late.tolen);
	int wait;

	if (n <= 0 || (wait = answer(l, in, (size_t)n, true, &o)) < 0)
		return;
	if (wait == 0) {
		sendto(l->udp, o.b, o.n, 0, (struct sockaddr *)&late.to,
		    late.tolen);
		return;
	}
	if (l->nlate == LATE_MAX)
		return;
	late.when = now_us() + wait * 1000LL;
	late.bytes = malloc(o.n);
	memcpy(late.bytes, o.b, o.n);
	late.n = o.n;
	keep_late(l, &late);
}

static void
send_late(struct liar *l)
{
	int64_t now = now_us();
	struct late *late;

	while (l->nlate > 0) {
		late = &l->late[l->first % LATE_MAX];
		if (late->when > now && !atomic_load(&l->stop))
			break;
		sendto(l->udp, late->bytes, late->n, 0,
		    (struct sockaddr *)&late->to, late->tolen);
		free(late->bytes);
		l->first++;
		l->nlate--;
	}
}

static void
serve_tcp(struct liar *l)
{
	static _Thread_local struct out o;
	const struct timeval patience = { .tv_sec = 1 };
	uint8_t in[4096], head[2];
	int fd = accept(l->tcp, NULL, NULL);
	size_t n;

	if (fd < 0)
		return;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	while (recv(fd, head, 2, MSG_WAITALL) == 2 &&
	    (n = (size_t)(head[0] << 8 | head[1])) <= sizeof in &&
	    recv(fd, in, n, MSG_WAITALL) == (ssize_t)n &&
	    answer(l, in, n, false, &o) >= 0) {
		head[0] = (uint8_t)(o.n >> 8);
		head[1] = (uint8_t)o.n;
		if (send(fd, head, 2, MSG_NOSIGNAL) != 2 ||
		    send(fd, o.b, o.n, MSG_NOSIGNAL) != (ssize_t)o.n)
			break;
		break;
	}
	close(fd);
}

/* Till a question comes, or the next late answer is due; 20 ms at most. */
static void
wait_for(struct liar *l, struct pollfd fds[2])
{
	struct timespec max = { .tv_nsec = 20000000 };
	int64_t left;

	if (l->nlate > 0) {
		left = l->late[l->first % LATE_MAX].when - now_us();
		left = left < 0 ? 0 : left;
		if (left * 1000 < max.tv_nsec)
			max.tv_nsec = (long)left * 1000;
	}
	ppoll(fds, 2, &max, NULL);
}

static void *
serve(void *arg)
{
	struct liar *l = arg;
	struct pollfd fds[2] = { { .fd = l->udp, .events = POLLIN },
		{ .fd = l->tcp, .events = POLLIN } };

	int i;

	while (!atomic_load(&l->stop)) {
		wait_for(l, fds);
		for (i = 0; fds[0].revents != 0 && i < AT_ONCE; i++)
			serve_udp(l);
		if (fds[1].revents != 0)
			serve_tcp(l);
		if (l->nlate > 0)
			send_late(l);
	}
	send_late(l);
	return NULL;
}

static bool
bind_both(struct liar *l, const char *address, int port)
{
	struct sockaddr_in sa = { .sin_family = AF_INET };
	socklen_t n = sizeof sa;
	int one = 1, bytes = 1 << 22;

	inet_pton(AF_INET, address, &sa.sin_addr);
	sa.sin_port = htons((uint16_t)port);
	l->udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	l->tcp = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(l->tcp, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	setsockopt(l->udp, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
	if (bind(l->udp, (struct sockaddr *)&sa, sizeof sa) != 0 ||
	    getsockname(l->udp, (struct sockaddr *)&sa, &n) != 0 ||
	    bind(l->tcp, (struct sockaddr *)&sa, sizeof sa) != 0 ||
	    listen(l->tcp, 64) != 0) {
		close(l->udp);
		close(l->tcp);
		return false;
	}
	l->port = ntohs(sa.sin_port);
	return true;
}

struct liar *
liar_start(const char *address, int port)
{
	struct liar *l = calloc(1, sizeof *l);
	int tries = port == 0 ? PORT_TRIES : 1;

	/* A port that is free for UDP need not be so for TCP. */
	pthread_mutex_init(&l->lock, NULL);
	l->late = calloc(LATE_MAX, sizeof *l->late);
	while (!bind_both(l, address, port))
		if (--tries == 0)
			return NULL;
	if (pthread_create(&l->thread, NULL, serve, l) != 0)
		return NULL;
	return l;
}

void
liar_stop(struct liar *l)
{
	atomic_store(&l->stop, true);
	pthread_join(l->thread, NULL);
	close(l->udp);
	close(l->tcp);
	while (l->nrecords > 0)
		free(l->records[--l->nrecords].value);
	free(l->records);
	free(l->late);
	free(l);
}

int
liar_port(const struct liar *l)
{
	return l->port;
}

void
liar_hijack(struct liar *l)
{
	l->hijack = true;
}

void
liar_delay(struct liar *l, int ms)
{
	atomic_store(&l->delay, ms);
}

static int
type_number(const char *word)
{
	static const struct {
		const char *word;
		int number;
	} types[] = { { "A", 1 }, { "AAAA", 28 }, { "MX", 15 }, { "TXT", 16 },
		{ "PTR", 12 }, { "CNAME", 5 }, { "ANY", 0 },
		{ "DELAY", HABIT_DELAY }, { "DEAD", HABIT_DEAD },
		{ "ALWAYS", HABIT_ALWAYS }, { "MAIL", HABIT_MAIL } };
	size_t i;

	for (i = 0; i < sizeof types / sizeof types[0]; i++)
		if (strcasecmp(types[i].word, word) == 0)
			return types[i].number;
	return -1;
}

bool
liar_tell(struct liar *l, const char *line)
{
	struct liar_record t = { .type = -1 };
	char type[8];
	size_t n;
	int at = 0;

	if (sscanf(line, "%255s %7s %n", t.name, type, &at) < 2 || at == 0)
		return false;
	t.type = type_number(type);
	t.value = strdup(line + at);
	n = strlen(t.value);
	while (n > 0 && strchr("\r\n", t.value[n - 1]) != NULL)
		t.value[--n] = '\0';
	if (n > 1 && *t.value == '"' && t.value[n - 1] == '"') {
		t.value[n - 1] = '\0';
		memmove(t.value, t.value + 1, n - 1);
	}
	pthread_mutex_lock(&l->lock);
	l->records = realloc(l->records,
	    (l->nrecords + 1) * sizeof *l->records);
	l->records[l->nrecords++] = t;
	pthread_mutex_unlock(&l->lock);
	return t.type != -1;
}
