/*
 * nothing - a filter that does nothing, to compare others with
 *
 * Linked with doors/libmilter_threads.c and doors/libmilter_listener.c it is
 * bench-nothing, with the library's own pool of threads bench-stock. It
 * negotiates what its options name, so that it can be made to ask for exactly
 * what another filter does; by default every step, and it answers each.
 */

#include <getopt.h>
#include <libmilter/mfapi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sysexits.h>
#include <time.h>

#define LISTS (SMFIM_LAST + 1)

static struct {
	unsigned long flags, actions;	/* SMFIP_*, SMFIF_* */
	char *macros[LISTS];
	long sleep_ms;
} say;

static const struct option long_options[] = {
	{ "socket", required_argument, NULL, 'p' },
	{ "flags", required_argument, NULL, 'f' },
	{ "actions", required_argument, NULL, 'a' },
	{ "macros", required_argument, NULL, 'm' },
	{ "sleep-mail", required_argument, NULL, 's' },
	{ NULL, 0, NULL, 0 },
};

static sfsistat
answer(unsigned long no_reply)
{
	return say.flags & no_reply ? SMFIS_NOREPLY : SMFIS_CONTINUE;
}

static sfsistat
on_negotiate(SMFICTX *ctx, unsigned long actions, unsigned long flags,
    unsigned long f2, unsigned long f3, unsigned long *want_actions,
    unsigned long *want_flags, unsigned long *want_f2, unsigned long *want_f3)
{
	(void)f2;
	(void)f3;
	*want_actions = actions & say.actions;
	*want_flags = flags & say.flags;
	*want_f2 = *want_f3 = 0;
	for (int i = 0; i < LISTS; i++)
		if (say.macros[i] != NULL)
			smfi_setsymlist(ctx, i, say.macros[i]);
	return SMFIS_CONTINUE;
}

static sfsistat
on_connect(SMFICTX *ctx, char *host, _SOCK_ADDR *address)
{
	(void)ctx;
	(void)host;
	(void)address;
	return answer(SMFIP_NR_CONN);
}

static sfsistat
on_helo(SMFICTX *ctx, char *helo)
{
	(void)ctx;
	(void)helo;
	return answer(SMFIP_NR_HELO);
}

static sfsistat
on_mail(SMFICTX *ctx, char **words)
{
	struct timespec t = { say.sleep_ms / 1000,
		say.sleep_ms % 1000 * 1000000 };

	(void)ctx;
	(void)words;
	if (say.sleep_ms > 0)
		nanosleep(&t, NULL);
	return answer(SMFIP_NR_MAIL);
}

static sfsistat
on_rcpt(SMFICTX *ctx, char **words)
{
	(void)ctx;
	(void)words;
	return answer(SMFIP_NR_RCPT);
}

static sfsistat
on_data(SMFICTX *ctx)
{
	(void)ctx;
	return answer(SMFIP_NR_DATA);
}

static sfsistat
on_header(SMFICTX *ctx, char *name, char *value)
{
	(void)ctx;
	(void)name;
	(void)value;
	return answer(SMFIP_NR_HDR);
}

static sfsistat
on_eoh(SMFICTX *ctx)
{
	(void)ctx;
	return answer(SMFIP_NR_EOH);
}

static sfsistat
on_body(SMFICTX *ctx, unsigned char *bytes, size_t n)
{
	(void)ctx;
	(void)bytes;
	(void)n;
	return answer(SMFIP_NR_BODY);
}

static sfsistat
on_eom(SMFICTX *ctx)
{
	(void)ctx;
	return SMFIS_CONTINUE;
}

static sfsistat
on_unknown(SMFICTX *ctx, const char *command)
{
	(void)ctx;
	(void)command;
	return answer(SMFIP_NR_UNKN);
}

static void
usage(void)
{
	fputs("usage: bench-nothing --socket SPEC [--flags HEX] "
	    "[--actions HEX]\n    [--macros LIST:NAMES] ... "
	    "[--sleep-mail MS]\n", stderr);
	exit(EX_USAGE);
}

/* "2:i {auth_authen}": the list of MAIL. */
static void
take_macros(char *text)
{
	char *names;
	long list = strtol(text, &names, 10);

	if (names == text || *names != ':' || list < 0 || list >= LISTS)
		usage();
	say.macros[list] = names + 1;
}

static void
read_command_line(int argc, char **argv)
{
	int option;
	char *socket = NULL;

	while ((option = getopt_long(argc, argv, "p:", long_options, NULL)) !=
	    -1)
		if (option == 'p')
			socket = optarg;
		else if (option == 'f')
			say.flags = strtoul(optarg, NULL, 16);
		else if (option == 'a')
			say.actions = strtoul(optarg, NULL, 16);
		else if (option == 'm')
			take_macros(optarg);
		else if (option == 's')
			say.sleep_ms = strtol(optarg, NULL, 10);
		else
			usage();
	if (socket == NULL || optind != argc)
		usage();
	smfi_setconn(socket);
}

static void
raise_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

int
main(int argc, char **argv)
{
	struct smfiDesc filter = {
		.xxfi_name = "nothing", .xxfi_version = SMFI_VERSION,
		.xxfi_flags = 0, .xxfi_negotiate = on_negotiate,
		.xxfi_connect = on_connect, .xxfi_helo = on_helo,
		.xxfi_envfrom = on_mail, .xxfi_envrcpt = on_rcpt,
		.xxfi_data = on_data, .xxfi_header = on_header,
		.xxfi_eoh = on_eoh, .xxfi_body = on_body, .xxfi_eom = on_eom,
		.xxfi_unknown = on_unknown,
	};

	read_command_line(argc, argv);
	raise_descriptors();
	smfi_setmaxdatasize(1 << 20);
	if (smfi_register(filter) != MI_SUCCESS ||
	    smfi_opensocket(true) != MI_SUCCESS) {
		fputs("bench-nothing: cannot open the socket\n", stderr);
		return EX_UNAVAILABLE;
	}
	return smfi_main() == MI_SUCCESS ? EXIT_SUCCESS : EX_SOFTWARE;
}
