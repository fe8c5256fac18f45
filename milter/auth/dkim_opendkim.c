/* dkim_opendkim - signatures by libopendkim; the only includer of its header */

#include "auth/dkim_engine.h"

#include <sys/types.h>

#include <opendkim/dkim.h>
#include <ctype.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "auth/dkim.h"
#include "base/buf.h"
#include "base/library.h"
#include "base/mem.h"
#include "dns/dns.h"

/* RFC 8301 section 3.2: weaker keys must not be relied on. */
#define BITS_LEAST 1024

#define FUNCTIONS(F) \
	F(dkim_body) F(dkim_eoh) F(dkim_eom) F(dkim_free) \
	F(dkim_get_user_context) F(dkim_getsiglist) F(dkim_header) \
	F(dkim_init) F(dkim_options) F(dkim_set_key_lookup) \
	F(dkim_set_prescreen) F(dkim_set_user_context) F(dkim_sig_getbh) \
	F(dkim_sig_getcanonlen) F(dkim_sig_getdomain) F(dkim_sig_geterror) \
	F(dkim_sig_geterrorstr) F(dkim_sig_getflags) F(dkim_sig_getkeysize) \
	F(dkim_sig_getselector) F(dkim_sig_gettagvalue) F(dkim_sig_ignore) \
	F(dkim_verify)

LIBRARY_OF(FUNCTIONS, SAYWHY_LIBOPENDKIM, "there is no second engine for DKIM")

bool
dkim_opendkim_there(void)
{
	return is_there();
}

struct verifier {
	DKIM *dkim;
	bool open_line;		/* the body does not end in a line end yet */
	int64_t deadline;
	struct dns_question q[DKIM_SIGNATURES_MAX];
	char *names[DKIM_SIGNATURES_MAX];
	DKIM_SIGINFO *of[DKIM_SIGNATURES_MAX];	/* whose key it is */
	size_t nq;
};

/* RFC 6376 section 3.6.2.1 */
static char *
key_name(DKIM_SIGINFO *sig)
{
	const unsigned char *domain = lib.dkim_sig_getdomain(sig);
	const unsigned char *selector = lib.dkim_sig_getselector(sig);
	struct buf name = BUF_INIT;

	if (domain == NULL || selector == NULL)
		return NULL;
	buf_printf(&name, "%s._domainkey.%s", (const char *)selector,
	    (const char *)domain);
	return buf_steal(&name);
}

/*
 * Reads all signatures before any key is looked up. Those over the limit are
 * skipped; the keys of the others are queried at once.
 */
static DKIM_CBSTAT
on_signatures(DKIM *dkim, DKIM_SIGINFO **sigs, int n)
{
	struct verifier *c = (void *)(uintptr_t)lib.dkim_get_user_context(dkim);
	char *name;
	int i;

	for (i = 0; i < n; i++) {
		if (i >= DKIM_SIGNATURES_MAX) {
			lib.dkim_sig_ignore(sigs[i]);
			continue;
		}
		name = lib.dkim_sig_geterror(sigs[i]) == DKIM_SIGERROR_OK ||
		    lib.dkim_sig_geterror(sigs[i]) == DKIM_SIGERROR_UNKNOWN ?
		    key_name(sigs[i]) : NULL;
		if (name == NULL)
			continue;
		c->of[c->nq] = sigs[i];
		c->names[c->nq] = name;
		c->q[c->nq] = (struct dns_question){ .type = DNS_TXT,
			.name = name };
		c->nq++;
	}
	dns_ask(c->q, c->nq, c->deadline);
	return DKIM_CBSTAT_CONTINUE;
}

static DKIM_CBSTAT
on_key(DKIM *dkim, DKIM_SIGINFO *sig, u_char *bytes, size_t size)
{
	struct verifier *c = (void *)(uintptr_t)lib.dkim_get_user_context(dkim);
	const struct dns_answer *a;
	size_t i;

	for (i = 0; i < c->nq && c->of[i] != sig; i++)
		;
	if (i == c->nq)
		return DKIM_CBSTAT_NOTFOUND;
	a = c->q[i].answer;
	if (a->status == DNS_TEMPFAIL)
		return DKIM_CBSTAT_TRYAGAIN;
	if (a->status == DNS_NONE || a->v[0].n >= size ||
	    strlen(a->v[0].text) != a->v[0].n)
		return DKIM_CBSTAT_NOTFOUND;
	memcpy(bytes, a->v[0].text, a->v[0].n + 1);
	return DKIM_CBSTAT_CONTINUE;
}

