/*
 * adopt.h - the policy of main.cf, translated to saywhy.conf; pure
 *
 * What Postfix's restrictions refuse becomes a fragment of saywhy.conf, each
 * line with the setting it comes from, so that saywhy can say it first and
 * accurately. Postfix's restrictions stay behind it: nothing is loosened, and
 * what cannot be said in saywhy's words is listed and stays Postfix's.
 *
 * A restriction is translated only where Postfix would come to it: what stands
 * behind a permit that saywhy does not know is left to Postfix, so that nobody
 * is refused whom Postfix takes.
 */
#ifndef SETUP_ADOPT_H
#define SETUP_ADOPT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* Where the policy is read. */
struct adopt_source {
	void *arg;
	/* A setting of main.cf, expanded; "" where there is none. */
	const char *(*value)(void *arg, const char *name);
	/* Is this a file that can be read? */
	bool (*is_file)(void *arg, const char *path);
	/* Does saywhy.conf set this already ("domains", "reason \"x\"")? */
	bool (*is_set)(void *arg, const char *what);
	/* Appends the keys of a table ("hash:/x"), separated by commas. */
	bool (*keys)(void *arg, const char *table, struct buf *out);
};

#define ADOPT_LEFT_MAX 64

struct adopt {
	struct buf conf;	/* the fragment */
	char *left[ADOPT_LEFT_MAX];	/* what stays Postfix's, and why */
	size_t nleft;
	size_t taken;		/* restrictions that are translated */
};

void adopt_make(struct adopt *a, const struct adopt_source *source);
void adopt_clear(struct adopt *a);

#endif
