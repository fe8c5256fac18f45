/*
 * doors_libmilter_threads_test - real libmilter with our threads: bursts,
 * counts, stops
 *
 * libmilter can be started once in a process, and stopped once: the tests
 * run in turn on one filter, and the last one stops it.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <libmilter/mfapi.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "doors/libmilter_frames.h"
#include "doors/libmilter_listener.h"
#include "doors/libmilter_threads.h"
#include "patience.h"

#define BURST 50
#define NAP_MS 300
#define DRAIN_MS 4000

static char dir[] = "/tmp/saywhy-test-XXXXXX";
static char path[64];
static atomic_int nbegun, nclosed;
static atomic_int peer;		/* as a callback saw it */

static sfsistat
on_helo(SMFICTX *ctx, char *helo)
{
	struct ucred who = { .pid = 0 };
	socklen_t n = sizeof who;

	(void)helo;
	smfi_getsymval(ctx, "{not_there}");
	getsockopt(libmilter_threads_socket(ctx), SOL_SOCKET, SO_PEERCRED,
	    &who, &n);
	atomic_store(&peer, who.pid);
	return SMFIS_CONTINUE;
}

static sfsistat
on_mail(SMFICTX *ctx, char **words)
{
	(void)ctx;
	(void)words;
	atomic_fetch_add(&nbegun, 1);
	poll(NULL, 0, NAP_MS);
	return SMFIS_CONTINUE;
}

static sfsistat
on_close(SMFICTX *ctx)
{
	(void)ctx;
	atomic_fetch_add(&nclosed, 1);
	return SMFIS_CONTINUE;
}

static int
start(void **state)
{
	struct smfiDesc filter = {
		.xxfi_name = "test", .xxfi_version = SMFI_VERSION,
		.xxfi_helo = on_helo, .xxfi_envfrom = on_mail,
		.xxfi_close = on_close,
	};
	char spec[80];

	(void)state;
	if (mkdtemp(dir) == NULL)
		return -1;
	snprintf(path, sizeof path, "%s/sock", dir);
	snprintf(spec, sizeof spec, "unix:%s", path);
	smfi_setconn(spec);
	return smfi_register(filter) == MI_SUCCESS &&
	    smfi_opensocket(0) == MI_SUCCESS &&
	    libmilter_listener_start(smfi_main) ? 0 : -1;
}

static int
clean(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(dir);
}

static void
say(int fd, char letter, const void *data, size_t n)
{
	unsigned char packet[256];
	uint32_t size = htonl((uint32_t)n + 1);

	memcpy(packet, &size, sizeof size);
	packet[4] = (unsigned char)letter;
	memcpy(packet + 5, data, n);
	assert_int_equal(send(fd, packet, n + 5, MSG_NOSIGNAL),
	    (ssize_t)n + 5);
}

/* The letter of the answer; 0 when the filter hung up. */
static char
read_letter(int fd)
{
	unsigned char packet[256];
	uint32_t size;

	if (recv(fd, packet, 5, MSG_WAITALL) != 5)
		return 0;
	memcpy(&size, packet, sizeof size);
	if (ntohl(size) > 1)
		recv(fd, packet + 5, ntohl(size) - 1, MSG_WAITALL);
	return (char)packet[4];
}

/* A session that has said HELO. */
static int
greet(void)
{
	static const unsigned char offer[12] = { 0, 0, 0, 6, 0, 0, 1, 0xff,
		0, 0x1f, 0xff, 0xff };
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	memcpy(to.sun_path, path, sizeof path);
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
	say(fd, 'O', offer, sizeof offer);
	assert_int_equal(read_letter(fd), 'O');
	say(fd, 'H', "mail.example", sizeof "mail.example");
	assert_int_equal(read_letter(fd), 'c');
	return fd;
}

static void
mail(int fd)
{
	say(fd, 'M', "<a@example>", sizeof "<a@example>");
}

static void
wait_for_sessions(unsigned n)
{
	int64_t deadline = patience();

	while (libmilter_threads_sessions() != n && clock_left(deadline) > 0)
		poll(NULL, 0, 1);
	assert_int_equal(libmilter_threads_sessions(), n);
}

static void
test_the_library_calls_us(void **state)
{
	int fd = greet();

	(void)state;
	assert_int_equal(libmilter_threads_kind(), THREADS_OURS);
	assert_int_equal(atomic_load(&peer), getpid());
	assert_int_equal(libmilter_threads_sessions(), 1);
	close(fd);
	wait_for_sessions(0);
}