static DKIM_LIB *opened;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* One handle for the whole process; it is never closed. */
static void
open_library(void)
{
	unsigned flags = DKIM_LIBFLAGS_NONE;

	opened = lib.dkim_init(NULL, NULL);
	if (opened == NULL)
		mem_gone();
	lib.dkim_options(opened, DKIM_OP_SETOPT, DKIM_OPTS_FLAGS, &flags,
	    sizeof flags);
	lib.dkim_set_prescreen(opened, on_signatures);
	lib.dkim_set_key_lookup(opened, on_key);
}

static void *
begin(void)
{
	struct verifier *c = mem_alloc(sizeof *c);
	DKIM_STAT status;

	pthread_once(&once, open_library);
	c->dkim = lib.dkim_verify(opened, (const unsigned char *)"saywhy",
	    NULL, &status);
	if (c->dkim == NULL)
		mem_gone();
	lib.dkim_set_user_context(c->dkim, c);
	return c;
}

/* Every line end becomes CR LF: libmilter hands folds on with LF alone. */
static void
put_lines(struct buf *out, const char *text)
{
	size_t n;

	while (*text != '\0') {
		n = strcspn(text, "\r\n");
		buf_put(out, text, n);
		text += n;
		if (*text == '\0')
			break;
		text += text[0] == '\r' && text[1] == '\n' ? 2 : 1;
		buf_puts(out, "\r\n");
	}
}

static void
header(void *engine, const char *name, const char *value)
{
	struct verifier *c = engine;
	struct buf field = BUF_INIT;

	buf_printf(&field, "%s:", name);
	put_lines(&field, value);
	/*
	 * A field that libopendkim cannot parse is left out; a signature over
	 * it fails.
	 */
	if (lib.dkim_header(c->dkim, (u_char *)field.data, field.len) ==
	    DKIM_STAT_NORESOURCE)
		mem_gone();
	buf_free(&field);
}

static const char *
end_of_header(void *engine, int64_t deadline)
{
	struct verifier *c = engine;
	DKIM_STAT status;

	c->deadline = deadline;
	status = lib.dkim_eoh(c->dkim);
	if (status == DKIM_STAT_NORESOURCE)
		mem_gone();
	if (status == DKIM_STAT_NOSIG)
		return "no signature can be read";
	return status == DKIM_STAT_SYNTAX ?
	    "the header lacks a field, or has one twice" : NULL;
}

static void
body(void *engine, const char *bytes, size_t n)
{
	struct verifier *c = engine;

	lib.dkim_body(c->dkim, (u_char *)(uintptr_t)bytes, n);
	c->open_line = bytes[n - 1] != '\n';
}

/* What libopendkim says of an error, as a verdict. */
static enum dkim_verdict
verdict_of_error(int error)
{
	switch (error) {
	case DKIM_SIGERROR_KEYFAIL:
		return DKIM_VERDICT_TEMPERROR;
	case DKIM_SIGERROR_BADSIG:
		return DKIM_VERDICT_FAIL;
	case DKIM_SIGERROR_KEYTOOSMALL:
	case DKIM_SIGERROR_EXPIRED:
	case DKIM_SIGERROR_FUTURE:
		return DKIM_VERDICT_POLICY;
	}
	return DKIM_VERDICT_PERMERROR;
}

static void
say(struct dkim_signed *s, enum dkim_verdict verdict, const char *detail)
{
	s->verdict = verdict;
	mem_replace(&s->detail, detail);
}

/* l=: anybody may have added what follows the signed part. */
static bool
covers_all(struct verifier *c, DKIM_SIGINFO *sig)
{
	ssize_t whole = 0, canon = 0, limit = 0;

	return lib.dkim_sig_getcanonlen(c->dkim, sig, &whole, &canon, &limit) ==
	    DKIM_STAT_OK && (limit < 0 || canon >= whole);
}

