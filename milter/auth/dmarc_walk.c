/* dmarc_walk - up the tree of DNS (RFC 9989 section 4.10) */

#include "auth/dmarc_walk.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/mem.h"
#include "dns/dns.h"

/* A name with more labels goes on at this many. */
#define LABELS_MAX 7

static size_t
labels_of(const char *domain)
{
	size_t n = *domain != '\0';

	for (; *domain != '\0'; domain++)
		n += *domain == '.';
	return n;
}

/* Without its first label; NULL when that was the last one. */
static const char *
parent(const char *domain)
{
	const char *dot = strchr(domain, '.');

	return dot != NULL && dot[1] != '\0' ? dot + 1 : NULL;
}

/* The domains that are queried: the first, then down to seven labels, … */
static size_t
list_domains(const char *from, const char *domains[DMARC_QUESTIONS_MAX])
{
	size_t n = 0;

	while (from != NULL && n < DMARC_QUESTIONS_MAX) {
		domains[n++] = from;
		from = parent(from);
		while (from != NULL && labels_of(from) > LABELS_MAX)
			from = parent(from);
	}
	return n;
}

/* Section 4.10: more than one record of a name is as good as none. */
static bool
take_record(struct dmarc_step *step, const struct dns_answer *a)
{
	struct dmarc_record record;
	size_t i, records = 0;

	for (i = 0; i < a->n; i++) {
		if (!dmarc_record_read(&record, a->v[i].text, a->v[i].n))
			continue;
		if (records++ == 0) {
			step->record = record;
			step->text = mem_dup(a->v[i].text);
		} else
			dmarc_record_clear(&record);
	}
	if (records > 1) {
		dmarc_record_clear(&step->record);
		free(step->text);
	}
	return records == 1;
}

/*
 * The walk in the order of the RFC, which ends at psd=y or psd=n; answers
 * beyond that play no part.
 */
static void
read_answers(struct dmarc_walk *w, const char *const *domains,
    const struct dns_question *q, size_t n)
{
	struct dmarc_step *step;
	size_t i;

	for (i = 0; i < n; i++) {
		if (q[i].answer->status == DNS_TEMPFAIL) {
			w->failure = q[i].answer->failure;
			return;
		}
		step = &w->v[w->n];
		if (!take_record(step, q[i].answer))
			continue;
		step->domain = domains[i];
		w->n++;
		if (step->record.psd != DMARC_PSD_UNKNOWN)
			return;
	}
}

/* Section 4.10.2: one label below a public suffix that says so. */
static const char *
below(const char *from, const char *suffix)
{
	const char *at = from;

	while (parent(at) != NULL && strcmp(parent(at), suffix) != 0)
		at = parent(at);
	return at;
}

/* Section 4.10.2, in its order. */
static const char *
organization_of(const struct dmarc_walk *w)
{
	const struct dmarc_step *last = w->n > 0 ? &w->v[w->n - 1] : NULL;

	if (last == NULL)
		return w->from;
	if (last->record.psd == DMARC_PSD_YES &&
	    strcmp(last->domain, w->from) != 0)
		return below(w->from, last->domain);
	return last->domain;
}

static void
put_name(struct buf *out, const char *domain)
{
	buf_printf(out, "_dmarc.%s", domain);
}

void
dmarc_walk_prefetch(const char *from)
{
	const char *domains[DMARC_QUESTIONS_MAX];
	size_t i, n = list_domains(from, domains);
	struct buf name = BUF_INIT;

	for (i = 0; i < n; i++) {
		buf_clear(&name);
		put_name(&name, domains[i]);
		dns_prefetch(DNS_TXT, name.data);
	}
	buf_free(&name);
}

void
dmarc_walk(struct dmarc_walk *w, const char *from, int64_t deadline)
{
	const char *domains[DMARC_QUESTIONS_MAX];
	struct dns_question q[DMARC_QUESTIONS_MAX];
	struct buf names[DMARC_QUESTIONS_MAX];
	size_t i, n;

	memset(w, 0, sizeof *w);
	w->from = mem_dup(from);
	n = list_domains(w->from, domains);
	for (i = 0; i < n; i++) {
		names[i] = (struct buf)BUF_INIT;
		put_name(&names[i], domains[i]);
		q[i] = (struct dns_question){ .type = DNS_TXT,
			.name = names[i].data };
	}
	dns_ask(q, n, deadline);
	read_answers(w, domains, q, n);
	dns_forget(q, n);
	for (i = 0; i < n; i++)
		buf_free(&names[i]);
	w->organization = organization_of(w);
}

void
dmarc_walk_free(struct dmarc_walk *w)
{
	size_t i;

	for (i = 0; i < w->n; i++) {
		dmarc_record_clear(&w->v[i].record);
		free(w->v[i].text);
	}
	free(w->from);
	memset(w, 0, sizeof *w);
}

const struct dmarc_step *
dmarc_walk_at(const struct dmarc_walk *w, const char *domain)
{
	size_t i;

	for (i = 0; i < w->n; i++)
		if (strcmp(w->v[i].domain, domain) == 0)
			return &w->v[i];
	return NULL;
}
