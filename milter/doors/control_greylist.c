/* control_greylist - networks that passed another greylister */

#include "doors/control_greylist.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/net.h"
#include "checks/blacklist_greylist.h"
#include "checks/check.h"
#include "doors/server.h"
#include "engine/ruleset.h"

/* NULL: nothing is greylisted. */
static const struct rule *
greylist_rule(const struct ruleset *r)
{
	const struct rule *rule;

	for (rule = r->rules; rule < r->rules + r->nrules; rule++)
		if (rule->check == &check_blacklist_greylist &&
		    rule->check->active(rule->options, &r->site))
			return rule;
	return NULL;
}

static void
answer(char *networks, struct buf *out)
{
	struct ruleset *r = ruleset_current();
	const struct rule *rule = greylist_rule(r);
	struct json j = JSON_INIT(out);
	char *word, *rest = networks;
	struct net net;
	struct buf errmsg = BUF_INIT;
	char text[NET_TEXT];
	int n = 0;

	while (rule != NULL && (word = strtok_r(rest, " ", &rest)) != NULL)
		if (net_parse(word, &net, &errmsg)) {
			greylist_know(rule->options, net_format(&net, text));
			n++;
		}
	buf_free(&errmsg);
	json_object(&j);
	json_key(&j, "known");
	if (rule != NULL)
		json_int(&j, n);
	else
		json_null(&j);
	json_object_end(&j);
	buf_putc(out, '\n');
	ruleset_release(r);
}

size_t
control_greylist(const struct server_peer *peer, const char *in, size_t n,
    struct buf *out)
{
	static const char prefix[] = CONTROL_GREYLIST;
	const char *end = memchr(in, '\n', n);
	size_t known = n < sizeof prefix - 1 ? n : sizeof prefix - 1;
	char *networks;

	(void)peer;
	if (memcmp(in, prefix, known) != 0)
		return SERVER_CLOSE;
	if (end == NULL)
		return 0;
	networks = mem_ndup(in + known, (size_t)(end - in) - known);
	answer(networks, out);
	free(networks);
	return (size_t)(end - in) + 1;
}
