/* list_text - a local list in a text file, an entry and its comment a line */

#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "base/net.h"
#include "base/pattern.h"
#include "lists/list_format.h"
#include "lists/list_line.h"
#include "lists/list_lines.h"
#include "lists/list_names.h"
#include "lists/list_nets.h"
#include "lists/list_text_internal.h"
#include "model/mailkey.h"

/* Patterns are tried one after the other. */
#define PATTERNS_MAX 10000
/*
 * At most this many mistakes are reported; a file of another kind has a
 * million.
 */
#define MISTAKES_MAX 20

struct list_pattern {
	struct pattern *pattern;
	uint32_t comment;
};

struct list_text {
	struct list_names names;	/* and every comment */
	struct list_nets nets;
	size_t nnets;
	struct list_pattern *patterns;
	size_t npatterns, cap;
	bool any;			/* "*" */
	bool cut;			/* its last line waits for its end */
	uint32_t any_comment;
	unsigned kinds;			/* enum mailkey, of the names */
};

static void
add_net(struct list_text *c, const char *entry, uint32_t comment,
    struct buf *errmsg)
{
	struct net net;

	if (!net_parse(entry, &net, errmsg))
		return;
	list_nets_add(&c->nets, &net, comment);
	c->nnets++;
}

/* "[192.0.2.7]" is the client, besides a HELO name and a domain. */
static void
add_literal(struct list_text *c, const char *entry, uint32_t comment)
{
	struct net net;

	if (!net_parse(entry, &net, NULL))
		return;
	list_nets_add(&c->nets, &net, comment);
	c->nnets++;
}

static void
add_pattern(struct list_text *c, const char *entry, uint32_t comment,
    struct buf *errmsg)
{
	struct list_pattern *p;

	if (c->npatterns == PATTERNS_MAX) {
		buf_printf(errmsg, "a list has at most %d patterns",
		    PATTERNS_MAX);
		return;
	}
	c->patterns = mem_room(c->patterns, c->npatterns, &c->cap,
	    sizeof *c->patterns);
	p = &c->patterns[c->npatterns];
	p->pattern = pattern_new(entry, errmsg);
	p->comment = comment;
	if (p->pattern != NULL)
		c->npatterns++;
}

static void
add_name(struct list_text *c, const char *entry, uint32_t comment,
    struct buf *key, struct buf *errmsg)
{
	enum mailkey kind;

	buf_clear(key);
	kind = mailkey_put(key, entry, errmsg);
	if (kind == 0)
		return;
	c->kinds |= kind;
	list_names_add(&c->names, key->data, key->len, comment);
}

static void
add(struct list_text *c, const char *entry, uint32_t comment, struct buf *key,
    struct buf *errmsg)
{
	if (strcmp(entry, "*") == 0) {
		c->any = true;
		c->any_comment = comment;
	} else if (*entry == '/') {
		add_pattern(c, entry, comment, errmsg);
	} else if (net_is_meant(entry)) {
		add_net(c, entry, comment, errmsg);
	} else {
		if (*entry == '[')
			add_literal(c, entry, comment);
		add_name(c, entry, comment, key, errmsg);
	}
}

void
list_text_add(struct list_text *c, const char *entry, const char *comment,
    struct buf *key, struct buf *errmsg)
{
	if (list_names_full(&c->names))
		buf_puts(errmsg, "the list is too long: over a gigabyte");
	else
		add(c, entry, list_names_keep(&c->names, comment,
		    strlen(comment)), key, errmsg);
}

static void
take_line(struct list_text *c, char *line, struct buf *key, struct buf *errmsg)
{
	char *entry, *comment;

	if (list_line_split(line, &entry, &comment, errmsg))
		list_text_add(c, entry, comment, key, errmsg);
}

/* One line, to be changed freely. */
typedef void line_taker(void *arg, char *line, struct buf *errmsg);

/* Windows puts these bytes before a text in UTF-8. */
static char *
skip_mark(char *line)
{
	return strncmp(line, "\xef\xbb\xbf", 3) == 0 ? line + 3 : line;
}

/* Calls take() for each line; true when the last one waits for its end. */
static bool
read_lines(struct list_lines *l, const char *path, line_taker *take, void *arg,
    struct diags *d)
{
	struct buf errmsg = BUF_INIT;
	size_t mistakes = 0;
	bool cut = false;
	char *line;

	while (mistakes < MISTAKES_MAX) {
		line = list_lines_next(l, &errmsg);
		if (line != NULL && list_lines_may_grow(l))
			cut = true;
		else if (line != NULL)
			take(arg, l->line == 1 ? skip_mark(line) : line,
			    &errmsg);
		if (errmsg.len > 0) {
			diags_error(d, path, l->line, "%s", errmsg.data);
			buf_clear(&errmsg);
			mistakes++;
		}
		if (line == NULL)
			break;
	}
	if (mistakes == MISTAKES_MAX)
		diags_error(d, path, l->line, "and perhaps more: reading "
		    "ends here");
	buf_free(&errmsg);
	return cut;
}

