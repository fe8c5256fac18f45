/* control_metrics_lists - how lists, scanners and ships fare */

#include "doors/control_metrics_lists.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "engine/ruleset.h"
#include "lists/dnslist.h"
#include "lists/list.h"
#include "lists/list_source.h"
#include "records/post.h"
#include "records/post_state.h"
#include "scanners/scanner.h"

enum { HEALTHY, QUERIES, LISTED, FAILED, TAKEN, REFUSED, BEHIND, LAG };

/* One family, as all lists have it: a row a list. */
struct family {
	struct buf *out;
	const char *name;
	int what;
};

/* A name is the admin's; quotes and backslashes may be in it. */
static void
put_sample(const struct family *f, const char *list, uint64_t n)
{
	buf_printf(f->out, "saywhy_%s{%s=\"", f->name,
	    strncmp(f->name, "scanner", 7) == 0 ? "server" :
	    strncmp(f->name, "list_source", 11) == 0 ? "source" :
	    strncmp(f->name, "ship", 4) == 0 ? "ship" : "list");
	for (; *list != '\0'; list++) {
		if (*list == '"' || *list == '\\')
			buf_putc(f->out, '\\');
		buf_putc(f->out, *list == '\n' ? ' ' : *list);
	}
	buf_printf(f->out, "\"} %" PRIu64 "\n", n);
}

static void
put_dns_list(void *arg, const struct dnslist_state *s)
{
	const struct family *f = arg;

	if (f->what == HEALTHY)
		put_sample(f, s->name, s->disabled == NULL);
	else
		put_sample(f, s->name, f->what == QUERIES ? s->queries :
		    f->what == LISTED ? s->listed : s->failure);
}

static void
put_list(void *arg, const struct list_state *s)
{
	put_sample(arg, s->name, s->failure == NULL);
}

static void
put_scanner(void *arg, const struct scanner_health *s)
{
	const struct family *f = arg;

	put_sample(f, s->server, f->what == HEALTHY ? s->up :
	    f->what == QUERIES ? s->scans : s->failures);
}

static void
put_sources(const struct family *f)
{
	struct ruleset *r = ruleset_current();
	int64_t now = clock_epoch_ms() / 1000;
	struct list_source_state state;
	const struct list_source *src;
	struct buf words = BUF_INIT;
	size_t i;

	for (i = 0; i < r->lists.blocks.n; i++) {
		src = r->lists.blocks.v[i];
		list_source_state_load(&state, src);
		buf_clear(&words);
		put_sample(f, src->item.title, !list_source_complaint(src,
		    &state, now, &words));
		list_source_state_free(&state);
	}
	buf_free(&words);
	ruleset_release(r);
}

static uint64_t
number_of(const struct post_state *s, int what)
{
	return what == HEALTHY ? s->work == POST_WORKS :
	    what == TAKEN ? s->last.taken : what == REFUSED ?
	    s->last.refused : (uint64_t)(what == BEHIND ? s->behind :
	    s->lag / 1000);
}

/* How each ship fares, read once for all that is told of it. */
struct ships {
	struct ruleset *rules;
	struct post_state *states;
};

static void
ships_load(struct ships *s)
{
	size_t i, n;

	s->rules = ruleset_current();
	n = s->rules->posts.blocks.n;
	s->states = mem_array(n, sizeof *s->states);
	for (i = 0; i < n; i++)
		post_state_load(&s->states[i], s->rules->posts.blocks.v[i],
		    s->rules->records.file);
}

static void
ships_free(struct ships *s)
{
	free(s->states);
	ruleset_release(s->rules);
}

static void
put_ships(const struct family *f, const struct ships *s)
{
	const struct post_options *opt;
	size_t i;

	for (i = 0; i < s->rules->posts.blocks.n; i++) {
		opt = s->rules->posts.blocks.v[i];
		put_sample(f, opt->item.title, number_of(&s->states[i],
		    f->what));
	}
}

/* For one release the old name stands beside the new one. */
static const struct metric {
	const char *name, *old_name;
	const char *type, *help;
	enum { OF_DNS_LISTS, OF_LISTS, OF_SOURCES, OF_SCANNERS, OF_SHIPS } of;
	int what;
} metrics[] = {
	{ "dns_list_healthy", "dns_list_well", "gauge",
	    "0: disabled for now.", OF_DNS_LISTS, HEALTHY },
	{ "dns_list_queries", "dns_list_asked", "counter",
	    "Queries for it.", OF_DNS_LISTS, QUERIES },
	{ "dns_list_listed", NULL, "counter",
	    "Answers that count.", OF_DNS_LISTS, LISTED },
	{ "dns_list_failures", "dns_list_trouble", "counter",
	    "No usable answers.", OF_DNS_LISTS, FAILED },
	{ "list_healthy", "list_well", "gauge",
	    "0: its file cannot be used.", OF_LISTS, HEALTHY },
	{ "list_source_healthy", NULL, "gauge",
	    "0: not fetched lately, or old.", OF_SOURCES, HEALTHY },
	{ "scanner_up", NULL, "gauge",
	    "0: marked down for now.", OF_SCANNERS, HEALTHY },
	{ "scanner_scans", NULL, "counter",
	    "Messages it was sent.", OF_SCANNERS, QUERIES },
	{ "scanner_failures", "scanner_troubles", "counter",
	    "Scans that failed.", OF_SCANNERS, FAILED },
	{ "ship_healthy", NULL, "gauge",
	    "0: it fails, or is not at work.", OF_SHIPS, HEALTHY },
	{ "ship_records", NULL, "counter",
	    "Records taken there since it was started.", OF_SHIPS, TAKEN },
	{ "ship_refused", NULL, "counter",
	    "Records that it will not have.", OF_SHIPS, REFUSED },
	{ "ship_behind_bytes", NULL, "gauge",
	    "Bytes of the record file that are not there yet.", OF_SHIPS,
	    BEHIND },
	{ "ship_lag_seconds", NULL, "gauge",
	    "Since the time of the last record that is there, while others "
	    "are not.", OF_SHIPS, LAG },
};

static void
put_metric(struct buf *out, const struct metric *m, const char *name,
    const struct ships *ships)
{
	bool counts = strcmp(m->type, "counter") == 0;
	struct family f = { .out = out, .what = m->what };
	struct buf full = BUF_INIT;

	buf_printf(out, "# TYPE saywhy_%s %s\n# HELP saywhy_%s %s\n", name,
	    m->type, name, m->help);
	buf_printf(&full, "%s%s", name, counts ? "_total" : "");
	f.name = full.data;
	switch (m->of) {
	case OF_DNS_LISTS:
		dnslist_each(put_dns_list, &f);
		break;
	case OF_LISTS:
		list_each(put_list, &f);
		break;
	case OF_SOURCES:
		put_sources(&f);
		break;
	case OF_SCANNERS:
		scanner_each(put_scanner, &f);
		break;
	case OF_SHIPS:
		put_ships(&f, ships);
		break;
	}
	buf_free(&full);
}

void
control_metrics_lists(struct buf *out)
{
	struct ships ships;
	size_t i;

	ships_load(&ships);
	for (i = 0; i < sizeof metrics / sizeof metrics[0]; i++) {
		put_metric(out, &metrics[i], metrics[i].name, &ships);
		if (metrics[i].old_name != NULL)
			put_metric(out, &metrics[i], metrics[i].old_name,
			    &ships);
	}
	ships_free(&ships);
}
