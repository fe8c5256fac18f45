/*
 * auth_cost_test - records and fields of strangers are read in time that grows
 * with them
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "auth/dkim_signature.h"
#include "auth/dkim_taglist.h"
#include "auth/dmarc_record.h"
#include "auth/results.h"
#include "auth/spf_record.h"
#include "base/buf.h"

#include "cost.h"

static void
read_spf(const char *text, size_t n)
{
	struct buf errmsg = BUF_INIT;
	struct spf_record r = { .v = NULL };

	spf_record_read(&r, text, n, &errmsg);
	spf_record_clear(&r);
	buf_free(&errmsg);
}

static void
read_dmarc(const char *text, size_t n)
{
	struct dmarc_record r;

	if (dmarc_record_read(&r, text, n))
		dmarc_record_clear(&r);
}

static void
read_signature(const char *text, size_t n)
{
	struct dkim_signature s = { .text = NULL };
	enum dkim_verdict verdict;

	(void)n;
	dkim_signature_parse(&s, text, 1767312000, &verdict);
	dkim_signature_clear(&s);
}

/* As the key of an answer is read: its words, its bytes. */
static void
read_tags(const char *text, size_t n)
{
	const struct dkim_tag *tag;
	struct dkim_taglist list;
	const char *word;
	size_t at = 0, len;

	if (dkim_taglist_parse(&list, text, n) != NULL)
		return;
	tag = dkim_taglist_find(&list, "p");
	if (tag == NULL)
		return;
	free(dkim_tag_base64(tag, &len));
	free(dkim_tag_copy(tag));
	while (dkim_tag_word(tag, &at, &word, &len))
		;
	dkim_tag_has_word(tag, "never");
}

static void
read_results(const char *text, size_t n)
{
	(void)n;
	results_claims(text, "mx.example.org");
}

#define SIGNATURE "v=1; a=rsa-sha256; d=example.org; s=s; bh=AAAA; b="

static const struct cost_shape shapes[] = {
	{ "terms of SPF", read_spf, "v=spf1 ", "ip4:192.0.2.1 ", "-all",
	    100000 },
	{ "names in SPF", read_spf, "v=spf1 ", "a:%{i}.%{d} ", "-all", 100000 },
	{ "one term of SPF", read_spf, "v=spf1 exists:", "%{ir}.", "a",
	    100000 },
	{ "blanks in SPF", read_spf, "v=spf1", " ", "-all", 100000 },
	{ "modifiers of SPF", read_spf, "v=spf1 ", "x=y ", "-all", 100000 },
	{ "tags of DMARC", read_dmarc, "v=DMARC1; p=reject", "; x=y", "",
	    100000 },
	{ "mailboxes of DMARC", read_dmarc, "v=DMARC1; p=none; rua=",
	    "mailto:a@b.example,", "", 100000 },
	{ "blanks of DMARC", read_dmarc, "v=DMARC1;", " ", "p=none", 100000 },
	{ "semicolons of DMARC", read_dmarc, "v=DMARC1", ";", "", 100000 },
	{ "a signature of base64", read_signature, SIGNATURE, "AAAA", "",
	    100000 },
	{ "a folded signature", read_signature, SIGNATURE, "A\r\n ", "",
	    100000 },
	{ "fields of a signature", read_signature, "h=from", ":subject",
	    "; " SIGNATURE "AAAA", 100000 },
	{ "colons of a signature", read_signature, "h=from", " : ",
	    "; " SIGNATURE "AAAA", 100000 },
	{ "blanks in a signature", read_signature, "v=1;", " ", "a=b", 100000 },
	{ "half a tag", read_signature, "", "v", "", 100000 },
	{ "tags of a key", read_tags, "p=", "A:B ", "", 100000 },
	{ "blanks of a key", read_tags, "p=A", " \r\n\t", ":B", 100000 },
	{ "too many tags", read_tags, "", "a=b;", "", 100000 },
	{ "comments of results", read_results, "", "(a) ", "mx.example.org",
	    100000 },
	{ "open comments of results", read_results, "", "(", "", 100000 },
	{ "escapes of results", read_results, "\"", "\\a", "\"", 100000 },
};

static void
test_records(void **state)
{
	(void)state;
	cost_check(shapes, sizeof shapes / sizeof shapes[0]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_records),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
