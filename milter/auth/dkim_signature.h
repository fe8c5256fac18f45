/*
 * dkim_signature.h - what a DKIM-Signature field says (RFC 6376 section 3.5)
 */
#ifndef AUTH_DKIM_SIGNATURE_H
#define AUTH_DKIM_SIGNATURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "auth/dkim.h"
#include "auth/dkim_canon.h"
#include "base/crypto.h"

struct dkim_signature {
	char *text;		/* the value of the field, raw */
	char *domain;		/* d=, lower case, A-labels; NULL: none */
	char *selector;		/* s=; or NULL */
	char *algorithm;	/* a=; or NULL */
	enum public_key_type key_type;	/* what a= wants */
	enum dkim_canon header, body;	/* c= */
	unsigned char hash[SHA256_BYTES];	/* bh= */
	unsigned char *signature;		/* b= */
	size_t signature_len;
	const char *fields;	/* h=, in text */
	size_t fields_len;
	const char *b;		/* the value of b=, in text */
	size_t b_len;
	bool same_domain;	/* i= names d= itself, nothing below it */
	long long limit;	/* l=; -1: all of the body */
};

/*
 * Copies the field's value. NULL: it can be verified; else the reason why not,
 * a text that is never freed, and *verdict. `now` is in seconds since 1970.
 * What could be read is in *s all the same.
 */
const char *dkim_signature_parse(struct dkim_signature *s, const char *value,
    int64_t now, enum dkim_verdict *verdict);
void dkim_signature_clear(struct dkim_signature *s);

#endif
