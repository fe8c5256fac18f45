/* milter - the filter's door: libmilter on one side, engine on the other */

#include "doors/milter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libmilter/mfapi.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "doors/libmilter_frames.h"
#include "doors/libmilter_listener.h"
#include "doors/libmilter_threads.h"
#include "doors/milter_answer.h"
#include "doors/milter_plan.h"
#include "doors/milter_session.h"
#include "doors/milter_socket.h"
#include "doors/refused.h"
#include "doors/replymap.h"
#include "doors/session_registry.h"
#include "engine/engine.h"
#include "engine/ruleset.h"
#include "words/reason.h"

/* Longer than any MTA waits for a client (RFC 5321 section 4.5.3.2). */
#define SILENCE_MAX 7210

/* What libmilter keeps for us with each session. */
struct session_door {
	struct engine *engine;
	struct registered *registered;
	bool overloaded;
	unsigned long steps;	/* as negotiated: SMFIP_* */
};

static struct recorder *recorder;

static const char *
macro(void *ctx, const char *name)
{
	char *value = smfi_getsymval(ctx, (char *)(uintptr_t)name);

	return value != NULL && *value != '\0' ? value : NULL;
}

/*
 * The session, which begins with its first event: that is the negotiation,
 * but a peer may leave it out, and libmilter lets it.
 */
static struct session_door *
door_of(SMFICTX *ctx)
{
	struct session_door *door = smfi_getpriv(ctx);
	struct ruleset *rules;

	if (door != NULL)
		return door;
	rules = ruleset_current();
	door = mem_alloc(sizeof *door);
	door->engine = engine_new(rules, recorder);
	door->overloaded = (long long)libmilter_threads_sessions() >
	    rules->daemon.max_sessions;
	ruleset_release(rules);
	door->registered = registry_open(REGISTRY_MILTER,
	    libmilter_threads_socket(ctx), door->engine);
	engine_wait_mta(door->engine,
	    replymap_wait(registry_pid(door->registered)));
	smfi_setpriv(ctx, door);
	return door;
}

/* Around each event: the other doors ask about this session, too. */
static struct session_door *
enter(SMFICTX *ctx)
{
	struct session_door *door = door_of(ctx);

	registry_lock(door->registered);
	engine_flush(door->engine);
	return door;
}

static sfsistat
leave(const struct session_door *door, sfsistat answer)
{
	registry_unlock(door->registered);
	return answer;
}

/* libmilter logs every answer to a step that was to have none. */
static sfsistat
go_on(SMFICTX *ctx, unsigned long unanswered)
{
	return (door_of(ctx)->steps & unanswered) != 0 ? SMFIS_NOREPLY :
	    SMFIS_CONTINUE;
}

static sfsistat
step(SMFICTX *ctx, enum stage stage, unsigned long unanswered)
{
	struct reply reply = { .code = 0 };
	enum action action = engine_step(door_of(ctx)->engine, stage, &reply);
	sfsistat answer;

	if (action_refuses(action))
		answer = milter_refuse(ctx, action, &reply);
	else
		answer = go_on(ctx, unanswered);
	reply_clear(&reply);
	return answer;
}

static sfsistat
on_connect(SMFICTX *ctx, char *host, _SOCK_ADDR *addr)
{
	struct session_door *door = enter(ctx);
	sfsistat answer;

	milter_session_connect(engine_session(door->engine), host, addr,
	    macro, ctx);
	registry_publish(door->registered, engine_session(door->engine));
	answer = step(ctx, STAGE_CONNECT, SMFIP_NR_CONN);
	if (door->overloaded)
		engine_find(door->engine, REASON_SYSTEM_OVERLOADED,
		    "max-sessions", STAGE_CONNECT);
	return leave(door, answer);
}

static sfsistat
on_helo(SMFICTX *ctx, char *helo)
{
	struct session_door *door = enter(ctx);

	milter_session_helo(engine_session(door->engine), helo, macro, ctx);
	registry_publish(door->registered, engine_session(door->engine));
	return leave(door, step(ctx, STAGE_HELO, SMFIP_NR_HELO));
}

