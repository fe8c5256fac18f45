/* try - saywhy try: a session played to the policy, without a mail server */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/mem.h"
#include "commands/command.h"
#include "commands/try_show.h"
#include "dns/dns.h"
#include "engine/ruleset.h"
#include "lists/dnslist.h"
#include "scenario/player.h"
#include "scenario/scenario.h"
#include "version.h"

#define RCPTS_MAX 1000
#define FILE_MAX ((size_t)64 << 20)

/* What is to be played, in the order of a session. */
struct wish {
	const char *config;
	const char *client, *name, *ptr, *port, *daemon, *server;
	const char *helo, *tls, *login, *from, *size, *message;
	const char *rcpt[RCPTS_MAX];
	size_t nrcpt;
	bool trace, json;
};

static const struct argument arguments[] = {
	{ .name = "client", .value = "ADDRESS",
	    .help = "IP address of the client (192.0.2.1)" },
	{ .name = "name", .value = "NAME", .help = "its confirmed host name" },
	{ .name = "ptr", .value = "NAME",
	    .help = "its name in reverse DNS, not confirmed" },
	{ .name = "port", .value = "N", .help = "port it came to (25)" },
	{ .name = "server", .value = "ADDRESS", .help = "address it came to" },
	{ .name = "daemon", .value = "NAME",
	    .help = "what the mail server calls that port" },
	{ .name = "helo", .value = "NAME", .help = "what it says with EHLO" },
	{ .name = "tls", .value = "VERSION", .help = "TLSv1.3, for example" },
	{ .name = "login", .value = "NAME", .help = "logged in as" },
	{ .name = "from", .letter = 'f', .value = "ADDRESS",
	    .help = "sender; <> is the null sender" },
	{ .name = "rcpt", .letter = 'r', .value = "ADDRESS",
	    .help = "recipient; may be given many times" },
	{ .name = "size", .value = "N", .help = "SIZE= as announced" },
	{ .name = "message", .letter = 'm', .value = "FILE",
	    .help = "the message; - is standard input" },
	{ .name = "trace", .letter = 't',
	    .help = "show each check, its time, and the records" },
	COMMAND_JSON,
	COMMAND_CONFIG,
	{ .name = NULL }
};

static const char **
slot(struct wish *w, const char *name)
{
	const struct {
		const char *name;
		const char **slot;
	} slots[] = {
		{ "client", &w->client }, { "name", &w->name },
		{ "ptr", &w->ptr }, { "port", &w->port },
		{ "server", &w->server }, { "daemon", &w->daemon },
		{ "helo", &w->helo }, { "tls", &w->tls },
		{ "login", &w->login }, { "from", &w->from },
		{ "size", &w->size }, { "message", &w->message },
		{ "config", &w->config },
	};
	size_t i;

	for (i = 0; i < sizeof slots / sizeof slots[0]; i++)
		if (strcmp(slots[i].name, name) == 0)
			return slots[i].slot;
	return NULL;
}

static void
read_arguments(struct arguments *args, struct wish *w)
{
	const struct argument *a;
	const char *value;

	while ((a = arguments_next(args, &value)) != NULL) {
		if (strcmp(a->name, "trace") == 0)
			w->trace = true;
		else if (strcmp(a->name, "json") == 0)
			w->json = true;
		else if (strcmp(a->name, "rcpt") != 0)
			*slot(w, a->name) = value;
		else if (w->nrcpt < RCPTS_MAX)
			w->rcpt[w->nrcpt++] = value;
		else
			arguments_wrong(args, "too many recipients");
	}
}

static bool
read_file(const char *path, struct buf *into)
{
	FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
	bool good;

	if (f == NULL) {
		perror(path);
		return false;
	}
	good = buf_read(into, f, FILE_MAX);
	if (!good)
		perror(path);
	if (f != stdin)
		fclose(f);
	return good;
}

static void
play_connect(struct arguments *args, struct player *p, const struct wish *w)
{
	struct session *s = player_session(p);
	struct ip client;

	if (!ip_parse(w->client, &client))
		arguments_wrong(args, "--client %s is no IP address",
		    w->client);
	player_connect(p, w->name, &client);
	session_client_ptr(s, w->ptr);
	s->server_port = (unsigned)atoi(w->port);
	if (w->server != NULL && !ip_parse(w->server, &s->server))
		arguments_wrong(args, "--server %s is no IP address",
		    w->server);
	mem_replace(&s->daemon, w->daemon);
	player_connected(p);
	player_helo(p, w->helo);
	mem_replace(&s->tls, w->tls);
}

