/* replymap - the MTA's own replies (socketmap) */

#include "doors/replymap.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/handover.h"
#include "base/mem.h"
#include "base/sock.h"
#include "doors/other_process.h"
#include "doors/server.h"
#include "doors/session_registry.h"
#include "doors/socketmap.h"
#include "engine/engine.h"
#include "engine/ruleset.h"
#include "model/session.h"
#include "records/record.h"
#include "words/reason.h"
#include "words/rewrite.h"

/* The question comes a fraction of a millisecond after the milter's event. */
#define WAIT_MS 1000

/* A session is locked for microseconds, or for as long as a check waits. */
#define LOCK_MS 2

/* Postfix itself closes one after ten seconds, and opens it again. */
#define SILENCE_MS 600000

static struct {
	int fd;
	bool tcp;
	char *path;		/* of the socket, to be removed; or NULL */
	struct server *server;
	struct recorder *recorder;
} self = { .fd = -1 };

static struct {
	atomic_ullong queries, changed, own, passed, unjoined;
} counts;

static bool
is_named(const struct socketmap_query *q, const char *name)
{
	return q->map_n == strlen(name) && memcmp(q->map, name, q->map_n) == 0;
}

/*
 * Does its last line have an id of ours? Then it is our reply already. One in
 * the address at its beginning ("<a@x>: words") is the client's, who was given
 * it with an earlier reply.
 */
static bool
is_own(const struct reply *reply)
{
	const char *at = reply->lines[reply->n - 1], *end;

	if (*at == '<')
		while ((end = strstr(at, ">: ")) != NULL)
			at = end + 3;
	for (; *at != '\0'; at++)
		if (record_id_is_recent(at))
			return true;
	return false;
}

static void
put_answer(struct buf *out, const struct question *q,
    const struct reply *reply)
{
	struct buf text = BUF_INIT;

	if (q->how == ASK_FILTER)
		reply_put_wire(reply, &text);
	else
		rewrite_put_footer(reply, q->stock.n, &text);
	socketmap_found(out, text.data, text.len);
	buf_free(&text);
	counts.changed++;
}

/*
 * Queries the engine of this door's connection, where it issued the reply.
 * True: it did, and *rewrites says whether `reply` replaces it.
 */
static bool
ask_door(enum registry_door door, pid_t pid, const struct question *q,
    struct reply *reply, bool *rewrites)
{
	struct registered *j;
	struct engine *e = registry_find(door, pid, clock_ms() + LOCK_MS, &j);
	bool found = e != NULL && (door == REGISTRY_MILTER || engine_matches(e,
	    q));

	if (found)
		*rewrites = engine_rewrite(e, q, reply);
	if (e != NULL)
		registry_release(j);
	return found;
}

static bool
matches(const struct engine *e, const void *question)
{
	return engine_matches_words(e, question);
}

/* Over TCP; see session_registry.h. */
static bool
ask_by_words(const struct server_peer *peer, const struct question *q,
    struct reply *reply, bool *rewrites)
{
	struct registered *j;
	struct engine *e = peer->pid == 0 ? registry_find_by_words(peer->fd,
	    matches, q, &j) : NULL;

	if (e == NULL)
		return false;
	*rewrites = engine_rewrite(e, q, reply);
	registry_release(j);
	return true;
}

/* The session is not known, or busy. */
static bool
answer_unknown(const struct server_peer *peer, const struct question *q,
    struct reply *reply)
{
	struct ruleset *rules = ruleset_current();
	struct session answered;
	bool known, rewrites;

	session_init(&answered);
	known = registry_snapshot(peer->pid, &answered);
	rewrites = engine_rewrite_unknown(rules, self.recorder,
	    known ? &answered : NULL, q, reply);
	counts.unjoined += !known;
	session_free(&answered);
	ruleset_release(rules);
	return rewrites;
}

static void
answer_reply(const struct server_peer *peer, const struct question *q,
    struct buf *out)
{
	struct reply reply = { .code = 0 };
	bool rewrites = false;

