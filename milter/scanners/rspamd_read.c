/* rspamd_read - rspamd's answer, which is JSON */

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "scanners/rspamd.h"

#define SYMBOLS_MAX 12

static const struct {
	const char *name;
	enum rspamd_action action;
} actions[] = {
	{ "no action", RSPAMD_NOTHING }, { "greylist", RSPAMD_GREYLIST },
	{ "add header", RSPAMD_MARK }, { "rewrite subject", RSPAMD_MARK },
	{ "soft reject", RSPAMD_SOFT_REJECT }, { "reject", RSPAMD_REJECT },
	{ "quarantine", RSPAMD_MARK }, { "discard", RSPAMD_REJECT },
};

static bool
read_action(const json_t *root, enum rspamd_action *action)
{
	const char *name = json_string_value(json_object_get(root, "action"));
	size_t i;

	for (i = 0; name != NULL && i < sizeof actions / sizeof actions[0];
	    i++)
		if (strcmp(name, actions[i].name) == 0) {
			*action = actions[i].action;
			return true;
		}
	return false;
}

struct symbol {
	const char *name;
	double score;
};

static int
heavier(const void *a, const void *b)
{
	const struct symbol *x = a, *y = b;
	double dx = x->score < 0 ? -x->score : x->score;
	double dy = y->score < 0 ? -y->score : y->score;

	return dx < dy ? 1 : dx > dy ? -1 : strcmp(x->name, y->name);
}

static void
read_symbols(json_t *root, struct buf *out)
{
	json_t *all = json_object_get(root, "symbols"), *one;
	struct symbol *v = mem_array(json_object_size(all) + 1, sizeof *v);
	const char *name;
	size_t i, n = 0;

	json_object_foreach(all, name, one) {
		v[n].name = name;
		v[n++].score = json_number_value(json_object_get(one,
		    "score"));
	}
	qsort(v, n, sizeof *v, heavier);
	for (i = 0; i < n && i < SYMBOLS_MAX; i++)
		buf_printf(out, "%s%s(%.2f)", i > 0 ? "," : "", v[i].name,
		    v[i].score);
	free(v);
}

bool
rspamd_read(const char *json, size_t n, struct rspamd_verdict *v)
{
	json_t *root = json_loadb(json, n, JSON_DISABLE_EOF_CHECK, NULL);
	json_t *messages = json_object_get(root, "messages");
	const char *text;
	bool good = read_action(root, &v->action);

	if (good) {
		v->score = json_number_value(json_object_get(root, "score"));
		v->limit = json_number_value(json_object_get(root,
		    "required_score"));
		read_symbols(root, &v->symbols);
		text = json_string_value(json_object_get(messages,
		    "smtp_message"));
		if (text != NULL)
			buf_puts(&v->message, text);
	}
	json_decref(root);
	return good;
}
