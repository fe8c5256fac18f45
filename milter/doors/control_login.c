/* control_login - what a login sent lately, and whether it may send */

#include "doors/control_login.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "checks/limit_block.h"
#include "checks/login_close.h"
#include "counters/counters.h"
#include "doors/server.h"
#include "engine/ruleset.h"

static const char prefix[] = "login ";

/* What the log shows is reported by saywhy watch. */
enum verb { VERB_SHOW, VERB_OPEN, VERB_CLOSE, VERB_RESET, VERB_REFUSED,
	VERB_FAILED, VERB_COUNT };
static const char *const verbs[] = { "show ", "open ", "close ", "reset ",
	"refused ", "failed " };
/* What was done, as the log says it. */
static const char *const done[] = { [VERB_OPEN] = "opened",
	[VERB_CLOSE] = "closed", [VERB_RESET] = "counts from zero again, set" };

struct listing {
	struct json *json;
	const char *section;
};

static void
put_int(struct json *j, const char *key, int64_t n)
{
	json_key(j, key);
	json_int(j, n);
}

static void
put_limit(void *arg, const struct limit_block *block, int64_t limit,
    const struct counter_answer *now)
{
	struct listing *l = arg;

	json_object(l->json);
	json_member(l->json, "limit", block->item.title);
	json_member(l->json, "section", l->section);
	json_member(l->json, "what", limit_what_name(block));
	put_int(l->json, "count", now->count);
	put_int(l->json, "amount", limit);
	put_int(l->json, "window", block->window);
	json_object_end(l->json);
}

static void
put_limits(struct json *j, const char *login, bool forget)
{
	struct ruleset *r = ruleset_current();
	const struct rule *rule;
	struct listing l = { .json = j };

	json_key(j, "limits");
	json_array(j);
	for (rule = r->rules; rule < r->rules + r->nrules; rule++) {
		if (rule->check->options != limit_options)
			continue;
		l.section = rule->check->section;
		limit_blocks_of_login(rule->options, l.section, login, forget,
		    put_limit, &l);
	}
	json_array_end(j);
	ruleset_release(r);
}

static void
put_suspension(struct json *j, const char *login)
{
	struct login_closed cause;
	int64_t ms = login_closed(login, &cause);
	struct timespec since = { .tv_sec = (time_t)(ms / 1000),
		.tv_nsec = ms % 1000 * 1000000 };
	char text[CLOCK_TEXT];

	json_key(j, "suspended");
	json_bool(j, ms > 0);
	json_key(j, "since");
	if (ms > 0)
		json_string(j, clock_rfc3339(&since, text));
	else
		json_null(j);
	if (ms == 0)
		return;
	json_member(j, "because", cause.what == LOGIN_CLOSED_BY_HAND ?
	    "by hand" : limit_what_words(cause.what));
	if (cause.uid >= 0)
		put_int(j, "uid", cause.uid);
}

/* Each limit of the login counts what the log tells. */
static void
count_in_log(const char *login, enum limit_what what)
{
	struct ruleset *r = ruleset_current();
	const struct rule *rule;

	for (rule = r->rules; rule < r->rules + r->nrules; rule++)
		if (rule->check->options == limit_options)
			limit_blocks_of_log(rule->options,
			    rule->check->section, &r->site, login, what);
	ruleset_release(r);
}

/* Who asks, -1: not known. */
struct asker {
	long uid;
	long login_uid;		/* who logged in, whoever he has become since */
};

/* The kernel keeps it (audit), where PAM tells it; else all ones. */
static long
login_uid_of(pid_t pid)
{
	char path[64], text[16] = "";
	unsigned long uid;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%ld/loginuid", (long)pid);
	f = fopen(path, "re");
	if (f == NULL)
		return -1;
	uid = fgets(text, sizeof text, f) != NULL ?
	    strtoul(text, NULL, 10) : UINT32_MAX;
	fclose(f);
	return uid < UINT32_MAX ? (long)uid : -1;
}

static struct asker
who_asks(const struct server_peer *peer)
{
	struct ucred who;
	socklen_t n = sizeof who;

	if (getsockopt(peer->fd, SOL_SOCKET, SO_PEERCRED, &who, &n) != 0)
		return (struct asker){ -1, -1 };
	return (struct asker){ (long)who.uid, login_uid_of(who.pid) };
}

/* Only root and the daemon's own user can connect to this socket. */
static void
log_change(const struct asker *who, enum verb verb, const char *login)
{
	struct buf word = BUF_INIT;

	login_put_word(&word, login);
	if (who->login_uid >= 0 && who->login_uid != who->uid)
		log_warn("login %s: %s by uid %ld, logged in as uid %ld",
		    word.data, done[verb], who->uid, who->login_uid);
	else
		log_warn("login %s: %s by uid %ld", word.data, done[verb],
		    who->uid);
	buf_free(&word);
}

static void
change(const struct server_peer *peer, enum verb verb, const char *login)
{
	struct asker who = who_asks(peer);

	switch (verb) {
	case VERB_OPEN:
		login_open(login);
		break;
	case VERB_CLOSE:
		login_close_by_hand(login, who.login_uid >= 0 ?
		    who.login_uid : who.uid);
		break;
	case VERB_RESET:
		break;
	case VERB_REFUSED:
		count_in_log(login, LIMIT_REMOTE_REFUSALS);
		return;
	case VERB_FAILED:
		count_in_log(login, LIMIT_AUTH_FAILURES);
		return;
	case VERB_SHOW:
	case VERB_COUNT:
		return;
	}
	log_change(&who, verb, login);
}

static void
answer(const struct server_peer *peer, enum verb verb, const char *login,
    struct buf *out)
{
	struct json j = JSON_INIT(out);

	change(peer, verb, login);
	json_object(&j);
	json_member(&j, "login", login);
	put_suspension(&j, login);
	put_limits(&j, login, verb == VERB_OPEN || verb == VERB_RESET);
	json_object_end(&j);
	buf_putc(out, '\n');
}

size_t
control_login(const struct server_peer *peer, const char *in, size_t n,
    struct buf *out)
{
	const char *end = memchr(in, '\n', n), *at = in + sizeof prefix - 1;
	size_t known = n < sizeof prefix - 1 ? n : sizeof prefix - 1, length;
	char *login;
	int verb;

	if (memcmp(in, prefix, known) != 0)
		return SERVER_CLOSE;
	if (end == NULL)
		return 0;
	for (verb = 0; verb < VERB_COUNT; verb++) {
		length = strlen(verbs[verb]);
		if ((size_t)(end - at) > length &&
		    memcmp(at, verbs[verb], length) == 0)
			break;
	}
	if (verb == VERB_COUNT)
		return SERVER_CLOSE;
	login = mem_ndup(at + length, (size_t)(end - at) - length);
	answer(peer, (enum verb)verb, login, out);
	free(login);
	return (size_t)(end - in) + 1;
}

void
control_put_counters(struct json *j)
{
	struct counters_state s;

	counters_state(&s);
	json_key(j, "counters");
	json_object(j);
	put_int(j, "keys", (int64_t)s.keys);
	put_int(j, "size", (int64_t)s.size);
	put_int(j, "queries", (int64_t)s.queries);
	put_int(j, "asked", (int64_t)s.queries);	/* its old name */
	put_int(j, "evicted", (int64_t)s.evicted);
	json_key(j, "server");
	if (s.server)
		json_string(j, s.name);
	else
		json_null(j);
	json_key(j, "healthy");
	json_bool(j, !s.server || s.healthy);
	put_int(j, "failures", (int64_t)s.failures);
	json_object_end(j);
}
