/* setup_agree - where main.cf and saywhy.conf say different things */

#include "setup/setup_agree.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/net.h"
#include "base/option.h"
#include "engine/ruleset.h"
#include "model/mailset.h"
#include "setup/adopt_postfix.h"
#include "setup/mta_lists.h"
#include "setup/setup_agree_lists.h"
#include "setup/setup_file.h"

/* Both sides, and where saywhy's stands. */
struct comparison {
	struct differences *d;
	const struct mta_source *source;
	const struct ruleset *rules;
	struct mta_lists mta;
	struct our_file {
		struct buf path, text;
	} files[2];	/* saywhy.conf, adopted.conf */
};

#define tell(c, ...) differences_add((c)->d, __VA_ARGS__)

/* Behind its "=", where this option is set in a file, or NULL. */
static const char *
find_in(const struct our_file *f, const char *name, int *line)
{
	const char *at = f->text.data, *found;

	for (*line = 1; *at != '\0'; at += *at == '\n', (*line)++) {
		found = at[strspn(at, " \t")] != '#' ? strstr(at, name) : NULL;
		if (found != NULL && found < at + strcspn(at, "\n") &&
		    (found == at || strchr(" \t{", found[-1]) != NULL)) {
			found += strlen(name);
			found += strspn(found, " \t");
			if (*found == '=')
				return found + 1 + strspn(found + 1, " \t");
		}
		at += strcspn(at, "\n");
	}
	return NULL;
}

static const char *
find_option(const struct comparison *c, const char *name,
    const struct our_file **file, int *line)
{
	const char *at = NULL;
	size_t i;

	for (i = 0; i < 2 && at == NULL; i++) {
		*file = &c->files[i];
		at = find_in(*file, name, line);
	}
	return at;
}

/* "relay.domains (/etc/saywhy/saywhy.conf:12)". */
static char *
our_place(const struct comparison *c, const char *section, const char *name)
{
	const struct our_file *file;
	struct buf out = BUF_INIT;
	int line;

	if (find_option(c, name, &file, &line) != NULL)
		buf_printf(&out, "%s.%s (%s:%d)", section, name,
		    file->path.data, line);
	else
		buf_printf(&out, "%s.%s (not set in %s)", section, name,
		    c->files[0].path.data);
	return buf_steal(&out);
}

/* A domain and all below it is one thing to say. */
static bool
is_ours(const struct comparison *c, const char *name)
{
	struct buf inside = BUF_INIT;
	bool found;

	buf_printf(&inside, "%s%s", *name == '.' ? "a" : "", name);
	found = mailset_find_name(&c->rules->site.domains, inside.data) !=
	    NULL || site_is_this_host(&c->rules->site, inside.data);
	buf_free(&inside);
	return found;
}

static void
compare_domains(struct comparison *c)
{
	char *ours = our_place(c, "relay", "domains");
	const struct mta_item *item;
	size_t i;

	for (i = 0; i < c->mta.domains.n; i++) {
		item = &c->mta.domains.v[i];
		if (!is_ours(c, item->name))
			tell(c, true, "%s stands in %s (%s), but not in %s: "
			    "saywhy refuses mail to it for good, 550 5.7.1",
			    item->name, item->setting,
			    c->source->place(c->source->arg, item->setting),
			    ours);
	}
	for (i = 0; i < c->mta.tables.n; i++) {
		item = &c->mta.tables.v[i];
		tell(c, false, "%s = %s (%s): its domains cannot be listed; "
		    "see that each of them stands in %s", item->setting,
		    item->name, c->source->place(c->source->arg,
		    item->setting), ours);
	}
	free(ours);
}

static bool
mta_takes(const struct comparison *c, const char *name)
{
	struct buf value = BUF_INIT;
	const char *key = name + (*name == '.'), *theirs;
	bool found = false;
	size_t i, n = strlen(key), m;

	for (i = 0; i < c->mta.domains.n && !found; i++) {
		theirs = c->mta.domains.v[i].name;
		m = strlen(theirs);
		found = strcasecmp(theirs, key) == 0 || (*theirs == '.' &&
		    n > m && strcasecmp(key + n - m, theirs) == 0);
	}
	for (i = 0; i < c->mta.tables.n && !found; i++)
		found = c->source->ask(c->source->arg, c->mta.tables.v[i].name,
		    key, &value);
	buf_free(&value);
	return found;
}

static void
compare_our_domains(struct comparison *c)
{
	const struct strset *names = &c->rules->site.domains.names;
	char *ours = our_place(c, "relay", "domains");
	size_t i;

	for (i = 0; i < names->size; i++)
		if (names->slots[i] != NULL &&
		    strchr(names->slots[i], '@') == NULL &&
		    !mta_takes(c, names->slots[i]))
			tell(c, false, "%s stands in %s, but in none of "
			    "mydestination, virtual_alias_domains, "
			    "virtual_mailbox_domains and relay_domains: "
			    "Postfix refuses mail to it in its own words",
			    names->slots[i], ours);
	free(ours);
}

