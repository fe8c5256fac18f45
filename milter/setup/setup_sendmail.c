/* setup_sendmail - what Sendmail needs to use saywhy, in its sendmail.mc */

#include "setup/setup_sendmail.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/sock.h"
#include "setup/adopt_sendmail.h"
#include "setup/conf_says.h"
#include "setup/sendmail_mc.h"
#include "setup/setup_file.h"

#define COUNT(v) (sizeof (v) / sizeof (v)[0])

static const char begins[] =
    "\ndnl # saywhy setup: begin; saywhy setup --undo takes it out\n";
static const char ends[] = "dnl # saywhy setup: end\n";

bool
setup_sendmail_is_there(const char *mc)
{
	return access(mc, F_OK) == 0;
}

/* As the map class "socket" names a place, or nothing. */
static void
put_map_address(const char *spec, struct buf *out)
{
	struct sock_spec address;
	struct buf errmsg = BUF_INIT;

	if (spec == NULL || !sock_spec_parse(spec, &address, &errmsg) ||
	    address.kind == SOCK_KIND_FD)
		;
	else if (address.kind == SOCK_KIND_UNIX)
		buf_printf(out, "local:%s", address.path);
	else
		buf_printf(out, "inet:%d@%s", address.port, address.host);
	buf_free(&errmsg);
}

/* The rulesets that ask; conf/check_rcpt.m4 explains the lines of the last. */
static const struct ruleset_lines {
	const char *name;
	bool adopted;	/* only where what Sendmail refuses is taken over */
	const char *key;	/* doors/policy_service_sendmail.h */
	const char *rules;	/* around it, where the ruleset is ours alone */
} rulesets[] = {
	{ "check_relay", true,
	    "$&{client_addr}^$&{client_name}^$&{daemon_port}",
	    "R$*\t\t\t$: $(check_relay %s $: NOTHING $)\n"
	    "RNOTHING\t\t$@ NOTHING\n"
	    "R$+\t\t\t$#error $: $1\n" },
	{ "check_mail", true,
	    "$&{client_addr}^$&{client_name}^$&{daemon_port}^"
	    "$&{auth_authen}^$&s^$1^$&{msg_size}",
	    "R$*\t\t\t$: $(check_mail %s $: NOTHING $)\n"
	    "RNOTHING\t\t$@ NOTHING\n"
	    "R$+\t\t\t$#error $: $1\n" },
	{ "check_rcpt", false,
	    "$&{client_addr}^$&{client_name}^$&{daemon_port}^"
	    "$&{auth_authen}^$&s^$&f^$1",
	    "R$*\t\t\t$: $1 $| $(check_rcpt %s $: NOTHING $)\n"
	    "R$* $| NOTHING\t\t$@ $1\n"
	    "R$* $| $+\t\t$#error $: $2\n" },
};

/*
 * What is written wrong: 501 (RFC 5321 section 4.3.2), 5.1.3 or of a sender
 * 5.1.7 (RFC 3463 section 3.2), where proto.m4 says 553 under the same
 * conditions.
 */
static const char syntax_rules[] =
    "dnl # Addresses that are written wrong: 501, where Sendmail has 553.\n"
    "SParse0\n"
    "R<@ $+>\t\t\t$@ $>SaywhySyntax User address required\n"
    "R$* < @ . $* > $*\t$@ $>SaywhySyntax Invalid host name\n"
    "R$* < @ $* .. $* > $*\t$@ $>SaywhySyntax Invalid host name\n"
    "SSaywhySyntax\n"
    "R$*\t\t\t$: $&{addr_type} $| $1\n"
    "Re s $| $*\t\t$#error $@ 5.1.7 $: 501 $1\n"
    "R$* $| $*\t\t$#error $@ 5.1.3 $: 501 $2\n";

/* "SLocal_check_rcpt" of the admin's own. */
static bool
has_ruleset(const char *text, const char *name)
{
	struct buf label = BUF_INIT;
	const char *at = text;
	bool found = false;

	buf_printf(&label, "\nSLocal_%s", name);
	while (!found && (at = strstr(at, label.data)) != NULL) {
		at += label.len;
		found = strchr(" \t\n=#", *at) != NULL;
	}
	buf_free(&label);
	return found;
}

/*
 * Rules of the admin's own that end all checks with "$#OK" let somebody pass:
 * "$#error" and "$#discard" do not.
 */
