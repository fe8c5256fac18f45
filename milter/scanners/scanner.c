/* scanner - servers that scan a whole message, and which of them answer */

#include "scanners/scanner.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "scanners/scanner_internal.h"

/* A server that fails so often is marked down, for longer each time. */
#define TEMPFAILS_MAX 2
#define REST_FIRST_MS 2000
#define REST_MAX_MS 60000

/* Connections that wait for the next message, and how long (clamd's own
   IdleTimeout is 30 s). */
#define IDLE_MAX 16
#define IDLE_MS 10000

struct idle {
	int fd;
	int64_t since;
};

struct server {
	struct sock_spec spec;
	char *name;
	unsigned failures;	/* one after the other */
	int64_t rest_until;	/* clock_ms(); 0: in use */
	uint64_t scans, failed;
	char *failure;
	struct idle idle[IDLE_MAX];
	size_t nidle;
};

struct scanner {
	const char *kind;
	struct server *servers;
	size_t n, turn;
	pthread_mutex_t lock;	/* of all above but kind and n */
	struct scanner *next;
};

static pthread_mutex_t all_lock = PTHREAD_MUTEX_INITIALIZER;
static struct scanner *all;

static char *
server_name(const struct sock_spec *spec)
{
	struct buf b = BUF_INIT;

	if (spec->kind == SOCK_KIND_UNIX)
		buf_printf(&b, "unix:%s", spec->path);
	else
		buf_printf(&b, "%s:%d@%s", spec->kind == SOCK_KIND_INET6 ?
		    "inet6" : "inet", spec->port, spec->host);
	return buf_steal(&b);
}

struct scanner *
scanner_new(const char *kind, const struct sock_spec *servers, size_t n)
{
	struct scanner *s = mem_alloc(sizeof *s);
	size_t i;

	s->kind = kind;
	s->n = n;
	s->servers = mem_array(n, sizeof *s->servers);
	pthread_mutex_init(&s->lock, NULL);
	for (i = 0; i < n; i++) {
		s->servers[i].spec = servers[i];
		s->servers[i].name = server_name(&servers[i]);
	}
	pthread_mutex_lock(&all_lock);
	s->next = all;
	all = s;
	pthread_mutex_unlock(&all_lock);
	return s;
}

static void
unlist(struct scanner *s)
{
	struct scanner **at;

	pthread_mutex_lock(&all_lock);
	for (at = &all; *at != s; at = &(*at)->next)
		;
	*at = s->next;
	pthread_mutex_unlock(&all_lock);
}

void
scanner_free(struct scanner *s)
{
	struct server *server;

	if (s == NULL)
		return;
	unlist(s);
	for (server = s->servers; server < s->servers + s->n; server++) {
		while (server->nidle > 0)
			close(server->idle[--server->nidle].fd);
		free(server->name);
		free(server->failure);
	}
	pthread_mutex_destroy(&s->lock);
	free(s->servers);
	free(s);
}

/*
 * Chooses the next server that is not marked down, or one whose time is over,
 * which only this message tries. False: all are marked down.
 */
bool
scanner_choose(struct scanner *s, size_t *server)
{
	int64_t now = clock_ms();
	struct server *one;
	size_t i;
	bool found = false;

	pthread_mutex_lock(&s->lock);
	for (i = 0; i < s->n && !found; i++) {
		*server = (s->turn + i) % s->n;
		one = &s->servers[*server];
		found = now >= one->rest_until;
		if (found && one->rest_until != 0)
			one->rest_until = now + REST_FIRST_MS;
	}
	s->turn = (*server + 1) % s->n;
	pthread_mutex_unlock(&s->lock);
	return found;
}

const struct sock_spec *
scanner_spec(const struct scanner *s, size_t server)
{
	return &s->servers[server].spec;
}

void
scanner_good(struct scanner *s, size_t server)
{
	struct server *one = &s->servers[server];
	bool again;

	pthread_mutex_lock(&s->lock);
	again = one->rest_until != 0;
	one->failures = 0;
	one->rest_until = 0;
	one->scans++;
	pthread_mutex_unlock(&s->lock);
	if (again)
		log_info("%s %s marked up", s->kind, one->name);
}

/* The pause doubles with each failure. */
static int64_t
rest(unsigned failures)
{
	int64_t ms = REST_FIRST_MS;

	while (--failures >= TEMPFAILS_MAX && ms < REST_MAX_MS)
		ms *= 2;
	return ms < REST_MAX_MS ? ms : REST_MAX_MS;
}

void
scanner_bad(struct scanner *s, size_t server, const char *errmsg)
{
	struct server *one = &s->servers[server];
	int64_t pause = 0;
	bool news;

	pthread_mutex_lock(&s->lock);
	one->failed++;
	one->failures++;
	mem_replace(&one->failure, errmsg);
	news = one->failures == TEMPFAILS_MAX;
	if (one->failures >= TEMPFAILS_MAX) {
		pause = rest(one->failures);
		one->rest_until = clock_ms() + pause;
	}
	pthread_mutex_unlock(&s->lock);
	if (news)
		log_warn("%s %s marked down (retry in %d s): %s", s->kind,
		    one->name, (int)(pause / 1000), errmsg);
}

/* Has it been closed, or has it sent anything unexpected? */
static bool
is_silent(int fd)
{
	char byte;

	return recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0;
}

int
scanner_take_idle(struct scanner *s, size_t server)
{
	struct server *one = &s->servers[server];
	struct idle idle;
	int fd = -1;

	pthread_mutex_lock(&s->lock);
	while (fd < 0 && one->nidle > 0) {
		idle = one->idle[--one->nidle];
		if (clock_ms() - idle.since < IDLE_MS && is_silent(idle.fd))
			fd = idle.fd;
		else
			close(idle.fd);
	}
	pthread_mutex_unlock(&s->lock);
	return fd;
}

void
scanner_give_idle(struct scanner *s, size_t server, int fd)
{
	struct server *one = &s->servers[server];

	pthread_mutex_lock(&s->lock);
	if (one->nidle < IDLE_MAX) {
		one->idle[one->nidle].since = clock_ms();
		one->idle[one->nidle++].fd = fd;
		fd = -1;
	}
	pthread_mutex_unlock(&s->lock);
	if (fd >= 0)
		close(fd);
}

static bool
is_newest(const struct scanner *s)
{
	const struct scanner *other;

	for (other = all; other != s; other = other->next)
		if (strcmp(other->kind, s->kind) == 0)
			return false;
	return true;
}

void
scanner_each(void (*fn)(void *arg, const struct scanner_health *health),
    void *arg)
{
	struct scanner_health health;
	struct scanner *s;
	size_t i;

	pthread_mutex_lock(&all_lock);
	for (s = all; s != NULL; s = s->next) {
		if (!is_newest(s))	/* of a configuration that is gone */
			continue;
		pthread_mutex_lock(&s->lock);
		for (i = 0; i < s->n; i++) {
			health = (struct scanner_health){ s->kind,
				s->servers[i].name,
				s->servers[i].rest_until == 0,
				s->servers[i].scans, s->servers[i].failed,
				s->servers[i].failure };
			fn(arg, &health);
		}
		pthread_mutex_unlock(&s->lock);
	}
	pthread_mutex_unlock(&all_lock);
}
