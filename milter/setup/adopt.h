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
#include "setup/mta_source.h"

#define ADOPT_LEFT_MAX 64

struct adopt {
	struct buf conf;	/* the fragment */
	char *left[ADOPT_LEFT_MAX];	/* what stays Postfix's, and why */
	size_t nleft;
	size_t taken;		/* restrictions that are translated */
	bool whole;		/* what is relaying saywhy.conf does not say
				   itself: saywhy may be asked first of all */
};

/* In the fragment where `whole` is so. */
#define ADOPT_WHOLE "# It is asked once a recipient.\n"

void adopt_make(struct adopt *a, const struct mta_source *source);
void adopt_clear(struct adopt *a);

#endif
