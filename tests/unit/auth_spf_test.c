/* auth_spf_test - each rule of RFC 7208, by what DNS says */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "auth/spf.h"
#include "auth/spf_macro.h"
#include "auth/spf_record.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "dns/dns.h"
#include "patience.h"

static const char *const zone[][3] = {
	{ "a.test", "A", "192.0.2.1" }, { "a.test", "AAAA", "2001:db8::1" },
	{ "mx.test", "MX", "10 a.test" }, { "m.test", "A", "192.0.2.9" },
	{ "nomail.test", "MX", "0 ." }, { "dead.test", "ANY", "TEMPFAIL" },
	{ "pass.test", "TXT", "v=spf1 +all" },
	{ "fail.test", "TXT", "v=spf1 -all" },
	{ "soft.test", "TXT", "v=spf1 ~all" },
	{ "neutral.test", "TXT", "v=spf1 ?all" },
	{ "wrong.test", "TXT", "v=spf1 bogus" },
	{ "two.test", "TXT", "v=spf1 -all" },
	{ "two.test", "TXT", "v=spf1 +all" },
	{ "other.test", "TXT", "v=spf10 -all" },
	{ "1.2.0.192.in-addr.arpa", "PTR", "a.test" },
	{ "1.2.0.192.in-addr.arpa", "PTR", "liar.test" },
	{ "exp.test", "TXT", "%{c} is not of %{d}%_(%{h} %{r})" },
};

static enum spf_engine engine = SPF_ENGINE_SAYWHY;

static void
ask(const char *record, const char *client, bool explain, struct spf *out)
{
	struct spf_query q = { .engine = engine, .helo = "helo.test",
	    .local = "ann+news",
		.domain = "x.test", .receiver = "mx.example.org",
		.explain = explain, .deadline = patience() };
	struct buf errmsg = BUF_INIT;
	size_t i;

	dns_offline(false);
	for (i = 0; i < sizeof zone / sizeof zone[0]; i++)
		assert_true(dns_preload(zone[i][0], zone[i][1], zone[i][2],
		    &errmsg));
	assert_true(dns_preload("x.test", "TXT", record, &errmsg));
	assert_true(ip_parse(client, &q.client));
	spf_check(&q, out);
	buf_free(&errmsg);
	dns_stop();
}

