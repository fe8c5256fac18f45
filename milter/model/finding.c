/* finding - "this is so": what a check reports */

#include "model/finding.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"

static const char *const evidence_names[EVIDENCE_COUNT_ALL] = {
#define EVIDENCE(id, key) [EVIDENCE_##id] = key,
#include "model/evidence.def"
#undef EVIDENCE
};

const char *
evidence_name(enum evidence_key key)
{
	return evidence_names[key];
}

struct finding *
findings_add(struct findings *list, int reason, const char *check,
    enum stage stage)
{
	struct finding *f;

	list->v = mem_room(list->v, list->n, &list->cap, sizeof *list->v);
	f = &list->v[list->n++];
	memset(f, 0, sizeof *f);
	f->reason = reason;
	f->check = check;
	f->stage = stage;
	return f;
}

void
finding_say(struct finding *f, enum evidence_key key, const char *value)
{
	if (value == NULL)
		return;
	if (f->n == FINDING_EVIDENCE_MAX)
		BUG("more evidence than a finding holds");
	f->evidence[f->n].key = key;
	f->evidence[f->n].value = mem_dup(value);
	f->n++;
}

const char *
finding_value(const struct finding *f, enum evidence_key key)
{
	size_t i;

	for (i = 0; i < f->n; i++)
		if (f->evidence[i].key == key)
			return f->evidence[i].value;
	return NULL;
}

void
finding_say_int(struct finding *f, enum evidence_key key, long long n)
{
	char text[24];

	snprintf(text, sizeof text, "%lld", n);
	finding_say(f, key, text);
}

static void
finding_clear(struct finding *f)
{
	size_t i;

	for (i = 0; i < f->n; i++)
		free(f->evidence[i].value);
}

/* Forgets what lives no longer than `scope`. */
static void
forget(struct findings *list, enum scope scope)
{
	size_t i, kept = 0;

	for (i = 0; i < list->n; i++)
		if (stage_scope(list->v[i].stage) >= scope)
			finding_clear(&list->v[i]);
		else
			list->v[kept++] = list->v[i];
	list->n = kept;
}

void
findings_restart(struct findings *list, enum stage stage)
{
	switch (stage) {
	case STAGE_CONNECT:
	case STAGE_HELO:
	case STAGE_MAIL:
		forget(list, stage_scope(stage));
		break;
	case STAGE_RCPT:
	case STAGE_DATA:
	case STAGE_HEADERS:
	case STAGE_MESSAGE:
		break;
	}
}

void
findings_reset(struct findings *list)
{
	forget(list, SCOPE_MESSAGE);
}

void
findings_free(struct findings *list)
{
	forget(list, SCOPE_CONNECTION);
	free(list->v);
	*list = (struct findings){ .v = NULL };
}
