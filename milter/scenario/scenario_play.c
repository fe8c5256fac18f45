/* scenario_play - the events of a scenario, one after the other */

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/mem.h"
#include "base/option.h"
#include "base/option_value.h"
#include "counters/counters.h"
#include "dns/dns.h"
#include "engine/ruleset.h"
#include "scenario/player.h"
#include "scenario/scenario.h"
#include "scenario/scenario_expect.h"

struct play {
	const struct scenario *s;
	const struct engine_watcher *watcher;
	struct diags *d;
	struct player *player;
	char *login;
	const struct statement *event;	/* the last one */
	struct expected expected;
};

static void
complain(struct play *p, const struct statement *st, const char *what)
{
	diags_error(p->d, p->s->file, st->line, "%s", what);
}

/*
 * Mistakes of the inline configuration get the line in this file; those of a
 * list that it names have one already.
 */
static void
move_mistakes(struct play *p, const struct statement *st,
    const struct diags *d)
{
	const struct diag *m;
	bool here;

	for (m = d->v; m < d->v + d->n; m++) {
		here = m->file == NULL || strcmp(m->file, p->s->file) == 0;
		if (!m->warning)
			diags_error(p->d, here ? p->s->file : m->file,
			    here ? st->line + m->line : m->line, "%s",
			    m->text);
	}
}

static void
begin(struct play *p, struct ruleset *rules)
{
	player_free(p->player);
	p->player = rules != NULL ? player_new(rules, p->watcher) : NULL;
	mem_replace(&p->login, NULL);
}

static void
play_config(struct play *p, const struct statement *st)
{
	struct diags d = DIAGS_INIT;
	struct ruleset *rules = ruleset_load_text(p->s->file, st->rest, &d);

	dns_offline(true);
	counters_offline();
	move_mistakes(p, st, &d);
	diags_free(&d);
	begin(p, rules);
	ruleset_release(rules);
}

static enum resolve
resolve_of(const char *word)
{
	static const char *const words[] = { "OK", "FAIL", "FORGED", "TEMP" };
	size_t i;

	for (i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strcmp(words[i], word) == 0)
			return (enum resolve)(RESOLVE_OK + i);
	return RESOLVE_UNKNOWN;
}

static const char *
value_of(const struct statement *st, const char *key)
{
	size_t i, n = strlen(key);

	for (i = 1; i < st->nwords; i++)
		if (strncasecmp(st->words[i], key, n) == 0 &&
		    st->words[i][n] == '=')
			return st->words[i] + n + 1;
	return NULL;
}

static bool
has_word(const struct statement *st, const char *word)
{
	size_t i;

	for (i = 1; i < st->nwords; i++)
		if (strcasecmp(st->words[i], word) == 0)
			return true;
	return false;
}

static void
play_client(struct play *p, const struct statement *st)
{
	struct session *s = player_session(p->player);
	const char *port = value_of(st, "PORT");
	const char *server = value_of(st, "SERVER");
	const char *resolve = value_of(st, "RESOLVE");
	struct ip client;

	if (!ip_parse(st->words[0], &client)) {
		complain(p, st, "CLIENT wants an IP address");
		return;
	}
	player_connect(p->player, value_of(st, "NAME"), &client);
	mem_replace(&p->login, NULL);
	session_client_ptr(s, value_of(st, "PTR"));
	s->server_port = port != NULL ? (unsigned)atoi(port) : 25;
	if (server != NULL && !ip_parse(server, &s->server))
		complain(p, st, "SERVER wants an IP address");
	if (resolve != NULL)
		s->resolve = resolve_of(resolve);
	mem_replace(&s->daemon, value_of(st, "DAEMON"));
	player_connected(p->player);
}

static void
play_local(struct play *p)
{
	player_connect(p->player, NULL, NULL);
	player_session(p->player)->local = true;
	player_connected(p->player);
}

static void
play_mail(struct play *p, const struct statement *st)
{
	struct session *s = player_session(p->player);
	const char *size = value_of(st, "SIZE");

	player_mail(p->player, st->words[0]);
	mem_replace(&s->login, p->login);
	if (size != NULL)
		s->declared_size = strtoll(size, NULL, 10);
	s->smtputf8 = has_word(st, "SMTPUTF8");
	player_mailed(p->player);
}