/* False: MAIL was refused. */
static bool
play_mail(struct player *p, struct try_show *show, const struct wish *w)
{
	struct session *s = player_session(p);

	try_show_event(show, "MAIL", w->from);
	player_mail(p, w->from);
	mem_replace(&s->login, w->login);
	if (w->size != NULL)
		s->declared_size = strtoll(w->size, NULL, 10);
	player_mailed(p);
	try_show_played(show, player_played(p));
	return !player_played(p)->refused;
}

/* How many were let pass. */
static size_t
play_rcpts(struct player *p, struct try_show *show, const struct wish *w)
{
	size_t i, passed = 0;

	for (i = 0; i < w->nrcpt; i++) {
		try_show_event(show, "RCPT", w->rcpt[i]);
		player_rcpt(p, w->rcpt[i]);
		try_show_played(show, player_played(p));
		passed += !player_played(p)->refused;
	}
	return passed;
}

static bool
play_message(struct player *p, struct try_show *show, const struct wish *w)
{
	struct buf text = BUF_INIT;

	if (!read_file(w->message, &text))
		exit(EX_NOINPUT);
	try_show_event(show, "DATA", w->message);
	player_message(p, text.data, text.len);
	try_show_played(show, player_played(p));
	buf_free(&text);
	return !player_played(p)->refused;
}

static int
play_wish(struct arguments *args, const struct wish *w)
{
	struct ruleset *rules = command_rules(w->config);
	struct buf errmsg = BUF_INIT;
	struct try_show show;
	struct player *p;
	bool passed;

	/* As in the daemon, a list that fails its test entries is disabled. */
	if (dns_start(&rules->dns, &errmsg))
		dnslist_test_all();
	else
		fprintf(stderr, "saywhy try: %s\n", errmsg.data);
	buf_free(&errmsg);
	try_show_begin(&show, w->trace, w->json);
	p = player_new(rules, &show.watcher);
	try_show_event(&show, "CONNECT", w->client);
	play_connect(args, p, w);
	try_show_played(&show, player_played(p));
	passed = play_mail(p, &show, w);
	if (passed && w->nrcpt > 0)
		passed = play_rcpts(p, &show, w) == w->nrcpt;
	if (passed && w->message != NULL)
		passed = play_message(p, &show, w);
	try_show_end(&show, !passed);
	player_free(p);
	dns_stop();
	ruleset_release(rules);
	return passed ? 0 : 1;
}

static void
play_file(const char *path, struct ruleset *rules, const struct wish *w,
    struct diags *d)
{
	struct scenario s;
	struct try_show show;
	struct buf text = BUF_INIT;

	if (!read_file(path, &text))
		exit(EX_NOINPUT);
	try_show_begin(&show, w->trace, false);
	if (scenario_read(&s, path, text.data, text.len, d))
		scenario_play(&s, rules, &show.watcher, d);
	scenario_free(&s);
	buf_free(&text);
}

/* Scenarios bring their configuration, or play the one that is named. */
static int
play_files(struct arguments *args, const struct wish *w)
{
	struct ruleset *rules = w->config != NULL ?
	    command_rules(w->config) : NULL;
	struct diags d = DIAGS_INIT;
	int i, failed = 0;
	size_t before;

	for (i = 0; i < args->argc; i++) {
		before = d.errors;
		play_file(args->argv[i], rules, w, &d);
		failed += d.errors > before;
	}
	diags_print(&d, stderr);
	printf("%d scenario%s, %d not as expected\n", args->argc,
	    args->argc == 1 ? "" : "s", failed);
	diags_free(&d);
	ruleset_release(rules);
	return failed > 0;
}

static int
run(struct arguments *args)
{
	struct wish w = { .client = "192.0.2.1", .helo = "mail.example.com",
		.port = "25" };

	read_arguments(args, &w);
	if (args->argc > 0)
		return play_files(args, &w);
	if (w.from == NULL)
		arguments_wrong(args, "--from is missing, or a scenario file");
	if (w.config == NULL)
		w.config = SAYWHY_CONFIG;
	return play_wish(args, &w);
}

const struct command command_try = {
	.name = "try",
	.words = "--from ADDRESS [--client ADDRESS] [--rcpt ADDRESS] "
	    "[OPTION]...\n"
	    "       saywhy try [--config FILE] FILE.scn...",
	.max_words = COMMAND_ANY,
	.summary = "Plays a session to the policy, without a mail server",
	.arguments = arguments,
	.run = run
};