/* A signature that libopendkim calls good must be good in every way. */
static void
judge_passed(struct verifier *c, struct dkim_signed *s, DKIM_SIGINFO *sig)
{
	if (s->algorithm == NULL || strcasecmp(s->algorithm,
	    "rsa-sha1") == 0)
		say(s, DKIM_VERDICT_POLICY, "rsa-sha1 is not secure");
	else if (strncasecmp(s->algorithm, "rsa", 3) == 0 &&
	    s->bits < BITS_LEAST)
		say(s, DKIM_VERDICT_POLICY, "the key is too short");
	else if (!covers_all(c, sig))
		say(s, DKIM_VERDICT_POLICY,
		    "only a part of the body is signed (l=)");
	else
		say(s, DKIM_VERDICT_PASS, NULL);
}

static void
judge(struct verifier *c, struct dkim_signed *s, DKIM_SIGINFO *sig)
{
	int error = lib.dkim_sig_geterror(sig);
	const char *words;

	if ((lib.dkim_sig_getflags(sig) & DKIM_SIGFLAG_PASSED) != 0 &&
	    error <= DKIM_SIGERROR_OK &&
	    lib.dkim_sig_getbh(sig) == DKIM_SIGBH_MATCH) {
		judge_passed(c, s, sig);
	} else if (lib.dkim_sig_getbh(sig) == DKIM_SIGBH_MISMATCH) {
		say(s, DKIM_VERDICT_FAIL, "the body was changed");
	} else if (error > DKIM_SIGERROR_OK && error != DKIM_SIGERROR_BADSIG) {
		words = lib.dkim_sig_geterrorstr(error);
		say(s, verdict_of_error(error), words != NULL ? words :
		    "a broken signature");
	} else {
		say(s, DKIM_VERDICT_FAIL, "the header was changed, or the key "
		    "is another one");
	}
}

static char *
lower_copy(const unsigned char *text)
{
	char *copy = mem_dup((const char *)text), *p;

	for (p = copy; p != NULL && *p != '\0'; p++)
		*p = (char)tolower((unsigned char)*p);
	return copy;
}

/* The key was needed, and DNS gave no answer. */
static bool
lacks_answer(const struct verifier *c, const DKIM_SIGINFO *sig)
{
	size_t i;

	for (i = 0; i < c->nq; i++)
		if (c->of[i] == sig)
			return c->q[i].answer->status == DNS_TEMPFAIL;
	return false;
}

static void
collect(struct verifier *c, struct dkim_result *r)
{
	DKIM_SIGINFO **sigs = NULL;
	struct dkim_signed *s;
	int i, n = 0;

	if (lib.dkim_getsiglist(c->dkim, &sigs, &n) != DKIM_STAT_OK)
		return;
	for (i = 0; i < n && i < DKIM_SIGNATURES_MAX; i++) {
		s = &r->v[r->n++];
		s->domain = lower_copy(lib.dkim_sig_getdomain(sigs[i]));
		s->selector = mem_dup((char *)lib.dkim_sig_getselector(
		    sigs[i]));
		s->algorithm = mem_dup((char *)lib.dkim_sig_gettagvalue(sigs[i],
		    false, (u_char *)(uintptr_t)"a"));
		lib.dkim_sig_getkeysize(sigs[i], &s->bits);
		judge(c, s, sigs[i]);
		if (lacks_answer(c, sigs[i]))
			say(s, DKIM_VERDICT_TEMPERROR,
			    "the key could not be looked up");
	}
}

static void
end(void *engine, struct dkim_result *r)
{
	struct verifier *c = engine;
	_Bool test;

	/* RFC 6376 section 3.4.3: a last line without its end gets one. */
	if (c->open_line)
		body(c, "\r\n", 2);
	lib.dkim_eom(c->dkim, &test);
	collect(c, r);
}

static void
drop(void *engine)
{
	struct verifier *c = engine;
	size_t i;

	lib.dkim_free(c->dkim);
	dns_forget(c->q, c->nq);
	for (i = 0; i < c->nq; i++)
		free(c->names[i]);
	free(c);
}

const struct dkim_engine_calls dkim_opendkim = {
	.begin = begin,
	.header = header,
	.end_of_header = end_of_header,
	.body = body,
	.end = end,
	.free = drop
};