static void
test_rules(void **state)
{
	static const struct {
		const char *record, *client;
		enum spf_result expect;
	} rows[] = {
		{ "v=spf1", "192.0.2.1", SPF_NEUTRAL },
		{ "V=SPF1 -ALL", "192.0.2.1", SPF_FAIL },
		{ "v=spf1  -all ", "192.0.2.1", SPF_FAIL },
		{ "v=spf2 -all", "192.0.2.1", SPF_NONE },
		{ "v=spf1 ip4:192.0.2.0/24 -all", "192.0.2.1", SPF_PASS },
		{ "v=spf1 ip4:192.0.2.0/024 -all", "192.0.2.1", SPF_PERMERROR },
		{ "v=spf1 ip4:0.0.0.0/0 -all", "192.0.2.1", SPF_PASS },
		{ "v=spf1 ip4:0.0.0.0/0 -all", "2001:db8::1", SPF_FAIL },
		{ "v=spf1 ip4:192.0.2.1/33 -all", "192.0.2.1", SPF_PERMERROR },
		{ "v=spf1 ip4 -all", "192.0.2.1", SPF_PERMERROR },
		{ "v=spf1 ip6:2001:db8::/32 -all", "2001:db8::5", SPF_PASS },
		{ "v=spf1 ip6:::/0 -all", "192.0.2.1", SPF_FAIL },
		{ "v=spf1 ip6:::ffff:192.0.2.1 -all", "192.0.2.1", SPF_FAIL },
		{ "v=spf1 ip6:ipv6:::1 -all", "192.0.2.1", SPF_PERMERROR },
		{ "v=spf1 ip4:192.0.2.1 -all", "::ffff:192.0.2.1", SPF_PASS },
		{ "v=spf1 a:a.test -all", "192.0.2.1", SPF_PASS },
		{ "v=spf1 a:a.test -all", "2001:db8::1", SPF_PASS },
		{ "v=spf1 a:a.test/24//64 -all", "192.0.2.77", SPF_PASS },
		{ "v=spf1 a:a.test//64 -all", "192.0.2.77", SPF_FAIL },
		{ "v=spf1 a:a.test//64 -all", "2001:db8::77", SPF_PASS },
		{ "v=spf1 a:a.test//129 -all", "192.0.2.1", SPF_PERMERROR },
		{ "v=spf1 a:a.test/ -all", "192.0.2.1", SPF_PERMERROR },
		{ "v=spf1 a:a.123 -all", "192.0.2.1", SPF_PERMERROR },
		{ "v=spf1 a: -all", "192.0.2.1", SPF_PERMERROR },
		{ "v=spf1 mx:mx.test -all", "192.0.2.1", SPF_PASS },
		{ "v=spf1 mx:nomail.test -all", "192.0.2.1", SPF_FAIL },
		{ "v=spf1 ptr:a.test -all", "192.0.2.1", SPF_PASS },
		{ "v=spf1 ptr:liar.test -all", "192.0.2.1", SPF_FAIL },
		{ "v=spf1 exists:%{ir}.%{v}.a.test -all", "192.0.2.1",
		    SPF_FAIL },
		{ "v=spf1 exists:a.%{o1} -all", "192.0.2.1", SPF_PASS },
		{ "v=spf1 exists:a.test -all", "2001:db8::9", SPF_PASS },
		{ "v=spf1 exists -all", "192.0.2.1", SPF_PERMERROR },
		{ "v=spf1 include:pass.test -all", "192.0.2.1", SPF_PASS },
		{ "v=spf1 include:fail.test ?all", "192.0.2.1", SPF_NEUTRAL },
		{ "v=spf1 include:soft.test ?all", "192.0.2.1", SPF_NEUTRAL },
		{ "v=spf1 include:none.test +all", "192.0.2.1", SPF_PERMERROR },
		{ "v=spf1 include:wrong.test +all", "192.0.2.1",
		    SPF_PERMERROR },
		{ "v=spf1 include:dead.test +all", "192.0.2.1",
		    SPF_TEMPERROR },
		{ "v=spf1 include:two.test +all", "192.0.2.1", SPF_PERMERROR },
		{ "v=spf1 redirect=fail.test", "192.0.2.1", SPF_FAIL },
		{ "v=spf1 redirect=none.test", "192.0.2.1", SPF_PERMERROR },
		{ "v=spf1 redirect=fail.test redirect=fail.test", "192.0.2.1",
		    SPF_PERMERROR },
		{ "v=spf1 +all redirect=fail.test", "192.0.2.1", SPF_PASS },
		{ "v=spf1 redirect=x.test", "192.0.2.1", SPF_PERMERROR },
		{ "v=spf1 include:x.test", "192.0.2.1", SPF_PERMERROR },
		{ "v=spf1 +all bogus", "192.0.2.1", SPF_PERMERROR },
		{ "v=spf1 word=%{h} +all", "192.0.2.1", SPF_PASS },
		{ "v=spf1 word=%{q} +all", "192.0.2.1", SPF_PERMERROR },
		{ "v=spf1 =x +all", "192.0.2.1", SPF_PERMERROR },
		{ "v=spf1 a:dead.test +all", "192.0.2.1", SPF_TEMPERROR },
		{ "v=spf1 mx:dead.test +all", "192.0.2.1", SPF_TEMPERROR },
		{ "v=spf1 exists:dead.test +all", "192.0.2.1",
		    SPF_TEMPERROR },
		{ "v=spf1 a:n1.test a:n2.test +all", "192.0.2.1", SPF_PASS },
		{ "v=spf1 a:n1.test a:n2.test a:n3.test +all", "192.0.2.1",
		    SPF_PERMERROR },
		{ "v=spf1 a:m.test a:m.test a:m.test a:m.test a:m.test "
		    "a:m.test a:m.test a:m.test a:m.test a:m.test +all",
		    "192.0.2.1", SPF_PASS },
		{ "v=spf1 a:m.test a:m.test a:m.test a:m.test a:m.test "
		    "a:m.test a:m.test a:m.test a:m.test a:m.test a:m.test "
		    "+all", "192.0.2.1", SPF_PERMERROR },
		{ "v=spf1 \xc3\xa4 -all", "192.0.2.1", SPF_PERMERROR },
	};
	struct spf spf;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		ask(rows[i].record, rows[i].client, false, &spf);
		if (spf.result != rows[i].expect)
			fail_msg("%s: %s, %s", rows[i].record,
			    spf_result_name(spf.result),
			    spf.detail != NULL ? spf.detail : "");
		if (spf.result >= SPF_TEMPERROR)
			assert_non_null(spf.detail);
		spf_clear(&spf);
	}
}