static sfsistat
on_mail(SMFICTX *ctx, char **args)
{
	struct session_door *door = enter(ctx);

	engine_reset(door->engine);
	milter_session_mail(engine_session(door->engine), args, macro, ctx);
	return leave(door, step(ctx, STAGE_MAIL, SMFIP_NR_MAIL));
}

/* Any other answer than CONTINUE makes Sendmail send a second reply. */
static sfsistat
on_rcpt(SMFICTX *ctx, char **args)
{
	struct session_door *door = enter(ctx);
	struct session *s = engine_session(door->engine);
	const char *mailer = macro(ctx, "{rcpt_mailer}");

	session_rcpt(s, args[0]);
	milter_session_queue_id(s, macro, ctx);
	if (mailer == NULL || strcmp(mailer, "error") != 0)
		return leave(door, step(ctx, STAGE_RCPT, 0));
	refused_by_mta(door->registered, door->engine,
	    macro(ctx, "{rcpt_host}"), milter_session_refusal(s, macro, ctx));
	return leave(door, SMFIS_CONTINUE);
}

/* Once the MTA has a queue file: what it refuses from here on has its id. */
static sfsistat
on_data(SMFICTX *ctx)
{
	struct session_door *door = enter(ctx);

	milter_session_queue_id(engine_session(door->engine), macro, ctx);
	return leave(door, step(ctx, STAGE_DATA, SMFIP_NR_DATA));
}

/* Does the MTA leave the blank after a colon to us? Otherwise it removes it. */
static bool
keeps_blanks(const struct session_door *door)
{
	return (door->steps & SMFIP_HDR_LEADSPC) != 0;
}

/* As the packet has it: name and value, each with its end. */
static bool
skips_field(void *arg, const char *name, size_t bytes)
{
	struct session_door *door = arg;
	bool skips;

	registry_lock(door->registered);
	/* ": " and CR LF are four, both ends two. */
	skips = engine_skips_header(door->engine, name, bytes + 2);
	registry_unlock(door->registered);
	return skips;
}

static sfsistat
on_header(SMFICTX *ctx, char *name, char *value)
{
	struct session_door *door = enter(ctx);
	struct buf raw = BUF_INIT;

	if (!keeps_blanks(door))
		buf_putc(&raw, ' ');
	buf_puts(&raw, value);
	engine_header(door->engine, name, raw.data);
	buf_free(&raw);
	if ((door->steps & SMFIP_NR_HDR) != 0 &&
	    libmilter_threads_socket(ctx) != -1 &&
	    engine_skips_header(door->engine, "", 0))
		libmilter_frames_skip(skips_field, door);
	return leave(door, go_on(ctx, SMFIP_NR_HDR));
}

static sfsistat
on_end_of_header(SMFICTX *ctx)
{
	struct session_door *door = enter(ctx);

	return leave(door, step(ctx, STAGE_HEADERS, SMFIP_NR_EOH));
}

/*
 * A last piece that comes with the end of the message (no MTA that we know
 * sends one) would end there without on_message(): libmilter asks for it only
 * after CONTINUE.
 */
static sfsistat
on_body(SMFICTX *ctx, unsigned char *bytes, size_t n)
{
	struct session_door *door = enter(ctx);

	engine_body(door->engine, (const char *)bytes, n);
	return leave(door, go_on(ctx, SMFIP_NR_BODY));
}

/* A message that cannot be put on hold must not be delivered instead. */
static sfsistat
on_message(SMFICTX *ctx)
{
	struct session_door *door = enter(ctx);
	struct engine *e = door->engine;
	sfsistat answer;

	milter_session_queue_id(engine_session(e), macro, ctx);
	answer = step(ctx, STAGE_MESSAGE, 0);
	if (answer == SMFIS_CONTINUE && !milter_mark(ctx, engine_marks(e),
	    keeps_blanks(door))) {
		log_error("smfi_quarantine failed: message deferred");
		answer = SMFIS_TEMPFAIL;
	}
	engine_end_message(e);
	return leave(door, answer);
}

static sfsistat
on_abort(SMFICTX *ctx)
{
	struct session_door *door = enter(ctx);

	engine_reset(door->engine);
	return leave(door, SMFIS_CONTINUE);
}

