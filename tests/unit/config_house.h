/*
 * config_house.h - option rows of every kind, for the tests of config
 */
#ifndef CONFIG_HOUSE_H
#define CONFIG_HOUSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/net.h"
#include "base/option.h"
#include "base/pattern.h"
#include "base/strset.h"

struct pattern;

/* A small house with one of everything. */
struct settings {
	int mode;
	char *name;
	long long keep;
	struct strset domains;
	struct netset networks;
	long long max;
	bool strict;
	struct option_items headers;
	struct option_items exceptions;
};

struct header {
	struct option_item item;
	struct pattern *pattern;
	long long size;
};

struct action {
	struct option_item item;
	char *action;
};

struct exception {
	struct option_item item;
	struct netset clients;
	struct option_items reasons;
};

static bool
parse_pattern(void *base, void *slot, const char *value, struct buf *errmsg)
{
	(void)base;
	*(struct pattern **)slot = pattern_new(value, errmsg);
	return *(struct pattern **)slot != NULL;
}

static void
free_pattern(void *slot)
{
	pattern_free(*(struct pattern **)slot);
	*(struct pattern **)slot = NULL;
}

static bool
needs_pattern(void *item, struct buf *errmsg)
{
	if (((struct header *)item)->pattern != NULL)
		return true;
	buf_puts(errmsg, "has no pattern");
	return false;
}

static const char *const modes[] = { "observe", "enforce", NULL };

static const struct option action_rows[] = {
	{ .name = "action", .type = OPTION_TEXT,
	    .offset = offsetof(struct action, action) },
	{ .name = NULL }
};

static const struct option exception_rows[] = {
	{ .name = "clients", .type = OPTION_LIST,
	    .offset = offsetof(struct exception, clients),
	    .parse = option_parse_net, .free = option_free_nets },
	{ .name = "reason", .type = OPTION_GROUP,
	    .offset = offsetof(struct exception, reasons),
	    .rows = action_rows, .item_size = sizeof(struct action) },
	{ .name = NULL }
};

static const struct option header_rows[] = {
	{ .name = "pattern", .type = OPTION_PARSE,
	    .offset = offsetof(struct header, pattern),
	    .parse = parse_pattern, .free = free_pattern },
	{ .name = "size", .type = OPTION_SIZE, .default_value = "1k",
	    .max = 4096, .offset = offsetof(struct header, size) },
	{ .name = NULL }
};

#define AT(member) offsetof(struct settings, member)

static const struct option top_rows[] = {
	{ .name = "mode", .old_name = "manner", .type = OPTION_WORD,
	    .offset = AT(mode),
	    .words = modes, .default_value = "observe" },
	{ .name = "name", .type = OPTION_TEXT, .offset = AT(name) },
	{ .name = NULL }
};

static const struct option more_top_rows[] = {
	{ .name = "retention", .type = OPTION_TIME, .offset = AT(keep),
	    .default_value = "14 days", .min = 1000, .max = 31536000000 },
	{ .name = "exception", .old_name = "except", .type = OPTION_GROUP,
	    .offset = AT(exceptions),
	    .rows = exception_rows, .item_size = sizeof(struct exception) },
	{ .name = NULL }
};

static const struct option relay_rows[] = {
	{ .name = "domains", .type = OPTION_LIST, .offset = AT(domains),
	    .parse = option_parse_string, .free = option_free_strings,
	    .default_value = "{\"default.example\"}" },
	{ .name = "networks", .type = OPTION_LIST, .offset = AT(networks),
	    .parse = option_parse_net, .free = option_free_nets },
	{ .name = "max-recipients", .type = OPTION_INT, .offset = AT(max),
	    .default_value = "100", .min = 1, .max = 10000 },
	{ .name = NULL }
};

static const struct option content_rows[] = {
	{ .name = "strict", .type = OPTION_BOOL, .offset = AT(strict),
	    .default_value = "yes" },
	{ .name = "header", .type = OPTION_GROUP, .offset = AT(headers),
	    .rows = header_rows, .item_size = sizeof(struct header),
	    .finish = needs_pattern },
	{ .name = NULL }
};

struct house {
	struct settings s;
	struct option_table top[2], relay, content;
	struct option_section sections[3];
};

static void
house_init(struct house *h)
{
	memset(h, 0, sizeof *h);
	h->top[0] = (struct option_table){ top_rows, &h->s, false };
	h->top[1] = (struct option_table){ more_top_rows, &h->s, false };
	h->relay = (struct option_table){ relay_rows, &h->s, false };
	h->content = (struct option_table){ content_rows, &h->s, false };
	h->sections[0] = (struct option_section){ "", h->top, 2 };
	h->sections[1] = (struct option_section){ "relay", &h->relay, 1 };
	h->sections[2] = (struct option_section){ "content", &h->content, 1 };
}

static void
house_free(struct house *h)
{
	option_clear(top_rows, &h->s);
	option_clear(more_top_rows, &h->s);
	option_clear(relay_rows, &h->s);
	option_clear(content_rows, &h->s);
}

/* What the diagnostics print, freed with free(). */
static char *
printed(const struct diags *d)
{
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);

	diags_print(d, out);
	fclose(out);
	return text;
}

#endif
