/* counter_server_hiredis - the counters of many hosts: Valkey or Redis */

#include "counters/counter_server.h"

#include <netdb.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <hiredis/hiredis.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/regular_file.h"
#include "counters/counter_link.h"
#include "counters/counter_reply.h"
#include "counters/counter_script.h"

#define SHA_TEXT 40
#define IDLE_MAX 16		/* connections that wait to be used */
#define CHECK_MS 250		/* how often one that is away is tried */
#define TRY_MS 1000		/* how long such a retry may last */
#define PASSWORD_MAX 512

struct node {
	const char *name;	/* as configured */
	char *master;		/* NULL: the spec is of the server itself */
	struct sock_spec specs[COUNTERS_SERVERS_MAX];	/* or its sentinels */
	size_t nspecs;
	_Atomic bool healthy;
	pthread_mutex_t lock;	/* of all below */
	struct sock_spec current;	/* where the server is: no name to be
					   looked up */
	redisContext *idle[IDLE_MAX];
	size_t nidle;
	unsigned generation;	/* connections of an older one are closed */
};

struct counter_server {
	struct node nodes[COUNTERS_SERVERS_MAX];
	size_t n;
	char names[COUNTERS_SERVERS_MAX][128];
	char password[PASSWORD_MAX];
	char sha[SHA_TEXT + 1];	/* of the script; "": not loaded yet */
	_Atomic uint64_t failures;
	pthread_t thread;
	pthread_mutex_t lock;	/* of stop */
	pthread_cond_t wake;
	bool stop;
	bool started;
};

bool
counter_server_built(void)
{
	return true;
}

/* Logs in and loads the script, whose hash goes to `sha` (may be NULL). */
static bool
greet(const struct counter_server *s, redisContext *c, char *sha,
    int64_t deadline)
{
	redisReply *r;
	bool good;

	if (*s->password != '\0' &&
	    !counter_link_good(counter_link_ask(c, deadline, "AUTH %s",
	    s->password)))
		return false;
	r = counter_link_ask(c, deadline, "SCRIPT LOAD %s", counter_script);
	good = r != NULL && r->type == REDIS_REPLY_STRING &&
	    r->len == SHA_TEXT;
	if (good && sha != NULL)
		memcpy(sha, r->str, SHA_TEXT);
	if (r != NULL)
		freeReplyObject(r);
	return good;
}

/* One that was used before, or a new one. */
static redisContext *
connection(struct node *node, unsigned *generation, bool *fresh,
    int64_t deadline)
{
	struct sock_spec where;
	redisContext *c = NULL;

	pthread_mutex_lock(&node->lock);
	if (node->nidle > 0)
		c = node->idle[--node->nidle];
	where = node->current;
	*generation = node->generation;
	pthread_mutex_unlock(&node->lock);
	*fresh = c == NULL;
	return c != NULL ? c : counter_link_open(&where, deadline);
}

static void
give_back(struct node *node, redisContext *c, unsigned generation)
{
	pthread_mutex_lock(&node->lock);
	if (node->nidle < IDLE_MAX && generation == node->generation) {
		node->idle[node->nidle++] = c;
		c = NULL;
	}
	pthread_mutex_unlock(&node->lock);
	if (c != NULL)
		redisFree(c);
}

static void
close_idle(struct node *node)
{
	pthread_mutex_lock(&node->lock);
	node->generation++;
	while (node->nidle > 0)
		redisFree(node->idle[--node->nidle]);
	pthread_mutex_unlock(&node->lock);
}

/* One line when it goes, one when it comes back. */
static void
mark_down(struct counter_server *s, struct node *node)
{
	bool was = atomic_exchange(&node->healthy, false);

	s->failures++;
	if (!was)
		return;
	log_warn("counters: %s marked down (retry in %d ms); this host counts "
	    "alone meanwhile", node->name, CHECK_MS);
	close_idle(node);
}

/* What one server is asked: some of the questions of a call. */
struct request {
	struct node *node;
	size_t of[COUNTERS_MAX];	/* their numbers */
	size_t n;
	redisContext *c;	/* NULL: nothing was sent */
	unsigned generation;
	bool logs_in;
};

/*
 * A new connection logs in with the questions themselves; the script is there,
 * as the server would not be used otherwise. All is sent in one write, and
 * nothing is waited for but a new connection.
 */
