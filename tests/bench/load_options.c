/* load_options - the command line of the load driver */

#include "load_options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/buf.h"

static const char usage_text[] =
"usage: bench-load [option ...] SOCKET      (unix:/path, inet:port@address)\n"
"  --sessions N       at a time (16)     --messages N       in all (10000)\n"
"  --per-session N    messages (1)       --seconds S        instead of N\n"
"  --rcpts N          of each (1)        --headers N        fields (10)\n"
"  --body BYTES       (2000)             --file PATH        a message instead\n"
"  --client ADDRESS   --client-name NAME --helo NAME        --login NAME\n"
"  --sender ADDRESS   --rcpt ADDRESS     else they are made up\n"
"  --clients N        networks and senders\n"
"  --aborts PERCENT   RSET somewhere     --drops PERCENT    hang up somewhere\n"
"  --slow BYTES:MS    in dribs           --unbuffered       as Sendmail\n"
"  --hold SECONDS     all sessions wait  --hold-at STEP     after it (helo)\n"
"  --offer-flags HEX  --offer-actions HEX    what the MTA can do\n"
"  --timeout SECONDS  for an answer (30) --seed N           of what is random\n"
"  --pid PID          the filter's cpu and memory           --json\n";

enum { O_SESSIONS, O_MESSAGES, O_PER_SESSION, O_SECONDS, O_RCPTS, O_HEADERS,
	O_BODY, O_FILE, O_CLIENT, O_CLIENTS, O_CLIENT_NAME, O_HELO, O_LOGIN,
	O_SENDER, O_RCPT, O_ABORTS, O_DROPS, O_SLOW, O_UNBUFFERED, O_HOLD,
	O_HOLD_AT, O_FLAGS, O_ACTIONS, O_TIMEOUT, O_SEED, O_PID, O_JSON };

static const struct option long_options[] = {
	{ "sessions", required_argument, NULL, O_SESSIONS },
	{ "messages", required_argument, NULL, O_MESSAGES },
	{ "per-session", required_argument, NULL, O_PER_SESSION },
	{ "seconds", required_argument, NULL, O_SECONDS },
	{ "rcpts", required_argument, NULL, O_RCPTS },
	{ "headers", required_argument, NULL, O_HEADERS },
	{ "body", required_argument, NULL, O_BODY },
	{ "file", required_argument, NULL, O_FILE },
	{ "client", required_argument, NULL, O_CLIENT },
	{ "client-name", required_argument, NULL, O_CLIENT_NAME },
	{ "helo", required_argument, NULL, O_HELO },
	{ "login", required_argument, NULL, O_LOGIN },
	{ "clients", required_argument, NULL, O_CLIENTS },
	{ "sender", required_argument, NULL, O_SENDER },
	{ "rcpt", required_argument, NULL, O_RCPT },
	{ "aborts", required_argument, NULL, O_ABORTS },
	{ "drops", required_argument, NULL, O_DROPS },
	{ "slow", required_argument, NULL, O_SLOW },
	{ "unbuffered", no_argument, NULL, O_UNBUFFERED },
	{ "hold", required_argument, NULL, O_HOLD },
	{ "hold-at", required_argument, NULL, O_HOLD_AT },
	{ "offer-flags", required_argument, NULL, O_FLAGS },
	{ "offer-actions", required_argument, NULL, O_ACTIONS },
	{ "timeout", required_argument, NULL, O_TIMEOUT },
	{ "seed", required_argument, NULL, O_SEED },
	{ "pid", required_argument, NULL, O_PID },
	{ "json", no_argument, NULL, O_JSON },
	{ NULL, 0, NULL, 0 },
};

static const struct run defaults = {
	.session = { .actions = PROTO_ALL_ACTIONS, .flags = PROTO_ALL_FLAGS,
	    .per_session = 1, .hold_at = STEPS, .timeout = 30000000 },
	.mail = { .rcpts = 1, .headers = 10, .body = 2000 },
	.sessions = 16,
	.messages = 10000,
	.seed = 1,
};

static void
usage(void)
{
	fputs(usage_text, stderr);
	exit(EX_USAGE);
}

