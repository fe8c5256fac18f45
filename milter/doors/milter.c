/* milter - the filter's door: libmilter on one side, engine on the other */

#include "doors/milter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <libmilter/mfapi.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/sock.h"
#include "doors/listener.h"
#include "doors/milter_session.h"
#include "doors/threads.h"
#include "engine.h"
#include "ruleset.h"

/* Longer than any MTA waits for a client (RFC 5321 section 4.5.3.2). */
#define SILENCE_MOST 7210
#define DATA_MOST ((size_t)1 << 20)

/* What libmilter keeps for us with each session. */
struct session_door {
	struct engine *engine;
	bool overloaded;
};

static struct recorder *recorder;
static char *socket_path;	/* to be removed at the end, or NULL */

static const char *
macro(void *ctx, const char *name)
{
	char *value = smfi_getsymval(ctx, (char *)(uintptr_t)name);

	return value != NULL && *value != '\0' ? value : NULL;
}

/* libmilter's text is a format string to Sendmail, and so to Postfix. */
static char *
double_percent(const char *line)
{
	struct buf b = BUF_INIT;

	for (; *line != '\0'; line++) {
		if (*line == '%')
			buf_putc(&b, '%');
		buf_putc(&b, *line);
	}
	return buf_steal(&b);
}

static int
set_lines(SMFICTX *ctx, char *code, char *status, char *const *line, size_t n)
{
	if (n == 1)
		return smfi_setreply(ctx, code, status, line[0]);
	return smfi_setmlreply(ctx, code, status, line[0], line[1], line[2],
	    line[3], line[4], line[5], NULL);
}

static bool
set_reply(SMFICTX *ctx, const struct reply *reply)
{
	char code[12], status[sizeof reply->status];
	char *line[REPLY_LINES] = { NULL };
	size_t i;
	int set;

	snprintf(code, sizeof code, "%d", reply->code);
	memcpy(status, reply->status, sizeof status);
	for (i = 0; i < reply->n; i++)
		line[i] = double_percent(reply->lines[i]);
	set = set_lines(ctx, code, status, line, reply->n);
	for (i = 0; i < reply->n; i++)
		free(line[i]);
	return set == MI_SUCCESS;
}

/* What the MTA is told; the class of the text is that of the action. */
static sfsistat
refuse(SMFICTX *ctx, enum action action, const struct reply *reply)
{
	bool reject = action == ACTION_REJECT;

	if (!set_reply(ctx, reply)) {
		log_error("libmilter does not take our reply %d %s",
		    reply->code, reply->status);
		smfi_setreply(ctx, reject ? "550" : "450",
		    reject ? "5.7.0" : "4.7.0",
		    "The policy of this server does not allow this.");
	}
	return reject ? SMFIS_REJECT : SMFIS_TEMPFAIL;
}

static sfsistat
step(SMFICTX *ctx, struct engine *e, enum stage stage)
{
	struct reply reply = { .code = 0 };
	enum action action = engine_step(e, stage, &reply);
	sfsistat answer = SMFIS_CONTINUE;

	if (action_refuses(action))
		answer = refuse(ctx, action, &reply);
	reply_clear(&reply);
	return answer;
}

static sfsistat
on_connect(SMFICTX *ctx, char *host, _SOCK_ADDR *addr)
{
	struct session_door *door = smfi_getpriv(ctx);

	if (door == NULL)
		return SMFIS_TEMPFAIL;
	milter_session_connect(engine_session(door->engine), host, addr,
	    macro, ctx);
	step(ctx, door->engine, STAGE_CONNECT);
	if (door->overloaded)
		engine_find(door->engine, REASON_SYSTEM_OVERLOADED,
		    "max-sessions", STAGE_CONNECT);
	return SMFIS_CONTINUE;
}

static sfsistat
on_helo(SMFICTX *ctx, char *helo)
{
	struct session_door *door = smfi_getpriv(ctx);

	milter_session_helo(engine_session(door->engine), helo, macro, ctx);
	return step(ctx, door->engine, STAGE_HELO);
}

static sfsistat
on_mail(SMFICTX *ctx, char **args)
{
	struct session_door *door = smfi_getpriv(ctx);

	engine_reset(door->engine);
	milter_session_mail(engine_session(door->engine), args, macro, ctx);
	return step(ctx, door->engine, STAGE_MAIL);
}

/* Any other answer than CONTINUE makes Sendmail send a second reply. */
static sfsistat
on_rcpt(SMFICTX *ctx, char **args)
{
	struct session_door *door = smfi_getpriv(ctx);
	struct session *s = engine_session(door->engine);
	const char *mailer = macro(ctx, "{rcpt_mailer}");

	session_rcpt(s, args[0]);
	milter_session_queue_id(s, macro, ctx);
	if (mailer == NULL || strcmp(mailer, "error") != 0)
		return step(ctx, door->engine, STAGE_RCPT);
	engine_refused_by_mta(door->engine, macro(ctx, "{rcpt_host}"),
	    macro(ctx, "{rcpt_addr}"));
	return SMFIS_CONTINUE;
}

static sfsistat
on_data(SMFICTX *ctx)
{
	struct session_door *door = smfi_getpriv(ctx);

	return step(ctx, door->engine, STAGE_DATA);
}

static sfsistat
on_header(SMFICTX *ctx, char *name, char *value)
{
	struct session_door *door = smfi_getpriv(ctx);

	session_header(engine_session(door->engine), name, value);
	return SMFIS_CONTINUE;
}

static sfsistat
on_end_of_header(SMFICTX *ctx)
{
	struct session_door *door = smfi_getpriv(ctx);

	return step(ctx, door->engine, STAGE_HEADERS);
}

