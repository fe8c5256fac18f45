/* auth_dmarc_test - records, the walk up the tree, alignment (RFC 9989) */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "auth/dkim.h"
#include "auth/dmarc.h"
#include "auth/dmarc_note.h"
#include "auth/spf.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "dns/dns.h"
#include "dns/dns_options.h"
#include "dns_liar.h"
#include "idn_rows.h"
#include "model/session.h"
#include "model/site.h"
#include "model/slots.h"
#include "patience.h"

#define R DMARC_REJECT
#define Q DMARC_QUARANTINE
#define N DMARC_NONE

static void
test_records(void **state)
{
	static const struct {
		const char *text;
		bool is;
		enum dmarc_policy p, sp, np;
		bool test, strict_dkim, strict_spf;
		enum dmarc_psd psd;
	} rows[] = {
		{ "v=DMARC1; p=reject", true, R, R, R, 0, 0, 0, 0 },
		{ "v=DMARC1;p=reject;", true, R, R, R, 0, 0, 0, 0 },
		{ " v = DMARC1 ; P = ReJect ", true, R, R, R, 0, 0, 0, 0 },
		{ "v=DMARC1; p=reject; sp=none", true, R, N, N, 0, 0, 0, 0 },
		{ "v=DMARC1; p=none; np=reject", true, N, N, R, 0, 0, 0, 0 },
		{ "v=DMARC1; p=reject; sp=quarantine; np=none", true, R, Q, N,
		    0, 0, 0, 0 },
		{ "v=DMARC1", true, N, N, N, 0, 0, 0, 0 },
		{ "v=DMARC1; rua=mailto:a@b", true, N, N, N, 0, 0, 0, 0 },
		{ "v=DMARC1; p=bogus; rua=mailto:a@b", true, N, N, N, 0, 0, 0,
		    0 },
		{ "v=DMARC1; p=reject; p=none", true, R, R, R, 0, 0, 0, 0 },
		{ "v=DMARC1; pct=0; p=reject", true, R, R, R, 0, 0, 0, 0 },
		{ "v=DMARC1; p=reject; t=y", true, R, R, R, true, 0, 0, 0 },
		{ "v=DMARC1; p=reject; t=n", true, R, R, R, 0, 0, 0, 0 },
		{ "v=DMARC1; p=reject; adkim=s; aspf=s", true, R, R, R, 0, true,
		    true, 0 },
		{ "v=DMARC1; p=reject; adkim=r; aspf=x", true, R, R, R, 0, 0, 0,
		    0 },
		{ "v=DMARC1; p=none; psd=y", true, N, N, N, 0, 0, 0,
		    DMARC_PSD_YES },
		{ "v=DMARC1; p=none; psd=n", true, N, N, N, 0, 0, 0,
		    DMARC_PSD_NO },
		{ "v=DMARC1; p=none; psd=u", true, N, N, N, 0, 0, 0, 0 },
		{ "v=DMARC1; ; ;;p=reject;x;=y", true, R, R, R, 0, 0, 0, 0 },
		{ "v=dmarc1; p=reject", false, N, N, N, 0, 0, 0, 0 },
		{ "v=DMARC10; p=reject", false, N, N, N, 0, 0, 0, 0 },
		{ "p=reject; v=DMARC1", false, N, N, N, 0, 0, 0, 0 },
		{ "", false, N, N, N, 0, 0, 0, 0 },
		{ "v=spf1 -all", false, N, N, N, 0, 0, 0, 0 },
	};
	struct dmarc_record r;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (dmarc_record_read(&r, rows[i].text,
		    strlen(rows[i].text)) != rows[i].is)
			fail_msg("%s", rows[i].text);
		if (!rows[i].is)
			continue;
		if (r.p != rows[i].p || r.sp != rows[i].sp ||
		    r.np != rows[i].np || r.test != rows[i].test ||
		    r.strict_dkim != rows[i].strict_dkim ||
		    r.strict_spf != rows[i].strict_spf ||
		    r.psd != rows[i].psd)
			fail_msg("%s: p %d sp %d np %d", rows[i].text, r.p,
			    r.sp, r.np);
		dmarc_record_clear(&r);
	}
	assert_false(dmarc_record_read(&r, "v=DMARC1\0", 9));
}

