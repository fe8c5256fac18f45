/* dns_message - an answer of the wire, read (RFC 1035 section 4) */

#include "dns/dns_message.h"

#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/net.h"

#define HEADER 12
#define LINKS_MAX 16		/* of a chain of CNAMEs */
#define NAME_BYTES_MAX 255		/* RFC 1035 section 3.1 */
#define TYPE_CNAME 5
#define TYPE_SOA 6
#define CLASS_IN 1

enum rcode { RCODE_NOERROR = 0, RCODE_FORMERR = 1, RCODE_SERVFAIL = 2,
	RCODE_NXDOMAIN = 3, RCODE_REFUSED = 5 };

struct reader {
	const uint8_t *bytes;
	size_t n, at;
	bool bad;		/* past the end, or nonsense */
};

/* One resource record; `data` is where its rdata begins. */
struct rr {
	struct buf owner;
	unsigned type, class;
	uint32_t ttl;
	size_t data, length;
};

unsigned
dns_message_type(enum dns_type type)
{
	static const unsigned numbers[] = { [DNS_A] = 1, [DNS_AAAA] = 28,
		[DNS_MX] = 15, [DNS_TXT] = 16, [DNS_PTR] = 12,
		[DNS_CNAME] = TYPE_CNAME };

	return numbers[type];
}

bool
dns_message_can_ask(const char *name)
{
	size_t n = 0, label;

	for (; (label = strcspn(name, ".")) - 1 < 63; name += label + 1) {
		n += label + 1;
		if (name[label] == '\0' || name[label + 1] == '\0')
			return n < 255;
	}
	return false;
}

static unsigned
read_16(struct reader *r)
{
	if (r->n - r->at < 2) {
		r->bad = true;
		return 0;
	}
	r->at += 2;
	return (unsigned)(r->bytes[r->at - 2] << 8 | r->bytes[r->at - 1]);
}

static uint32_t
read_32(struct reader *r)
{
	uint32_t high = read_16(r);

	return high << 16 | read_16(r);
}

static void
put_label(struct buf *out, const uint8_t *label, size_t n)
{
	size_t i;

	if (out->len > 0)
		buf_putc(out, '.');
	for (i = 0; i < n; i++) {
		if (label[i] <= ' ' || label[i] >= 127) {
			buf_printf(out, "\\%03u", label[i]);
			continue;
		}
		if (label[i] == '.' || label[i] == '\\')
			buf_putc(out, '\\');
		buf_putc(out, (char)label[i]);
	}
}

/*
 * A name at r->at, of which only what stands there is passed over. A pointer
 * leads to a place before all that was read (RFC 1035 section 4.1.4), so the
 * walk ends.
 */
static void
read_name(struct reader *r, struct buf *out)
{
	size_t at = r->at, before = r->at, after = 0, whole = 1;
	unsigned length;

	buf_clear(out);
	while (!r->bad && at < r->n && (length = r->bytes[at]) != 0) {
		if (length >= 0xc0 && at + 1 < r->n) {
			after = after == 0 ? at + 2 : after;
			at = (length & 0x3fu) << 8 | r->bytes[at + 1];
			r->bad = at >= before;
			before = at;
		} else if (length < 64 && length < r->n - at &&
		    (whole += length + 1) <= NAME_BYTES_MAX) {
			put_label(out, r->bytes + at + 1, length);
			at += length + 1;
		} else
			r->bad = true;
	}
	r->bad |= at >= r->n;
	if (!r->bad)
		r->at = after != 0 ? after : at + 1;
}

static bool
read_rr(struct reader *r, struct rr *rr)
{
	read_name(r, &rr->owner);
	rr->type = read_16(r);
	rr->class = read_16(r);
	rr->ttl = read_32(r);
	rr->length = read_16(r);
	rr->data = r->at;
	if (r->bad || rr->length > r->n - r->at) {
		r->bad = true;
		return false;
	}
	r->at += rr->length;
	/* RFC 2181 section 8: the top bit set means zero. */
	if (rr->ttl > INT32_MAX)
		rr->ttl = 0;
	return true;
}

/* Strings, each with its length before it (RFC 1035 section 3.3.14). */
static bool
read_text(const struct reader *r, const struct rr *rr, struct buf *out)
{
	size_t at = rr->data, end = rr->data + rr->length, n;

	buf_clear(out);
	while (at < end) {
		n = r->bytes[at++];
		if (n > end - at)
			return false;
		buf_put(out, r->bytes + at, n);
		at += n;
	}
	return true;
}