static sfsistat
on_body(SMFICTX *ctx, unsigned char *bytes, size_t n)
{
	struct session_door *door = smfi_getpriv(ctx);

	(void)bytes;
	session_body(engine_session(door->engine), n);
	return SMFIS_CONTINUE;
}

/* From the last to the first, since each removal renumbers those behind. */
static void
apply_marks(SMFICTX *ctx, const struct marks *m)
{
	static char field[] = MARKS_FIELD;
	size_t i;
	int done = MI_SUCCESS;

	for (i = m->nforged; i-- > 0;)
		done |= smfi_chgheader(ctx, field, m->forged[i], NULL);
	for (i = 0; i < m->n; i++)
		done |= smfi_addheader(ctx, field, m->values[i]);
	if (m->quarantine != NULL)
		done |= smfi_quarantine(ctx, m->quarantine);
	if (done != MI_SUCCESS)
		log_error("the MTA does not take our marks");
}

static sfsistat
on_message(SMFICTX *ctx)
{
	struct session_door *door = smfi_getpriv(ctx);
	sfsistat answer;

	milter_session_queue_id(engine_session(door->engine), macro, ctx);
	answer = step(ctx, door->engine, STAGE_MESSAGE);
	if (answer == SMFIS_CONTINUE)
		apply_marks(ctx, engine_marks(door->engine));
	engine_reset(door->engine);
	return answer;
}

static sfsistat
on_abort(SMFICTX *ctx)
{
	struct session_door *door = smfi_getpriv(ctx);

	if (door != NULL)
		engine_reset(door->engine);
	return SMFIS_CONTINUE;
}

static sfsistat
on_close(SMFICTX *ctx)
{
	struct session_door *door = smfi_getpriv(ctx);

	if (door != NULL)
		engine_free(door->engine);
	free(door);
	smfi_setpriv(ctx, NULL);
	return SMFIS_CONTINUE;
}

/* Steps we can do without, and answers the MTA need not wait for. */
static unsigned long
plan_steps(const struct session_door *door)
{
	const struct ruleset *r = engine_rules(door->engine);
	unsigned long steps = SMFIP_RCPT_REJ | SMFIP_NOUNKNOWN |
	    SMFIP_NR_CONN | SMFIP_NR_HELO | SMFIP_NR_HDR | SMFIP_NR_EOH |
	    SMFIP_NR_BODY | SMFIP_NR_DATA;

	if ((r->stages & STAGE_BIT(STAGE_DATA)) == 0)
		steps |= SMFIP_NODATA;
	if ((r->needs & CHECK_NEEDS_HEADERS) == 0)
		steps |= SMFIP_NOHDRS;
	if ((r->stages & STAGE_BIT(STAGE_HEADERS)) == 0)
		steps |= SMFIP_NOEOH;
	if ((r->needs & CHECK_NEEDS_BODY) == 0)
		steps |= SMFIP_NOBODY;
	if (!r->speaks_at_mail && !door->overloaded)
		steps |= SMFIP_NR_MAIL;
	return steps;
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
		{ SMFIM_EOM, STAGE_MESSAGE },
	};
	size_t i;

	for (i = 0; i < sizeof lists / sizeof lists[0]; i++)
		smfi_setsymlist(ctx, lists[i].at, (char *)(uintptr_t)
		    milter_session_macros(lists[i].stage));
}

static struct session_door *
open_session(SMFICTX *ctx)
{
	struct session_door *door = smfi_getpriv(ctx);
	struct ruleset *rules = ruleset_current();

	if (door == NULL) {
		door = mem_alloc(sizeof *door);
		door->engine = engine_new(rules, recorder);
		door->overloaded = (long long)threads_sessions() >
		    rules->daemon.max_sessions;
		smfi_setpriv(ctx, door);
	}
	ruleset_drop(rules);
	return door;
}

static sfsistat
on_negotiate(SMFICTX *ctx, unsigned long actions, unsigned long steps,
    unsigned long f2, unsigned long f3, unsigned long *want_actions,
    unsigned long *want_steps, unsigned long *want2, unsigned long *want3)
{
	struct session_door *door = open_session(ctx);

	(void)f2;
	(void)f3;
	*want_steps = plan_steps(door) & steps;
	*want_actions = engine_rules(door->engine)->marks ? actions &
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

/* libmilter checks no spec before it opens it, and says little then. */
static bool
hand_over(int fd, struct buf *why)
{
	char spec[16];

	snprintf(spec, sizeof spec, "fd:%d", fd);
	if (smfi_setconn(spec) == MI_SUCCESS &&
	    smfi_opensocket(false) == MI_SUCCESS)
		return true;
	buf_puts(why, "this libmilter takes no open socket (fd:)");
	return false;
}

bool
milter_open(const char *spec, mode_t mode, gid_t gid, struct buf *why)
{
	struct sock_spec place;
	int fd;

	if (!sock_spec_parse(spec, &place, why))
		return false;
	smfi_setdbg(0);
	smfi_settimeout(SILENCE_MOST);
	smfi_setmaxdatasize(DATA_MOST);
	if (smfi_register(description) != MI_SUCCESS) {
		buf_puts(why, "libmilter does not take our callbacks");
		return false;
	}
	fd = sock_listen(&place, mode, gid, why);
	if (fd < 0)
		return false;
	if (place.kind == SOCK_KIND_UNIX)
		mem_replace(&socket_path, place.path);
	return hand_over(fd, why);
}

bool
milter_start(struct recorder *r)
{
	recorder = r;
	return listener_start(smfi_main);
}

bool
milter_stop(int64_t deadline, unsigned *cut)
{
	bool good = listener_stop() == MI_SUCCESS;

	if (socket_path != NULL)
		unlink(socket_path);
	mem_replace(&socket_path, NULL);
	*cut = threads_drain(deadline);
	return good;
}
