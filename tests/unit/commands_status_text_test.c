/* commands_status_text_test - what the daemon says of itself, as words */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "commands/status_text.h"

static const char json[] = "{\"version\":\"0.1\",\"pid\":123,\"mode\":"
    "\"enforce\",\"uptime\":100000,\"sessions\":{\"now\":5,\"max\":1000,"
    "\"total\":1234567},\"counts\":{\"messages\":9,\"recipients\":12,"
    "\"rejected\":3,\"tempfailed\":1,\"observed\":0,\"quarantined\":0,"
    "\"marked\":2,\"refused-by-mta\":0},\"per-minute\":{\"5\":{\"sessions\":"
    "5.4821221904123769,\"recipients\":0.999999,\"refused\":0}},\"records\":"
    "{\"written\":4,\"lost\":0,\"log-lines-lost\":0},\"store\":{\"state\":"
    "\"works\",\"taken\":4,\"behind\":0,\"lag\":0},\"dns\":{\"queries\":7,"
    "\"cached\":2,\"sent\":5,\"failures\":1,\"kept\":3},"
    "\"reply-map\":{\"queries\":0},"
    "\"ships\":[{\"ship\":\"siem\",\"state\":\"fails\",\"taken\":2000,"
    "\"refused\":1,\"bad\":0,\"behind\":512,\"lag\":7,\"failure\":"
    "\"HTTP 503\"}],"
    "\"lists\":[{\"list\":\"/etc/a\",\"entries\":2,\"failure\":null},"
    "{\"list\":\"/etc/b\",\"entries\":12345,\"failure\":\"no \\\"}\\\"\"}],"
    "\"reload\":{\"time\":\"2026-11-27T06:46:10.299Z\",\"good\":false,"
    "\"mistakes\":[\"x.conf:1: \\\"a\\\"\",\"x.conf:2: b\"]}}";

static const char *const lines[] = {
	"saywhyd     version 0.1, mode enforce, process 123; runs for 1 day "
	    "3 h\n",
	"sessions    5 now, of 1000 at most; 1 234 567 since the start\n",
	"a minute    5.5 sessions, 1 recipients, 0 refused: of the last five "
	    "minutes\n",
	"refused     3 for good, 1 for now\n",
	"; 2 marked\n",
	"store       works; 4 records taken in\n",
	"ship        siem fails: HTTP 503; 2000 records taken, 1 refused; 512 "
	    "bytes of the record file to go, 7 s behind\n",
	"dns         7 questions: 2 answered from memory, 5 sent; 1 failed; 3 "
	    "answers kept\n",
	"list        /etc/a: 2 entries\n",
	"list        /etc/b: 12 345 entries; the file as it is now is not in "
	    "use: no \"}\"\n",
	"loaded      the last reload failed, 2026-11-27T06:46:10.299Z",
	"            x.conf:1: \"a\"\n            x.conf:2: b\n",
};

static void
test_a_status(void **state)
{
	struct buf out = BUF_INIT;
	size_t i;

	(void)state;
	status_text(json, &out);
	for (i = 0; i < sizeof lines / sizeof lines[0]; i++)
		if (strstr(out.data, lines[i]) == NULL)
			fail_msg("no \"%s\" in:\n%s", lines[i], out.data);
	assert_null(strstr(out.data, "reply map"));
	assert_null(strstr(out.data, "lost"));
	assert_null(strstr(out.data, "quarantined"));
	assert_null(strstr(out.data, "5.48"));
	buf_free(&out);
}

/* What an older daemon does not say yet is left out. */
static void
test_nothing(void **state)
{
	struct buf out = BUF_INIT;

	(void)state;
	status_text("{}", &out);
	assert_null(strchr(out.data, '{'));
	buf_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_status),
		cmocka_unit_test(test_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
