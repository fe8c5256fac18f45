/*
 * site.h - the pages behind the last line of a refusal
 *
 *	/why/		a box to paste an id or a returned message
 *	/why/ID		one refusal
 *	/why/reason/	all reasons, and /why/reason/NAME one of them
 *	/why/explain	for programs, by POST (explain_api.h); /explain too
 *
 * A page shows nothing that the sender did not get or could not know: no
 * pattern, no list of ours, no other recipient, nothing of a mail that was not
 * refused, and of a reason as much as its `disclose` allows. An id that never
 * was and one that has expired look alike.
 */
#ifndef PAGES_SITE_H
#define PAGES_SITE_H

#include <stdint.h>

#include "pages/http.h"
#include "pages/kept_store.h"

struct limiter;
struct peers;
struct site;
struct wording;

/* Made by style.awk from style.css. */
extern const char pages_style[];

/* What the pages need; owned by the caller. */
struct pages {
	const struct site *site;
	const struct wording *wording;		/* of the policy, by reason */
	struct kept_store store;
	struct limiter *limiter;
	struct peers *peers;		/* or NULL */
	long long host_number;		/* of this host; 0: none */
	const char *record_file;	/* of this host, or NULL */
	/* Only what this one refused, and no peer is asked; NULL: all. */
	const char *host;
};

/* An http_handler; arg is a struct pages. */
void pages_answer(void *arg, const struct http_request *request,
    struct http_answer *answer);

#endif
