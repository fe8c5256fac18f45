/* policy_service_answer - what the policy service says to one question */

#include "doors/policy_service_answer.h"

#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "doors/policy_service_sendmail.h"
#include "doors/replymap.h"
#include "doors/server.h"
#include "doors/session_registry.h"
#include "doors/socketmap.h"
#include "engine/engine.h"
#include "engine/ruleset.h"

/* The engine of the last request ends; its pending refusals are written. */
static void
replace_engine(struct registered *j, struct engine *e)
{
	struct engine *old;

	registry_lock(j);
	old = registry_engine(j, e);
	registry_unlock(j);
	engine_free(old);
}

void
policy_service_answer_end(struct registered *j)
{
	replace_engine(j, NULL);
	registry_close(j);
}

void
policy_service_answer_undelivered(struct registered *j)
{
	struct engine *e;

	registry_lock(j);
	e = registry_engine(j, NULL);
	registry_unlock(j);
	if (e != NULL)
		engine_cancel(e);
	engine_free(e);
}

/* Does the filter see this session, and so record what is only observed? */
static bool
is_filtered(const struct registered *j)
{
	struct registered *session;
	struct engine *e = registry_find(REGISTRY_MILTER, registry_pid(j),
	    clock_ms() + 100, &session);

	if (e != NULL)
		registry_release(session);
	return e != NULL;
}

static struct engine *
new_engine(const struct registered *j, struct recorder *recorder, int64_t wait)
{
	struct ruleset *rules = ruleset_current();
	struct engine *e;

	if (rules->policy.mode == MODE_OBSERVE && is_filtered(j))
		recorder = NULL;
	e = engine_new_question(rules, recorder, wait);
	ruleset_release(rules);
	return e;
}

/* All earlier stages, and the one that is asked about. */
static bool
refuses(struct engine *e, enum stage last, struct reply *reply)
{
	enum stage stage;
	enum action action = ACTION_OFF;

	engine_answer_at(e, last);
	for (stage = STAGE_CONNECT; stage <= last; stage++) {
		reply_clear(reply);
		action = engine_step(e, stage, reply);
		if (action_refuses(action))
			break;
	}
	return action_refuses(action);
}

/*
 * The registered session gets the engine before Postfix gets the answer,
 * because the filter and the reply map see it next.
 */
static bool
judge(struct registered *j, struct engine *e, enum stage last,
    struct reply *reply)
{
	bool refused = refuses(e, last, reply);

	replace_engine(j, e);
	return refused;
}

/* Classes of setup's: each looks up what is kept, in the reply map. */
static const char *
class_of(enum about about)
{
	switch (about) {
	case ABOUT_HELO:
		return "saywhy_helo";
	case ABOUT_SENDER:
		return "saywhy_sender";
	case ABOUT_RCPT:
		return "saywhy_rcpt";
	case ABOUT_ANY:
	case ABOUT_CLIENT:
		break;
	}
	return NULL;
}

/*
 * Postfix puts words of its own in front, and changes statuses, by the list
 * that refuses.
 */
static void
put_refusal(struct buf *out, struct engine *e, const struct reply *reply,
    bool all)
{
	struct buf text = BUF_INIT;
	const char *class = all ? class_of(engine_refused_about(e)) : NULL;

	buf_printf(&text, "%d %s %s", reply->code, reply->status,
	    reply->lines[0]);
	if (class != NULL)
		engine_keep(e, text.data);
	buf_printf(out, "action=%s\n\n", class != NULL ? class : text.data);
	buf_free(&text);
}

static enum policy_word
answer_request(struct registered *j, struct recorder *recorder, const char *in,
    size_t n, struct buf *out)
{
	struct engine *e = new_engine(j, recorder,
	    replymap_wait(registry_pid(j)));
	struct reply reply = { .code = 0 };
	bool refused;

	policy_postfix_session(in, n, engine_session(e));
	engine_answer_about(e, policy_postfix_about(in, n));
	refused = policy_postfix_is_rcpt(in, n) &&
	    judge(j, e, STAGE_RCPT, &reply);
	if (refused)
		put_refusal(out, e, &reply, policy_postfix_is_all(in, n));
	else
		buf_puts(out, "action=DUNNO\n\n");
	if (!policy_postfix_is_rcpt(in, n))
		engine_free(e);
	reply_clear(&reply);
	return refused ? POLICY_REFUSED : POLICY_NOTHING;
}

/* Sendmail queries no reply map: our answer leaves as it is. */
static enum policy_word
answer_query(struct registered *j, struct recorder *recorder,
    const struct socketmap_query *q, struct buf *out)
{
	enum stage stage;
	struct engine *e = new_engine(j, recorder, 0);
	struct reply reply = { .code = 0 };
	struct buf text = BUF_INIT;
	bool known = policy_sendmail_stage(q->map, q->map_n, &stage) &&
	    policy_sendmail_session(q->key, q->key_n, stage,
	    engine_session(e));
	bool refused = known && judge(j, e, stage, &reply);

	if (refused) {
		policy_sendmail_put(&reply, &text);
		socketmap_found(out, text.data, text.len);
	} else
		socketmap_not_found(out);
	if (!known)
		engine_free(e);
	buf_free(&text);
	reply_clear(&reply);
	return refused ? POLICY_REFUSED : POLICY_NOTHING;
}

/* A netstring begins with a digit, no attribute of Postfix does. */
static bool
is_map(const char *in)
{
	return *in >= '0' && *in <= '9';
}

enum policy_word
policy_service_answer(struct registered *j, struct recorder *recorder,
    const char *in, size_t n, size_t *used, struct buf *out)
{
	struct socketmap_query q;
	size_t length = is_map(in) ? socketmap_read(in, n, &q) :
	    policy_postfix_length(in, n);

	*used = 0;
	if (length == 0)
		return POLICY_MORE;
	if (length == SERVER_CLOSE)
		return POLICY_CLOSE;
	*used = length;
	return is_map(in) ? answer_query(j, recorder, &q, out) :
	    answer_request(j, recorder, in, length, out);
}
