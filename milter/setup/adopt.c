/* adopt - the policy of main.cf, translated to saywhy.conf; pure */

#include "setup/adopt.h"

#include <stdlib.h>
#include <string.h>

#include "setup/adopt_defaults.h"
#include "setup/adopt_ports.h"
#include "setup/adopt_relay.h"
#include "setup/adopt_walk.h"
#include "setup/adopt_words.h"

#define COUNT(v) (sizeof (v) / sizeof (v)[0])
/* The range of content.max-size. */
#define SIZE_MIN_OURS 1000
#define SIZE_MAX_OURS (1LL << 40)
#define HOPS_OURS 100	/* the default of content.max-hops, and its most */
#define HOPS_MAX_OURS 1000
#define SIZE_OF_POSTFIX 10240000	/* where main.cf says nothing */

/*
 * Postfix has its code right, and without a limit of ours the filter need not
 * see the body: only one that somebody set is taken over.
 */
static void
adopt_size(struct adopt *a, const struct mta_source *source)
{
	const char *size = source->value(source->arg, "message_size_limit");
	long long bytes = strtoll(size, NULL, 10);

	if (bytes <= 0 || bytes == SIZE_OF_POSTFIX ||
	    size[strspn(size, "0123456789")] != '\0' ||
	    source->is_set(source->arg, "max-size"))
		return;
	if (bytes < SIZE_MIN_OURS || bytes > SIZE_MAX_OURS) {
		adopt_leave(a, "message_size_limit: %s is out of the range of "
		    "content.max-size: Postfix goes on to say 552 5.3.4", size);
		return;
	}
	buf_printf(&a->conf, "content { max-size = %s }\t"
	    "# message_size_limit\n", size);
}

/* The default of Postfix is the limit where nothing is set, here too. */
static void
adopt_recipients(struct adopt *a, const struct mta_source *source)
{
	static const char name[] = "smtpd_recipient_limit";
	const char *value = source->value(source->arg, name);
	long long limit = strtoll(value, NULL, 10);

	if (limit == 1000 || limit < 100 || limit > 1000000 ||
	    source->is_set(source->arg, "max-recipients"))
		return;
	buf_printf(&a->conf, "relay { max-recipients = %lld }\t# %s\n", limit,
	    name);
}

/* Postfix refuses fewer by default; where it takes more, saywhy does. */
static void
adopt_hops(struct adopt *a, const struct mta_source *source)
{
	long long hops = strtoll(source->value(source->arg,
	    "hopcount_limit"), NULL, 10);

	if (hops > HOPS_OURS && !source->is_set(source->arg, "max-hops"))
		buf_printf(&a->conf, "content { max-hops = %lld }\t"
		    "# hopcount_limit\n", hops < HOPS_MAX_OURS ? hops :
		    HOPS_MAX_OURS);
}

static const char *const lists[] = { "smtpd_client_restrictions",
	"smtpd_helo_restrictions", "smtpd_sender_restrictions",
	"smtpd_relay_restrictions", "smtpd_recipient_restrictions" };

/* What saywhy refuses by itself, and this main.cf does not. */
static void
note_defaults(struct adopt *a, const struct mta_source *source)
{
	struct adopt_defaults d = { .from = "main.cf", .odd_senders = true,
		.is_set = source->is_set, .arg = source->arg };
	size_t i;

	for (i = 0; i < COUNT(lists); i++)
		d.needs_login |= adopt_needs_login(source->value(source->arg,
		    lists[i]));
	adopt_defaults(a, &d);
}

void
adopt_make(struct adopt *a, const struct mta_source *source)
{
	struct buf blacklist = BUF_INIT, notes = BUF_INIT;
	size_t i;

	memset(a, 0, sizeof *a);
	a->conf = (struct buf)BUF_INIT;
	buf_puts(&a->conf, "# What saywhy took over from Postfix's main.cf: "
	    "made by `saywhy setup --adopt`,\n# which writes it anew. Behind "
	    "each line stands where it comes from.\n\n");
	a->whole = !source->is_set(source->arg, "domains");
	if (a->whole)
		buf_puts(&a->conf, ADOPT_WHOLE);
	adopt_relay(a, source);
	adopt_size(a, source);
	adopt_recipients(a, source);
	adopt_hops(a, source);
	for (i = 0; i < COUNT(lists); i++)
		adopt_walk(a, source, lists[i], &blacklist, &notes);
	adopt_put_notes(a, source, &notes);
	if (blacklist.len > 0)
		buf_printf(&a->conf, "blacklist {\n%s}\n", blacklist.data);
	adopt_ports(a, source);
	note_defaults(a, source);
	buf_free(&blacklist);
	buf_free(&notes);
}

void
adopt_clear(struct adopt *a)
{
	buf_free(&a->conf);
	while (a->nleft > 0)
		free(a->left[--a->nleft]);
}
