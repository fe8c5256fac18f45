/* counter_server_hiredis - the counters of many hosts: Valkey or Redis */

#include "counters/counter_server.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include <hiredis/hiredis.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/siphash.h"

#define SHA_TEXT 40
/* A socket waits whole ticks of the kernel, of 4 ms mostly, and one more. */
#define SOCKET_MS (COUNTER_SERVER_MS - 4)
#define IDLE_MAX 16		/* connections that wait to be used */
#define CHECK_MS 250		/* how often one that is away is tried */
#define TRY_MS 1000		/* how long such a retry may last */
#define PASSWORD_MAX 512
#define KEY_MAX 64
#define NUMBERS 4		/* of a question: verb, window, limit, amount */

/*
 * A key that counts is a hash of steps, one that is met a hash of "first" and
 * "note"; see counter_table.c for the same in C. 52 bits of ms fit a number,
 * but the server would write one as a fraction first, which takes it longer
 * than all the rest; so they are given as text. The time that a key lives is
 * set with the first count of a step: it covers the step, too.
 */
static const char script[] =
    "local call, fmt = redis.call, string.format\n"
    "local t = call('TIME')\n"
    "local now = t[1] * 1000 + (t[2] - t[2] % 1000) / 1000\n"
    "local out, adds, fits = {}, {}, true\n"
    "for i = 1, #KEYS do\n"
    "  local k, j = KEYS[i], i * 4\n"
    "  local verb, window = tonumber(ARGV[j - 3]), tonumber(ARGV[j - 2])\n"
    "  local n, since, room = 0, 0, 0\n"
    "  if verb < 3 then\n"
    "    local limit, amount = tonumber(ARGV[j - 1]), tonumber(ARGV[j])\n"
    "    local width = math.max(1, (window - window % 15) / 15)\n"
    "    local step = (now - now % width) / width\n"
    "    local h, oldest, newest = call('HGETALL', k), step, 0\n"
    "    for f = 1, #h, 2 do\n"
    "      local at = tonumber(h[f])\n"
    "      if at > step - 16 then\n"
    "        n = n + h[f + 1]\n"
    "        if at < oldest then oldest = at end\n"
    "        if at > newest then newest = at end\n"
    "      else\n"
    "        call('HDEL', k, h[f])\n"
    "        h[f], h[f + 1] = step, 0\n"
    "      end\n"
    "    end\n"
    "    since = oldest * width\n"
    "    if n + amount > limit then\n"
    "      local steps, left = {}, n\n"
    "      for f = 1, #h, 2 do\n"
    "        steps[#steps + 1] = { tonumber(h[f]), h[f + 1] }\n"
    "      end\n"
    "      table.sort(steps, function(a, b) return a[1] < b[1] end)\n"
    "      room = -1\n"
    "      for _, s in ipairs(steps) do\n"
    "        left = left - s[2]\n"
    "        if amount <= limit and left + amount <= limit then\n"
    "          room = (s[1] + 16) * width\n"
    "          break\n"
    "        end\n"
    "      end\n"
    "    end\n"
    "    local life = newest < step and fmt('%d', window + 2 * width)\n"
    "    if verb == 2 or (verb == 0 and #KEYS == 1 and room == 0) then\n"
    "      call('HINCRBY', k, fmt('%d', step), ARGV[j])\n"
    "      if life then call('PEXPIRE', k, life) end\n"
    "      n = n + amount\n"
    "    elseif verb == 0 then\n"
    "      fits = fits and room == 0\n"
    "      adds[#adds + 1] = { i, k, fmt('%d', step), ARGV[j], life }\n"
    "    end\n"
    "  elseif verb == 6 then\n"
    "    call('DEL', k)\n"
    "  else\n"
    "    local h = call('HMGET', k, 'first', 'note')\n"
    "    since, n = tonumber(h[1] or 0), tonumber(h[2] or 0)\n"
    "    if since == 0 and verb ~= 4 then\n"
    "      call('HSET', k, 'first', fmt('%d', now))\n"
    "      since, room = now, 1\n"
    "    end\n"
    "    if verb == 5 then\n"
    "      call('HSET', k, 'note', ARGV[j])\n"
    "      n = tonumber(ARGV[j])\n"
    "    end\n"
    "    if since ~= 0 then call('PEXPIRE', k, ARGV[j - 2]) end\n"
    "  end\n"
    "  out[i * 3 - 2], out[i * 3 - 1], out[i * 3] = n, since, room\n"
    "end\n"
    "for _, a in ipairs(fits and adds or {}) do\n"
    "  call('HINCRBY', a[2], a[3], a[4])\n"
    "  if a[5] then call('PEXPIRE', a[2], a[5]) end\n"
    "  out[a[1] * 3 - 2] = out[a[1] * 3 - 2] + a[4]\n"
    "end\n"
    "return out\n";

