/*
 * auth_dkim_test - limits and keys of signatures
 *
 * That good ones pass and changed ones do not is tried by the scenarios, and on
 * many messages by make check-dkim.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "auth/dkim.h"
#include "auth/dkim_note.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "dns/dns.h"
#include "model/session.h"
#include "model/site.h"
#include "model/slots.h"
#include "patience.h"

#define KEY "v=DKIM1; k=rsa; p=" \
    "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg" \
    "1fWn7/zYtIxN2SnFCjxOCKG9v3b4jYfcTNh5ijSsq631uBItLa7od+v/RtdC2UzJ1lWT947q" \
    "R+Rcac2gbto/NMqJ0fzfVjH4OuKhitdY9tf6mcwGjaNBcWToIMmPSPDdQPNUYckcQ2QIDAQAB"

static const char signature[] = " v=1; a=rsa-sha256; c=relaxed/relaxed; "
    "d=Example.org; s=sel; t=1700000000; h=from; "
    "bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=YWJj";

static enum dkim_engine engine;

static struct dkim_check *
begin(size_t signatures, const char *value)
{
	struct dkim_check *c = dkim_check_new(engine);

	while (signatures-- > 0)
		dkim_check_header(c, "DKIM-Signature", value);
	dkim_check_header(c, "From", " a@example.org");
	return c;
}

static const struct dkim_result *
end(struct dkim_check *c)
{
	dkim_check_end_of_header(c, patience());
	dkim_check_body(c, "x\r\n", 3);
	return dkim_check_end(c);
}

static void
expect(const char *key, enum dkim_verdict verdict)
{
	struct dkim_check *c = begin(1, signature);
	const struct dkim_result *r;
	struct buf errmsg = BUF_INIT;

	dns_offline(false);
	if (key != NULL)
		assert_true(dns_preload("sel._domainkey.example.org", "TXT",
		    key, &errmsg));
	r = end(c);
	assert_int_equal(r->n, 1);
	assert_string_equal(r->v[0].domain, "example.org");
	assert_string_equal(r->v[0].selector, "sel");
	if (r->v[0].verdict != verdict)
		fail_msg("%s: %s, %s", key != NULL ? key : "no key",
		    dkim_verdict_name(r->v[0].verdict), r->v[0].detail);
	assert_non_null(r->v[0].detail);
	dkim_check_free(c);
	dns_stop();
	buf_free(&errmsg);
}

static void
test_keys(void **state)
{
	(void)state;
	expect(KEY, DKIM_VERDICT_FAIL);
	expect("TEMPFAIL", DKIM_VERDICT_TEMPERROR);
	expect(NULL, DKIM_VERDICT_PERMERROR);
	expect("NONE", DKIM_VERDICT_PERMERROR);
	expect("v=DKIM1; p=", DKIM_VERDICT_PERMERROR);
	expect("v=DKIM1; k=rsa; p=????", DKIM_VERDICT_PERMERROR);
	expect("v=DKIM9; k=rsa; p=YWJj", DKIM_VERDICT_PERMERROR);
	expect("bogus", DKIM_VERDICT_PERMERROR);
	expect("\\000", DKIM_VERDICT_PERMERROR);
}

static void
test_expired(void **state)
{
	static const char *const times[] = { "; x=1700000001",
		"; x=1600000000", "; t=99999999999" };
	const struct dkim_result *r;
	struct buf value = BUF_INIT;
	struct dkim_check *c;
	size_t i;

	(void)state;
	dns_offline(false);
	for (i = 0; i < 3; i++) {
		buf_clear(&value);
		buf_printf(&value, "%s%s", signature, times[i]);
		c = begin(1, value.data);
		r = end(c);
		assert_true(r->n == 0 || r->v[0].verdict !=
		    DKIM_VERDICT_PASS);
		if (i == 0)
			assert_int_equal(r->v[0].verdict,
			    DKIM_VERDICT_POLICY);
		dkim_check_free(c);
	}
	dns_stop();
	buf_free(&value);
}

static void
test_none(void **state)
{
	struct dkim_check *c = begin(0, "");
	const struct dkim_result *r = end(c);

	(void)state;
	assert_int_equal(r->n, 0);
	assert_null(r->failure);
	dkim_check_free(c);
	c = begin(1, " complete nonsense");
	r = end(c);
	assert_true(r->n == 0 || r->v[0].verdict == DKIM_VERDICT_PERMERROR);
	dkim_check_free(c);
	/* Freed at any time. */
	dkim_check_free(begin(2, signature));
	dkim_check_free(NULL);
}