static const char *const zone[][2] = {
	{ "example.org", "v=DMARC1; p=reject" },
	{ "strict.org", "v=DMARC1; p=reject; aspf=s; adkim=s" },
	{ "half.org", "v=DMARC1; p=reject; adkim=s" },
	{ "sub.own.org", "v=DMARC1; p=quarantine" },
	{ "own.org", "v=DMARC1; p=reject; sp=none" },
	{ "wall.big.org", "v=DMARC1; p=reject; psd=n" },
	{ "big.org", "v=DMARC1; p=none" },
	{ "bank", "v=DMARC1; p=reject; psd=y; np=reject; sp=quarantine" },
	{ "one.bank", "v=DMARC1; p=quarantine" },
	{ "two.org", "v=DMARC1; p=reject" },
	{ "two.org", "v=DMARC1; p=none" },
	{ "xn--bcher-kva.example", "v=DMARC1; p=reject" },
	{ "np.org", "v=DMARC1; p=none; sp=none; np=reject" },
	{ "test.org", "v=DMARC1; p=quarantine; t=y" },
	{ "d.e.f.g.deep.org", "v=DMARC1; p=quarantine" },
	{ "deep.org", "v=DMARC1; p=reject" },
};

static void
tell_zone(void)
{
	struct buf errmsg = BUF_INIT, name = BUF_INIT;
	size_t i;

	dns_offline(false);
	for (i = 0; i < sizeof zone / sizeof zone[0]; i++) {
		buf_clear(&name);
		buf_printf(&name, "_dmarc.%s", zone[i][0]);
		assert_true(dns_preload(name.data, "TXT", zone[i][1], &errmsg));
	}
	assert_true(dns_preload("here.np.org", "A", "192.0.2.1", &errmsg));
	assert_true(dns_preload("_dmarc.dead.org", "TXT", "TEMPFAIL", &errmsg));
	assert_true(dns_preload("_dmarc.dead.example.org", "TXT", "TEMPFAIL",
	    &errmsg));
	buf_free(&errmsg);
	buf_free(&name);
}

#define NONE DMARC_RESULT_NONE
#define PASS DMARC_RESULT_PASS
#define FAIL DMARC_RESULT_FAIL
#define TEMP DMARC_RESULT_TEMPERROR
#define DEEP "a.b.c.d.e.f.g.deep.org"

/* spf, dkim: the domain for which it passes; "!" in front: it fails, "?" it
 * could not be found; NULL: none. */