/* Packets as the MTA may send them, and not. */
static const struct {
	char letter;
	const char *content;
	size_t n;
	bool valid;
} frames[] = {
#define FRAME(letter, content, valid) \
	{ letter, content, sizeof content - 1, valid }
	FRAME('D', "C", true),
	FRAME('D', "Cj\0mx.example\0", true),
	FRAME('D', "Cj\0\0", true),
	FRAME('D', "Cj\0mx.example\0i\0QID\0", true),
	FRAME('D', "", false),
	FRAME('D', "Cj\0", false),
	FRAME('D', "Cj", false),
	FRAME('D', "Cj\0mx.example", false),
	FRAME('D', "Cj\0mx.example\0i\0", false),
	FRAME('D', "Cj\0mx.example\0i\0QID\0{x}\0", false),
	FRAME('D', "C\0", false),
	FRAME('D', "C\0\0\0", false),
	FRAME('C', "host\0" "4\1\1" "192.0.2.7\0", true),
	FRAME('C', "host\0" "U", true),
	FRAME('C', "host", false),
	FRAME('C', "", false),
	FRAME('H', "mail.example\0", true),
	FRAME('H', "mail.example", false),
	FRAME('M', "<a@example>\0SIZE=1\0", true),
	FRAME('M', "<a@example>\0SIZE=1", false),
	FRAME('R', "<a@example>", false),
	FRAME('U', "XFOO", false),
	FRAME('B', "any\0thing", true),
	FRAME('E', "", true),
	FRAME('L', "Subject\0", true),	/* the library's to refuse */
#undef FRAME
};

static void
test_frames(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof frames / sizeof frames[0]; i++)
		if (libmilter_frame_valid(frames[i].letter, frames[i].content,
		    frames[i].n) != frames[i].valid)
			fail_msg("row %zu", i);
}

/* smfi_getsymval() would walk past the end of the list. */
static void
test_a_macro_without_value(void **state)
{
	static const char list[] = "Hj\0mx.example\0i";
	uint64_t before = libmilter_frames_wrong();
	int fd = greet();

	(void)state;
	say(fd, 'D', list, sizeof list);
	assert_int_equal(read_letter(fd), 0);
	assert_int_equal(libmilter_frames_wrong(), before + 1);
	close(fd);
	wait_for_sessions(0);
	close(greet());
	wait_for_sessions(0);
}

static void
ask_all(void *arg)
{
	const int *fds = arg;

	for (int i = 0; i < BURST; i++)
		mail(fds[i]);
	for (int i = 0; i < BURST; i++)
		assert_int_equal(read_letter(fds[i]), 'c');
}

/* The library's own pool loses wake-ups here and needs up to 12 seconds. */
static void
test_nobody_waits_for_others(void **state)
{
	uint64_t before = libmilter_threads_started();
	int fds[BURST];

	(void)state;
	for (int i = 0; i < BURST; i++)
		fds[i] = greet();
	assert_int_equal(libmilter_threads_sessions(), BURST);
	assert_in_range(patience_ms(ask_all, fds, 2 * NAP_MS), NAP_MS - 1,
	    2 * NAP_MS);
	assert_int_equal(libmilter_threads_started(), before + BURST);
	for (int i = 0; i < BURST; i++)
		close(fds[i]);
	wait_for_sessions(0);
}

/* libmilter would end at SIGHUP and SIGTERM; here they wait for us. */
static void
test_signals_are_left_alone(void **state)
{
	sigset_t pending;

	(void)state;
	kill(getpid(), SIGHUP);
	close(greet());
	sigpending(&pending);
	assert_true(sigismember(&pending, SIGHUP));
}

/* The busy one gets its answer before both are cut at the deadline. */
static void
test_stop(void **state)
{
	int busy = greet(), idle = greet(), begun = atomic_load(&nbegun);
	int before;

	(void)state;
	while (
	    libmilter_threads_sessions() > 2)	/* those of earlier tests end */
		poll(NULL, 0, 10);
	before = atomic_load(&nclosed);
	mail(busy);
	while (atomic_load(&nbegun) == begun)
		poll(NULL, 0, 1);
	assert_int_equal(libmilter_listener_stop(), 0);
	assert_int_equal(libmilter_threads_sessions(), 2);
	assert_int_equal(libmilter_threads_drain(clock_ms() + DRAIN_MS), 2);
	assert_int_equal(read_letter(busy), 'c');
	assert_int_equal(read_letter(idle), 0);
	wait_for_sessions(0);
	assert_int_equal(atomic_load(&nclosed), before + 2);
	close(busy);
	close(idle);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_library_calls_us),
		cmocka_unit_test(test_frames),
		cmocka_unit_test(test_a_macro_without_value),
		cmocka_unit_test(test_nobody_waits_for_others),
		cmocka_unit_test(test_signals_are_left_alone),
		cmocka_unit_test(test_stop),
	};
	sigset_t ours;

	sigemptyset(&ours);
	sigaddset(&ours, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &ours, NULL);
	return cmocka_run_group_tests(tests, start, clean);
}
