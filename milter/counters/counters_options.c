/* counters_options - where counting is kept: options at the top of the file */

#include "counters/counters_options.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "counters/counter_server.h"
#include "lists/country.h"

static const char valkey[] = "valkey:", sentinel[] = "sentinel:";

/* "valkey:SPEC", "sentinel:NAME@SPEC" */
static bool
parse_spec(struct counters_server *s, const char *value, struct buf *errmsg)
{
	const char *at;

	if (strncmp(value, valkey, sizeof valkey - 1) == 0)
		return sock_spec_parse(value + sizeof valkey - 1, &s->spec,
		    errmsg);
	if (strncmp(value, sentinel, sizeof sentinel - 1) == 0) {
		value += sizeof sentinel - 1;
		at = strchr(value, '@');
		if (at != NULL && at > value) {
			s->master = mem_ndup(value, (size_t)(at - value));
			return sock_spec_parse(at + 1, &s->spec, errmsg);
		}
	}
	buf_printf(errmsg, "\"%.60s\" is no server; it is written "
	    "\"valkey:unix:/run/valkey/valkey.sock\", "
	    "\"valkey:inet:6379@192.0.2.1\" or "
	    "\"sentinel:NAME@inet:26379@192.0.2.1\"", value);
	return false;
}

static bool
parse_server(void *base, void *slot, const char *value, struct buf *errmsg)
{
	struct counters_servers *servers = slot;
	struct counters_server s = { .text = NULL };

	(void)base;
	if (!counter_server_built()) {
		buf_printf(errmsg, "\"%.60s\" cannot be used: configure did "
		    "not find hiredis", value);
		return false;
	}
	if (servers->n == COUNTERS_SERVERS_MAX) {
		buf_printf(errmsg, "\"%.60s\" is one too many: at most %d",
		    value, COUNTERS_SERVERS_MAX);
		return false;
	}
	if (!parse_spec(&s, value, errmsg)) {
		free(s.master);
		return false;
	}
	s.text = mem_dup(value);
	servers->v[servers->n++] = s;
	return true;
}

static void
free_servers(void *slot)
{
	struct counters_servers *servers = slot;

	while (servers->n > 0) {
		servers->n--;
		free(servers->v[servers->n].text);
		free(servers->v[servers->n].master);
	}
	memset(servers, 0, sizeof *servers);
}

/* It is in use from here on: a file that cannot be read is a mistake. */
static bool
parse_countries(void *base, void *slot, const char *value, struct buf *errmsg)
{
	struct buf words = BUF_INIT;
	bool good = country_use(*value != '\0' ? value : NULL, &words);

	(void)base;
	if (good)
		mem_replace(slot, value);
	else
		buf_printf(errmsg, "\"%.200s\": %s", value, words.data);
	buf_free(&words);
	return good;
}

static bool
parse_alarm(void *base, void *slot, const char *value, struct buf *errmsg)
{
	struct sock_spec spec;

	(void)base;
	if (*value != '\0' && !sock_spec_parse(value, &spec, errmsg))
		return false;
	mem_replace(slot, value);
	return true;
}

static void
free_word(void *slot)
{
	mem_replace(slot, NULL);
}

#define AT(member) offsetof(struct counters_options, member)

const struct option counters_option_rows[] = {
	{ .name = "counters", .type = OPTION_LIST, .offset = AT(servers),
	    .parse = parse_server, .free = free_servers, .restart = true,
	    .help = "Valkey or Redis servers that several hosts count in; "
	    "unset: each host alone" },
	{ .name = "counters-password-file", .type = OPTION_TEXT,
	    .offset = AT(password_file), .restart = true,
	    .help = "file with the password of those servers" },
	{ .name = "counters-file", .type = OPTION_TEXT, .offset = AT(file),
	    .default_value = SAYWHY_LOCALSTATEDIR "/lib/saywhy/counters",
	    .restart = true,
	    .help = "what was counted, for after a restart; empty: memory "
	    "alone" },
	{ .name = "counters-size", .type = OPTION_SIZE, .offset = AT(size),
	    .default_value = "32M", .min = 64 * 1024, .max = 64LL << 30,
	    .restart = true,
	    .help = "memory of what is counted here, 104 bytes a key" },
	{ .name = "country-database", .type = OPTION_PARSE,
	    .offset = AT(countries), .parse = parse_countries,
	    .free = free_word,
	    .help = "MaxMind-format file that tells the country of an "
	    "address" },
	{ .name = "alarm-server", .type = OPTION_PARSE, .offset = AT(alarm),
	    .default_value = "inet:25@127.0.0.1", .parse = parse_alarm,
	    .free = free_word,
	    .help = "mail server for mails to the contact when a login is "
	    "closed; empty: none" },
	{ .name = NULL }
};