static void
send_questions(struct counter_server *s, struct request *r,
    const struct counter_question *q, int64_t deadline)
{
	struct counter_command cmd;
	bool fresh;
	int done;

	if (r->n == 0 || !r->node->healthy || clock_left(deadline) < 1)
		return;
	r->c = connection(r->node, &r->generation, &fresh, deadline);
	if (r->c == NULL) {
		mark_down(s, r->node);
		return;
	}
	r->logs_in = fresh && *s->password != '\0';
	if (r->logs_in)
		redisAppendCommand(r->c, "AUTH %s", s->password);
	counter_command_make(&cmd, s->sha, q, r->of, r->n);
	redisAppendCommandArgv(r->c, cmd.argc, cmd.argv, cmd.lengths);
	redisBufferWrite(r->c, &done);
}

static void
take_answers(struct counter_server *s, struct request *r,
    const struct counter_question *q, int64_t now, int64_t deadline,
    struct counter_answer *a, bool *answered)
{
	redisReply *reply = NULL;
	bool good;
	size_t i;

	if (r->c == NULL)
		return;
	if (!r->logs_in ||
	    counter_link_good(counter_link_answer(r->c, deadline)))
		reply = counter_link_answer(r->c, deadline);
	good = counter_reply_read(reply, r->of, r->n, q, now, a);
	if (reply != NULL)
		freeReplyObject(reply);
	for (i = 0; i < r->n; i++)
		answered[r->of[i]] = good;
	if (good) {
		give_back(r->node, r->c, r->generation);
		return;
	}
	redisFree(r->c);
	mark_down(s, r->node);
}

void
counter_server_ask(struct counter_server *s, const struct counter_question *q,
    size_t n, int64_t now, int ms, struct counter_answer *a, bool *answered)
{
	int64_t deadline = clock_ms() + ms - 1;
	struct request requests[COUNTERS_SERVERS_MAX], *r;
	size_t server[COUNTERS_MAX], i;

	for (i = 0; i < s->n; i++) {
		requests[i].node = &s->nodes[i];
		requests[i].c = NULL;
		requests[i].n = 0;
	}
	counter_servers_of(q, n, s->n, server);
	for (i = 0; i < n; i++) {
		r = &requests[server[i]];
		r->of[r->n++] = i;
		answered[i] = false;
	}
	for (i = 0; i < s->n; i++)
		send_questions(s, &requests[i], q, deadline);
	for (i = 0; i < s->n; i++)
		take_answers(s, &requests[i], q, now, deadline, a, answered);
}

/* Where this sentinel says that the master is. */
static bool
ask_sentinel(const struct node *node, const struct sock_spec *sentinel,
    struct sock_spec *where)
{
	int64_t deadline = clock_ms() + TRY_MS;
	redisContext *c = counter_link_open(sentinel, deadline);
	redisReply *r;
	bool good;

	if (c == NULL)
		return false;
	r = counter_link_ask(c, deadline, "SENTINEL get-master-addr-by-name %s",
	    node->master);
	good = counter_reply_master(r, where);
	if (r != NULL)
		freeReplyObject(r);
	redisFree(c);
	return good;
}

/* The first sentinel that answers knows. */
static bool
find_server(const struct node *node, struct sock_spec *where)
{
	size_t i;

	*where = node->specs[0];
	if (node->master == NULL)
		return true;
	for (i = 0; i < node->nspecs; i++)
		if (ask_sentinel(node, &node->specs[i], where))
			return true;
	return false;
}

/*
 * The address at the other end: sessions look up no name, as that takes as
 * long as the system's resolver likes.
 */
static bool
pin(struct sock_spec *where, int fd)
{
	struct sockaddr_storage peer;
	socklen_t n = sizeof peer;

	if (where->kind != SOCK_KIND_INET && where->kind != SOCK_KIND_INET6)
		return true;
	return getpeername(fd, (struct sockaddr *)&peer, &n) == 0 &&
	    getnameinfo((struct sockaddr *)&peer, n, where->host,
	    sizeof where->host, NULL, 0, NI_NUMERICHOST) == 0;
}

/*
 * Loads the script and writes a key: a replica or a full server fails. A slow
 * one would cost every session its deadline.
 */
static bool
is_usable(struct counter_server *s, redisContext *c, int64_t deadline)
{
	int64_t began;

	if (!greet(s, c, *s->sha == '\0' ? s->sha : NULL, deadline) ||
	    !counter_link_good(counter_link_ask(c, deadline,
	    "SET {saywhy}:alive 1 PX 60000")))
		return false;
	began = clock_ms();
	return counter_link_good(counter_link_ask(c, deadline, "PING")) &&
	    clock_ms() - began < COUNTER_SERVER_MS / 2;
}

