/*
 * A format that has only keys is searched for every network around the address.
 */
#ifndef AUTH_SPF_MACRO_H
#define AUTH_SPF_MACRO_H

#include <stdbool.h>

#include "base/net.h"

struct buf;

/* What the letters stand for. Borrowed. */
struct spf_macro {
	const char *local;	/* l */
	const char *domain;	/* o: of the sender */
	const char *current;	/* d: of the record that is read */
	const char *helo;	/* h */
	const char *receiver;	/* r */
	struct ip client;	/* i c v */
	/* p: appends the confirmed name of the client, or "unknown". */
	void (*put_name)(void *arg, struct buf *out);
	void *arg;
};

/* Syntax only: macro-string, domain-spec, explain-string of section 7.1. */
bool spf_macro_is_string(const char *text);
bool spf_macro_is_domain(const char *text);
bool spf_macro_is_explanation(const char *text);

/*
 * Expands what passed one of the above. A domain that is longer than 253 bytes
 * loses labels at its left (section 7.3).
 */
void spf_macro_put(const struct spf_macro *m, const char *text,
    struct buf *out);
void spf_macro_put_domain(const struct spf_macro *m, const char *text,
    struct buf *out);

#endif
