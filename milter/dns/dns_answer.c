/* dns_answer - an answer and those who hold it */

#include "dns/dns_answer.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"

struct dns_made {
	const struct dns_parser *parser;
	void *what;
	size_t bytes;
};

static _Atomic size_t made_bytes;

static void
free_made(struct dns_made *made)
{
	if (made == NULL)
		return;
	atomic_fetch_sub_explicit(&made_bytes, made->bytes,
	    memory_order_relaxed);
	made->parser->free(made->what);
	free(made);
}

struct dns_shared_answer *
dns_answer_new(enum dns_status status, const char *failure)
{
	struct dns_shared_answer *h = mem_alloc(sizeof *h);

	h->answer.status = status;
	h->answer.failure = failure;
	h->holders = 1;
	h->bytes = sizeof *h;
	return h;
}

void
dns_answer_add(struct dns_shared_answer *h, const struct dns_record *record)
{
	struct dns_record *r;
	size_t n = h->answer.n;

	/* A scenario may add records to a name that was queried already. */
	free_made(atomic_exchange(&h->made, NULL));
	if ((n & (n - 1)) == 0)
		h->records = mem_resize(h->records, n == 0 ? 1 : 2 * n,
		    sizeof *h->records);
	r = &h->records[h->answer.n++];
	*r = *record;
	h->bytes += sizeof *r;
	if (record->text != NULL) {
		r->text = mem_alloc(record->n + 1);
		memcpy(r->text, record->text, record->n);
		h->bytes += record->n + 1;
	}
	h->answer.v = h->records;
	h->answer.status = DNS_FOUND;
}

void
dns_drop(const struct dns_answer *answer)
{
	struct dns_shared_answer *h =
	    (struct dns_shared_answer *)(uintptr_t)answer;
	size_t i;

	if (h == NULL || atomic_fetch_sub(&h->holders, 1) != 1)
		return;
	for (i = 0; i < h->answer.n; i++)
		free(h->records[i].text);
	free(h->records);
	free_made(h->made);
	free(h);
}

static struct dns_made *
make(const struct dns_answer *answer, const struct dns_parser *parser)
{
	struct dns_made *made = mem_alloc(sizeof *made);

	made->parser = parser;
	made->what = parser->parse(answer, &made->bytes);
	made->bytes += sizeof *made;
	atomic_fetch_add_explicit(&made_bytes, made->bytes,
	    memory_order_relaxed);
	return made;
}

const void *
dns_parsed(const struct dns_answer *answer, const struct dns_parser *parser)
{
	struct dns_shared_answer *h =
	    (struct dns_shared_answer *)(uintptr_t)answer;
	struct dns_made *there = atomic_load(&h->made), *made;

	if (there == NULL) {
		made = make(answer, parser);
		if (atomic_compare_exchange_strong(&h->made, &there, made))
			there = made;
		else
			free_made(made);
	}
	if (there->parser != parser)
		BUG("an answer that two parsers want");
	return there->what;
}

size_t
dns_parsed_bytes(void)
{
	return atomic_load_explicit(&made_bytes, memory_order_relaxed);
}

bool
dns_has_address(const struct dns_answer *answer, const struct ip *ip)
{
	size_t i;

	for (i = 0; i < answer->n; i++)
		if (ip_equal(&answer->v[i].ip, ip))
			return true;
	return false;
}

const struct dns_answer *
dns_answer_share(struct dns_shared_answer *h)
{
	atomic_fetch_add_explicit(&h->holders, 1, memory_order_relaxed);
	return &h->answer;
}