static void
play_refused(struct play *p, const struct statement *st)
{
	struct buf text = BUF_INIT;
	size_t i;

	for (i = 2; i < st->nwords; i++)
		buf_printf(&text, "%s%s", i > 2 ? " " : "", st->words[i]);
	player_refused_by_mta(p->player, st->words[0], st->words[1],
	    text.len > 0 ? text.data : "");
	buf_free(&text);
}

/* The value is all that follows the type, without quotes around it. */
static void
play_dns(struct play *p, const struct statement *st)
{
	const char *value = st->rest;
	struct buf text = BUF_INIT, errmsg = BUF_INIT;
	int i;

	for (i = 0; i < 2; i++) {
		value += strcspn(value, " \t");
		value += strspn(value, " \t");
	}
	buf_puts(&text, value);
	if (text.len > 1 && *value == '"' && value[text.len - 1] == '"') {
		buf_cut(&text, text.len - 1);
		value = text.data + 1;
	}
	if (!dns_preload(st->words[0], st->words[1], value, &errmsg))
		complain(p, st, errmsg.data);
	buf_free(&text);
	buf_free(&errmsg);
}

/* The clock of what is counted goes on. */
static void
play_wait(struct play *p, const struct statement *st)
{
	static const struct option row = { .name = "WAIT",
		.type = OPTION_TIME };
	struct buf errmsg = BUF_INIT;
	long long ms;

	if (option_number(&row, st->rest, &ms, &errmsg))
		counters_move_clock(ms);
	else
		complain(p, st, errmsg.data);
	buf_free(&errmsg);
}

/* Statements that belong to the next event and are none themselves. */
static bool
play_fact(struct play *p, const struct statement *st)
{
	if (st->verb == VERB_TLS)
		mem_replace(&player_session(p->player)->tls, st->words[0]);
	else if (st->verb == VERB_LOGIN)
		mem_replace(&p->login, strcmp(st->words[0], "-") == 0 ? NULL :
		    st->words[0]);
	else if (st->verb == VERB_WAIT)
		play_wait(p, st);
	else
		return false;
	return true;
}

/* The events; those that are none of them are expectations. */
static void
play_event(struct play *p, const struct statement *st)
{
	switch ((int)st->verb) {
	case VERB_CLIENT:
		play_client(p, st);
		break;
	case VERB_LOCAL:
		play_local(p);
		break;
	case VERB_HELO:
		player_helo(p->player, st->rest);
		break;
	case VERB_MAIL:
		play_mail(p, st);
		break;
	case VERB_RCPT:
		player_rcpt(p->player, st->rest);
		break;
	case VERB_REFUSED:
		play_refused(p, st);
		break;
	case VERB_DATA:
		player_message(p->player, st->rest, st->nrest);
		break;
	case VERB_RSET:
		player_reset(p->player);
		break;
	}
}

static void
end_event(struct play *p)
{
	if (p->event != NULL && p->player != NULL)
		scenario_expected(p->s, p->event, player_played(p->player),
		    &p->expected, p->d);
	p->event = NULL;
	p->expected = (struct expected){ .outcome = false };
}

static void
play_statement(struct play *p, const struct statement *st)
{
	if (st->verb == VERB_CONFIG) {
		end_event(p);
		play_config(p, st);
	} else if (st->verb == VERB_DNS) {
		end_event(p);
		play_dns(p, st);
	} else if (p->player == NULL)
		complain(p, st, "there is no configuration: begin with "
		    "CONFIG, or name one with --config");
	else if (st->verb >= VERB_EXPECT)
		scenario_expect(p->s, st, player_played(p->player),
		    &p->expected, p->d);
	else {
		end_event(p);
		if (play_fact(p, st))
			return;
		p->event = st;
		play_event(p, st);
	}
}

void
scenario_play(const struct scenario *s, struct ruleset *rules,
    const struct engine_watcher *watcher, struct diags *d)
{
	struct play p = { .s = s, .watcher = watcher, .d = d };
	size_t i;

	dns_offline(true);
	counters_offline();
	begin(&p, rules);
	for (i = 0; i < s->n; i++)
		play_statement(&p, &s->v[i]);
	end_event(&p);
	begin(&p, NULL);
	counters_stop();
	dns_stop();
}
