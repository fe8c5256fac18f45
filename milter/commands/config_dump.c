/* config_dump - what a host's configuration sets, wherever it is asked for */

#include "commands/config_dump.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/json_tree.h"
#include "base/mem.h"
#include "commands/daemon.h"
#include "doors/control.h"
#include "engine/ruleset.h"
#include "engine/ruleset_settings.h"

#define MARK_N (sizeof RULESET_SETTINGS_MARK - 1)
#define TEXT_MAX (64 << 20)

static bool
is_socket(const char *from)
{
	return strncmp(from, "unix:", 5) == 0 ||
	    strncmp(from, "inet:", 5) == 0 || strncmp(from, "inet6:", 6) == 0;
}

static bool
ask(const char *spec, struct buf *text, struct buf *errmsg)
{
	struct buf answer = BUF_INIT;
	const struct json_value *v = NULL;
	struct json_tree *t = NULL;

	if (daemon_ask_about(spec, CONTROL_CONFIG, &answer, errmsg)) {
		t = json_tree_read(answer.data, answer.len);
		if (t != NULL)
			v = json_tree_member(t, json_tree_root(t), "settings",
			    8);
		if (v == NULL || v->type != JSON_TEXT)
			buf_printf(errmsg, "%s: a saywhyd that does not tell "
			    "its settings", spec);
		else
			buf_put(text, v->text, v->n);
	}
	json_tree_free(t);
	buf_free(&answer);
	return v != NULL && v->type == JSON_TEXT;
}

/* All of it. False, with words: it cannot be read. */
static bool
read_whole(const char *from, struct buf *text, struct buf *errmsg)
{
	FILE *f = strcmp(from, "-") == 0 ? stdin : fopen(from, "re");
	bool good = f != NULL && buf_read(text, f, TEXT_MAX);

	if (!good)
		buf_printf(errmsg, "%s: %s", from, strerror(errno));
	if (f != NULL && f != stdin)
		fclose(f);
	return good;
}

static bool
load(const char *path, struct buf *text, struct buf *errmsg)
{
	struct diags d = DIAGS_INIT;
	struct ruleset *r = ruleset_read(path, &d);

	buf_clear(text);
	if (r != NULL)
		ruleset_put_settings(r, text);
	else
		buf_printf(errmsg, "%s: cannot be loaded", path);
	diags_print(&d, stderr);
	diags_free(&d);
	ruleset_release(r);
	return errmsg->len == 0;
}

bool
config_dump_text(const char *from, struct buf *text, struct buf *errmsg)
{
	if (is_socket(from))
		return ask(from, text, errmsg);
	if (!read_whole(from, text, errmsg))
		return false;
	if (strncmp(text->data, RULESET_SETTINGS_MARK, MARK_N) == 0)
		return true;
	if (strcmp(from, "-") != 0)
		return load(from, text, errmsg);
	buf_printf(errmsg, "stdin: what saywhy config show prints is read "
	    "here, and begins with \"%s\"", RULESET_SETTINGS_MARK);
	return false;
}

/* Up to ", policy ", and the word behind it. */
static void
read_head(struct config_dump *d, const char *line)
{
	const char *at = strstr(line, ", policy ");
	size_t n = at != NULL ? (size_t)(at - line) : strcspn(line, ",\n");

	d->host = mem_ndup(line, n);
	at = at != NULL ? at + strlen(", policy ") : "";
	d->policy = mem_ndup(at, strcspn(at, ",\n"));
}

/* Where " = " is, outside of a title in quotes; NULL: nowhere. */
static char *
find_sign(char *line)
{
	bool quoted = false;

	for (; *line != '\0'; line++) {
		quoted ^= *line == '"';
		if (!quoted && strncmp(line, " = ", 3) == 0)
			return line;
	}
	return NULL;
}

static void
read_line(struct settings *all, char *line, bool here)
{
	char *sign = find_sign(line);

	if (*line == '\0' || *line == '#')
		return;
	if (sign != NULL)
		*sign = '\0';
	all->v = mem_room(all->v, all->n, &all->cap, sizeof *all->v);
	all->v[all->n] = (struct setting){ .path = mem_dup(line),
		.value = sign != NULL ? mem_dup(sign + 3) : NULL,
		.here = here, .turn = all->n };
	all->n++;
}

static int
by_path(const void *a, const void *b)
{
	const struct setting *x = a, *y = b;
	int order = strcmp(x->path, y->path);

	return order != 0 ? order : (x->turn > y->turn) - (x->turn < y->turn);
}

bool
config_dump_read(struct config_dump *d, const char *from, struct buf *errmsg)
{
	struct buf text = BUF_INIT;
	bool good = config_dump_text(from, &text, errmsg), here = false;
	char *line, *rest = text.data;

	*d = (struct config_dump){ .host = NULL };
	if (good)
		read_head(d, text.data + MARK_N);
	while (good && (line = strsep(&rest, "\n")) != NULL) {
		here |= strcmp(line, RULESET_SETTINGS_HERE) == 0;
		read_line(&d->all, line, here);
	}
	if (d->all.n > 0)
		qsort(d->all.v, d->all.n, sizeof *d->all.v, by_path);
	buf_free(&text);
	return good;
}

void
config_dump_free(struct config_dump *d)
{
	free(d->host);
	free(d->policy);
	settings_free(&d->all);
}

static int
is_path(const void *key, const void *one)
{
	return strcmp(key, ((const struct setting *)one)->path);
}

const struct setting *
config_dump_get(const struct config_dump *d, const char *path)
{
	return d->all.n == 0 ? NULL : bsearch(path, d->all.v, d->all.n,
	    sizeof *d->all.v, is_path);
}