static sfsistat
on_close(SMFICTX *ctx)
{
	struct session_door *door = smfi_getpriv(ctx);

	if (door == NULL)
		return SMFIS_CONTINUE;
	registry_close(door->registered);
	engine_free(door->engine);
	free(door);
	smfi_setpriv(ctx, NULL);
	return SMFIS_CONTINUE;
}

static void
ask_for_macros(SMFICTX *ctx)
{
	static const struct {
		int at;
		enum stage stage;
	} lists[] = {
		{ SMFIM_CONNECT, STAGE_CONNECT }, { SMFIM_HELO, STAGE_HELO },
		{ SMFIM_ENVFROM, STAGE_MAIL }, { SMFIM_ENVRCPT, STAGE_RCPT },
		{ SMFIM_DATA, STAGE_DATA }, { SMFIM_EOM, STAGE_MESSAGE },
	};
	size_t i;

	for (i = 0; i < sizeof lists / sizeof lists[0]; i++)
		smfi_setsymlist(ctx, lists[i].at, (char *)(uintptr_t)
		    milter_session_macros(lists[i].stage));
}

static sfsistat
on_negotiate(SMFICTX *ctx, unsigned long actions, unsigned long steps,
    unsigned long f2, unsigned long f3, unsigned long *want_actions,
    unsigned long *want_steps, unsigned long *want2, unsigned long *want3)
{
	struct session_door *door = door_of(ctx);
	unsigned plan = milter_plan(engine_rules(door->engine),
	    door->overloaded);

	(void)f2, (void)f3;
	if (replymap_wait(registry_pid(door->registered)) > 0)
		plan |= PLAN_ANSWERS;
	door->steps = *want_steps = milter_plan_steps(plan) & steps;
	*want_actions = (plan & PLAN_MARKS) != 0 ? actions &
	    (SMFIF_ADDHDRS | SMFIF_CHGHDRS | SMFIF_QUARANTINE) : 0;
	*want2 = *want3 = 0;
	if ((actions & SMFIF_SETSYMLIST) != 0) {
		*want_actions |= SMFIF_SETSYMLIST;
		ask_for_macros(ctx);
	}
	return SMFIS_CONTINUE;
}

static struct smfiDesc description = {
	.xxfi_name = "saywhy",
	.xxfi_version = SMFI_VERSION,
	.xxfi_flags = SMFIF_ADDHDRS | SMFIF_CHGHDRS | SMFIF_QUARANTINE |
	    SMFIF_SETSYMLIST,
	.xxfi_connect = on_connect,
	.xxfi_helo = on_helo,
	.xxfi_envfrom = on_mail,
	.xxfi_envrcpt = on_rcpt,
	.xxfi_data = on_data,
	.xxfi_header = on_header,
	.xxfi_eoh = on_end_of_header,
	.xxfi_body = on_body,
	.xxfi_eom = on_message,
	.xxfi_abort = on_abort,
	.xxfi_close = on_close,
	.xxfi_negotiate = on_negotiate
};

bool
milter_open(const char *spec, mode_t mode, gid_t gid, struct buf *errmsg)
{
	const struct milter_library library = { .set = smfi_setconn,
		.open = smfi_opensocket };

	smfi_settimeout(SILENCE_MAX);
	smfi_setmaxdatasize(FRAME_MAX);
	if (smfi_register(description) == MI_SUCCESS)
		return milter_socket_open(&library, spec, mode, gid, errmsg);
	buf_puts(errmsg, "smfi_register failed");
	return false;
}

bool
milter_start(struct recorder *r)
{
	recorder = r;
	return libmilter_listener_start(smfi_main);
}

static bool
listen_no_more(void)
{
	static bool did, good;

	if (!did)
		good = libmilter_listener_stop() == MI_SUCCESS;
	did = true;
	return good;
}

unsigned
milter_retire(void)
{
	listen_no_more();
	return libmilter_threads_sessions();
}

/* The library's own pool does not show whether it is done. */
struct milter_end
milter_stop(int64_t deadline)
{
	struct milter_end end = { .good = listen_no_more() };

	milter_socket_remove();
	end.cut = libmilter_threads_drain(deadline);
	end.quiet = libmilter_threads_sessions() == 0 &&
	    libmilter_threads_kind() != THREADS_POOL;
	return end;
}