static bool
may_permit(const char *text)
{
	static const char *const ends_mail[] = { "error", "discard" };
	bool ends;
	size_t i;

	while ((text = strstr(text, "$#")) != NULL) {
		text += 2;
		text += strspn(text, " \t");
		for (i = 0, ends = false; i < COUNT(ends_mail); i++)
			ends |= strncmp(text, ends_mail[i],
			    strlen(ends_mail[i])) == 0;
		/* "R$* $| $#$*" only looks. */
		if (!ends && *text != '$' && *text != '*')
			return true;
	}
	return false;
}

/* Where a ruleset is asked: in one of ours, before the admin's, not at all. */
enum place { PLACE_OURS, PLACE_BEFORE, PLACE_NONE };

static enum place
place_of(const struct ruleset_lines *r, const struct setup_doors *doors,
    const char *text)
{
	if (r->adopted && !doors->adopted)
		return PLACE_NONE;
	if (!has_ruleset(text, r->name))
		return PLACE_OURS;
	return may_permit(text) ? PLACE_NONE : PLACE_BEFORE;
}

/*
 * A ruleset that is begun again is added to, so what stands between the rules
 * of LOCAL_RULE_3 comes before all that follows in the cf file: proto.m4's own
 * and the admin's. Ruleset 96 goes on behind it.
 */
static void
put_before(struct buf *out, const struct setup_doors *doors, const char *text)
{
	struct buf rules = BUF_INIT;
	size_t i;

	if (doors->adopted)
		buf_puts(&rules, syntax_rules);
	for (i = 0; i < COUNT(rulesets); i++)
		if (place_of(&rulesets[i], doors, text) == PLACE_BEFORE)
			buf_printf(&rules, "dnl # Before your own rules.\n"
			    "SLocal_%s\n"
			    "R$*\t\t\t$: SAYWHY $(%s %s $: NOTHING $) "
			    "$| $1\n"
			    "RSAYWHY NOTHING $| $*\t$: PASS $| $1\n"
			    "RSAYWHY $+ $| $*\t$#error $: $1\n"
			    "RPASS $| $*\t\t$: $1\n",
			    rulesets[i].name, rulesets[i].name,
			    rulesets[i].key);
	if (rules.len > 0)
		buf_printf(out, "\nLOCAL_RULE_3\n%sSCanonify2\n", rules.data);
	buf_free(&rules);
}

static void
put_rulesets(struct buf *out, const char *address,
    const struct setup_doors *doors, const char *text)
{
	size_t i;

	buf_puts(out, "\nLOCAL_CONFIG\n");
	for (i = 0; i < COUNT(rulesets); i++)
		if (place_of(&rulesets[i], doors, text) != PLACE_NONE)
			buf_printf(out, "K%s socket -t -d10 %s\n",
			    rulesets[i].name, address);
	put_before(out, doors, text);
	buf_puts(out, "\nLOCAL_RULESETS\n");
	for (i = 0; i < COUNT(rulesets); i++)
		if (place_of(&rulesets[i], doors, text) == PLACE_OURS) {
			buf_printf(out, "SLocal_%s\n", rulesets[i].name);
			buf_printf(out, rulesets[i].rules, rulesets[i].key);
		}
}

/* Without the block of ours, if there is one. */
static void
put_bare(struct buf *out, const struct buf *text)
{
	const char *from = strstr(text->data, begins);
	const char *to = from != NULL ? strstr(from, ends) : NULL;

	if (to == NULL) {
		buf_put(out, text->data, text->len);
		return;
	}
	buf_put(out, text->data, (size_t)(from - text->data));
	buf_puts(out, to + strlen(ends));
}

static void
print_notes(const char *address, const char *text,
    const struct setup_doors *doors)
{
	size_t i;

	if (*address == '\0')
		puts("\npolicy-service is not set in saywhy.conf, so Sendmail "
		    "refuses relaying before saywhy can.");
	for (i = 0; *address != '\0' && i < COUNT(rulesets); i++)
		if ((doors->adopted || !rulesets[i].adopted) &&
		    has_ruleset(text, rulesets[i].name))
			printf(may_permit(text) ? "\nLocal_%s is yours, and "
			    "rules of yours end with $# to let pass: what it "
			    "refuses comes first, and saywhy is not asked "
			    "there.\n" : "\nLocal_%s is yours: saywhy is "
			    "asked first, and then it goes on as before.\n",
			    rulesets[i].name);
}

