/* mta_source - the Postfix of this machine, as its own tools tell of it */

#include "setup/mta_source.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/mem.h"
#include "lists/list.h"
#include "setup/conf_says.h"
#include "setup/setup_block.h"
#include "setup/setup_file.h"
#include "setup/setup_mta.h"

struct mta_postfix {
	const char *folder;	/* of main.cf; NULL: Postfix's own */
	struct buf conf_text;	/* saywhy.conf without its comments */
	struct buf settings;	/* all of postconf -x: "name = value" */
	struct buf main_cf;	/* its text, and its path */
	char *main_path;
	char **texts;		/* handed out, freed at the end */
	size_t n, cap;
};

static bool
run(const struct mta_postfix *p, const char *program, const char *option,
    const char *word, const char *more, struct buf *out)
{
	const char *argv[7] = { program };
	size_t n = 1;

	if (p->folder != NULL) {
		argv[n++] = "-c";
		argv[n++] = p->folder;
	}
	argv[n++] = option;
	argv[n++] = word;
	argv[n++] = more;
	return setup_mta_run(argv, out);
}

/* Lives as long as the source; `text` is taken over. */
static const char *
keep(struct mta_postfix *p, struct buf *text)
{
	while (text->len > 0 && text->data[text->len - 1] == '\n')
		buf_cut(text, text->len - 1);
	p->texts = mem_room(p->texts, p->n, &p->cap, sizeof *p->texts);
	p->texts[p->n] = buf_steal(text);
	return p->texts[p->n++];
}

/* Behind "name = ", or NULL: not a parameter that postconf lists. */
static const char *
find_setting(const struct mta_postfix *p, const char *name)
{
	const char *line = p->settings.data;
	size_t n = strlen(name);

	for (; *line != '\0'; line += *line == '\n') {
		if (strncmp(line, name, n) == 0 &&
		    strncmp(line + n, " =", 2) == 0)
			return line + n + 2 + (line[n + 2] == ' ');
		line += strcspn(line, "\n");
	}
	return NULL;
}

static const char *
value(void *arg, const char *name)
{
	const char *listed = find_setting(arg, name);
	struct buf out = BUF_INIT;

	if (listed != NULL)
		buf_put(&out, listed, strcspn(listed, "\n"));
	else if (!run(arg, "postconf", "-xh", name, NULL, &out))
		buf_clear(&out);
	return keep(arg, &out);
}

static const char *
place(void *arg, const char *name)
{
	struct mta_postfix *p = arg;
	int line = setup_block_line(&p->main_cf, name);
	struct buf out = BUF_INIT;

	if (line > 0)
		buf_printf(&out, "%s:%d", p->main_path, line);
	else
		buf_printf(&out, "the default of %s", name);
	return keep(p, &out);
}

static bool
is_file(void *arg, const char *path)
{
	struct stat st;

	(void)arg;
	return stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
	    access(path, R_OK) == 0;
}

static bool
loads(const char *prefix, const char *path)
{
	struct diags d = DIAGS_INIT;
	struct buf name = BUF_INIT;
	struct list *l;

	buf_printf(&name, "%s%s", prefix, path);
	l = list_open(name.data, NULL, &d);
	list_close(l);
	diags_free(&d);
	buf_free(&name);
	return l != NULL;
}

static bool
is_access(void *arg, const char *path)
{
	(void)arg;
	return loads("access:", path) && loads("access-permit:", path);
}

static bool
text(void *arg, const char *path, struct buf *out)
{
	struct buf errmsg = BUF_INIT;
	bool good = is_file(arg, path) && setup_file_read(path, out, &errmsg);

	buf_free(&errmsg);
	return good;
}

static bool
is_set(void *arg, const char *what)
{
	const struct mta_postfix *p = arg;

	return conf_says(&p->conf_text, what);
}

/* "key TAB value" a line, of a table that postmap(1) can list. */
static bool
keys(void *arg, const char *table, struct buf *out)
{
	struct buf lines = BUF_INIT;
	const char *line;
	size_t n;
	bool good = strchr(table, ':') != NULL &&
	    run(arg, "postmap", "-s", table, NULL, &lines);

	for (line = lines.data; good && *line != '\0'; line += n) {
		buf_printf(out, "%.*s,", (int)strcspn(line, "\t \n"), line);
		n = strcspn(line, "\n");
		n += line[n] == '\n';
	}
	buf_free(&lines);
	return good;
}

static void
overrides(void *arg, struct buf *out)
{
	if (!run(arg, "postconf", "-P", NULL, NULL, out))
		buf_clear(out);
}

static bool
ask(void *arg, const char *table, const char *key, struct buf *out)
{
	size_t before = out->len;

	if (!run(arg, "postmap", "-q", key, table, out)) {
		buf_cut(out, before);
		return false;
	}
	while (out->len > before && out->data[out->len - 1] == '\n')
		buf_cut(out, out->len - 1);
	return true;
}

static void
read_main_cf(struct mta_postfix *p)
{
	struct buf path = BUF_INIT, errmsg = BUF_INIT;

	buf_printf(&path, "%s/main.cf", p->folder != NULL ? p->folder :
	    value(p, "config_directory"));
	p->main_path = buf_steal(&path);
	if (!setup_file_read(p->main_path, &p->main_cf, &errmsg))
		buf_clear(&p->main_cf);
	buf_free(&errmsg);
}

struct mta_postfix *
mta_postfix_open(const char *folder, const char *config, struct buf *errmsg)
{
	struct mta_postfix *p = mem_alloc(sizeof *p);

	p->folder = folder;
	p->conf_text = (struct buf)BUF_INIT;
	p->main_cf = (struct buf)BUF_INIT;
	p->settings = (struct buf)BUF_INIT;
	if (!conf_says_read(config, &p->conf_text, errmsg)) {
		mta_postfix_close(p);
		return NULL;
	}
	run(p, "postconf", "-x", NULL, NULL, &p->settings);
	if (*value(p, "mail_version") == '\0') {
		buf_puts(errmsg, "postconf(1) does not answer");
		mta_postfix_close(p);
		return NULL;
	}
	read_main_cf(p);
	return p;
}

struct mta_source
mta_postfix_source(struct mta_postfix *p)
{
	return (struct mta_source){ .arg = p, .value = value, .place = place,
		.is_file = is_file, .is_access = is_access, .text = text,
		.is_set = is_set, .keys = keys, .overrides = overrides,
		.ask = ask };
}

void
mta_postfix_close(struct mta_postfix *p)
{
	if (p == NULL)
		return;
	while (p->n > 0)
		free(p->texts[--p->n]);
	free(p->texts);
	free(p->main_path);
	buf_free(&p->settings);
	buf_free(&p->main_cf);
	buf_free(&p->conf_text);
	free(p);
}
