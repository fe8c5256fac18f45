/*
 * spf_record.h - an SPF record, read (RFC 7208 section 12)
 *
 * The bytes are those of a stranger. Reading is strict: one syntax error
 * anywhere and the record is none, as section 4.6 demands.
 */
#ifndef AUTH_SPF_RECORD_H
#define AUTH_SPF_RECORD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/net.h"

struct buf;

enum spf_kind { SPF_ALL, SPF_INCLUDE, SPF_A, SPF_MX, SPF_PTR, SPF_IP4,
	SPF_IP6, SPF_EXISTS };

struct spf_term {
	enum spf_kind kind;
	char qualifier;		/* + - ~ ? */
	char *text;		/* as it stands in the record */
	char *domain;		/* domain-spec, with macros; NULL: none */
	struct ip ip;		/* ip4, ip6 */
	unsigned prefix4;	/* 0 to 32 */
	unsigned prefix6;	/* 0 to 128 */
};

struct spf_record {
	struct spf_term *v;
	size_t n, cap;
	char *redirect;		/* domain-specs, or NULL */
	char *exp;
};

/* Does the record begin as section 4.5 says? */
bool spf_record_is(const char *text, size_t n);

/* False with the wrong term in errmsg. spf_record_clear() in any case. */
bool spf_record_read(struct spf_record *r, const char *text, size_t n,
    struct buf *errmsg);
void spf_record_clear(struct spf_record *r);

#endif
