/* counters_alarm_test - what the mail to the contact may hold */

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/sock.h"
#include "counters/alarm.h"
#include "patience.h"

/* A mail server for one session: the lines it read, as they came. */
static void
take_mail(int listener, struct buf *mail)
{
	static const char *const replies[] = { "250-mx\r\n250 8BITMIME\r\n",
		"250 2.1.0 Ok\r\n", "250 2.1.5 Ok\r\n", "354 Go ahead\r\n" };
	int64_t deadline = patience();
	int fd = accept(listener, NULL, NULL);
	size_t i;

	assert_true(fd >= 0);
	assert_true(sock_write(fd, "220 mx ESMTP\r\n", 14, deadline));
	for (i = 0; i < 4; i++) {
		assert_true(sock_read_line(fd, mail, 2000, deadline));
		buf_putc(mail, '\n');
		assert_true(sock_write(fd, replies[i], strlen(replies[i]),
		    deadline));
	}
	while (strstr(mail->data, "\n.\r\n") == NULL &&
	    strstr(mail->data, "\n.\n") == NULL) {
		assert_true(sock_read_line(fd, mail, 2000, deadline));
		buf_putc(mail, '\n');
	}
	assert_true(sock_write(fd, "250 2.0.0 Taken\r\n", 17, deadline));
	close(fd);
}

/* A login is whatever somebody typed: no line of it may become a header's. */
static void
test_a_login_is_one_line(void **state)
{
	struct buf mail = BUF_INIT, errmsg = BUF_INIT;
	struct sock_spec spec;
	char text[128];
	int listener;

	(void)state;
	snprintf(text, sizeof text, "unix:/tmp/saywhy-alarm-%ld.sock",
	    (long)getpid());
	listener = sock_listen_text(text, 0600, (gid_t)-1, &spec, &errmsg);
	assert_true(listener >= 0);
	alarm_use(&spec, "mx.example.org", "postmaster@example.org");
	assert_true(alarm_raise("closed: eve\r\nBcc: all@example.org",
	    "eve\rBcc: b@example.org\n.\n\303\244\n"));
	/* It does not block; the mail comes from another thread. */
	assert_int_equal(poll(&(struct pollfd){ .fd = listener,
	    .events = POLLIN }, 1, PATIENCE_MS), 1);
	take_mail(listener, &mail);
	assert_non_null(strstr(mail.data, "RCPT TO:<postmaster@example.org>"));
	assert_non_null(strstr(mail.data,
	    "\nSubject: closed: eve??Bcc: all@example.org"));
	assert_null(strstr(mail.data, "\nBcc:"));
	assert_non_null(strstr(mail.data, "\neve?Bcc: b@example.org"));
	assert_non_null(strstr(mail.data, "\n.."));
	assert_non_null(strstr(mail.data, "\n??"));
	alarm_use(NULL, "mx.example.org", "postmaster@example.org");
	assert_false(alarm_raise("nobody", "hears it\n"));
	close(listener);
	unlink(sock_spec_path(&spec));
	buf_free(&mail);
	buf_free(&errmsg);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_login_is_one_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
