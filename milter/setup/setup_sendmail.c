/* setup_sendmail - the lines that Sendmail needs, to be added by hand */

#include "setup/setup_sendmail.h"

#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/sock.h"
#include "engine/ruleset.h"

#define MC "/etc/mail/sendmail.mc"

bool
setup_sendmail_is_there(void)
{
	return access(MC, F_OK) == 0;
}

/* As the map class "socket" names a place, or nothing. */
static void
put_map_address(const char *spec, struct buf *out)
{
	struct sock_spec address;
	struct buf errmsg = BUF_INIT;

	if (!sock_spec_parse(spec, &address, &errmsg) ||
	    address.kind == SOCK_KIND_FD)
		;
	else if (address.kind == SOCK_KIND_UNIX)
		buf_printf(out, "local:%s", address.path);
	else
		buf_printf(out, "inet:%d@%s", address.port, address.host);
	buf_free(&errmsg);
}

/* conf/check_rcpt.m4 explains each line. */
static void
print_map(const char *address)
{
	printf("\nLOCAL_CONFIG\n"
	    "Kcheck_rcpt socket -t -d10 %s\n"
	    "\nLOCAL_RULESETS\n"
	    "SLocal_check_rcpt\n"
	    "R$*\t\t\t$: $1 $| $(check_rcpt $&{client_addr}^"
	    "$&{client_name}^$&{daemon_port}^$&{auth_authen}^$&s^$&f^$1 "
	    "$: NOTHING $)\n"
	    "R$* $| NOTHING\t\t$@ $1\n"
	    "R$* $| $+\t\t$#error $: $2\n", address);
}

int
setup_sendmail_tell(const struct ruleset *rules, bool wanted)
{
	struct buf address = BUF_INIT;

	puts("Sendmail. Put these lines into " MC ", before the MAILERs, make "
	    "sendmail.cf of it and restart Sendmail:\n");
	printf("INPUT_MAIL_FILTER(`saywhy', `S=%s, F=T, "
	    "T=C:10s;S:10s;R:30s;E:60s')dnl\n", rules->daemon.listen);
	if (rules->daemon.policy_service != NULL)
		put_map_address(rules->daemon.policy_service, &address);
	if (address.len > 0)
		print_map(address.data);
	else
		puts("\npolicy-service is not set in saywhy.conf, so Sendmail "
		    "refuses relaying before saywhy can.");
	if (wanted)
		fputs("saywhy setup: nothing is written for Sendmail\n",
		    stderr);
	buf_free(&address);
	return wanted ? EX_UNAVAILABLE : 0;
}
