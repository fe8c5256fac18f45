/*
 * author.h - who the From line says wrote the message (RFC 5322 section 3.6.2)
 *
 * Read as mail programs do: comments, quotes, groups, folded lines, obsolete
 * routes, names that are not ASCII. The bytes are those of a stranger; the
 * work is bounded by their number.
 */
#ifndef AUTH_AUTHOR_H
#define AUTH_AUTHOR_H

#include <stdbool.h>
#include <stddef.h>

struct session;

#define AUTHOR_DOMAINS 8	/* of one message; see `more` */

enum author_status {
	AUTHOR_ONE,		/* one domain, in `domain` */
	AUTHOR_MISSING,		/* there is no From line */
	AUTHOR_SEVERAL,		/* several lines, or several domains */
	AUTHOR_NONE,		/* no address: an empty group, a bare word */
	AUTHOR_BROKEN		/* no reading of it holds */
};

struct author {
	enum author_status status;
	const char *domain;	/* the first of these, or NULL; ONE: never */
	/* of all that some program takes for the author, each once; lower
	   case, A-labels */
	char *domains[AUTHOR_DOMAINS];
	size_t ndomains;
	bool more;		/* there were more than these */
	size_t mailboxes;	/* of well formed addresses */
	size_t lines;		/* From lines */
};

/* Fills *a, which the caller clears. */
void author_of_session(struct author *a, const struct session *s);
/* The same for the value of one From line. */
void author_of_text(struct author *a, const char *value);
void author_clear(struct author *a);

/* "there is no From line", …; for ONE "". */
const char *author_words(enum author_status status);

#endif