/* A name in rdata, after `skip` bytes of it. */
static bool
read_target(const struct reader *whole, const struct rr *rr, size_t skip,
    struct buf *out)
{
	struct reader r = { .bytes = whole->bytes, .n = whole->n,
		.at = rr->data + skip };

	if (rr->length < skip + 1)
		return false;
	read_name(&r, out);
	return !r.bad && r.at <= rr->data + rr->length;
}

static bool
read_address(const struct reader *r, const struct rr *rr, enum dns_type type,
    struct ip *ip)
{
	size_t n = type == DNS_A ? 4 : 16;

	if (rr->length != n)
		return false;
	memset(ip, 0, sizeof *ip);
	if (type == DNS_A)
		ip->b[10] = ip->b[11] = 0xff;
	memcpy(ip->b + 16 - n, r->bytes + rr->data, n);
	ip->known = true;
	return true;
}

static bool
read_data(const struct reader *r, const struct rr *rr, enum dns_type type,
    struct dns_shared_answer *into)
{
	struct dns_record record = { .n = 0 };
	struct buf text = BUF_INIT;
	bool good;

	switch (type) {
	case DNS_A:
	case DNS_AAAA:
		good = read_address(r, rr, type, &record.ip);
		break;
	case DNS_TXT:
		good = read_text(r, rr, &text);
		break;
	case DNS_MX:
		good = read_target(r, rr, 2, &text);
		if (good)
			record.preference = (unsigned)(r->bytes[rr->data] << 8 |
			    r->bytes[rr->data + 1]);
		break;
	case DNS_PTR:
	case DNS_CNAME:
		good = read_target(r, rr, 0, &text);
		break;
	default:
		good = false;
	}
	if (good && type > DNS_AAAA) {
		record.text = text.data;
		record.n = text.len;
	}
	if (good)
		dns_answer_add(into, &record);
	buf_free(&text);
	return good;
}

/* Where to look, and what has been found of it. */
struct search {
	struct reader r;
	size_t answers;		/* where that section begins */
	unsigned count, authorities;
	struct rr rr;		/* the one just read */
	struct buf owner;	/* whose records are wanted */
	uint32_t ttl;
};

/* Reads on in the answer section; the next one of `owner` with this type. */
static bool
next_of(struct search *s, unsigned *left, unsigned type)
{
	while (*left > 0 && read_rr(&s->r, &s->rr)) {
		--*left;
		if (s->rr.type == type && s->rr.class == CLASS_IN &&
		    strcasecmp(s->rr.owner.data, s->owner.data) == 0)
			return true;
	}
	return false;
}

static void
keep_ttl(struct search *s)
{
	if (s->rr.ttl < s->ttl)
		s->ttl = s->rr.ttl;
}

/* Goes to the end of the chain of CNAMEs; false when it has none. */
static bool
follow(struct search *s)
{
	struct buf target = BUF_INIT;
	unsigned links, left;
	bool found = true;

	for (links = 0; found && links <= LINKS_MAX; links++) {
		s->r.at = s->answers;
		left = s->count;
		found = next_of(s, &left, TYPE_CNAME) &&
		    read_target(&s->r, &s->rr, 0, &target);
		if (found) {
			keep_ttl(s);
			buf_clear(&s->owner);
			buf_put(&s->owner, target.data, target.len);
		}
	}
	buf_free(&target);
	return !found && !s->r.bad;
}

/* RFC 2308 section 5: the lesser of the SOA's own TTL and its last number. */
static uint32_t
none_ttl(struct search *s)
{
	uint32_t ttl = DNS_TTL_NONE;
	unsigned left;
	struct reader r;

	s->r.at = s->answers;
	for (left = s->count; left > 0 && read_rr(&s->r, &s->rr); left--)
		;
	for (left = s->authorities; left > 0 && read_rr(&s->r, &s->rr); left--)
		if (s->rr.type == TYPE_SOA && s->rr.length >= 22) {
			r = s->r;
			r.at = s->rr.data + s->rr.length - 4;
			ttl = read_32(&r);
			ttl = ttl < s->rr.ttl ? ttl : s->rr.ttl;
			break;
		}
	return ttl < DNS_TTL_NONE_MAX ? ttl : DNS_TTL_NONE_MAX;
}