static bool
open_lines(struct list_lines *l, const char *path, struct diags *d)
{
	struct buf errmsg = BUF_INIT;
	bool good = list_lines_open(l, path, &errmsg);

	if (!good)
		diags_error(d, path, 0, "%s", errmsg.data);
	buf_free(&errmsg);
	return good;
}

void
list_text_free(void *content)
{
	struct list_text *c = content;

	while (c->npatterns > 0)
		pattern_free(c->patterns[--c->npatterns].pattern);
	free(c->patterns);
	list_names_free(&c->names);
	list_nets_free(&c->nets);
	free(c);
}

/* A list while it is read. */
struct reading {
	struct list_text *list;
	list_text_line *take;
	struct buf key;
};

static void
read_line(void *arg, char *line, struct buf *errmsg)
{
	struct reading *r = arg;

	r->take(r->list, line, &r->key, errmsg);
}

void *
list_text_load(const char *path, list_text_line *take, struct diags *d)
{
	struct reading r = { .take = take, .key = BUF_INIT };
	size_t errors = d->errors;
	struct list_lines lines;
	struct list_text *c;

	if (!open_lines(&lines, path, d))
		return NULL;
	c = r.list = mem_alloc(sizeof *c);
	c->names = (struct list_names)LIST_NAMES_INIT;
	c->cut = read_lines(&lines, path, read_line, &r, d);
	list_lines_close(&lines);
	buf_free(&r.key);
	list_nets_seal(&c->nets);
	list_names_seal(&c->names);
	if (d->errors == errors)
		return c;
	list_text_free(c);
	return NULL;
}

struct each {
	list_text_entry *fn;
	void *arg;
};

static void
give_entry(void *arg, char *line, struct buf *errmsg)
{
	struct each *e = arg;
	char *entry, *comment;

	if (list_line_split(line, &entry, &comment, errmsg))
		e->fn(e->arg, entry, comment, errmsg);
}

bool
list_text_each(const char *path, list_text_entry *fn, void *arg,
    struct diags *d)
{
	struct each e = { .fn = fn, .arg = arg };
	size_t errors = d->errors;
	struct list_lines lines;

	if (!open_lines(&lines, path, d))
		return false;
	if (read_lines(&lines, path, give_entry, &e, d))
		diags_error(d, path, lines.line, "the last line has no end, "
		    "and was written a moment ago: is the file whole?");
	list_lines_close(&lines);
	return d->errors == errors;
}

static void *
load(const char *path, struct diags *d)
{
	return list_text_load(path, take_line, d);
}

void
list_text_count(const void *content, struct list_counts *counts)
{
	const struct list_text *c = content;

	counts->nets = c->nnets;
	counts->names = c->names.n;
	counts->patterns = c->npatterns;
	counts->any = c->any;
	counts->cut = c->cut;
}

unsigned
list_text_kinds(const void *content)
{
	const struct list_text *c = content;

	return c->kinds;
}

enum list_answer
list_text_get(void *content, const char *key, size_t n, struct buf *comment)
{
	const struct list_text *c = content;
	uint32_t at;

	if (!list_names_find(&c->names, key, n, &at))
		return LIST_NO;
	buf_puts(comment, list_names_comment(&c->names, at));
	return LIST_YES;
}

enum list_answer
list_text_get_net(void *content, const struct ip *ip, struct net *net,
    struct buf *comment)
{
	const struct list_text *c = content;
	uint32_t at;

	if (!list_nets_find(&c->nets, ip, net, &at))
		return LIST_NO;
	buf_puts(comment, list_names_comment(&c->names, at));
	return LIST_YES;
}

/* A pattern that gives up has no answer: it is skipped. */
enum list_answer
list_text_get_pattern(void *content, const char *text, size_t n,
    struct list_hit *hit)
{
	const struct list_text *c = content;
	const struct list_pattern *p;
	size_t i;

	for (i = 0; text != NULL && i < c->npatterns; i++) {
		p = &c->patterns[i];
		if (pattern_match(p->pattern, text, n, NULL, NULL) ==
		    PATTERN_YES) {
			buf_puts(&hit->entry, pattern_text(p->pattern));
			buf_puts(&hit->comment,
			    list_names_comment(&c->names, p->comment));
			return LIST_YES;
		}
	}
	if (!c->any)
		return LIST_NO;
	buf_puts(&hit->entry, "*");
	buf_puts(&hit->comment, list_names_comment(&c->names,
	    c->any_comment));
	return LIST_YES;
}

const struct list_format list_format_text = {
	.prefix = "",
	.load = load,
	.free = list_text_free,
	.count = list_text_count,
	.kinds = list_text_kinds,
	.get = list_text_get,
	.get_net = list_text_get_net,
	.get_pattern = list_text_get_pattern
};
