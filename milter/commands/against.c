/* against - what an adopted policy would have done to the mail of a log */

#include "commands/against.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/mem.h"
#include "base/net.h"
#include "base/option.h"
#include "dns/dns.h"
#include "engine/ruleset.h"
#include "lists/dnslist.h"
#include "maillog/maillog.h"
#include "scenario/player.h"
#include "setup/adopt.h"
#include "setup/adopt_postfix.h"
#include "setup/setup_file.h"
#include "words/reason.h"
#include "words/reply.h"

#define SHOWN_MAX 20	/* deliveries that are named */

/* Refusals that were alike and become alike. */
struct kind {
	char *key;
	char *then, *now;	/* replies of the first of them */
	size_t n;
};

struct playing {
	const char *mta;
	struct ruleset *rules;
	struct kind *kinds;
	size_t nkinds, cap;
	size_t refusals, ours, harder, deliveries, more;
	char *shown[SHOWN_MAX];
};

/* The line that includes what was adopted before. */
static bool
includes_adopted(const char *line)
{
	static const char word[] = "include(\"" ADOPTED_CONF "\"";

	return strncmp(line + strspn(line, " \t"), word, strlen(word)) == 0;
}

/* saywhy.conf with the fragment behind it. */
static bool
put_policy(struct buf *out, const struct against *a, struct buf *errmsg)
{
	struct buf text = BUF_INIT;
	bool good = setup_file_read(a->config, &text, errmsg);
	const char *line;
	size_t n;

	for (line = text.data; good && *line != '\0'; line += n) {
		n = strcspn(line, "\n");
		n += line[n] == '\n';
		if (!includes_adopted(line))
			buf_put(out, line, n);
	}
	buf_printf(out, "\n%s", a->adopted->conf.data);
	buf_free(&text);
	return good;
}

static void
first_mistake(const struct diags *d, struct buf *errmsg)
{
	size_t i;

	for (i = 0; i < d->n && errmsg->len == 0; i++)
		if (!d->v[i].warning)
			buf_printf(errmsg, "%s (line %d)", d->v[i].text,
			    d->v[i].line);
}

static struct ruleset *
load(const struct against *a, struct buf *errmsg)
{
	struct diags d = DIAGS_INIT;
	struct buf text = BUF_INIT;
	struct ruleset *r = NULL;

	if (put_policy(&text, a, errmsg))
		r = ruleset_load_as(a->config, text.data, &d);
	first_mistake(&d, errmsg);
	/* What is only observed would be refused. */
	if (r != NULL)
		r->policy.mode = MODE_ENFORCE;
	diags_free(&d);
	buf_free(&text);
	return r;
}

/* True when this step was refused; the rest is not played. */
static bool
is_refused(const struct player *p)
{
	return player_played(p)->refused;
}

static bool
is_submission(const struct log_event *h)
{
	return slice_find(h->line->program, "submission") != NULL ||
	    slice_find(h->line->program, "smtps") != NULL;
}

static bool
play_steps(struct player *p, const struct log_event *h, const char *client)
{
	struct ip ip = { .known = false };
	char *name = slice_dup(h->name), *helo = slice_dup(h->helo);
	char *sender = slice_dup(h->sender), *rcpt = slice_dup(h->recipient);
	char *login = slice_dup(h->login);
	bool refused;

	ip_parse(client, &ip);
	player_connect(p, name != NULL && strcmp(name, "unknown") != 0 ?
	    name : NULL, &ip);
	player_session(p)->server_port = is_submission(h) ? 587 : 25;
	player_connected(p);
	player_helo(p, helo != NULL ? helo : name != NULL ? name : "unknown");
	if (!(refused = is_refused(p))) {
		player_mail(p, sender != NULL ? sender : "");
		mem_replace(&player_session(p)->login, login);
		player_mailed(p);
	}
	if (!refused && !(refused = is_refused(p)) && rcpt != NULL) {
		player_rcpt(p, rcpt);
		refused = is_refused(p);
	}
	free(name);
	free(helo);
	free(sender);
	free(rcpt);
	free(login);
	return refused;
}

/* Without its addresses: what alike refusals have in common. */
static void
put_kind(struct buf *out, const char *reply)
{
	bool inside = false;

	for (; *reply != '\0' && *reply != ';'; reply++) {
		inside |= *reply == '<' || *reply == '[';
		if (!inside)
			buf_putc(out, *reply);
		inside &= *reply != '>' && *reply != ']';
	}
}

static void
put_now(struct buf *out, const struct player *p)
{
	const struct reply *r = &player_played(p)->reply;

	buf_printf(out, "%d %s %s", r->code, r->status, r->n > 0 ?
	    r->lines[0] : "");
}

static void
count_kind(struct playing *g, const char *then, const char *now,
    const char *found)
{
	struct buf key = BUF_INIT;
	size_t i;

	put_kind(&key, then);
	buf_printf(&key, "|%.9s|%s", now, found);
	for (i = 0; i < g->nkinds; i++)
		if (strcmp(g->kinds[i].key, key.data) == 0)
			break;
	if (i == g->nkinds) {
		g->kinds = mem_room(g->kinds, g->nkinds, &g->cap,
		    sizeof *g->kinds);
		g->kinds[g->nkinds++] = (struct kind){
			.key = buf_steal(&key), .then = mem_dup(then),
			.now = mem_dup(now) };
	}
	g->kinds[i].n++;
	buf_free(&key);
}

