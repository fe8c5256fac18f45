/* adopt_tables - check_*_access: tables in files, and those in main.cf */

#include "setup/adopt_walk.h"

#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/net.h"
#include "lists/list_access.h"
#include "setup/adopt_words.h"
#include "setup/mta_lists.h"

#define COUNT(v) (sizeof (v) / sizeof (v)[0])
#define LOGIN "login"

static const struct table {
	const char *restriction, *match;
} tables[] = {
	{ "check_client_access", "client" },
	{ "check_helo_access", "helo" },
	{ "check_sender_access", "sender" },
	{ "check_recipient_access", "rcpt" },
	{ "check_sasl_access", LOGIN },
};

static bool
is_of_logins(const struct table *t)
{
	return strcmp(t->match, LOGIN) == 0;
}

static void
leave(struct walk *w, const struct table *t, const char *name,
    const char *because)
{
	adopt_leave(w->a, "%s: %s %s stays Postfix's%s: %s", w->list,
	    t->restriction, name, adopt_says(t->restriction), because);
	w->unknown_permit = true;
}

/* A block of whom the table refuses; `what` is its file or its entries. */
static void
put_list(struct walk *w, const struct table *t, const char *name,
    const char *what)
{
	if (w->unknown_permit) {
		adopt_leave_behind(w->a, w->list, t->restriction);
		return;
	}
	if (is_of_logins(t))
		buf_printf(&w->a->conf, "auth { login-list \"%s\" { %s "
		    "tell-comment = yes } }\t# %s\n", name, what, w->list);
	else
		buf_printf(w->lists, "\tlist \"%s %s\" { %s match = {%s} "
		    "tell-comment = yes }\t# %s\n", name, t->match, what,
		    t->match, w->list);
	w->a->taken++;
}

/* … and of whom it says anything else. */
static void
put_allow(struct walk *w, const struct table *t, const char *name,
    const char *what)
{
	buf_printf(w->lists, "\tallow \"%s %s\" { %s match = {%s} }\t# %s\n",
	    name, t->match, what, t->match, w->list);
	w->known_permit = true;
}

static void
take_file(struct walk *w, const struct table *t, const char *path)
{
	const char *name = strrchr(path, '/') != NULL ?
	    strrchr(path, '/') + 1 : path;
	struct buf what = BUF_INIT;

	buf_printf(&what, "file = \"access:%s\"", path);
	put_list(w, t, name, what.data);
	buf_clear(&what);
	if (!is_of_logins(t)) {
		buf_printf(&what, "file = \"access-permit:%s\"", path);
		put_allow(w, t, name, what.data);
	}
	buf_free(&what);
}

/* May it stand between quotes in saywhy.conf, and with its comment? */
static bool
is_plain(const char *text)
{
	for (; *text != '\0'; text++)
		if (*text < ' ' || *text > '~' || strchr("\"\\$", *text) !=
		    NULL)
			return false;
	return true;
}

/* Whether Postfix finds a key with these is not sure. */
static bool
has_capitals(const char *key)
{
	while (*key != '\0' && (*key < 'A' || *key > 'Z'))
		key++;
	return *key != '\0';
}

static void
put_entry(struct buf *out, const char *dot, const char *key,
    const char *words)
{
	buf_printf(out, "%s\"%s%s%s%s\"", out->len > 0 ? ", " : "", dot, key,
	    *words != '\0' ? " # " : "", words);
}

/*
 * A key, and a domain with all below it, as Postfix looks them up. False:
 * saywhy would find it for more or for fewer.
 */
static bool
put_key(const struct walk *w, const struct table *t, struct buf *out,
    const char *key, const char *words)
{
	const char *at = strchr(key, '@');
	struct net net;
	bool extended = strchr(w->source->value(w->source->arg,
	    "recipient_delimiter"), '+') != NULL;

	if (*key == '\0' || strpbrk(key, " #*/") != NULL || has_capitals(key) ||
	    !is_plain(key) || !is_plain(words) || strstr(words, " #") != NULL)
		return false;
	if (net_is_meant(key) || *key == '[' || *key == '<' ||
	    is_of_logins(t)) {
		put_entry(out, "", key, words);
		return !net_is_meant(key) || net_parse(key, &net, NULL);
	}
	if (key[strspn(key, "0123456789.")] == '\0' || (at != NULL &&
	    !extended))
		return false;
	put_entry(out, "", key, words);
	if (at == NULL && *key != '.')
		put_entry(out, ".", key, words);
	return true;
}