static void
test_evidence(void **state)
{
	struct spf spf;

	(void)state;
	ask("v=spf1 mx:mx.test a:m.test -all exp=exp.test", "198.51.100.7",
	    true, &spf);
	assert_int_equal(spf.result, SPF_FAIL);
	assert_string_equal(spf.mechanism, "-all");
	assert_string_equal(spf.domain, "x.test");
	assert_int_equal(spf.lookups, 2);
	assert_string_equal(spf.explanation, "198.51.100.7 is not of x.test "
	    "(helo.test mx.example.org)");
	spf_clear(&spf);
	ask("v=spf1 include:pass.test -all", "192.0.2.1", true, &spf);
	assert_string_equal(spf.mechanism, "include:pass.test");
	assert_string_equal(spf.record, "v=spf1 include:pass.test -all");
	assert_null(spf.explanation);
	spf_clear(&spf);
	ask("v=spf1 redirect=soft.test", "192.0.2.1", true, &spf);
	assert_string_equal(spf.record, "v=spf1 ~all");
	spf_clear(&spf);
	ask("v=spf1", "192.0.2.1", true, &spf);
	assert_string_equal(spf.mechanism, "default");
	spf_clear(&spf);
}

static void
test_no_question(void **state)
{
	static const char *const domains[] = { "localhost", "", "[192.0.2.1]",
		"a..test", ".test" };
	struct spf_query q = { .receiver = "r", .deadline = clock_ms() };
	struct spf spf;
	size_t i;

	(void)state;
	assert_true(ip_parse("192.0.2.1", &q.client));
	for (i = 0; i < sizeof domains / sizeof domains[0]; i++) {
		q.domain = domains[i];
		spf_check(&q, &spf);
		assert_int_equal(spf.result, SPF_NONE);
		spf_clear(&spf);
	}
	q.domain = "a.test";
	spf_check(&q, &spf);		/* DNS is not there */
	assert_int_equal(spf.result, SPF_TEMPERROR);
	spf_clear(&spf);
}

static void
put_unknown(void *arg, struct buf *out)
{
	(void)arg;
	buf_puts(out, "unknown");
}

static void
test_macros(void **state)
{
	/* RFC 7208 section 7.4, and what is no macro. */
	static const struct {
		const char *text, *expect;
	} rows[] = {
		{ "%{s}", "strong-bad@email.example.com" },
		{ "%{o}", "email.example.com" },
		{ "%{d4}", "email.example.com" },
		{ "%{d3}", "email.example.com" }, { "%{d2}", "example.com" },
		{ "%{d1}", "com" }, { "%{dr}", "com.example.email" },
		{ "%{d2r}", "example.email" }, { "%{l}", "strong-bad" },
		{ "%{l-}", "strong.bad" }, { "%{lr}", "strong-bad" },
		{ "%{lr-}", "bad.strong" }, { "%{l1r-}", "strong" },
		{ "%{ir}.%{v}._spf.%{d2}",
		    "3.2.0.192.in-addr._spf.example.com" },
		{ "%{d99999999999}", "email.example.com" },
		{ "%%%_%-", "% %20" }, { "%{p}", "unknown" },
		{ "%{S}", "strong-bad%40email.example.com" },
	};
	static const char *const wrong[] = { "%", "%{", "%{}", "%{x}", "%{d0}",
		"%{d", "%{dq}", "%(d)", "%{c}", "a b", "%{d..........}" };
	struct spf_macro m = { .local = "strong-bad",
		.domain = "email.example.com", .current = "email.example.com",
		.helo = "h", .receiver = "r", .put_name = put_unknown };
	struct buf b = BUF_INIT;
	size_t i;

	(void)state;
	assert_true(ip_parse("192.0.2.3", &m.client));
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		assert_true(spf_macro_is_string(rows[i].text));
		buf_clear(&b);
		spf_macro_put(&m, rows[i].text, &b);
		assert_string_equal(b.data, rows[i].expect);
	}
	for (i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		assert_false(spf_macro_is_string(wrong[i]));
	assert_true(spf_macro_is_explanation("a %{c}"));
	buf_free(&b);
}