static void
play_refusal(struct playing *g, const struct log_event *h,
    const char *client)
{
	struct player *p = player_new(g->rules, NULL);
	char *then = slice_dup(h->reply);
	struct buf now = BUF_INIT;

	g->refusals++;
	if (play_steps(p, h, client)) {
		put_now(&now, p);
		g->ours++;
		g->harder += *then == '4' && *now.data == '5';
	}
	count_kind(g, then, now.data, now.len > 0 ?
	    player_played(p)->found.data : "");
	buf_free(&now);
	free(then);
	player_free(p);
}

/* The log does not tell the HELO name of what was taken. */
static void
play_delivery(struct playing *g, const struct log_event *h,
    const char *client)
{
	struct player *p = player_new(g->rules, NULL);
	struct buf line = BUF_INIT;

	g->deliveries++;
	if (play_steps(p, h, client) &&
	    strstr(player_played(p)->found.data, " helo-") == NULL) {
		put_now(&line, p);
		buf_printf(&line, " (%s, from <%.*s>)", client,
		    (int)h->sender.n, h->sender.text != NULL ?
		    h->sender.text : "");
		if (g->more < SHOWN_MAX)
			g->shown[g->more] = buf_steal(&line);
		g->more++;
	}
	buf_free(&line);
	player_free(p);
}

static void
on_event(void *arg, const struct log_event *h)
{
	char *client = slice_dup(h->client);

	if (client == NULL || h->outgoing)
		;
	else if (h->accepted)
		play_delivery(arg, h, client);
	else if (h->by == ISSUED_BY_MTA && !h->delivery &&
	    h->fate == FATE_REFUSED && h->reply.text != NULL)
		play_refusal(arg, h, client);
	free(client);
}

static bool
read_log(struct maillog *m, const char *path, struct buf *errmsg)
{
	FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;

	if (f == NULL) {
		buf_printf(errmsg, "%s: %s", path, strerror(errno));
		return false;
	}
	while ((n = getline(&line, &cap, f)) > 0)
		maillog_line(m, line, (size_t)(n - (line[n - 1] == '\n')));
	free(line);
	if (f != stdin)
		fclose(f);
	return true;
}

static int
by_number(const void *a, const void *b)
{
	const struct kind *left = a, *right = b;

	return (left->n < right->n) - (left->n > right->n);
}

static void
print_table(const struct playing *g)
{
	size_t i;

	if (g->nkinds > 0)
		qsort(g->kinds, g->nkinds, sizeof *g->kinds, by_number);
	for (i = 0; i < g->nkinds; i++)
		if (*g->kinds[i].now != '\0')
			printf("%6zu  then  %s\n        now   %s\n",
			    g->kinds[i].n, g->kinds[i].then, g->kinds[i].now);
		else
			printf("%6zu  then  %s\n        now   the same: it "
			    "stays %s's\n", g->kinds[i].n, g->kinds[i].then,
			    g->mta);
	printf("\n%zu refusals of %s: %zu would be saywhy's, %zu stay %s's,\n"
	    "none is let through, for its own checks stay behind saywhy.\n",
	    g->refusals, g->mta, g->ours, g->refusals - g->ours, g->mta);
	if (g->harder > 0)
		printf("%zu of them were for now, and are for good then.\n",
		    g->harder);
	printf("%zu deliveries: %zu would be refused%s\n", g->deliveries,
	    g->more, g->more > 0 ? ":" : ".");
	for (i = 0; i < g->more && i < SHOWN_MAX; i++)
		printf("        %s\n", g->shown[i]);
	if (g->more > SHOWN_MAX)
		printf("        and %zu more\n", g->more - SHOWN_MAX);
}

static void
clear(struct playing *g)
{
	size_t i;

	for (i = 0; i < g->more && i < SHOWN_MAX; i++)
		free(g->shown[i]);
	for (i = 0; i < g->nkinds; i++) {
		free(g->kinds[i].key);
		free(g->kinds[i].then);
		free(g->kinds[i].now);
	}
	free(g->kinds);
	ruleset_release(g->rules);
}

bool
against_play(const struct against *a, size_t *more, struct buf *errmsg)
{
	struct playing g = { .mta = a->mta, .rules = load(a, errmsg) };
	struct maillog *m;
	bool good = g.rules != NULL;
	size_t i;

	if (good && dns_start(&g.rules->dns, errmsg))
		dnslist_test_all();
	good = errmsg->len == 0;
	m = maillog_new(on_event, &g);
	for (i = 0; i < a->nlogs && good; i++)
		good = read_log(m, a->logs[i], errmsg);
	if (good) {
		maillog_end(m);
		print_table(&g);
	}
	maillog_free(m);
	if (g.rules != NULL)
		dns_stop();
	*more = g.more;
	clear(&g);
	return good;
}
