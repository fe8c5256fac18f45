/* adopt_postfix - takes over the policy of the Postfix of this machine */

#include "setup/adopt_postfix.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/mem.h"
#include "engine/ruleset.h"
#include "setup/setup_file.h"
#include "setup/setup_mta.h"

static const char included[] =
    "\n# What saywhy setup --adopt took over from Postfix; --undo removes "
    "it.\n"
    "include(\"" ADOPTED_CONF "\")\n";

struct postfix {
	const char *folder;	/* of main.cf; NULL: Postfix's own */
	struct buf conf;	/* saywhy.conf without its comments */
	char **values;		/* handed out, freed at the end */
	size_t n, cap;
};

static bool
run(const struct postfix *p, const char *program, const char *option,
    const char *word, struct buf *out)
{
	const char *argv[6] = { program };
	size_t n = 1;

	if (p->folder != NULL) {
		argv[n++] = "-c";
		argv[n++] = p->folder;
	}
	argv[n++] = option;
	argv[n++] = word;
	return setup_mta_run(argv, out);
}

static const char *
value(void *arg, const char *name)
{
	struct postfix *p = arg;
	struct buf out = BUF_INIT;

	if (!run(p, "postconf", "-xh", name, &out))
		buf_clear(&out);
	while (out.len > 0 && out.data[out.len - 1] == '\n')
		buf_cut(&out, out.len - 1);
	p->values = mem_room(p->values, p->n, &p->cap, sizeof *p->values);
	p->values[p->n] = buf_steal(&out);
	return p->values[p->n++];
}

static bool
is_file(void *arg, const char *path)
{
	struct stat st;

	(void)arg;
	return stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
	    access(path, R_OK) == 0;
}

/* An option's name with "=" behind it, or the whole of `reason "x"`. */
static bool
is_set(void *arg, const char *what)
{
	const struct postfix *p = arg;
	size_t n = strlen(what);
	const char *at = p->conf.data, *end;

	for (; (at = strstr(at, what)) != NULL; at = end) {
		end = at + n;
		if (what[n - 1] == '"')
			return true;
		if ((at == p->conf.data || strchr(" \t\n{", at[-1]) != NULL) &&
		    end[strspn(end, " \t")] == '=')
			return true;
	}
	return false;
}

/* "key TAB value" a line, of a table that postmap(1) can list. */
static bool
keys(void *arg, const char *table, struct buf *out)
{
	struct buf lines = BUF_INIT;
	const char *line;
	size_t n;
	bool good = strchr(table, ':') != NULL &&
	    run(arg, "postmap", "-s", table, &lines);

	for (line = lines.data; good && *line != '\0'; line += n) {
		buf_printf(out, "%.*s,", (int)strcspn(line, "\t \n"), line);
		n = strcspn(line, "\n");
		n += line[n] == '\n';
	}
	buf_free(&lines);
	return good;
}

/* Lines that begin with # say nothing, nor does our own include. */
static bool
read_config(struct postfix *p, const char *config, struct buf *errmsg)
{
	struct buf text = BUF_INIT;
	bool good = setup_file_read(config, &text, errmsg);
	const char *line;
	size_t n;

	for (line = text.data; *line != '\0'; line += n) {
		n = strcspn(line, "\n");
		n += line[n] == '\n';
		if (line[strspn(line, " \t")] != '#')
			buf_put(&p->conf, line, n);
	}
	buf_free(&text);
	return good;
}

bool
adopt_postfix(struct adopt *a, const char *folder, const char *config,
    struct buf *errmsg)
{
	struct postfix p = { .folder = folder, .conf = BUF_INIT };
	const struct adopt_source source = { .arg = &p, .value = value,
		.is_file = is_file, .is_set = is_set, .keys = keys };
	bool good = read_config(&p, config, errmsg);

	if (good && *value(&p, "mail_version") == '\0') {
		buf_puts(errmsg, "postconf(1) does not answer");
		good = false;
	}
	if (good)
		adopt_make(a, &source);
	while (p.n > 0)
		free(p.values[--p.n]);
	free(p.values);
	buf_free(&p.conf);
	return good;
}

static void
put_beside(struct buf *path, const char *config)
{
	const char *slash = strrchr(config, '/');

	buf_put(path, config, slash != NULL ? (size_t)(slash - config) + 1 : 0);
	buf_puts(path, ADOPTED_CONF);
}

/* Does all of it load? Its first mistake, if not. */
static bool
loads(const char *config, struct buf *errmsg)
{
	struct diags d = DIAGS_INIT;
	struct ruleset *r = ruleset_load(config, &d);
	size_t i;

	for (i = 0; r == NULL && i < d.n && errmsg->len == 0; i++)
		if (!d.v[i].warning)
			buf_printf(errmsg, "%s:%d: %s", d.v[i].file != NULL ?
			    d.v[i].file : config, d.v[i].line, d.v[i].text);
	diags_free(&d);
	ruleset_release(r);
	return errmsg->len == 0;
}

static bool
put_file(const char *path, const struct buf *text, struct buf *errmsg)
{
	struct stat st;

	if (stat(path, &st) == 0)
		return setup_file_write(path, text, errmsg);
	return setup_file_make(path, text, errmsg) &&
	    (chmod(path, 0644) == 0 || errno == EPERM);
}

static bool
include_it(const char *config, struct buf *old, struct buf *errmsg)
{
	struct buf text = BUF_INIT;
	bool good = setup_file_read(config, old, errmsg);

	if (good && strstr(old->data, "include(\"" ADOPTED_CONF "\")") ==
	    NULL) {
		buf_put(&text, old->data, old->len);
		buf_puts(&text, included);
		good = setup_file_write(config, &text, errmsg);
	}
	buf_free(&text);
	return good;
}

bool
adopt_put(const struct adopt *a, const char *config, struct buf *errmsg)
{
	struct buf path = BUF_INIT, before = BUF_INIT, old = BUF_INIT;
	struct buf ignored = BUF_INIT;
	bool was, good;

	put_beside(&path, config);
	was = access(path.data, F_OK) == 0 &&
	    setup_file_read(path.data, &before, errmsg);
	good = put_file(path.data, &a->conf, errmsg) &&
	    include_it(config, &old, errmsg) && loads(config, errmsg);
	if (!good) {
		if (old.len > 0)
			setup_file_write(config, &old, &ignored);
		if (was)
			setup_file_write(path.data, &before, &ignored);
		else
			unlink(path.data);
	}
	buf_free(&path);
	buf_free(&before);
	buf_free(&old);
	buf_free(&ignored);
	return good;
}

bool
adopt_undo(const char *config, struct buf *errmsg)
{
	struct buf path = BUF_INIT, text = BUF_INIT, without = BUF_INIT;
	const char *at;
	bool good = setup_file_read(config, &text, errmsg);

	at = strstr(text.data, included);
	if (good && at != NULL) {
		buf_put(&without, text.data, (size_t)(at - text.data));
		buf_puts(&without, at + strlen(included));
		good = setup_file_write(config, &without, errmsg);
		put_beside(&path, config);
		if (good && unlink(path.data) != 0 && errno != ENOENT) {
			buf_printf(errmsg, "%s: %s", path.data,
			    strerror(errno));
			good = false;
		}
	}
	buf_free(&path);
	buf_free(&text);
	buf_free(&without);
	return good;
}