struct node {
	const char *name;	/* as configured */
	char *master;		/* NULL: spec is the server itself */
	struct sock_spec spec;
	_Atomic bool healthy;
	pthread_mutex_t lock;	/* of all below */
	struct sock_spec current;	/* where the server is */
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

/* How long one read or write may last. */
static bool
set_timeout(redisContext *c, int ms)
{
	struct timeval tv = { ms / 1000, ms % 1000 * 1000 };

	return redisSetTimeout(c, tv) == REDIS_OK;
}

/* What is left of `ms` when it is connected may go by for each answer. */
static redisContext *
connect_to(const struct sock_spec *spec, int ms)
{
	struct buf errmsg = BUF_INIT;
	int64_t deadline = clock_ms() + ms;
	int fd = sock_connect(spec, deadline, &errmsg);
	redisContext *c = fd >= 0 ? redisConnectFd(fd) : NULL;

	buf_free(&errmsg);
	if (c == NULL) {
		if (fd >= 0)
			close(fd);
		return NULL;
	}
	/* A timeout counts only on a socket that blocks. */
	if (fcntl(fd, F_SETFL, 0) == 0 &&
	    set_timeout(c, clock_left(deadline) + 1))
		return c;
	redisFree(c);
	return NULL;
}

/* True: the server answered anything but an error. */
static bool
is_good(redisReply *r)
{
	bool good = r != NULL && r->type != REDIS_REPLY_ERROR;

	if (r != NULL)
		freeReplyObject(r);
	return good;
}

/* Logs in and loads the script, whose hash goes to `sha` (may be NULL). */
static bool
greet(const struct counter_server *s, redisContext *c, char *sha)
{
	redisReply *r;
	bool good;

	if (*s->password != '\0' &&
	    !is_good(redisCommand(c, "AUTH %s", s->password)))
		return false;
	r = redisCommand(c, "SCRIPT LOAD %s", script);
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
connection(struct node *node, unsigned *generation, bool *fresh)
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
	return c != NULL ? c : connect_to(&where, SOCKET_MS);
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

static struct node *
node_of(struct counter_server *s, const struct counter_key *key)
{
	uint64_t seed[2] = { 0, 0x72656e64657a76ull }, score, best = 0;
	struct node *node = &s->nodes[0];
	size_t i;

	for (i = 0; s->n > 1 && i < s->n; i++) {
		seed[0] = i;
		score = siphash(seed, key->v, sizeof key->v);
		if (i == 0 || score > best) {
			best = score;
			node = &s->nodes[i];
		}
	}
	return node;
}

bool
counter_server_shares(const struct counter_server *s,
    const struct counter_key *a, const struct counter_key *b)
{
	/*
	 * Only reads: node_of() gives the node to callers that may change it.
	 */
	struct counter_server *server = (struct counter_server *)(uintptr_t)s;

	return s->n == 1 || node_of(server, a) == node_of(server, b);
}

/* The words of EVALSHA for these questions. */
struct command {
	const char *argv[3 + COUNTERS_MAX * (1 + NUMBERS)];
	size_t lengths[3 + COUNTERS_MAX * (1 + NUMBERS)];
	char keys[COUNTERS_MAX][KEY_MAX];
	char numbers[COUNTERS_MAX][NUMBERS][24];
	char nkeys[8];
	int argc;
};

static void
put_word(struct command *cmd, const char *word)
{
	cmd->argv[cmd->argc] = word;
	cmd->lengths[cmd->argc] = strlen(word);
	cmd->argc++;
}

static void
make_command(struct command *cmd, const char *sha,
    const struct counter_question *q, size_t n)
{
	size_t i, j;

	cmd->argc = 0;
	snprintf(cmd->nkeys, sizeof cmd->nkeys, "%zu", n);
	put_word(cmd, "EVALSHA");
	put_word(cmd, sha);
	put_word(cmd, cmd->nkeys);
	for (i = 0; i < n; i++) {
		snprintf(cmd->keys[i], KEY_MAX, "{saywhy}:%016llx%016llx",
		    (unsigned long long)q[i].key.v[0],
		    (unsigned long long)q[i].key.v[1]);
		put_word(cmd, cmd->keys[i]);
	}
	for (i = 0; i < n; i++) {
		const long long numbers[NUMBERS] = { q[i].verb, q[i].window,
			q[i].limit, q[i].amount };

		for (j = 0; j < NUMBERS; j++) {
			snprintf(cmd->numbers[i][j],
			    sizeof cmd->numbers[i][j], "%lld", numbers[j]);
			put_word(cmd, cmd->numbers[i][j]);
		}
	}
}

static bool
read_answers(const redisReply *r, size_t n, struct counter_answer *a)
{
	int64_t v[3];
	size_t i, j;

	if (r == NULL || r->type != REDIS_REPLY_ARRAY || r->elements != 3 * n)
		return false;
	for (i = 0; i < n; i++) {
		for (j = 0; j < 3; j++) {
			if (r->element[3 * i + j]->type != REDIS_REPLY_INTEGER)
				return false;
			v[j] = r->element[3 * i + j]->integer;
		}
		a[i] = (struct counter_answer){ .count = v[0], .since = v[1],
			.room = v[2] };
	}
	return true;
}

/*
 * A new connection logs in with the question itself; the script is there, as
 * the server would not be used otherwise. NULL: no answer in time.
 */
static redisReply *
run(const struct counter_server *s, redisContext *c, bool fresh,
    struct command *cmd)
{
	bool logs_in = fresh && *s->password != '\0';
	void *r = NULL;

	if (logs_in)
		redisAppendCommand(c, "AUTH %s", s->password);
	redisAppendCommandArgv(c, cmd->argc, cmd->argv, cmd->lengths);
	if (logs_in && (redisGetReply(c, &r) != REDIS_OK || !is_good(r)))
		return NULL;
	r = NULL;
	return redisGetReply(c, &r) == REDIS_OK ? r : NULL;
}

bool
counter_server_ask(struct counter_server *s, const struct counter_question *q,
    size_t n, struct counter_answer *a)
{
	struct node *node = node_of(s, &q->key);
	struct command cmd;
	unsigned generation;
	redisContext *c;
	redisReply *r;
	bool good, fresh;

	if (!node->healthy)
		return false;
	c = connection(node, &generation, &fresh);
	if (c == NULL) {
		mark_down(s, node);
		return false;
	}
	make_command(&cmd, s->sha, q, n);
	r = run(s, c, fresh, &cmd);
	good = read_answers(r, n, a);
	if (r != NULL)
		freeReplyObject(r);
	if (good && (!fresh || set_timeout(c, SOCKET_MS))) {
		give_back(node, c, generation);
		return true;
	}
	redisFree(c);
	if (!good)
		mark_down(s, node);
	return good;
}

/* Where the sentinels say that the master is. */
static bool
ask_sentinel(struct node *node, struct sock_spec *where)
{
	redisContext *c = connect_to(&node->spec, TRY_MS);
	redisReply *r;
	bool good;

	if (c == NULL)
		return false;
	r = redisCommand(c, "SENTINEL get-master-addr-by-name %s",
	    node->master);
	good = r != NULL && r->type == REDIS_REPLY_ARRAY && r->elements == 2 &&
	    r->element[0]->type == REDIS_REPLY_STRING &&
	    r->element[1]->type == REDIS_REPLY_STRING;
	if (good) {
		*where = (struct sock_spec){ .kind =
		    strchr(r->element[0]->str, ':') != NULL ?
		    SOCK_KIND_INET6 : SOCK_KIND_INET };
		snprintf(where->host, sizeof where->host, "%s",
		    r->element[0]->str);
		where->port = atoi(r->element[1]->str);
	}
	if (r != NULL)
		freeReplyObject(r);
	redisFree(c);
	return good;
}

/* Loads the script and writes a key: a replica or a full server fails. */
static bool
is_usable(struct counter_server *s, redisContext *c)
{
	return greet(s, c, *s->sha == '\0' ? s->sha : NULL) &&
	    is_good(redisCommand(c, "SET {saywhy}:alive 1 PX 60000"));
}

static void
check_node(struct counter_server *s, struct node *node)
{
	struct sock_spec where = node->spec;
	redisContext *c;
	int64_t began;
	bool good;

	if (node->healthy || (node->master != NULL &&
	    !ask_sentinel(node, &where)))
		return;
	c = connect_to(&where, TRY_MS);
	if (c == NULL)
		return;
	good = is_usable(s, c);
	/* A slow server would cost every session its deadline. */
	began = clock_ms();
	good = good && is_good(redisCommand(c, "PING")) &&
	    clock_ms() - began < COUNTER_SERVER_MS / 2;
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
	struct timespec until;
	size_t i;

	pthread_mutex_lock(&s->lock);
	while (!s->stop) {
		pthread_mutex_unlock(&s->lock);
		for (i = 0; i < s->n; i++)
			check_node(s, &s->nodes[i]);
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += CHECK_MS * 1000000L;
		until.tv_sec += until.tv_nsec / 1000000000L;
		until.tv_nsec %= 1000000000L;
		pthread_mutex_lock(&s->lock);
		if (!s->stop)
			pthread_cond_timedwait(&s->wake, &s->lock, &until);
	}
	pthread_mutex_unlock(&s->lock);
	return NULL;
}

/* The first line of the file. */
static bool
read_password(struct counter_server *s, const char *path, struct buf *errmsg)
{
	FILE *f = path != NULL ? fopen(path, "re") : NULL;
	bool good = path == NULL ||
	    (f != NULL && fgets(s->password, PASSWORD_MAX, f) != NULL);

	if (!good)
		buf_printf(errmsg, "counters-password-file: %s: %s", path,
		    f == NULL ? strerror(errno) : "is empty");
	s->password[strcspn(s->password, "\r\n")] = '\0';
	if (f != NULL)
		fclose(f);
	return good;
}

struct counter_server *
counter_server_start(const struct counters_options *o, struct buf *errmsg)
{
	struct counter_server *s = mem_alloc(sizeof *s);
	struct node *node;

	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->wake, NULL);
	for (; s->n < o->servers.n; s->n++) {
		node = &s->nodes[s->n];
		snprintf(s->names[s->n], sizeof s->names[s->n], "%s",
		    o->servers.v[s->n].text);
		node->name = s->names[s->n];
		node->master = mem_dup(o->servers.v[s->n].master);
		node->spec = node->current = o->servers.v[s->n].spec;
		pthread_mutex_init(&node->lock, NULL);
	}
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