/*
 * 452 is of storage (RFC 5321 section 4.2.3); what these features say else, and
 * when, is as it was. They leave their code alone where it is set.
 */
static void
put_codes(struct buf *out, const char *text)
{
	static const struct {
		const char *feature, *code;
	} replies[] = {
		{ "ratecontrol", "_RATE_CONTROL_REPLY" },
		{ "conncontrol", "_CONN_CONTROL_REPLY" },
	};
	struct mc_call *call = mem_alloc(sizeof *call);
	size_t i;

	while (mc_next(&text, call))
		for (i = 0; i < COUNT(replies); i++)
			if (strcmp(call->name, "FEATURE") == 0 &&
			    strcmp(call->argument[0],
			    replies[i].feature) == 0 &&
			    (call->n < 3 ||
			    strcmp(call->argument[2], "terminate") != 0))
				buf_printf(out, "define(`%s', `450')dnl "
				    "instead of 452, the code of a full disk\n",
				    replies[i].code);
	free(call);
}

static void
put_block(struct buf *out, const struct setup_doors *doors, const char *text,
    const char *address)
{
	if (doors->adopted)
		put_codes(out, text);
	buf_printf(out, "INPUT_MAIL_FILTER(`saywhy', `S=%s, F=T, "
	    "T=C:10s;S:10s;R:30s;E:60s')dnl\n", doors->listen);
	if (*address != '\0')
		put_rulesets(out, address, doors, text);
}

static bool
write_block(const char *mc, const struct buf *bare, const struct buf *block,
    struct buf *errmsg)
{
	struct buf whole = BUF_INIT;
	bool good;

	buf_put(&whole, bare->data, bare->len);
	buf_printf(&whole, "%s%s%s", begins, block->data, ends);
	good = setup_file_write(mc, &whole, errmsg);
	buf_free(&whole);
	return good;
}

bool
setup_sendmail_tell(const char *mc, const struct setup_doors *doors,
    bool apply, struct buf *errmsg)
{
	struct buf address = BUF_INIT, text = BUF_INIT, bare = BUF_INIT;
	struct buf block = BUF_INIT;
	bool good = setup_file_read(mc, &text, errmsg);

	put_bare(&bare, &text);
	put_map_address(doors->policy_service, &address);
	put_block(&block, doors, bare.data, address.data);
	good = good && (!apply || write_block(mc, &bare, &block, errmsg));
	if (good) {
		printf(apply ? "Sendmail. These lines stand at the end of\n"
		    "%s now;\nmake sendmail.cf of it and restart "
		    "Sendmail:\n\n" : "Sendmail. Put these lines into\n%s,\n"
		    "before the MAILERs (saywhy setup --apply puts them at "
		    "its end), make\nsendmail.cf of it and restart "
		    "Sendmail:\n\n", mc);
		printf("%s", block.data);
		print_notes(address.data, bare.data, doors);
	}
	buf_free(&address);
	buf_free(&text);
	buf_free(&bare);
	buf_free(&block);
	return good;
}

bool
setup_sendmail_undo(const char *mc, struct buf *errmsg)
{
	struct buf text = BUF_INIT, bare = BUF_INIT;
	bool good = setup_file_read(mc, &text, errmsg);

	put_bare(&bare, &text);
	if (good && bare.len != text.len)
		good = setup_file_write(mc, &bare, errmsg);
	buf_free(&text);
	buf_free(&bare);
	return good;
}

/* What saywhy.conf says stands in *arg. */
static bool
is_set(void *arg, const char *what)
{
	return conf_says(arg, what);
}

static bool
read_text(void *arg, const char *path, struct buf *out)
{
	struct buf errmsg = BUF_INIT;
	bool good = setup_file_read(path, out, &errmsg);

	(void)arg;
	buf_free(&errmsg);
	return good;
}

bool
setup_sendmail_adopt(struct adopt *a, const char *mc, const char *config,
    struct buf *errmsg)
{
	struct buf text = BUF_INIT, bare = BUF_INIT, conf = BUF_INIT;
	struct sendmail_source source = { .arg = &conf, .text = read_text,
		.is_set = is_set };
	bool good = setup_file_read(mc, &text, errmsg) &&
	    conf_says_read(config, &conf, errmsg);

	put_bare(&bare, &text);
	source.mc = bare.data;
	if (good)
		adopt_sendmail_make(a, &source);
	buf_free(&text);
	buf_free(&bare);
	buf_free(&conf);
	return good;
}
