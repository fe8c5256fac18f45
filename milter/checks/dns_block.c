/* dns_block - the configuration of one list in DNS */

#include "checks/dns_block.h"

#include <string.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/mem.h"
#include "base/option_value.h"
#include "checks/dns_words.h"
#include "model/mailbox.h"

/* Longest name in front of a zone: an IPv6 address by nibbles. */
#define ZONE_MAX (253 - 64)
/* A label like this in the name of a list is somebody's key. */
#define KEY_LEAST 20

/* No message shows the zone: it may hold a key. */
static bool
parse_zone(void *base, void *slot, const char *value, struct buf *errmsg)
{
	struct dns_zone *zone = slot;

	(void)base;
	if (!mailbox_is_host_name(value) || strlen(value) > ZONE_MAX) {
		buf_puts(errmsg,
		    "\"...\" is no domain (it may hold a key, so it "
		    "is not shown)");
		return false;
	}
	mem_replace(&zone->text, value);
	return true;
}

static void
free_zone(void *slot)
{
	struct dns_zone *zone = slot;

	dnslist_close(zone->list);
	zone->list = NULL;
	mem_replace(&zone->text, NULL);
}

static bool
parse_help(void *base, void *slot, const char *value, struct buf *errmsg)
{
	(void)base;
	if (!dns_words_check(value, errmsg))
		return false;
	mem_replace(slot, value);
	return true;
}

static void
free_help(void *slot)
{
	mem_replace(slot, NULL);
}

static bool
parse_match(void *base, void *slot, const char *value, struct buf *errmsg)
{
	static const char *const words[] = { "client", "helo", "sender",
		"from", "reply-to", NULL };
	int word = option_word(words, value, errmsg);

	(void)base;
	if (word >= 0)
		*(unsigned *)slot |= 1u << word;
	return word >= 0;
}

static void
free_match(void *slot)
{
	*(unsigned *)slot = 0;
}

static const char *const dnsbl_reasons[] = { "dnsbl-listed", "client-denied",
	NULL };
static const char *const rhsbl_reasons[] = { "domain-listed", "helo-denied",
	"sender-denied", NULL };

#define AT(member) offsetof(struct dns_block, member)
#define ROW_ZONE { .name = "zone", .type = OPTION_PARSE, .offset = AT(zone), \
	.parse = parse_zone, .free = free_zone, \
	.help = "the zone that is asked, with your key; unset: the name" }
#define ROW_ANSWERS(all) { .name = "answers", .type = OPTION_LIST, \
	.offset = AT(answers), \
	.default_value = all, .parse = dnslist_answers_parse, \
	.free = dnslist_answers_free, \
	.help = "answers that count, as 127.0.0.2-11 or 127.0.0.&8" }
#define ROW_WEIGHT { .name = "weight", .type = OPTION_INT, \
	.offset = AT(weight), .default_value = "1", .min = 1, .max = 100000, \
	.help = "what it adds towards threshold" }
#define ROW_HELP { .name = "help", .type = OPTION_PARSE, .offset = AT(help), \
	.parse = parse_help, .free = free_help, \
	.help = "URL where one asks for removal; {client}, {domain}" }
#define ROW_TEXT { .name = "text", .type = OPTION_BOOL, .offset = AT(text), \
	.default_value = "yes", .help = "is its text (TXT) asked for, too?" }
#define ROW_TEST(kind) { .name = "test", .type = OPTION_WORD, \
	.offset = AT(test), .words = dnslist_test_names, \
	.default_value = kind, \
	.help = "its test entries (RFC 5782): ip, domain, none" }
#define ROW_REASON(names, first) { .name = "reason", .type = OPTION_WORD, \
	.offset = AT(reason), .words = names, .default_value = first, \
	.help = "the reason it gives" }

#define ALL_ANSWERS "{127.0.0.2-127.255.254.255}"

const struct option dns_block_dnsbl_rows[] = {
	ROW_ZONE,
	ROW_ANSWERS(ALL_ANSWERS),
	ROW_WEIGHT,
	ROW_HELP,
	ROW_TEXT,
	ROW_TEST("ip"),
	ROW_REASON(dnsbl_reasons, "dnsbl-listed"),
	{ .name = NULL }
};

const struct option dns_block_rhsbl_rows[] = {
	ROW_ZONE,
	ROW_ANSWERS(ALL_ANSWERS),
	ROW_WEIGHT,
	ROW_HELP,
	ROW_TEXT,
	ROW_TEST("domain"),
	ROW_REASON(rhsbl_reasons, "domain-listed"),
	{ .name = "match", .type = OPTION_LIST, .offset = AT(match),
	    .parse = parse_match, .free = free_match,
	    .default_value = "{helo, client, sender}",
	    .help = "names that are asked: client, helo, sender, from, "
	    "reply-to" },
	{ .name = NULL }
};

const struct option dns_block_dnswl_rows[] = {
	ROW_ZONE,
	ROW_ANSWERS(NULL),
	ROW_TEST("ip"),
	{ .name = NULL }
};

static const char *const names_words[] = { "registered", "whole", NULL };

const struct option dns_block_uribl_rows[] = {
	ROW_ZONE,
	ROW_ANSWERS(ALL_ANSWERS),
	ROW_WEIGHT,
	ROW_HELP,
	ROW_TEXT,
	ROW_TEST("domain"),
	{ .name = "names", .type = OPTION_WORD, .offset = AT(names),
	    .words = names_words, .default_value = "registered",
	    .help = "of a link's name: the registered domain, or the whole" },
	{ .name = "addresses", .type = OPTION_BOOL,
	    .offset = AT(addresses), .default_value = "no",
	    .help = "are links to addresses asked, too?" },
	{ .name = NULL }
};

bool
dns_block_finish(void *item, struct buf *errmsg)
{
	const struct dns_block *b = item;

	if (b->zone.text == NULL && !mailbox_is_host_name(b->item.title))
		buf_puts(errmsg, "its name is no domain, so it needs a zone");
	else if (b->answers.n == 0)
		buf_puts(errmsg, "it must say which answers count");
	return errmsg->len == 0;
}

/* Letters and digits, and many of them. */
static bool
looks_like_key(const char *name)
{
	size_t n, digits, i;

	for (; *name != '\0'; name += n + (name[n] == '.')) {
		n = strcspn(name, ".");
		for (digits = i = 0; i < n; i++)
			digits += name[i] >= '0' && name[i] <= '9';
		if (n >= KEY_LEAST && digits >= 2)
			return true;
	}
	return false;
}

void
dns_blocks_ready(void *options, const struct site *site, struct diags *d)
{
	struct dns_blocks *o = options;
	struct dns_block *b;
	size_t i;

	(void)site;
	for (i = 0; i < o->blocks.n; i++) {
		b = o->blocks.v[i];
		if (looks_like_key(b->item.title))
			diags_error(d, b->item.file, b->item.line,
			    "the name of this list looks as if it held a key, "
			    "and names are sent to everybody: put it into "
			    "`zone`, and give the list a name of its own");
		else
			b->zone.list = dnslist_open(b->item.title,
			    b->zone.text != NULL ? b->zone.text :
			    b->item.title, (enum dnslist_test)b->test);
	}
}

bool
dns_blocks_active(const void *options, const struct site *site)
{
	const struct dns_blocks *o = options;

	(void)site;
	return o->blocks.n > 0;
}
