/* lists_minisign_test - signatures of minisign 0.11, and what is none */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "lists/minisign.h"

#define KEY "RWTfcmC3kkOk7g6p19O0zhN9KYcfY6OtikKP2HhH4cslI/X6hg/u0KJt"

/* As minisign -S made them, hashed and with -l, of this text and that key. */
#define TEXT "a list\n"
#define HASHED "untrusted comment: signature from minisign secret key\n" \
	"RUTfcmC3kkOk7u5tbs+AoW1blPVBFgGjWIdCxfiuuHIGfRX2FPP0xqE9BX1iCL7Ii" \
	"WjrSr9yu9QUWwUc4Au4kPxAKF6NA9Vkdws=\n" \
	"trusted comment: timestamp:1795806346\tfile:l.txt\thashed\n" \
	"MzWSK6r1ILhwDTeCmahEJS16XMBFQKbO6auH0CVizoVWCyDNmHeVKU462l/KtKk1q" \
	"WroNX4TBg+i7P+DVlNyAQ==\n"
#define WHOLE "untrusted comment: signature from minisign secret key\n" \
	"RWTfcmC3kkOk7iLJ/d8b4U0LD7jpa7oUkQCqyW1TtncR5GqePMTCOi0lYwAjeWVTF" \
	"XoXv7LkAxPMs7w5m/AxcNb2PmXlKWfJPg0=\n" \
	"trusted comment: timestamp:1795806346\tfile:l.txt\n" \
	"reNWXUdkan2+H9XMZvGzhD3Lkdjdjj67Bb8HPXFqPgjnb9URlbQrXJOa5xm7u412r" \
	"rqz8c3vJIpeIQXv1IybDg==\n"
#define SECRET "untrusted comment: minisign encrypted secret key\n" \
	"RWQAAEIyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" \
	"AAAAAAAA33Jgt5JDpO4YouWvFm5Vp2McBMaliNWlz+4zbFSabzWLAMuR98HTBA6p" \
	"19O0zhN9KYcfY6OtikKP2HhH4cslI/X6hg/u0KJtAAAAAAAAAAAAAAAAAAAAAAAA" \
	"AAAAAAAAAAAAAAAAAAA=\n"

static bool
is_good(const char *signature, const char *key, const char *text, size_t n)
{
	struct minisign_keys keys = { .v = NULL };
	struct buf errmsg = BUF_INIT;
	struct minisign m;
	bool good;

	assert_true(minisign_keys_add(&keys, key, &errmsg));
	good = minisign_read(&m, signature, &errmsg) &&
	    minisign_verifies(&m, &keys, text, n, &errmsg);
	assert_int_equal(good, errmsg.len == 0);
	minisign_free(&m);
	minisign_keys_free(&keys);
	buf_free(&errmsg);
	return good;
}

static void
test_of_minisign(void **state)
{
	struct buf errmsg = BUF_INIT;
	struct minisign m;

	(void)state;
	assert_true(is_good(HASHED, KEY, TEXT, 7));
	assert_true(is_good(WHOLE, KEY, TEXT, 7));
	assert_true(is_good(WHOLE, "untrusted comment: x\r\n" KEY "\r\n", TEXT,
	    7));
	assert_false(is_good(HASHED, KEY, TEXT, 6));
	assert_false(is_good(WHOLE, KEY, "A list\n", 7));
	assert_true(minisign_read(&m, HASHED, &errmsg));
	assert_int_equal(m.made, 1795806346);
	assert_string_equal(m.file, "l.txt");
	assert_true(m.hashed);
	minisign_free(&m);
}

/* No byte of what counts may be another one, none may be missing. */
static void
test_every_byte_counts(void **state)
{
	const size_t from = strlen("untrusted comment: signature from minisign "
	    "secret key\n");
	char text[] = HASHED;
	size_t i, last = strlen(text) - 1;

	(void)state;
	for (i = from; i < last; i++) {
		text[i] ^= 1;
		assert_false(is_good(text, KEY, TEXT, 7));
		text[i] ^= 1;
	}
	assert_true(is_good(text, KEY, TEXT, 7));
	while (last-- > 0) {
		text[last] = '\0';
		assert_false(is_good(text, KEY, TEXT, 7));
	}
}

static void
test_no_keys(void **state)
{
	static const char *const texts[] = { "", "RW", "\n", KEY "AA", "x" KEY,
		"untrusted comment: x\n", "RU" "TfcmC3kkOk7g6p19O0zhN9KYcfY6Oti"
		"kKP2HhH4cslI/X6hg/u0KJt", SECRET };
	struct minisign_keys keys = { .v = NULL };
	struct buf errmsg = BUF_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof texts / sizeof *texts; i++) {
		buf_clear(&errmsg);
		assert_false(minisign_keys_add(&keys, texts[i], &errmsg));
		assert_non_null(strstr(errmsg.data, "is no public key"));
	}
	minisign_keys_free(&keys);
	buf_free(&errmsg);
}

static void
test_signed_here(void **state)
{
	struct buf out = BUF_INIT, errmsg = BUF_INIT;
	struct minisign m;

	(void)state;
	assert_true(minisign_sign(SECRET, "deny.cdb", 1767225600, TEXT, 7,
	    &out, &errmsg));
	assert_true(is_good(out.data, KEY, TEXT, 7));
	assert_true(minisign_read(&m, out.data, &errmsg));
	assert_string_equal(m.comment, "timestamp:1767225600\tfile:deny.cdb\t"
	    "hashed");
	minisign_free(&m);
	assert_false(minisign_sign(KEY, "x", 1, TEXT, 7, &out, &errmsg));
	buf_free(&out);
	buf_free(&errmsg);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_of_minisign),
		cmocka_unit_test(test_every_byte_counts),
		cmocka_unit_test(test_no_keys),
		cmocka_unit_test(test_signed_here),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