static void
check_node(struct counter_server *s, struct node *node)
{
	struct sock_spec where;
	int64_t deadline;
	redisContext *c;
	bool good;

	if (node->healthy || !find_server(node, &where))
		return;
	deadline = clock_ms() + TRY_MS;
	c = counter_link_open(&where, deadline);
	if (c == NULL)
		return;
	good = is_usable(s, c, deadline) && pin(&where, c->fd);
	redisFree(c);
	if (!good)
		return;
	pthread_mutex_lock(&node->lock);
	node->current = where;
	pthread_mutex_unlock(&node->lock);
	node->healthy = true;
	log_info("counters: %s answers and is used", node->name);
}

/* Reconnects to servers that are down, so that no session has to. */
static void *
watch_server(void *arg)
{
	struct counter_server *s = arg;
	size_t i;

	pthread_mutex_lock(&s->lock);
	while (!s->stop) {
		pthread_mutex_unlock(&s->lock);
		for (i = 0; i < s->n; i++)
			check_node(s, &s->nodes[i]);
		pthread_mutex_lock(&s->lock);
		if (!s->stop)
			clock_wait(&s->wake, &s->lock, clock_ms() + CHECK_MS);
	}
	pthread_mutex_unlock(&s->lock);
	return NULL;
}

/* The first line of the file. */
static bool
read_password(struct counter_server *s, const char *path, struct buf *errmsg)
{
	struct buf words = BUF_INIT;
	FILE *f = path != NULL ? regular_file_open(path, &words) : NULL;
	bool good = path == NULL ||
	    (f != NULL && fgets(s->password, PASSWORD_MAX, f) != NULL);

	if (!good)
		buf_printf(errmsg, "counters-password-file: %s: %s", path,
		    f == NULL ? words.data : "is empty");
	buf_free(&words);
	s->password[strcspn(s->password, "\r\n")] = '\0';
	if (f != NULL)
		fclose(f);
	return good;
}

/* The sentinels of one master are one server. */
static struct node *
node_of_master(struct counter_server *s, const char *master)
{
	size_t i;

	for (i = 0; master != NULL && i < s->n; i++)
		if (s->nodes[i].master != NULL &&
		    strcmp(s->nodes[i].master, master) == 0)
			return &s->nodes[i];
	return NULL;
}

static void
add_server(struct counter_server *s, const struct counters_server *o)
{
	struct node *node = node_of_master(s, o->master);

	if (node == NULL) {
		node = &s->nodes[s->n];
		snprintf(s->names[s->n], sizeof s->names[s->n], "%s", o->text);
		node->name = s->names[s->n];
		node->master = mem_dup(o->master);
		pthread_mutex_init(&node->lock, NULL);
		s->n++;
	}
	node->specs[node->nspecs++] = o->spec;
}

struct counter_server *
counter_server_start(const struct counters_options *o, struct buf *errmsg)
{
	struct counter_server *s = mem_alloc(sizeof *s);
	size_t i;

	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->wake, NULL);
	for (i = 0; i < o->servers.n; i++)
		add_server(s, &o->servers.v[i]);
	if (!read_password(s, o->password_file, errmsg)) {
		counter_server_stop(s);
		return NULL;
	}
	if (pthread_create(&s->thread, NULL, watch_server, s) != 0) {
		buf_puts(errmsg, "counters: pthread_create failed");
		counter_server_stop(s);
		return NULL;
	}
	s->started = true;
	return s;
}

void
counter_server_stop(struct counter_server *s)
{
	size_t i;

	if (s == NULL)
		return;
	if (s->started) {
		pthread_mutex_lock(&s->lock);
		s->stop = true;
		pthread_cond_signal(&s->wake);
		pthread_mutex_unlock(&s->lock);
		pthread_join(s->thread, NULL);
	}
	for (i = 0; i < s->n; i++) {
		close_idle(&s->nodes[i]);
		free(s->nodes[i].master);
		pthread_mutex_destroy(&s->nodes[i].lock);
	}
	pthread_mutex_destroy(&s->lock);
	pthread_cond_destroy(&s->wake);
	free(s);
}

void
counter_server_state(struct counter_server *s, struct counters_state *state)
{
	size_t i;

	state->server = true;
	state->healthy = true;
	state->failures = s->failures;
	for (i = 0; i < s->n; i++)
		if (!s->nodes[i].healthy || i == 0) {
			state->healthy = s->nodes[i].healthy;
			snprintf(state->name, sizeof state->name, "%s",
			    s->nodes[i].name);
			if (!state->healthy)
				return;
		}
}
