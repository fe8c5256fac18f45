/*
 * nothing_bare - the filter that does nothing, without libmilter
 *
 *	nothing-bare --socket unix:PATH [--flags HEX] [--actions HEX]
 *	    [--macros LIST:NAMES] ...
 *
 * It negotiates as `nothing` does and has a thread for each session as that,
 * but reads whatever is there in one piece and writes its answers in one. What
 * `nothing` costs more is what the library costs.
 */

#include <arpa/inet.h>
#include <getopt.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "load_proto.h"

#define STACK ((size_t)256 * 1024)
/* The longest packet that an MTA sends has 65,535 bytes of a body. */
#define PIECE ((size_t)65536 + 64)

static struct {
	const char *path;
	uint32_t flags, actions;
	const char *macros[PROTO_MACRO_LISTS];
} say;

static const struct option long_options[] = {
	{ "socket", required_argument, NULL, 'p' },
	{ "flags", required_argument, NULL, 'f' },
	{ "actions", required_argument, NULL, 'a' },
	{ "macros", required_argument, NULL, 'm' },
	{ NULL, 0, NULL, 0 },
};

static void
usage(void)
{
	fputs("usage: nothing-bare --socket unix:PATH [--flags HEX] "
	    "[--actions HEX]\n    [--macros LIST:NAMES] ...\n", stderr);
	exit(EX_USAGE);
}

static void
put_u32(struct buf *out, uint32_t value)
{
	value = htonl(value);
	buf_put(out, &value, sizeof value);
}

/* What of the offer it wants: all that its options name. */
static void
answer_offer(struct buf *out, const char *offer, size_t n)
{
	struct buf data = BUF_INIT;
	uint32_t offered[3] = { 0, 0, 0 };

	memcpy(offered, offer, n < sizeof offered ? n : sizeof offered);
	put_u32(&data, PROTO_VERSION);
	put_u32(&data, ntohl(offered[1]) & say.actions);
	put_u32(&data, ntohl(offered[2]) & say.flags);
	for (uint32_t i = 0; i < PROTO_MACRO_LISTS; i++)
		if (say.macros[i] != NULL) {
			put_u32(&data, i);
			buf_put(&data, say.macros[i],
			    strlen(say.macros[i]) + 1);
		}
	proto_put(out, step_rows[STEP_NEGOTIATE].letter, data.data, data.len);
	buf_free(&data);
}

static void
answer(struct buf *out, char letter, const char *data, size_t n)
{
	for (int i = 0; i < STEPS; i++)
		if (step_rows[i].letter == letter) {
			if (i == STEP_NEGOTIATE)
				answer_offer(out, data, n);
			else if ((say.flags & step_rows[i].unanswered_by) == 0)
				proto_put(out, 'c', NULL, 0);
		}
}

/* Bytes of the packets that are whole; -1: the session is over. */
static long
take_packets(struct buf *out, const char *bytes, size_t n)
{
	const char *data;
	long used = 0, size;
	size_t len;
	char letter;

	while ((size = proto_get(bytes + used, n - (size_t)used, &letter,
	    &data, &len)) > 0) {
		if (letter == PROTO_QUIT)
			return -1;
		answer(out, letter, data, len);
		used += size;
	}
	return size < 0 ? -1 : used;
}

static bool
write_all(int fd, struct buf *out)
{
	size_t done = 0;
	ssize_t n = 0;

	for (; done < out->len && n >= 0; done += (size_t)n)
		n = send(fd, out->data + done, out->len - done, MSG_NOSIGNAL);
	buf_clear(out);
	return n >= 0;
}

static void *
session(void *arg)
{
	char *in = mem_array(1, PIECE);
	struct buf out = BUF_INIT;
	int fd = (int)(intptr_t)arg;
	long used = 0;
	size_t have = 0;
	ssize_t n;

	do {
		n = read(fd, in + have, PIECE - have);
		if (n <= 0)
			break;
		have += (size_t)n;
		used = take_packets(&out, in, have);
		if (used > 0) {
			have -= (size_t)used;
			memmove(in, in + used, have);
		}
	} while (used >= 0 && write_all(fd, &out));
	free(in);
	buf_free(&out);
	close(fd);
	return NULL;
}

/* "2:i {auth_authen}": the list of MAIL. */
static void
take_macros(char *text)
{
	char *names;
	long list = strtol(text, &names, 10);

	if (names == text || *names != ':' || list < 0 ||
	    list >= PROTO_MACRO_LISTS)
		usage();
	say.macros[list] = names + 1;
}

static void
read_command_line(int argc, char **argv)
{
	int option;

	while ((option = getopt_long(argc, argv, "p:", long_options, NULL)) !=
	    -1)
		if (option == 'p' && strncmp(optarg, "unix:", 5) == 0)
			say.path = optarg + 5;
		else if (option == 'f')
			say.flags = (uint32_t)strtoul(optarg, NULL, 16);
		else if (option == 'a')
			say.actions = (uint32_t)strtoul(optarg, NULL, 16);
		else if (option == 'm')
			take_macros(optarg);
		else
			usage();
	if (say.path == NULL || optind != argc)
		usage();
}

static int
open_socket(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(a.sun_path, sizeof a.sun_path, "%s", say.path);
	if (fd < 0 || bind(fd, (const struct sockaddr *)&a, sizeof a) < 0 ||
	    listen(fd, SOMAXCONN) < 0) {
		fputs("nothing-bare: cannot open the socket\n", stderr);
		exit(EX_UNAVAILABLE);
	}
	return fd;
}

int
main(int argc, char **argv)
{
	pthread_attr_t attr;
	pthread_t thread;
	int listener, fd;

	read_command_line(argc, argv);
	listener = open_socket();
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attr, STACK);
	while ((fd = accept(listener, NULL, NULL)) >= 0)
		if (pthread_create(&thread, &attr, session,
		    (void *)(intptr_t)fd) != 0)
			close(fd);
	return EX_OSERR;
}