static const struct {
	const char *author, *spf, *dkim;
	enum dmarc_result result;
	enum dmarc_policy policy;
} rows[] = {
	/* by the same domain */
	{ "example.org", "example.org", NULL, PASS, R },
	{ "example.org", NULL, "example.org", PASS, R },
	{ "example.org", "example.org", "example.org", PASS, R },
	{ "example.org", "!example.org", NULL, FAIL, R },
	{ "example.org", NULL, "!example.org", FAIL, R },
	{ "example.org", "!example.org", "example.org", PASS, R },
	{ "example.org", "example.org", "!example.org", PASS, R },
	{ "example.org", NULL, NULL, FAIL, R },
	{ "example.org", "EXAMPLE.org", NULL, PASS, R },
	{ "example.org", NULL, "Example.Org", PASS, R },
	{ "example.org", "example.org.", NULL, PASS, R },
	/* by one in the same organization, either way */
	{ "example.org", "mail.example.org", NULL, PASS, R },
	{ "example.org", NULL, "a.b.c.example.org", PASS, R },
	{ "mail.example.org", "example.org", NULL, PASS, R },
	{ "mail.example.org", NULL, "example.org", PASS, R },
	{ "a.example.org", "b.example.org", NULL, PASS, R },
	{ "a.example.org", NULL, "b.example.org", PASS, R },
	{ "example.org", "!mail.example.org", NULL, FAIL, R },
	/* by others */
	{ "example.org", "example.com", NULL, FAIL, R },
	{ "example.org", "other.org", NULL, FAIL, R },
	{ "example.org", NULL, "other.org", FAIL, R },
	{ "example.org", "badexample.org", NULL, FAIL, R },
	{ "example.org", NULL, "badexample.org", FAIL, R },
	{ "example.org", "example.org.evil.com", NULL, FAIL, R },
	{ "example.org", "org", NULL, FAIL, R },
	{ "example.org", NULL, "org", FAIL, R },
	{ "example.org", "strict.org", NULL, FAIL, R },
	/* strict */
	{ "strict.org", "strict.org", NULL, PASS, R },
	{ "strict.org", "mail.strict.org", NULL, FAIL, R },
	{ "strict.org", NULL, "strict.org", PASS, R },
	{ "strict.org", NULL, "mail.strict.org", FAIL, R },
	{ "mail.strict.org", "strict.org", NULL, FAIL, R },
	{ "mail.strict.org", "mail.strict.org", NULL, PASS, R },
	{ "half.org", "mail.half.org", NULL, PASS, R },
	{ "half.org", NULL, "mail.half.org", FAIL, R },
	{ "half.org", "!half.org", "half.org", PASS, R },
	/* a record of its own below the organization's */
	{ "sub.own.org", NULL, NULL, FAIL, Q },
	{ "sub.own.org", "own.org", NULL, PASS, Q },
	{ "sub.own.org", "other.own.org", NULL, PASS, Q },
	{ "own.org", "sub.own.org", NULL, PASS, R },
	{ "x.sub.own.org", NULL, NULL, FAIL, N },
	{ "y.own.org", NULL, NULL, FAIL, N },
	{ "y.own.org", "sub.own.org", NULL, PASS, N },
	/* psd=n: the organization ends here */
	{ "wall.big.org", NULL, NULL, FAIL, R },
	{ "wall.big.org", "big.org", NULL, FAIL, R },
	{ "wall.big.org", "x.wall.big.org", NULL, PASS, R },
	{ "x.wall.big.org", "wall.big.org", NULL, PASS, R },
	{ "x.wall.big.org", "big.org", NULL, FAIL, R },
	{ "big.org", "wall.big.org", NULL, FAIL, N },
	{ "big.org", "x.big.org", NULL, PASS, N },
	/* psd=y: a public suffix that speaks for all below */
	{ "one.bank", "mail.one.bank", NULL, PASS, Q },
	{ "one.bank", "two.bank", NULL, FAIL, Q },
	{ "one.bank", "bank", NULL, FAIL, Q },
	{ "mail.one.bank", "one.bank", NULL, PASS, Q },
	{ "mail.one.bank", "www.one.bank", NULL, PASS, Q },
	{ "gone.bank", NULL, NULL, FAIL, R },
	{ "gone.bank", "mail.gone.bank", NULL, PASS, R },
	{ "gone.bank", "one.bank", NULL, FAIL, R },
	{ "bank", NULL, NULL, FAIL, R },
	{ "bank", "bank", NULL, PASS, R },
	{ "bank", "one.bank", NULL, FAIL, R },
	/* no record, or two of them */
	{ "free.com", "free.com", NULL, NONE, N },
	{ "free.com", NULL, NULL, NONE, N },
	{ "two.org", NULL, NULL, NONE, N },
	{ "two.org", "two.org", "two.org", NONE, N },
	{ "sub.two.org", NULL, NULL, NONE, N },
	{ "org", NULL, NULL, NONE, N },
	{ "com", "com", NULL, NONE, N },
	/* names in other scripts */
	{ "xn--bcher-kva.example", "xn--bcher-kva.example", NULL, PASS, R },
	{ "xn--bcher-kva.example", "b\xc3\xbc" "cher.example", NULL, PASS, R },
	{ "xn--bcher-kva.example", NULL, "B\xc3\x9c" "CHER.example", PASS, R },
	{ "xn--bcher-kva.example", "bucher.example", NULL, FAIL, R },
	{ "xn--bcher-kva.example", "post.xn--bcher-kva.example", NULL, PASS,
	    R },
	/* np= is for names that do not exist */
	{ "np.org", NULL, NULL, FAIL, N },
	{ "here.np.org", NULL, NULL, FAIL, N },
	{ "gone.np.org", NULL, NULL, FAIL, R },
	{ "gone.np.org", "np.org", NULL, PASS, R },
	/* t=y: one step milder */
	{ "test.org", NULL, NULL, FAIL, N },
	{ "test.org", "test.org", NULL, PASS, N },
	/* more than eight labels: on from seven */
	{ DEEP, NULL, NULL, FAIL, R },
	{ DEEP, "deep.org", NULL, PASS, R },
	{ DEEP, NULL, "z.deep.org", PASS, R },
	{ DEEP, "other.org", NULL, FAIL, R },
	{ "d.e.f.g.deep.org", NULL, NULL, FAIL, Q },
	{ "d.e.f.g.deep.org", "deep.org", NULL, PASS, Q },
	{ "9.8.7.6.5.4.3.2.1.deep.org", NULL, NULL, FAIL, R },
	/* what could not be found */
	{ "dead.org", NULL, NULL, TEMP, N },
	{ "dead.org", "dead.org", NULL, TEMP, N },
	{ "sub.dead.org", NULL, NULL, TEMP, N },
	{ "dead.example.org", NULL, NULL, TEMP, N },
	{ "example.org", "?example.org", NULL, TEMP, R },
	{ "example.org", NULL, "?example.org", TEMP, R },
	{ "example.org", "?example.org", "example.org", PASS, R },
	{ "example.org", "example.org", "?example.org", PASS, R },
	{ "example.org", "?mail.example.org", NULL, TEMP, R },
	{ "example.org", NULL, "?mail.example.org", TEMP, R },
	{ "mail.example.org", NULL, "?example.org", TEMP, R },
	{ "example.org", "dead.example.org", NULL, TEMP, R },
	{ "example.org", "dead.org", "example.org", PASS, R },
	/* … of one that cannot be in the author's organization: it matters not,
	   for its DNS may be the forger's */
	{ "example.org", "dead.org", NULL, FAIL, R },
	{ "example.org", "?other.org", NULL, FAIL, R },
	{ "example.org", NULL, "?other.org", FAIL, R },
	{ "example.org", NULL, "?badexample.org", FAIL, R },
	{ "strict.org", NULL, "?mail.strict.org", FAIL, R },
	{ "strict.org", "dead.org", NULL, FAIL, R },
	/* what is no domain aligns with nothing */
	{ "example.org", "", NULL, FAIL, R },
	{ "example.org", NULL, "", FAIL, R },
	{ "example.org", "[192.0.2.1]", NULL, FAIL, R },
};