/* "{key = action}" or "key=action", without what is around it. */
static bool
split(char *pair, char **key, char **action)
{
	char *end, *equals;

	if (*pair == '{') {
		end = strrchr(pair, '}');
		if (end == NULL || end[1] != '\0')
			return false;
		*end = '\0';
		pair++;
	}
	pair += strspn(pair, " \t");
	equals = strchr(pair, '=');
	if (equals == NULL)
		return false;
	*action = equals + 1 + strspn(equals + 1, " \t");
	for (*equals = '\0'; equals > pair && strchr(" \t", equals[-1]) !=
	    NULL;)
		*--equals = '\0';
	*key = pair;
	return true;
}

/* What "{…}" has between its braces. False: it is no such word. */
static bool
take_inside(const char *word, char inside[static MTA_WORD_MAX])
{
	size_t n = strlen(word);

	if (n < 2 || n >= MTA_WORD_MAX || *word != '{' || word[n - 1] != '}')
		return false;
	memcpy(inside, word + 1, n - 2);
	inside[n - 2] = '\0';
	return true;
}

/* "{a = REJECT, {b = REJECT No}}" of a table in main.cf. */
static bool
read_inline(const struct walk *w, const struct table *t, const char *text,
    struct buf *refused, struct buf *spared)
{
	char inside[MTA_WORD_MAX], pair[MTA_WORD_MAX], *key, *action;
	const char *p = inside, *words;

	if (!take_inside(text, inside))
		return false;
	while (mta_next_word(&p, pair)) {
		if (!split(pair, &key, &action))
			return false;
		words = list_access_refuses(action);
		/* One that permits must be known whoever it is. */
		if (words == NULL && (strchr(key, '@') != NULL ||
		    is_of_logins(t)))
			return false;
		if (!put_key(w, t, words != NULL ? refused : spared, key,
		    words != NULL ? words : ""))
			return false;
	}
	return true;
}

static void
take_inline(struct walk *w, const struct table *t, const char *word)
{
	struct buf refused = BUF_INIT, spared = BUF_INIT, what = BUF_INIT;

	if (strlen(word) + 1 >= MTA_WORD_MAX || !read_inline(w, t, word + 7,
	    &refused, &spared)) {
		leave(w, t, word, adopt_not_read_because(word));
	} else {
		if (refused.len > 0) {
			buf_printf(&what, "entries = {%s}", refused.data);
			put_list(w, t, "main.cf", what.data);
		}
		buf_clear(&what);
		if (spared.len > 0) {
			buf_printf(&what, "entries = {%s}", spared.data);
			put_allow(w, t, "main.cf", what.data);
		}
	}
	buf_free(&refused);
	buf_free(&spared);
	buf_free(&what);
}

/* One action for everybody: "REJECT", "{REJECT Go away}". */
static void
take_static(struct walk *w, const struct table *t, const char *word)
{
	const char *action = word + 7;
	char text[MTA_WORD_MAX];
	struct buf entry = BUF_INIT, what = BUF_INIT;

	if (take_inside(action, text))
		action = text + strspn(text, " \t");
	if (strcasecmp(action, "DUNNO") == 0)
		return;
	if (strcasecmp(action, "OK") == 0 && !is_of_logins(t)) {
		w->over = true;
		return;
	}
	if (list_access_refuses(action) == NULL || !is_plain(action)) {
		leave(w, t, word, adopt_not_read_because(word));
		return;
	}
	put_entry(&entry, "", "*", list_access_refuses(action));
	buf_printf(&what, "entries = {%s}", entry.data);
	put_list(w, t, "main.cf", what.data);
	buf_free(&entry);
	buf_free(&what);
}

/* Why none of its kind can be taken here, or NULL. */
static const char *
leaves_because(const struct walk *w, const struct table *t)
{
	if (!w->parents)
		return "parent_domain_matches_subdomains does not name "
		    "smtpd_access_maps";
	if (is_of_logins(t) && (w->known_permit || w->networks_pass))
		return "it stands behind a permit that saywhy does not know "
		    "there";
	return NULL;
}

static void
take_table(struct walk *w, const struct table *t)
{
	const char *path, *because = leaves_because(w, t);
	char word[MTA_WORD_MAX];

	if (!mta_next_word(&w->p, word))
		return;
	if (is_of_logins(t) && w->logins_pass)
		return;
	path = adopt_text_of_table(w->source, word);
	if (because != NULL)
		leave(w, t, word, because);
	else if (strncmp(word, "inline:", 7) == 0)
		take_inline(w, t, word);
	else if (strncmp(word, "static:", 7) == 0)
		take_static(w, t, word);
	else if (path == NULL)
		leave(w, t, word, adopt_not_read_because(word));
	else if (is_of_logins(t) && adopt_may_permit(w->source, word))
		leave(w, t, word, "it lets somebody pass");
	else
		take_file(w, t, path);
}

bool
adopt_table(struct walk *w, const char *word)
{
	size_t i;

	for (i = 0; i < COUNT(tables); i++)
		if (strcmp(word, tables[i].restriction) == 0) {
			take_table(w, &tables[i]);
			return true;
		}
	return false;
}