/* Does a network of this set hold all of that one? */
static bool
holds(const struct netset *set, const struct net *net)
{
	const struct net *wide = netset_find(set, &net->ip);

	while (wide != NULL && wide->prefix > net->prefix)
		wide = netset_next(set, &net->ip, wide);
	return wide != NULL;
}

static void
compare_networks(struct comparison *c)
{
	const struct netset *set = &c->rules->site.networks;
	const char *place = c->source->place(c->source->arg, "mynetworks");
	char *ours = our_place(c, "relay", "networks");
	struct netset theirs = { .v = NULL };
	char text[NET_TEXT];
	struct net net;
	size_t i;

	for (i = 0; i < c->mta.networks.n; i++) {
		if (!net_parse(c->mta.networks.v[i].name, &net, NULL))
			continue;
		netset_add(&theirs, &net);
		if (!holds(set, &net))
			tell(c, true, "%s stands in mynetworks (%s), but not "
			    "in %s: saywhy refuses its mail to outside for "
			    "good, 550 5.7.1", c->mta.networks.v[i].name,
			    place, ours);
	}
	for (i = 0; i < c->mta.odd.n; i++)
		tell(c, false, "%s in mynetworks (%s) cannot be compared with "
		    "%s", c->mta.odd.v[i].name, place, ours);
	for (i = 0; i < set->n && c->mta.odd.n == 0; i++)
		if (!holds(&theirs, &set->v[i]))
			tell(c, false, "%s stands in %s, but not in mynetworks "
			    "(%s): Postfix refuses its mail to outside in its "
			    "own words", net_format(&set->v[i], text), ours,
			    place);
	netset_free(&theirs);
	free(ours);
}

static void
compare_sizes(struct comparison *c)
{
	static const struct option row = { .name = "max-size",
		.type = OPTION_SIZE, .max = 1LL << 50 };
	const char *theirs = c->source->value(c->source->arg,
	    "message_size_limit"), *at;
	char *place = our_place(c, "content", "max-size"), *value;
	struct buf errmsg = BUF_INIT;
	long long limit = strtoll(theirs, NULL, 10), size = 0;
	const struct our_file *file;
	int line;

	at = find_option(c, "max-size", &file, &line);
	value = at != NULL ? mem_ndup(at, strcspn(at, " \t\r\n#}")) : NULL;
	if (limit > 0 && value != NULL && option_set(&row, &size, value,
	    &errmsg) && size != 0 && size != limit)
		tell(c, false, "%s is %s, and message_size_limit (%s) is %s: "
		    "the smaller of both counts%s", place, value,
		    c->source->place(c->source->arg, "message_size_limit"),
		    theirs, size > limit ?
		    ", and Postfix refuses in its own words" : "");
	buf_free(&errmsg);
	free(value);
	free(place);
}

static void
read_files(struct comparison *c, const char *config)
{
	const char *slash = strrchr(config, '/');
	struct buf errmsg = BUF_INIT;
	size_t i;

	for (i = 0; i < 2; i++)
		c->files[i] = (struct our_file){ .path = BUF_INIT,
			.text = BUF_INIT };
	buf_puts(&c->files[0].path, config);
	if (slash != NULL)
		buf_put(&c->files[1].path, config,
		    (size_t)(slash - config) + 1);
	buf_puts(&c->files[1].path, ADOPTED_CONF);
	for (i = 0; i < 2; i++)
		if (!setup_file_read(c->files[i].path.data, &c->files[i].text,
		    &errmsg))
			buf_clear(&c->files[i].text);
	buf_free(&errmsg);
}

static void
free_files(struct comparison *c)
{
	size_t i;

	for (i = 0; i < 2; i++) {
		buf_free(&c->files[i].path);
		buf_free(&c->files[i].text);
	}
}

/* Without domains saywhy does not judge relaying. */
void
differences_find(struct differences *d, const struct mta_source *source,
    const struct ruleset *r, const char *config)
{
	struct comparison c = { .d = d, .source = source, .rules = r,
		.mta = { .domains = { .v = NULL } } };

	read_files(&c, config);
	mta_lists_read(&c.mta, source);
	if (mailset_is_empty(&r->site.domains))
		tell(&c, false, "relay.domains is not set in %s: what is "
		    "relaying, Postfix alone decides%s", config,
		    c.mta.tables.n > 0 ? ", for not all of its domains can be "
		    "listed" : "; saywhy setup --adopt --apply takes its lists "
		    "over");
	else {
		compare_domains(&c);
		compare_our_domains(&c);
		compare_networks(&c);
	}
	compare_sizes(&c);
	differences_find_lists(d, source, r, config);
	mta_lists_clear(&c.mta);
	free_files(&c);
}

bool
differences_find_here(struct differences *d, const struct ruleset *r,
    const char *config, const char *folder)
{
	struct buf errmsg = BUF_INIT;
	struct mta_postfix *p = mta_postfix_open(folder, config, &errmsg);
	struct mta_source source;

	buf_free(&errmsg);
	if (p == NULL)
		return false;
	source = mta_postfix_source(p);
	differences_find(d, &source, r, config);
	mta_postfix_close(p);
	return true;
}