static void
test_many(void **state)
{
	struct dkim_check *c = begin(30, signature);
	const struct dkim_result *r;

	(void)state;
	dns_offline(false);
	r = end(c);
	assert_int_equal(r->n, DKIM_SIGNATURES_MAX);
	assert_int_equal(r->more, 20);
	dkim_check_free(c);
	dns_stop();
}

static void
test_large(void **state)
{
	struct buf value = BUF_INIT;
	struct dkim_check *c;
	size_t i;

	(void)state;
	c = begin(1, signature);
	for (i = 0; i < 2000; i++)
		dkim_check_header(c, "X", " y");
	assert_non_null(end(c)->failure);
	dkim_check_free(c);
	buf_puts(&value, signature);
	buf_puts(&value, "; h=");
	for (i = 0; i < 10000; i++)
		buf_puts(&value, "x:");
	c = begin(1, value.data);
	assert_non_null(end(c)->failure);
	dkim_check_free(c);
	buf_free(&value);
}

/* Of a header over a megabyte not all is kept, so that nothing is verified. */
static void
test_cut_header(void **state)
{
	struct slots slots = { NULL };
	struct site site = { .dkim_engine = (int)engine };
	struct session s;
	char *value = mem_alloc(100001);
	int i;

	(void)state;
	memset(value, 'x', 100000);
	session_init(&s);
	session_header(&s, "DKIM-Signature", signature);
	for (i = 0; i < 100; i++)
		session_header(&s, "X", value);
	assert_true(s.headers_cut);
	dkim_note_headers(&slots, &s, &site, patience());
	s.body_bytes += 3;
	dkim_note_body(&slots, &s, "x\r\n", 3);
	assert_non_null(dkim_note_result(&slots)->failure);
	slots_free(&slots);
	session_free(&s);
	free(value);
}

/* Each length of the body has a hash of its own, however it comes: where it is
   right, only the signature itself is wrong. */
static void
test_lengths(void **state)
{
	static const char body[] = "x\r\nyy \r\n\r\n";
	static const struct {
		const char *canon, *length, *hash, *detail;
	} cases[] = {
#define EMPTY "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
#define X "s14J+iztnrytnRYzb7lhFG/jS/vrxWJnnahfijFMnco="
#define ALL "o68E4/W2hLG2ReE5aFLWqgkFfquc2UDQEk8Ff6zKOzM="
		{ "relaxed", "l=0; ", EMPTY, "the header" },
		{ "relaxed", "l=3; ", X, "the header" },
		{ "simple", "l=3; ", X, "the header" },
		{ "relaxed", "l=4; ", X, "the body" },
		{ "relaxed", "l=7; ", ALL, "the header" },
		{ "relaxed", "", ALL, "the header" },
		{ "simple", "", ALL, "the body" },
		{ "relaxed", "l=8; ", ALL, "more of the body" },
#undef EMPTY
#undef X
#undef ALL
	};
	const size_t n = sizeof cases / sizeof cases[0];
	struct dkim_check *c = dkim_check_new(engine);
	struct buf value = BUF_INIT, errmsg = BUF_INIT;
	const struct dkim_result *r;
	size_t i;

	(void)state;
	for (i = 0; i < n; i++) {
		buf_clear(&value);
		buf_printf(&value, " v=1; a=rsa-sha256; c=relaxed/%s; "
		    "d=example.org; s=sel; h=from; %sbh=%s; b=YWJj",
		    cases[i].canon, cases[i].length, cases[i].hash);
		dkim_check_header(c, "DKIM-Signature", value.data);
	}
	dkim_check_header(c, "From", " a@example.org");
	dns_offline(false);
	assert_true(dns_preload("sel._domainkey.example.org", "TXT", KEY,
	    &errmsg));
	dkim_check_end_of_header(c, patience());
	for (i = 0; i < sizeof body - 1; i++)
		dkim_check_body(c, body + i, 1);
	r = dkim_check_end(c);
	assert_int_equal(r->n, n);
	for (i = 0; i < n; i++)
		if (engine == DKIM_ENGINE_SAYWHY && strncmp(r->v[i].detail,
		    cases[i].detail, strlen(cases[i].detail)) != 0)
			fail_msg("%zu: %s", i, r->v[i].detail);
	dkim_check_free(c);
	dns_stop();
	buf_free(&value);
	buf_free(&errmsg);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_expired),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_cut_header),
		cmocka_unit_test(test_lengths),
	};

	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	engine = DKIM_ENGINE_OPENDKIM;
	if (dkim_engine_there(engine))
		failed |= cmocka_run_group_tests(tests, NULL, NULL);
	return failed;
}
