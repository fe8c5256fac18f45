/* mta_lists - the domains that Postfix takes mail for, and whom it trusts */

#include "setup/mta_lists.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/net.h"
#include "model/mailbox.h"

/* What is read, and for which setting. */
struct reading {
	struct mta_lists *l;
	const struct mta_source *source;
	const char *setting;
	bool below;	/* a domain stands for all below it, too */
	bool in_file;	/* a file names no further file */
};

bool
mta_next_word(const char **p, char word[MTA_WORD_MAX])
{
	size_t n = 0, deep = 0;

	while (**p != '\0' && strchr(", \t\r\n", **p) != NULL)
		(*p)++;
	for (; **p != '\0' && (deep > 0 || strchr(", \t\r\n", **p) == NULL);
	    (*p)++) {
		deep += **p == '{';
		deep -= **p == '}' && deep > 0;
		if (n + 1 < MTA_WORD_MAX)
			word[n++] = **p;
	}
	word[n] = '\0';
	return n > 0;
}

static void
add(struct mta_items *items, const char *name, const char *setting)
{
	size_t i;

	for (i = 0; i < items->n; i++)
		if (strcasecmp(items->v[i].name, name) == 0)
			return;
	items->v = mem_room(items->v, items->n, &items->cap,
	    sizeof *items->v);
	items->v[items->n++] = (struct mta_item){ .name = mem_dup(name),
		.setting = setting };
}

/* The lines of a file without its comments, as one list. */
static bool
read_text(const struct mta_source *source, const char *path, bool first_word,
    struct buf *out)
{
	struct buf text = BUF_INIT;
	bool good = source->text(source->arg, path, &text);
	const char *line;
	size_t n;

	for (line = text.data; good && *line != '\0'; line += n) {
		n = strcspn(line, "\n");
		if (*line != '#')
			buf_printf(out, "%.*s,", (int)(first_word ?
			    strcspn(line, " \t\n") : n), line);
		n += line[n] == '\n';
	}
	buf_free(&text);
	return good;
}

static void
add_domain(struct reading *r, const char *word)
{
	struct buf below = BUF_INIT;

	if (!mailbox_is_host_name(word + (*word == '.')))
		return;
	add(&r->l->domains, word, r->setting);
	buf_printf(&below, ".%s", word);
	if (r->below && *word != '.' && strchr(word, '.') != NULL)
		add(&r->l->domains, below.data, r->setting);
	buf_free(&below);
}

/*
 * Of virtual_alias_domains, which is the same table as the aliases where it is
 * not set, a key without a dot is a user.
 */
static void
add_keys(struct reading *r, const char *table)
{
	struct buf keys = BUF_INIT;
	const char *p;
	char key[MTA_WORD_MAX];
	bool aliases = strcmp(r->setting, "virtual_alias_domains") == 0;

	if (!r->source->keys(r->source->arg, table, &keys))
		add(&r->l->tables, table, r->setting);
	else
		for (p = keys.data; mta_next_word(&p, key);)
			if (!aliases || strchr(key, '.') != NULL)
				add_domain(r, key);
	buf_free(&keys);
}

static void read_domains(struct reading *r, const char *list);

static void
add_file(struct reading *r, const char *path,
    void (*read)(struct reading *r, const char *list), struct mta_items *odd)
{
	struct buf list = BUF_INIT;

	if (!r->in_file && read_text(r->source, path, false, &list)) {
		r->in_file = true;
		read(r, list.data);
		r->in_file = false;
	} else
		add(odd, path, r->setting);
	buf_free(&list);
}

static void
read_domains(struct reading *r, const char *list)
{
	char word[MTA_WORD_MAX];

	while (mta_next_word(&list, word))
		if (*word == '/')
			add_file(r, word, read_domains, &r->l->tables);
		else if (strchr(word, ':') != NULL)
			add_keys(r, word);
		else
			add_domain(r, word);
}

static bool
add_network(struct reading *r, const char *word)
{
	char clean[MTA_WORD_MAX], *to = clean;
	struct net net;

	/* "[::1]/128" */
	for (; *word != '\0'; word++)
		if (*word != '[' && *word != ']')
			*to++ = *word;
	*to = '\0';
	if (!net_parse(clean, &net, NULL))
		return false;
	add(&r->l->networks, clean, r->setting);
	return true;
}

/* "cidr:/x": its lines begin with a network; others are asked one by one. */
static bool
add_networks_of(struct reading *r, const char *table)
{
	struct buf list = BUF_INIT;
	char word[MTA_WORD_MAX];
	const char *p;
	bool good = strncmp(table, "cidr:", 5) == 0 ?
	    read_text(r->source, table + 5, true, &list) :
	    r->source->keys(r->source->arg, table, &list);

	for (p = list.data; good && mta_next_word(&p, word);)
		good = add_network(r, word);
	buf_free(&list);
	return good;
}

static void
read_networks(struct reading *r, const char *list)
{
	char word[MTA_WORD_MAX];

	while (mta_next_word(&list, word))
		if (*word == '/')
			add_file(r, word, read_networks, &r->l->odd);
		else if (!add_network(r, word) && (strchr(word, ':') == NULL ||
		    !add_networks_of(r, word)))
			add(&r->l->odd, word, r->setting);
}

void
mta_lists_read(struct mta_lists *l, const struct mta_source *source)
{
	static const char *const names[] = { "mydestination",
		"virtual_alias_domains", "virtual_mailbox_domains",
		"relay_domains" };
	struct reading r = { .l = l, .source = source };
	size_t i;

	memset(l, 0, sizeof *l);
	for (i = 0; i < sizeof names / sizeof names[0]; i++) {
		r.setting = names[i];
		r.below = strcmp(names[i], "relay_domains") == 0 &&
		    strstr(source->value(source->arg,
		    "parent_domain_matches_subdomains"), names[i]) != NULL;
		read_domains(&r, source->value(source->arg, names[i]));
	}
	r.setting = "mynetworks";
	read_networks(&r, source->value(source->arg, "mynetworks"));
}

static void
clear(struct mta_items *items)
{
	while (items->n > 0)
		free(items->v[--items->n].name);
	free(items->v);
	memset(items, 0, sizeof *items);
}

void
mta_lists_clear(struct mta_lists *l)
{
	clear(&l->domains);
	clear(&l->networks);
	clear(&l->tables);
	clear(&l->odd);
}
