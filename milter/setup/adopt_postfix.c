/* adopt_postfix - takes over the policy of the Postfix of this machine */

#include "setup/adopt_postfix.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diag.h"
#include "engine/ruleset.h"
#include "setup/setup_file.h"

static const char included[] =
    "\n# What saywhy setup --adopt took over from Postfix; --undo removes "
    "it.\n"
    "include(\"" ADOPTED_CONF "\")\n";

/* --observe-for: the line that says until when. */
static const char observed[] = "# Until then it is only observed.\n"
    "enforce-after = ";

bool
adopt_postfix(struct adopt *a, const char *folder, const char *config,
    struct buf *errmsg)
{
	struct mta_postfix *p = mta_postfix_open(folder, config, errmsg);
	struct mta_source source;

	if (p == NULL)
		return false;
	source = mta_postfix_source(p);
	adopt_make(a, &source);
	mta_postfix_close(p);
	return true;
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

/* What the fragment says, and until when it is only observed. */
static void
put_text(struct buf *out, const struct adopt *a, const struct buf *before,
    time_t enforce_after)
{
	const char *at = strstr(before->data, observed);
	char text[sizeof "2026-01-31T18:00:00Z"];
	struct tm tm;

	buf_puts(out, a->conf.data);
	if (enforce_after != 0 && gmtime_r(&enforce_after, &tm) != NULL &&
	    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm) > 0)
		buf_printf(out, "%s\"%s\"\n", observed, text);
	else if (at != NULL)
		buf_put(out, at, strlen(observed) +
		    strcspn(at + strlen(observed), "\n") + 1);
}

bool
adopt_put(const struct adopt *a, const char *config, time_t enforce_after,
    struct buf *errmsg)
{
	struct buf path = BUF_INIT, before = BUF_INIT, old = BUF_INIT;
	struct buf ignored = BUF_INIT, text = BUF_INIT;
	bool was, good;

	put_beside(&path, config);
	was = access(path.data, F_OK) == 0 &&
	    setup_file_read(path.data, &before, errmsg);
	put_text(&text, a, &before, enforce_after);
	good = put_file(path.data, &text, errmsg) &&
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
	buf_free(&text);
	buf_free(&ignored);
	return good;
}

bool
adopt_is_there(const char *config)
{
	struct buf path = BUF_INIT;
	bool there;

	put_beside(&path, config);
	there = access(path.data, F_OK) == 0;
	buf_free(&path);
	return there;
}

bool
adopt_is_whole(const char *config)
{
	struct buf path = BUF_INIT, text = BUF_INIT, errmsg = BUF_INIT;
	bool whole;

	put_beside(&path, config);
	whole = setup_file_read(path.data, &text, &errmsg) &&
	    strstr(text.data, ADOPT_WHOLE) != NULL;
	buf_free(&path);
	buf_free(&text);
	buf_free(&errmsg);
	return whole;
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
