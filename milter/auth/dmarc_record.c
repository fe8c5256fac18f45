/* dmarc_record - a DMARC record, read (RFC 9989 section 4.7) */

#include "auth/dmarc_record.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/mem.h"
#include "model/mailbox.h"

/* A tag, trimmed; neither ends in a NUL. */
struct tag {
	const char *name, *value;
	size_t name_n, value_n;
};

const char *
dmarc_policy_name(enum dmarc_policy policy)
{
	static const char *const names[] = { [DMARC_NONE] = "none",
		[DMARC_QUARANTINE] = "quarantine", [DMARC_REJECT] = "reject" };

	return names[policy];
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static void
trim(const char **text, size_t *n)
{
	while (*n > 0 && is_blank(**text))
		(*text)++, (*n)--;
	while (*n > 0 && is_blank((*text)[*n - 1]))
		(*n)--;
}

/* The next tag up to a semicolon; false at the end. No "=": no name. */
static bool
next_tag(const char **at, const char *end, struct tag *tag)
{
	const char *stop, *equals;

	if (*at >= end)
		return false;
	stop = memchr(*at, ';', (size_t)(end - *at));
	if (stop == NULL)
		stop = end;
	equals = memchr(*at, '=', (size_t)(stop - *at));
	memset(tag, 0, sizeof *tag);
	if (equals != NULL) {
		tag->name = *at;
		tag->name_n = (size_t)(equals - *at);
		tag->value = equals + 1;
		tag->value_n = (size_t)(stop - equals - 1);
		trim(&tag->name, &tag->name_n);
		trim(&tag->value, &tag->value_n);
	}
	*at = stop + 1;
	return true;
}

static bool
is_name(const struct tag *tag, const char *name)
{
	return tag->name_n == strlen(name) &&
	    strncasecmp(tag->name, name, tag->name_n) == 0;
}

static bool
is_value(const struct tag *tag, const char *value)
{
	return tag->value_n == strlen(value) &&
	    strncasecmp(tag->value, value, tag->value_n) == 0;
}

/* -1: it is no policy. */
static int
policy_of(const struct tag *tag)
{
	int policy;

	for (policy = DMARC_NONE; policy <= DMARC_REJECT; policy++)
		if (is_value(tag, dmarc_policy_name((enum dmarc_policy)
		    policy)))
			return policy;
	return -1;
}

/* -1 until a tag gives a value. */
struct policies {
	int p, sp, np;
};

static void
take_policy(const struct tag *tag, int *policy)
{
	if (*policy < 0)
		*policy = policy_of(tag);
}

/* "mailto:a@b!10m" of section 4.7 ("rua"); other schemes are passed over. */
static void
put_mailbox(struct buf *out, const char *uri, size_t n)
{
	const size_t scheme = strlen("mailto:");
	struct mailbox m = { .text = NULL };
	char *text;

	trim(&uri, &n);
	if (n < scheme || strncasecmp(uri, "mailto:", scheme) != 0)
		return;
	text = mem_ndup(uri + scheme, n - scheme);
	text[strcspn(text, "!?")] = '\0';
	if (mailbox_set(&m, text) && m.domain != NULL)
		buf_printf(out, "%s%s", out->len > 0 ? ", " : "", text);
	mailbox_clear(&m);
	free(text);
}

static void
take_addresses(const struct tag *tag, char **addresses)
{
	const char *at = tag->value, *end = at + tag->value_n, *comma;
	struct buf list = BUF_INIT;

	for (; *addresses == NULL && at < end; at = comma + 1) {
		comma = memchr(at, ',', (size_t)(end - at));
		if (comma == NULL)
			comma = end;
		put_mailbox(&list, at, (size_t)(comma - at));
	}
	if (list.len > 0)
		*addresses = buf_steal(&list);
	buf_free(&list);
}

static void
take(struct dmarc_record *r, struct policies *said, const struct tag *tag)
{
	if (is_name(tag, "p"))
		take_policy(tag, &said->p);
	else if (is_name(tag, "sp"))
		take_policy(tag, &said->sp);
	else if (is_name(tag, "np"))
		take_policy(tag, &said->np);
	else if (is_name(tag, "psd"))
		r->psd = is_value(tag, "y") ? DMARC_PSD_YES :
		    is_value(tag, "n") ? DMARC_PSD_NO : DMARC_PSD_UNKNOWN;
	else if (is_name(tag, "t"))
		r->test = is_value(tag, "y");
	else if (is_name(tag, "adkim"))
		r->strict_dkim = is_value(tag, "s");
	else if (is_name(tag, "aspf"))
		r->strict_spf = is_value(tag, "s");
	else if (is_name(tag, "rua"))
		take_addresses(tag, &r->rua);
	else if (is_name(tag, "ruf"))
		take_addresses(tag, &r->ruf);
}

static enum dmarc_policy
or_else(int said, enum dmarc_policy other)
{
	return said >= 0 ? (enum dmarc_policy)said : other;
}

/* The version is the first tag, and its value is in capitals. */
static bool
is_dmarc(const struct tag *tag)
{
	return is_name(tag, "v") && tag->value_n == 6 &&
	    memcmp(tag->value, "DMARC1", 6) == 0;
}

bool
dmarc_record_read(struct dmarc_record *r, const char *text, size_t n)
{
	const char *at = text, *end = text + n;
	struct policies said = { -1, -1, -1 };
	struct tag tag;

	memset(r, 0, sizeof *r);
	if (memchr(text, '\0', n) != NULL || !next_tag(&at, end, &tag) ||
	    !is_dmarc(&tag))
		return false;
	while (next_tag(&at, end, &tag))
		if (tag.name != NULL)
			take(r, &said, &tag);
	r->p = or_else(said.p, DMARC_NONE);
	r->sp = or_else(said.sp, r->p);
	r->np = or_else(said.np, r->sp);
	return true;
}

void
dmarc_record_clear(struct dmarc_record *r)
{
	free(r->rua);
	free(r->ruf);
	memset(r, 0, sizeof *r);
}
