/* dns_offline - the part of the cache that scenarios fill */

#include "dns/dns_offline.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/net.h"
#include "base/strset.h"
#include "dns/dns_cache.h"

#define LINKS_MAX 16

static struct strset names;
static bool senders_exist;

static struct dns_shared_answer no_data = { .answer = { .status = DNS_NONE },
	.holders = 1 };
static struct dns_shared_answer no_name = { .answer = { .status = DNS_NONE,
	.no_name = true }, .holders = 1 };
static struct dns_shared_answer endless = { .answer = { .status = DNS_TEMPFAIL,
	.failure = "aliases (CNAME) without end" }, .holders = 1 };

/* So that senders exist that the scenario does not mention. */
static char mail_name[] = "mail.example";
static struct dns_record mail = { .preference = 10, .text = mail_name,
	.n = sizeof mail_name - 1 };
static struct dns_shared_answer some_mx = { .answer = { .status = DNS_FOUND,
    .n = 1,
	.v = &mail }, .holders = 1 };

static const char *const types[] = { [DNS_A] = "A", [DNS_AAAA] = "AAAA",
	[DNS_MX] = "MX", [DNS_TXT] = "TXT", [DNS_PTR] = "PTR",
	[DNS_CNAME] = "CNAME" };

#define NTYPES (sizeof types / sizeof types[0])

static void
add_names(const char *name)
{
	while (name != NULL && *name != '\0') {
		strset_add(&names, name);
		name = strchr(name, '.');
		name = name != NULL ? name + 1 : NULL;
	}
}

/* The address, the target or the text of one record. */
static bool
read_value(enum dns_type type, const char *value, struct dns_record *record)
{
	char *end = NULL;

	memset(record, 0, sizeof *record);
	if (type == DNS_A || type == DNS_AAAA)
		return ip_parse(value, &record->ip) &&
		    ip_is_v4(&record->ip) == (type == DNS_A);
	if (type == DNS_MX) {
		record->preference = (unsigned)strtoul(value, &end, 10);
		if (end == value || *end != ' ')
			return false;
		value = end + strspn(end, " ");
	}
	record->text = (char *)(uintptr_t)value;
	record->n = strlen(value);
	if (type != DNS_TXT && record->n > 0 && value[record->n - 1] == '.')
		record->n--;
	return true;
}

/* \DDD becomes that byte (RFC 1035 section 5.1); the text gets shorter. */
static void
unescape(struct dns_record *r)
{
	size_t i, n = 0;
	char *t = r->text;

	for (i = 0; i < r->n; i++, n++)
		if (t[i] == '\\' && i + 3 < r->n &&
		    isdigit((unsigned char)t[i + 1]) &&
		    isdigit((unsigned char)t[i + 2]) &&
		    isdigit((unsigned char)t[i + 3])) {
			t[n] = (char)((t[i + 1] - '0') * 100 +
			    (t[i + 2] - '0') * 10 + t[i + 3] - '0');
			i += 3;
		} else
			t[n] = t[i];
	r->n = n;
}

static struct dns_entry *
entry_for(struct dns_cache *c, const struct dns_key *key, const char *value)
{
	struct dns_entry *e = dns_cache_find(c, key);
	bool failure = strcmp(value, "TROUBLE") == 0;

	if (e == NULL) {
		e = dns_cache_add(c, key, 0);
		dns_cache_answer(c, e, dns_answer_new(failure ? DNS_TEMPFAIL :
		    DNS_NONE, "the DNS server does not answer"), INT64_MAX);
	}
	return e;
}

static bool
add(struct dns_cache *c, enum dns_type type, const char *name,
    const char *value)
{
	struct dns_record record = { .n = 0 };
	struct dns_entry *e;
	struct dns_key key;
	bool bare = strcmp(value, "TROUBLE") == 0 || strcmp(value, "NONE") == 0;
	size_t before;

	if (!dns_key_set(&key, c, type, name) ||
	    (!bare && !read_value(type, value, &record)))
		return false;
	e = entry_for(c, &key, value);
	if (!bare) {
		before = e->shared->bytes;
		record.text = mem_ndup(record.text, record.n);
		if (type == DNS_TXT)
			unescape(&record);
		dns_answer_add(e->shared, &record);
		free(record.text);
		c->bytes += e->shared->bytes - before;
	}
	add_names(key.name);
	return true;
}

bool
dns_offline_add(struct dns_cache *c, const char *name, const char *type,
    const char *value, struct buf *errmsg)
{
	bool any = strcasecmp(type, "ANY") == 0, good = true, known = any;
	size_t i;

	if (any && strcmp(value, "TROUBLE") != 0 && strcmp(value, "NONE") != 0)
		good = false;
	for (i = 0; good && i < NTYPES; i++)
		if (any || strcasecmp(types[i], type) == 0) {
			known = true;
			good = add(c, (enum dns_type)i, name, value);
		}
	if (!known)
		buf_printf(errmsg,
		    "\"%.20s\" is no type of records here; there "
		    "are A, AAAA, MX, TXT, PTR, CNAME", type);
	else if (!good)
		buf_printf(errmsg,
		    "\"%.60s\" is no value of %.20s, or the name "
		    "is none", value, type);
	return known && good;
}

static struct dns_shared_answer *
untold(const struct dns_key *key)
{
	if (key->type == DNS_MX && senders_exist)
		return &some_mx;
	return strset_find(&names, key->name, key->n) != NULL ? &no_data :
	    &no_name;
}

void
dns_offline_begin(bool senders)
{
	senders_exist = senders;
}

struct dns_shared_answer *
dns_offline_find(struct dns_cache *c, const struct dns_key *key)
{
	struct dns_key at = *key, alias;
	struct dns_entry *e;
	int links;

	for (links = 0; links <= LINKS_MAX; links++) {
		e = dns_cache_find(c, &at);
		if (e != NULL)
			return e->shared;
		if (!dns_key_set(&alias, c, DNS_CNAME, at.name))
			break;
		e = dns_cache_find(c, &alias);
		if (e == NULL || e->shared->answer.n == 0)
			return untold(&at);
		if (!dns_key_set(&at, c, key->type,
		    e->shared->answer.v[0].text))
			return &no_name;
	}
	return &endless;
}

void
dns_offline_forget(void)
{
	strset_free(&names);
}
