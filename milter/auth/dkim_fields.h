/*
 * dkim_fields.h - the header fields of a message, as signatures choose them
 *
 * RFC 6376 section 5.4.2: of fields with one name the last is chosen first.
 * Each is made canonical once for all signatures. Zeroed is empty.
 */
#ifndef AUTH_DKIM_FIELDS_H
#define AUTH_DKIM_FIELDS_H

#include <stddef.h>

#include "auth/dkim_canon.h"
#include "base/buf.h"

struct sha256;

struct dkim_field {
	char *name;
	size_t name_len;	/* without blanks at its end (RFC 5322 4.5) */
	char *value;		/* what stood behind the colon */
	size_t n;		/* bytes of value */
	size_t above;		/* the next higher of that name; or
				   DKIM_FIELD_NONE */
	char *canon[2];		/* by enum dkim_canon; NULL: not needed yet */
	size_t canon_len[2];
};

#define DKIM_FIELD_NONE ((size_t)-1)
#define DKIM_FIELDS_MAX 1000	/* of a message */

struct dkim_fields {
	struct dkim_field *v;
	size_t n, cap;
	size_t *lowest;		/* of each group */
	size_t groups;
	unsigned short *table;	/* by hash of the name: a group + 1, or 0 */
};

/* A copy at the end; at most DKIM_FIELDS_MAX. */
void dkim_fields_add(struct dkim_fields *f, const char *name,
    const char *value);
void dkim_fields_free(struct dkim_fields *f);

/* One walk of h= through them. */
struct dkim_choice {
	struct dkim_fields *fields;
	size_t self;		/* the signature, which never signs itself */
	size_t *next;		/* of each group */
};

void dkim_choice_init(struct dkim_choice *c, struct dkim_fields *f,
    size_t self);
void dkim_choice_free(struct dkim_choice *c);

/* Hashes the next field of that name; none is left: nothing (5.4.2). */
void dkim_choice_hash(struct dkim_choice *c, const char *name, size_t n,
    enum dkim_canon canon, struct sha256 *hash);

#endif
