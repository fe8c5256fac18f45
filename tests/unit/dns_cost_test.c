/*
 * dns_cost_test - answers of DNS servers are read in time that grows with them
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "dns/dns_message.h"

#include "cost.h"

#define QUESTION "\1a\7example\0"

/* A head that promises 65,535 records, and the question. */
static void
put_head(struct buf *b, unsigned type)
{
	static const char head[12] = "\0\0\x81\x80\0\1\xff\xff\0\0\0";

	buf_put(b, head, sizeof head);
	buf_put(b, QUESTION, sizeof QUESTION - 1);
	buf_putc(b, 0);
	buf_putc(b, (char)type);
	buf_put(b, "\0\1", 2);
}

static void
put_record(struct buf *b, const char *name, size_t name_n, unsigned type,
    const char *data, size_t n)
{
	buf_put(b, name, name_n);
	buf_putc(b, 0);
	buf_putc(b, (char)type);
	buf_put(b, "\0\1\0\0\1\0", 6);
	buf_putc(b, (char)(n >> 8));
	buf_putc(b, (char)(n & 255));
	buf_put(b, data, n);
}

/* Records of a type, each with the same data. */
static const struct answer {
	const char *what;
	enum dns_type type;
	const char *name, *data;
	size_t name_n, n;
} answers[] = {
	{ "addresses", DNS_A, "\xc0\x0c", "\1\2\3\4", 2, 4 },
	{ "addresses of others", DNS_A, "\1b\0", "\1\2\3\4", 3, 4 },
	{ "texts", DNS_TXT, "\xc0\x0c", "\3a=b\3c=d", 2, 8 },
	{ "empty texts", DNS_TXT, "\xc0\x0c", "\0\0\0\0\0\0\0\0", 2, 8 },
	{ "mail exchangers", DNS_MX, "\xc0\x0c", "\0\1\1m\xc0\x0c", 2, 6 },
	{ "names", DNS_PTR, "\xc0\x0c", "\xc0\x0c", 2, 2 },
	{ "other names of itself", DNS_A, "\xc0\x0c", "\xc0\x0c", 2, 2 },
};

static void
read_answer(const void *arg, size_t size)
{
	const struct answer *a = arg;
	struct buf b = BUF_INIT;
	uint32_t ttl;
	unsigned wire = dns_message_type(a->type);

	if (a->n == 2 && a->type == DNS_A)
		wire = dns_message_type(DNS_CNAME);
	put_head(&b, dns_message_type(a->type));
	while (b.len < size)
		put_record(&b, a->name, a->name_n, wire, a->data, a->n);
	dns_drop(&dns_message_read((const uint8_t *)b.data, b.len, a->type,
	    "a.example", &ttl)->answer);
	buf_free(&b);
}

/* A chain of names, each the other name of the one before. */
static void
read_chain(const void *arg, size_t size)
{
	static const char long_name[] = "\77aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
	struct buf b = BUF_INIT;
	uint32_t ttl;
	size_t i;

	(void)arg;
	put_head(&b, dns_message_type(DNS_A));
	for (i = 0; b.len < size; i++)
		put_record(&b, "\xc0\x0c", 2, dns_message_type(DNS_CNAME),
		    long_name, sizeof long_name);
	dns_drop(&dns_message_read((const uint8_t *)b.data, b.len, DNS_A,
	    "a.example", &ttl)->answer);
	buf_free(&b);
}

/* No answer is longer than 65,535 bytes. */
static void
test_answers(void **state)
{
	int64_t took[2];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof answers / sizeof answers[0]; i++)
		if (!cost_is_linear(read_answer, &answers[i], 6500, 10, took))
			cost_fail(answers[i].what, took);
	if (!cost_is_linear(read_chain, NULL, 6500, 10, took))
		cost_fail("a chain", took);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
