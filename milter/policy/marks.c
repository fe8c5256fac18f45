/* marks - what is done to a message that is let pass */

#include "policy/marks.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "words/reason.h"
#include "words/template.h"

/* "mx.example.org; reason=spf-softfail; check=auth_spf; id=7K3M9QXD2H4T" */
static char *
field_value(const struct verdict *v, const struct site *site, const char *id)
{
	struct buf b = BUF_INIT;

	template_put_safe(&b, site->name, strlen(site->name));
	buf_printf(&b, "; reason=%s; check=%s",
	    reason_get(v->finding->reason)->name, v->finding->check);
	if (id != NULL)
		buf_printf(&b, "; id=%s", id);
	return buf_steal(&b);
}

void
marks_add(struct marks *m, const struct verdict *v, const struct site *site,
    const char *id)
{
	if (v->finding == NULL || (v->action != ACTION_MARK &&
	    v->action != ACTION_QUARANTINE))
		return;
	if (v->action == ACTION_QUARANTINE && m->quarantine == NULL)
		m->quarantine = mem_dup(reason_get(v->finding->reason)->name);
	if (m->n < MARKS_MAX)
		m->values[m->n++] = field_value(v, site, id);
}

void
marks_results(struct marks *m, const struct slots *slots,
    const struct session *s, const struct site *site)
{
	struct buf value = BUF_INIT;

	if (site->results && results_put(&value, slots, s, site))
		mem_replace(&m->results, value.data);
	buf_free(&value);
}

static void
find_forged(struct marks *m, const struct session *s,
    const struct site *site, const char *field)
{
	size_t i;
	int index = 0;

	for (i = 0; i < s->nheaders; i++) {
		if (strcasecmp(s->headers[i].name, field) != 0)
			continue;
		index++;
		if (!results_claims(s->headers[i].value, site->name))
			continue;
		m->forged = mem_room(m->forged, m->nforged, &m->forged_cap,
		    sizeof *m->forged);
		m->forged[m->nforged++] = (struct mark_forged){ field,
		    index };
	}
}

/* A milter before us may use our name, if the admin trusts it. */
void
marks_find_forged(struct marks *m, const struct session *s,
    const struct site *site)
{
	find_forged(m, s, site, MARKS_FIELD);
	if (!site->trust_earlier_milters)
		find_forged(m, s, site, RESULTS_FIELD);
}

void
marks_clear(struct marks *m)
{
	size_t i;

	for (i = 0; i < m->n; i++)
		free(m->values[i]);
	free(m->results);
	free(m->quarantine);
	free(m->forged);
	memset(m, 0, sizeof *m);
}
