/* login - what the admin says about logins */

#include "model/login.h"

#include <string.h>
#include <strings.h>

const char *const tls_level_names[] = { "any", "TLSv1", "TLSv1.1", "TLSv1.2",
	"TLSv1.3", NULL };

#define AT(member) offsetof(struct login, member)

const struct option login_options[] = {
	{ .name = "senders", .type = OPTION_LIST, .offset = AT(senders),
	    .parse = mailset_parse, .free = mailset_free_option,
	    .help = "mailboxes and domains that this login may send as" },
	{ .name = "networks", .type = OPTION_LIST, .offset = AT(networks),
	    .parse = option_parse_net, .free = option_free_nets,
	    .help = "networks it may be used from; unset: as for all logins" },
	{ .name = "disabled", .old_name = "closed", .type = OPTION_BOOL,
	    .offset = AT(disabled),
	    .default_value = "no", .help = "it may not send at all" },
	{ .name = "relay", .type = OPTION_BOOL, .offset = AT(relay),
	    .default_value = "yes", .help =
	    "it may send to domains that are not ours" },
	{ .name = "max-recipients", .type = OPTION_INT,
	    .offset = AT(max_recipients), .min = 1, .max = 1000000,
	    .help = "recipients of one message; unset: as for all logins" },
	{ .name = NULL }
};

enum tls_level
tls_level_of(const char *version)
{
	int level;

	for (level = TLS_LEVEL_1_0; level < TLS_LEVEL_1_3; level++)
		if (strcasecmp(tls_level_names[level], version) == 0)
			return (enum tls_level)level;
	return strncasecmp(version, "SSL", 3) == 0 ? TLS_LEVEL_ANY :
	    TLS_LEVEL_1_3;
}

const struct login *
logins_find(const struct logins *logins, const char *name)
{
	const struct login *login;
	size_t i;

	for (i = 0; i < logins->blocks.n; i++) {
		login = logins->blocks.v[i];
		if (strcasecmp(login->item.title, name) == 0)
			return login;
	}
	return NULL;
}