static int
outcome(const char **domain, int fails, int late, int passes)
{
	int outcome = **domain == '!' ? fails : **domain == '?' ? late : passes;

	*domain += **domain == '!' || **domain == '?';
	return outcome;
}

static void
check_row(size_t i)
{
	const char *s = rows[i].spf, *d = rows[i].dkim;
	struct dkim_signed signature = { .domain = NULL };
	struct dkim_result dkim = { .v = &signature, .n = d != NULL };
	struct spf spf = { .result = SPF_NONE };
	struct dmarc out;

	if (s != NULL) {
		spf.result = (enum spf_result)outcome(&s, SPF_FAIL,
		    SPF_TEMPERROR, SPF_PASS);
		spf.domain = mem_dup(s);
	}
	if (d != NULL) {
		signature.verdict = (enum dkim_verdict)outcome(&d,
		    DKIM_VERDICT_FAIL, DKIM_VERDICT_TEMPERROR,
		    DKIM_VERDICT_PASS);
		signature.domain = mem_dup(d);
	}
	dmarc_check(rows[i].author, s != NULL ? &spf : NULL, &dkim,
	    patience(), &out);
	if (out.result != rows[i].result || out.policy != rows[i].policy)
		fail_msg("%s, SPF %s, DKIM %s: %s, %s", rows[i].author,
		    s != NULL ? s : "-", d != NULL ? d : "-",
		    dmarc_result_name(out.result),
		    dmarc_policy_name(out.policy));
	assert_true((out.result == TEMP) == (out.failure != NULL));
	dmarc_clear(&out);
	free(spf.domain);
	free(signature.domain);
}

