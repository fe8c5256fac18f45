/* base_journal_entry_test - the native protocol, as its reader reads it */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/journal_entry.h"

/* The value of the field in an entry of n bytes; NULL: it has none. */
static const char *
value_of(const char *entry, size_t n, const char *name, size_t *len)
{
	const char *at = entry, *end = entry + n;
	size_t word, i;

	while (at < end) {
		word = strcspn(at, "=\n");
		*len = 0;
		if (at[word] == '=')
			*len = (size_t)((const char *)memchr(at, '\n',
			    (size_t)(end - at)) - at) - word - 1;
		else
			for (i = 0; i < 8; i++)
				*len |= (size_t)(unsigned char)
				    at[word + 1 + i] << 8 * i;
		at += word + (at[word] == '=' ? 1 : 9);
		if (word == strlen(name) &&
		    strncmp(at - (at[-1] == '=' ? word + 1 : word + 9), name,
		    word) == 0)
			return at;
		at += *len;
		assert_true(*at == '\n');
		at++;
	}
	return NULL;
}

static void
test_fields(void **state)
{
	static const struct {
		const char *name, *value;
	} rows[] = {
		{ "SAYWHY_A", "plain" },
		{ "SAYWHY_B", "" },
		{ "SAYWHY_C", "two\nlines=SAYWHY_A=no" },
		{ "SAYWHY_D", "a=b" },
	};
	struct buf entry = BUF_INIT;
	const char *value;
	size_t i, len;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof *rows; i++)
		journal_entry_put(&entry, rows[i].name, rows[i].value);
	journal_entry_put(&entry, "SAYWHY_E", NULL);
	for (i = 0; i < sizeof rows / sizeof *rows; i++) {
		value = value_of(entry.data, entry.len, rows[i].name, &len);
		assert_non_null(value);
		assert_int_equal(len, strlen(rows[i].value));
		assert_memory_equal(value, rows[i].value, len);
	}
	assert_null(value_of(entry.data, entry.len, "SAYWHY_E", &len));
	buf_free(&entry);
}

static void
test_sent(void **state)
{
	char folder[] = "/tmp/journal-XXXXXX", got[1000];
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	struct buf entry = BUF_INIT, errmsg = BUF_INIT;
	const char *value;
	size_t len;
	ssize_t n;
	int fd;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(at.sun_path, sizeof at.sun_path, "%s/socket", folder);
	journal_entry_path(at.sun_path);
	assert_false(journal_entry_send(&entry, "saywhyd", 6, "x", &errmsg));
	assert_true(errmsg.len > 0);
	fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
	buf_clear(&entry);
	journal_entry_put(&entry, "SAYWHY_REASON", "spf-fail");
	assert_true(journal_entry_send(&entry, "saywhyd", 6, "a line",
	    &errmsg));
	n = recv(fd, got, sizeof got, 0);
	assert_true(n > 0);
	value = value_of(got, (size_t)n, "MESSAGE", &len);
	assert_memory_equal(value, "a line\n", 7);
	value = value_of(got, (size_t)n, "SYSLOG_FACILITY", &len);
	assert_memory_equal(value, "2\n", 2);
	value = value_of(got, (size_t)n, "SAYWHY_REASON", &len);
	assert_memory_equal(value, "spf-fail\n", 9);
	close(fd);
	unlink(at.sun_path);
	rmdir(folder);
	buf_free(&entry);
	buf_free(&errmsg);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_sent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