static const char *
rcode_words(unsigned rcode)
{
	switch (rcode) {
	case RCODE_FORMERR:
		return "the DNS server did not understand (FORMERR)";
	case RCODE_SERVFAIL:
		return "the DNS server failed (SERVFAIL)";
	case RCODE_REFUSED:
		return "the DNS server refused (REFUSED)";
	}
	return "the DNS server gave an error";
}

static struct dns_shared_answer *
read_answers(struct search *s, enum dns_type type, unsigned rcode)
{
	struct dns_shared_answer *h = dns_answer_new(DNS_NONE, NULL);
	unsigned left = s->count;

	if (type != DNS_CNAME && !follow(s) && !s->r.bad) {
		dns_drop(&h->answer);
		return dns_answer_new(DNS_TEMPFAIL,
		    "aliases (CNAME) without end");
	}
	s->r.at = s->r.bad ? s->r.n : s->answers;
	while (next_of(s, &left, dns_message_type(type)))
		if (read_data(&s->r, &s->rr, type, h))
			keep_ttl(s);
		else
			s->r.bad = true;
	if (s->r.bad) {
		dns_drop(&h->answer);
		return dns_answer_new(DNS_TEMPFAIL, "a broken answer");
	}
	h->answer.no_name = rcode == RCODE_NXDOMAIN && h->answer.n == 0;
	return h;
}

static void
bound_ttl(struct search *s, const struct dns_shared_answer *h, uint32_t *ttl)
{
	*ttl = s->ttl < DNS_TTL_MAX ? s->ttl : DNS_TTL_MAX;
	if (h->answer.status == DNS_NONE) {
		s->r.bad = false;
		*ttl = none_ttl(s);
	}
	if (*ttl < DNS_TTL_LEAST)
		*ttl = DNS_TTL_LEAST;
	if (h->answer.status == DNS_TEMPFAIL)
		*ttl = DNS_TTL_TEMPFAIL;
}

/* The question's name as read_name() would give it. */
static void
put_query_name(struct buf *out, const char *name)
{
	size_t n;

	for (; *name != '\0'; name += n + (name[n] == '.')) {
		n = strcspn(name, ".");
		put_label(out, (const uint8_t *)name, n);
	}
}

struct dns_shared_answer *
dns_message_read(const uint8_t *bytes, size_t n, enum dns_type type,
    const char *name, uint32_t *ttl)
{
	struct search s = { .r = { .bytes = bytes, .n = n }, .ttl = UINT32_MAX,
		.owner = BUF_INIT, .rr = { .owner = BUF_INIT } };
	unsigned rcode = n >= HEADER ? bytes[3] & 15u : 0, questions;
	struct dns_shared_answer *h;

	s.r.at = n >= HEADER ? 4 : n;
	questions = read_16(&s.r);
	s.count = read_16(&s.r);
	s.authorities = read_16(&s.r);
	s.r.at = s.r.bad ? n : HEADER;
	for (; questions > 0 && !s.r.bad; questions--) {
		read_name(&s.r, &s.rr.owner);
		read_32(&s.r);
	}
	s.answers = s.r.at;
	put_query_name(&s.owner, name);
	if (s.r.bad)
		h = dns_answer_new(DNS_TEMPFAIL, "a broken answer");
	else if (rcode != RCODE_NOERROR && rcode != RCODE_NXDOMAIN)
		h = dns_answer_new(DNS_TEMPFAIL, rcode_words(rcode));
	else
		h = read_answers(&s, type, rcode);
	bound_ttl(&s, h, ttl);
	buf_free(&s.owner);
	buf_free(&s.rr.owner);
	return h;
}

void
dns_put_reverse(struct buf *out, const struct ip *ip, const char *zone)
{
	bool v4 = ip_is_v4(ip);
	size_t i;

	for (i = 16; v4 && i > 12; i--)
		buf_printf(out, "%u.", ip->b[i - 1]);
	for (i = 16; !v4 && i > 0; i--)
		buf_printf(out, "%x.%x.", ip->b[i - 1] & 15u,
		    (unsigned)(ip->b[i - 1] >> 4));
	buf_puts(out, zone != NULL ? zone : v4 ? "in-addr.arpa" : "ip6.arpa");
}