static void
test_alignment(void **state)
{
	size_t i;

	(void)state;
	assert_true(sizeof rows / sizeof rows[0] >= 100);
	tell_zone();
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (!idn_is_out_of_reach(rows[i].author))
			check_row(i);
	dns_stop();
}

static void
test_evidence(void **state)
{
	struct buf errmsg = BUF_INIT;
	struct dmarc out;

	(void)state;
	dns_offline(false);
	assert_true(dns_preload("_dmarc.a.test", "TXT", "v=DMARC1; p=reject; "
	    "t=y; rua=mailto:r@a.test!10m , http://a.test/, MAILTO:s@b.test,"
	    "mailto:nonsense; ruf=mailto:f@a.test", &errmsg));
	dmarc_check("a.test", NULL, NULL, patience(), &out);
	assert_string_equal(out.record_domain, "a.test");
	assert_string_equal(out.rua, "r@a.test, s@b.test");
	assert_string_equal(out.ruf, "f@a.test");
	assert_int_equal(out.requested, DMARC_REJECT);
	assert_int_equal(out.policy, DMARC_QUARANTINE);
	dmarc_clear(&out);
	dns_stop();
	buf_free(&errmsg);
}

/* The DNS of the first author is silent until the deadline. */
static void
test_silent_author(void **state)
{
	struct liar *liar = liar_start("127.0.0.1", 0);
	struct dns_options opt = { .cache = 1 << 20 };
	struct buf servers = BUF_INIT, errmsg = BUF_INIT;
	struct site site = { .spf = true, .dkim = true, .dmarc = true };
	struct slots slots = { NULL };
	const struct dmarc_note *note;
	struct session s;

	(void)state;
	assert_non_null(liar);
	assert_true(liar_tell(liar, "silent.test DEAD -"));
	assert_true(liar_tell(liar,
	    "_dmarc.bank.test TXT v=DMARC1; p=reject"));
	buf_printf(&servers, "127.0.0.1:%d", liar_port(liar));
	opt.servers = servers.data;
	assert_true(dns_start(&opt, &errmsg));
	session_init(&s);
	session_mail(&s, "<>");
	session_header(&s, "From", " a@silent.test, ceo@bank.test");
	note = dmarc_note_result(&slots, &s, &site, clock_ms() + 3000);
	assert_int_equal(note->dmarc.result, DMARC_RESULT_FAIL);
	assert_int_equal(note->dmarc.policy, DMARC_REJECT);
	assert_string_equal(note->domain, "bank.test");
	slots_free(&slots);
	session_free(&s);
	dns_stop();
	liar_stop(liar);
	buf_free(&servers);
	buf_free(&errmsg);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_alignment),
		cmocka_unit_test(test_evidence),
		cmocka_unit_test(test_silent_author),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