/* Section 7.3: too long a name loses labels at its left. */
static void
test_long_name(void **state)
{
	struct spf_macro m = { .local = "l", .receiver = "r",
		.put_name = put_unknown };
	struct buf domain = BUF_INIT, b = BUF_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < 60; i++)
		buf_puts(&domain, "abcd.");
	buf_puts(&domain, "test");
	m.current = domain.data;
	spf_macro_put_domain(&m, "x.%{d}", &b);
	assert_in_range(b.len, 240, 253);
	assert_int_equal(strncmp(b.data, "abcd.", 5), 0);
	buf_free(&domain);
	buf_free(&b);
}

/*
 * The other engine, where it is built in: what it gets right, and the record
 * that ends a process which lets it have it (CVE-2023-42118).
 */
static void
test_libspf2(void **state)
{
	static const struct {
		const char *record, *client;
		enum spf_result expect;
	} rows[] = {
		{ "v=spf1 -all", "192.0.2.1", SPF_FAIL },
		{ "v=spf1 ip4:192.0.2.0/24 -all", "192.0.2.1", SPF_PASS },
		{ "v=spf1 ip6:2001:db8::/32 -all", "2001:db8::1", SPF_PASS },
		{ "v=spf1 a:a.test ~all", "192.0.2.1", SPF_PASS },
		{ "v=spf1 a:a.test ~all", "2001:db8::1", SPF_PASS },
		{ "v=spf1 mx:mx.test ?all", "192.0.2.1", SPF_PASS },
		{ "v=spf1 include:soft.test ?all", "192.0.2.1", SPF_NEUTRAL },
		{ "v=spf1 redirect=soft.test", "192.0.2.1", SPF_SOFTFAIL },
		{ "v=spf1 bogus -all", "192.0.2.1", SPF_PERMERROR },
		{ "v=spf1 a:dead.test -all", "192.0.2.1", SPF_TEMPERROR },
		{ "v=spf1 a:n1.test a:n2.test a:n3.test +all", "192.0.2.1",
		    SPF_PERMERROR },
		{ "v=spf10 -all", "192.0.2.1", SPF_NONE },
		{ "v=spf1 include:x.test -all", "192.0.2.1", SPF_PERMERROR },
	};
	struct buf hostile = BUF_INIT;
	struct spf spf;
	size_t i;

	(void)state;
	if (!spf_engine_there(SPF_ENGINE_LIBSPF2))
		skip();
	engine = SPF_ENGINE_LIBSPF2;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		ask(rows[i].record, rows[i].client, true, &spf);
		if (spf.result != rows[i].expect)
			fail_msg("%s: %s", rows[i].record,
			    spf_result_name(spf.result));
		spf_clear(&spf);
	}
	buf_puts(&hostile, "v=spf1 -all exp=");
	for (i = 0; i < 127; i++)
		buf_puts(&hostile, "%{d}");
	ask(hostile.data, "192.0.2.1", true, &spf);
	assert_null(spf.explanation);
	spf_clear(&spf);
	engine = SPF_ENGINE_SAYWHY;
	buf_free(&hostile);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_evidence),
		cmocka_unit_test(test_no_question),
		cmocka_unit_test(test_macros),
		cmocka_unit_test(test_long_name),
		cmocka_unit_test(test_libspf2),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