static unsigned long
number(const char *text, int base)
{
	char *end;
	unsigned long n = strtoul(text, &end, base);

	if (end == text || *end != '\0' || *text == '-')
		usage();
	return n;
}

static double
seconds(const char *text)
{
	char *end;
	double s = strtod(text, &end);

	if (end == text || *end != '\0' || s <= 0)
		usage();
	return s;
}

static enum step
step_named(const char *name)
{
	for (enum step i = 0; i < STEPS; i++)
		if (strcmp(step_rows[i].name, name) == 0)
			return i;
	usage();
	return STEPS;
}

static void
slow(struct run *r, const char *text)
{
	if (sscanf(text, "%zu:%d", &r->session.slow_bytes, &r->slow_ms) != 2 ||
	    r->slow_ms < 1)
		usage();
}

/* Options about what is said. */
static bool
mail_option(struct mail_options *m, int option, const char *value)
{
	switch (option) {
	case O_RCPTS:
		m->rcpts = number(value, 10);
		return m->rcpts > 0;
	case O_HEADERS:
		m->headers = number(value, 10);
		return true;
	case O_BODY:
		m->body = number(value, 10);
		return true;
	case O_FILE:
		m->file = value;
		return true;
	case O_CLIENT:
		m->client = value;
		return true;
	case O_CLIENTS:
		m->clients = (size_t)number(value, 10);
		return true;
	case O_CLIENT_NAME:
		m->client_name = value;
		return true;
	case O_HELO:
		m->helo = value;
		return true;
	case O_LOGIN:
		m->login = value;
		return true;
	case O_SENDER:
		m->sender = value;
		return true;
	case O_RCPT:
		m->rcpt = value;
		return true;
	}
	return false;
}

/* Options about how it is said. */
static bool
session_option(struct load_options *s, int option, const char *value)
{
	switch (option) {
	case O_PER_SESSION:
		s->per_session = number(value, 10);
		return true;
	case O_ABORTS:
		s->aborts = (int)number(value, 10);
		return true;
	case O_DROPS:
		s->drops = (int)number(value, 10);
		return true;
	case O_UNBUFFERED:
		s->unbuffered = true;
		return true;
	case O_HOLD_AT:
		s->hold_at = step_named(value);
		return true;
	case O_FLAGS:
		s->flags = (uint32_t)number(value, 16);
		return true;
	case O_ACTIONS:
		s->actions = (uint32_t)number(value, 16);
		return true;
	case O_TIMEOUT:
		s->timeout = (int64_t)(seconds(value) * 1e6);
		return true;
	}
	return false;
}

static bool
run_option(struct run *r, int option, const char *value)
{
	switch (option) {
	case O_SESSIONS:
		r->sessions = number(value, 10);
		return true;
	case O_MESSAGES:
		r->messages = number(value, 10);
		return true;
	case O_SECONDS:
		r->seconds = seconds(value);
		return true;
	case O_SLOW:
		slow(r, value);
		return true;
	case O_HOLD:
		r->hold = seconds(value);
		return true;
	case O_SEED:
		r->seed = (unsigned)number(value, 10);
		return true;
	case O_PID:
		r->pid = (pid_t)number(value, 10);
		return true;
	case O_JSON:
		r->json = true;
		return true;
	}
	return false;
}

void
options_read(struct run *r, int argc, char **argv)
{
	struct buf errmsg = BUF_INIT;
	int option;

	*r = defaults;
	while ((option = getopt_long(argc, argv, "", long_options, NULL)) !=
	    -1)
		if (!run_option(r, option, optarg) &&
		    !session_option(&r->session, option, optarg) &&
		    !mail_option(&r->mail, option, optarg))
			usage();
	if (optind + 1 != argc)
		usage();
	if (!sock_spec_parse(argv[optind], &r->session.to, &errmsg)) {
		fprintf(stderr, "bench-load: %s: %s\n", argv[optind],
		    errmsg.data);
		exit(EX_USAGE);
	}
	buf_free(&errmsg);
	if (r->hold > 0 && r->session.hold_at == STEPS)
		r->session.hold_at = STEP_HELO;
	if (r->seconds > 0)
		r->messages = UINT64_MAX;
}
