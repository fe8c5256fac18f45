/* base_buf_test - text that grows, and memory that is there */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"

/* So that a sanitizer lets us see what happens when memory is gone. */
const char *__asan_default_options(void);
const char *__tsan_default_options(void);

const char *
__asan_default_options(void)
{
	return "allocator_may_return_null=1";
}

const char *
__tsan_default_options(void)
{
	return "allocator_may_return_null=1";
}

static void
test_empty(void **state)
{
	struct buf b = BUF_INIT;
	char *text;

	(void)state;
	assert_string_equal(b.data, "");
	buf_clear(&b);
	buf_cut(&b, 5);
	buf_puts(&b, NULL);
	buf_put(&b, NULL, 0);
	assert_int_equal(b.len, 0);
	text = buf_steal(&b);
	assert_string_equal(text, "");
	free(text);
	buf_free(&b);
	buf_free(&b);
}

static void
test_growing(void **state)
{
	struct buf b = BUF_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < 10000; i++) {
		buf_putc(&b, (char)('a' + i % 26));
		assert_int_equal(b.len, i + 1);
		assert_int_equal(b.data[b.len], '\0');
	}
	for (i = 0; i < 10000; i++)
		assert_int_equal(b.data[i], 'a' + i % 26);
	buf_cut(&b, 20000);
	assert_int_equal(b.len, 10000);
	buf_cut(&b, 3);
	assert_string_equal(b.data, "abc");
	buf_free(&b);
	assert_string_equal(b.data, "");
}

static void
test_bytes(void **state)
{
	struct buf b = BUF_INIT;
	char *text;

	(void)state;
	buf_put(&b, "a\0b", 3);
	buf_puts(&b, "c");
	assert_int_equal(b.len, 4);
	assert_memory_equal(b.data, "a\0bc", 5);
	text = buf_steal(&b);
	assert_memory_equal(text, "a\0bc", 5);
	assert_int_equal(b.len, 0);
	free(text);
}

/* Every length around the room that is there. */
static void
test_printf(void **state)
{
	struct buf b = BUF_INIT;
	int width;

	(void)state;
	for (width = 1; width < 300; width++) {
		buf_clear(&b);
		buf_printf(&b, "%*d|", width, 7);
		buf_printf(&b, "%s", "end");
		assert_int_equal(b.len, width + 4);
		assert_string_equal(b.data + width - 1, "7|end");
	}
	buf_free(&b);
}

static void
test_mem(void **state)
{
	char *slot = NULL, *copy;
	int *v = NULL, i;
	size_t n, cap = 0;

	(void)state;
	for (n = 0; n < 1000; n++) {
		v = mem_room(v, n, &cap, sizeof *v);
		v[n] = (int)n;
	}
	for (i = 0; i < 1000; i++)
		assert_int_equal(v[i], i);
	free(v);
	assert_null(mem_dup(NULL));
	assert_null(mem_ndup(NULL, 4));
	copy = mem_ndup("ab", 5);
	assert_string_equal(copy, "ab");
	free(copy);
	copy = mem_ndup("abc", 2);
	assert_string_equal(copy, "ab");
	mem_replace(&slot, copy);
	mem_replace(&slot, slot);
	assert_string_equal(slot, "ab");
	mem_replace(&slot, NULL);
	assert_null(slot);
	free(copy);
}

/* What a child that runs out of memory leaves behind. */
static int
end_of(void (*run)(void))
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		close(STDERR_FILENO);
		run();
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void
ask_for_too_many(void)
{
	free(mem_array(SIZE_MAX / 2, 4));
}

static void
resize_to_too_many(void)
{
	free(mem_resize(NULL, SIZE_MAX / 2, 4));
}

static void
test_gone(void **state)
{
	(void)state;
	assert_int_equal(end_of(ask_for_too_many), EX_OSERR);
	assert_int_equal(end_of(resize_to_too_many), EX_OSERR);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_growing),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_printf),
		cmocka_unit_test(test_mem),
		cmocka_unit_test(test_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
