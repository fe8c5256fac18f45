/* dkim - signatures of a message, by one of two engines */

#include "auth/dkim.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "auth/dkim_engine.h"
#include "auth/dkim_fields.h"
#include "base/mem.h"

/* Larger signatures are made to cost CPU time; they are not verified. */
#define SIGNATURE_MAX 8192

const char *const dkim_engine_names[] = { "saywhy", "opendkim", NULL };

struct dkim_check {
	const struct dkim_engine_calls *calls;
	void *engine;		/* NULL: there is nothing to verify any more */
	size_t fields;
	size_t signatures;	/* fields of that name */
	struct dkim_result result;
};

const char *
dkim_verdict_name(enum dkim_verdict verdict)
{
	static const char *const names[] = { [DKIM_VERDICT_PASS] = "pass",
		[DKIM_VERDICT_FAIL] = "fail", [DKIM_VERDICT_POLICY] = "policy",
		[DKIM_VERDICT_TEMPERROR] = "temperror",
		[DKIM_VERDICT_PERMERROR] = "permerror" };

	return names[verdict];
}

bool
dkim_engine_there(enum dkim_engine engine)
{
	return engine == DKIM_ENGINE_SAYWHY || dkim_opendkim_there();
}

struct dkim_check *
dkim_check_new(enum dkim_engine engine)
{
	struct dkim_check *c = mem_alloc(sizeof *c);

	c->calls = engine == DKIM_ENGINE_OPENDKIM && dkim_opendkim_there() ?
	    &dkim_opendkim : &dkim_saywhy;
	c->engine = c->calls->begin();
	return c;
}

static void
give_up(struct dkim_check *c, const char *failure)
{
	c->calls->free(c->engine);
	c->engine = NULL;
	c->result.failure = failure;
}

void
dkim_check_header(struct dkim_check *c, const char *name, const char *value)
{
	bool signature = strcasecmp(name, "DKIM-Signature") == 0;

	if (c->engine == NULL)
		return;
	c->signatures += signature;
	if (signature && strlen(value) > SIGNATURE_MAX)
		give_up(c, "a signature is too large");
	else if (++c->fields > DKIM_FIELDS_MAX)
		give_up(c, "the header is too large");
	else
		c->calls->header(c->engine, name, value);
}

void
dkim_check_end_of_header(struct dkim_check *c, int64_t deadline)
{
	const char *failure = NULL;

	if (c->engine == NULL)
		return;
	if (c->signatures > 0)
		failure = c->calls->end_of_header(c->engine, deadline);
	if (c->signatures == 0 || failure != NULL)
		give_up(c, failure);
}

void
dkim_check_body(struct dkim_check *c, const char *bytes, size_t n)
{
	if (c->engine != NULL && n > 0)
		c->calls->body(c->engine, bytes, n);
}

const struct dkim_result *
dkim_check_end(struct dkim_check *c)
{
	if (c->engine == NULL)
		return &c->result;
	c->result.v = mem_array(DKIM_SIGNATURES_MAX, sizeof *c->result.v);
	c->calls->end(c->engine, &c->result);
	c->result.more = c->signatures - c->result.n;
	give_up(c, NULL);
	return &c->result;
}

void
dkim_check_free(struct dkim_check *c)
{
	size_t i;

	if (c == NULL)
		return;
	if (c->engine != NULL)
		give_up(c, NULL);
	for (i = 0; i < c->result.n; i++) {
		free(c->result.v[i].domain);
		free(c->result.v[i].selector);
		free(c->result.v[i].algorithm);
		free(c->result.v[i].detail);
	}
	free(c->result.v);
	free(c);
}