	if (!ask_door(REGISTRY_POLICY, peer->pid, q, &reply, &rewrites) &&
	    !ask_door(REGISTRY_MILTER, peer->pid, q, &reply, &rewrites) &&
	    !ask_by_words(peer, q, &reply, &rewrites))
		rewrites = answer_unknown(peer, q, &reply);
	if (rewrites)
		put_answer(out, q, &reply);
	else {
		counts.passed++;
		socketmap_not_found(out);
	}
	reply_clear(&reply);
}

/* What the policy service has kept for a class; see setup_plan.c. */
static void
answer_kept(const struct server_peer *peer, enum about about, struct buf *out)
{
	struct registered *j;
	struct engine *e = registry_find(REGISTRY_POLICY, peer->pid,
	    clock_ms() + LOCK_MS, &j);
	char *text = e != NULL ? engine_kept(e, about) : NULL;

	if (e != NULL)
		registry_release(j);
	if (text != NULL)
		socketmap_found(out, text, strlen(text));
	else
		socketmap_not_found(out);
	free(text);
}

static void
answer_query(const struct server_peer *peer, const struct socketmap_query *m,
    struct buf *out)
{
	struct question q = { .how = is_named(m, "filter") ? ASK_FILTER :
		ASK_FOOTER, .text = m->key, .n = m->key_n };

	enum about about = about_by_name(m->map, m->map_n);

	if (about != ABOUT_ANY) {
		answer_kept(peer, about, out);
		return;
	}
	counts.queries++;
	if ((q.how == ASK_FOOTER && !is_named(m, "footer")) ||
	    !reply_parse(&q.stock, m->key, m->key_n)) {
		counts.passed++;
		socketmap_not_found(out);
	} else if (is_own(&q.stock)) {
		counts.own++;
		socketmap_not_found(out);
	} else
		answer_reply(peer, &q, out);
	reply_clear(&q.stock);
}

static size_t
answer(void *arg, const struct server_peer *peer, const char *in, size_t n,
    struct buf *out)
{
	struct socketmap_query q;
	size_t length = socketmap_read(in, n, &q);

	(void)arg;
	if (length != 0 && length != SERVER_CLOSE)
		answer_query(peer, &q, out);
	return length;
}

static void
tick(void *arg)
{
	(void)arg;
	registry_each(engine_expire, clock_ms());
}

static bool
is_elsewhere(int fd)
{
	return other_process_has(OTHER_REPLYMAP, fd);
}

static bool
is_taken_back(int fd)
{
	return other_process_takes_back(OTHER_REPLYMAP, fd);
}

static const struct server_kind kind = { .name = "reply map",
	.max = SOCKETMAP_MAX + 8, .patience = 5000, .silence = SILENCE_MS,
	.answer = answer, .tick = tick, .is_elsewhere = is_elsewhere,
	.is_taken_back = is_taken_back };

bool
replymap_open(const char *spec, mode_t mode, gid_t gid, struct buf *errmsg)
{
	struct sock_spec opened;

	if (spec == NULL)
		return true;
	self.fd = sock_listen_text(spec, mode, gid, &opened, errmsg);
	self.tcp = opened.kind == SOCK_KIND_INET ||
	    opened.kind == SOCK_KIND_INET6;
	mem_replace(&self.path, sock_spec_path(&opened));
	return self.fd >= 0;
}

bool
replymap_start(struct recorder *recorder)
{
	self.recorder = recorder;
	if (self.fd < 0)
		return true;
	self.server = server_start(self.fd, &kind, NULL);
	return self.server != NULL;
}

void
replymap_adopt(int fd)
{
	if (self.server != NULL)
		server_adopt(self.server, fd);
	else
		close(fd);
}

void
replymap_stop(void)
{
	server_stop(self.server);
	self.server = NULL;
	handover_remove(&self.path);
}

void
replymap_retire(void)
{
	server_retire(self.server);
}

int64_t
replymap_wait(pid_t pid)
{
	return self.fd >= 0 && (pid != 0 || self.tcp) ? WAIT_MS : 0;
}

struct replymap_counts
replymap_counts(void)
{
	return (struct replymap_counts){ .queries = counts.queries,
		.changed = counts.changed, .own = counts.own,
		.passed = counts.passed, .unjoined = counts.unjoined };
}
