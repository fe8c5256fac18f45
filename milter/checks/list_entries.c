/* list_entries - entries of a list that stand in the configuration itself */

#include "checks/list_entries.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/net.h"
#include "lists/list.h"
#include "lists/list_line.h"
#include "model/mailset.h"

struct list_entry {
	char *text, *comment;	/* as written */
	struct netset nets;	/* one of these has it */
	struct mailset names;
};

static bool
add(struct list_entries *e, const char *text, const char *comment,
    struct buf *errmsg)
{
	struct list_entry entry = { .text = NULL };
	struct net net;
	bool good;

	if (net_is_meant(text) || (*text == '[' &&
	    net_parse(text, &net, NULL))) {
		good = net_parse(text, &net, errmsg);
		if (good)
			netset_add(&entry.nets, &net);
	} else
		good = mailset_add(&entry.names, text, errmsg);
	if (good && *text == '[')
		good = mailset_add(&entry.names, text, errmsg);
	if (!good) {
		netset_free(&entry.nets);
		mailset_clear(&entry.names);
		return false;
	}
	entry.text = mem_dup(text);
	entry.comment = mem_dup(comment);
	e->v = mem_room(e->v, e->n, &e->cap, sizeof *e->v);
	e->v[e->n++] = entry;
	return true;
}

bool
list_entries_parse(void *base, void *slot, const char *value,
    struct buf *errmsg)
{
	char *line = mem_dup(value), *entry, *comment;
	bool good = list_line_split(line, &entry, &comment, errmsg);

	(void)base;
	if (good)
		good = add(slot, entry, comment, errmsg);
	else if (errmsg->len == 0)
		buf_puts(errmsg, "an empty value says nothing");
	free(line);
	return good;
}

void
list_entries_free(void *slot)
{
	struct list_entries *e = slot;

	while (e->n > 0) {
		e->n--;
		free(e->v[e->n].text);
		free(e->v[e->n].comment);
		netset_free(&e->v[e->n].nets);
		mailset_clear(&e->v[e->n].names);
	}
	free(e->v);
	*e = (struct list_entries){ .v = NULL };
}

static bool
found(const struct list_entry *entry, struct list_hit *hit)
{
	buf_puts(&hit->entry, entry->text);
	buf_puts(&hit->comment, entry->comment);
	return true;
}

bool
list_entries_find_ip(const struct list_entries *e, const struct ip *ip,
    struct list_hit *hit)
{
	size_t i;

	for (i = 0; i < e->n; i++)
		if (netset_find(&e->v[i].nets, ip) != NULL ||
		    e->v[i].names.any)
			return found(&e->v[i], hit);
	return false;
}

bool
list_entries_find_name(const struct list_entries *e, const char *name,
    struct list_hit *hit)
{
	size_t i;

	for (i = 0; name != NULL && i < e->n; i++)
		if (mailset_find_name(&e->v[i].names, name) != NULL)
			return found(&e->v[i], hit);
	return false;
}

bool
list_entries_find_mailbox(const struct list_entries *e,
    const struct mailbox *m, struct list_hit *hit)
{
	size_t i;

	for (i = 0; i < e->n; i++)
		if (mailset_find_mailbox(&e->v[i].names, m) != NULL)
			return found(&e->v[i], hit);
	return false;
}
