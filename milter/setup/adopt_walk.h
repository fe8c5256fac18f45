/* adopt_walk.h - a list of restrictions, word by word; for adopt*.c */
#ifndef SETUP_ADOPT_WALK_H
#define SETUP_ADOPT_WALK_H

#include <stdbool.h>

#include "base/buf.h"
#include "setup/adopt.h"

/* One walk through one list of restrictions. */
struct walk {
	struct adopt *a;
	const struct mta_source *source;
	const char *list;	/* "smtpd_client_restrictions" */
	const char *p;		/* what is still to come of it */
	unsigned deep;		/* in a restriction class of it */
	bool over;		/* nothing behind this word is ever asked */
	bool warns;		/* the next one refuses nobody */
	bool parents;		/* a domain in a table is all below it, too */
	bool unknown_permit;	/* one came before */
	bool known_permit;	/* … that only section blacklist knows of */
	bool logins_pass;	/* nothing behind is asked of a login */
	bool networks_pass;	/* nor of mynetworks */
	struct buf *lists;	/* what goes into section blacklist */
	struct buf *notes;	/* lines of reasons that stay Postfix's */
};

/* All of one list; `lists` and `notes` are those of struct walk. */
void adopt_walk(struct adopt *a, const struct mta_source *source,
    const char *list, struct buf *lists, struct buf *notes);

/* These take what the word stands for, with its argument. False: another. */
bool adopt_reason(struct walk *w, const char *word);
bool adopt_dns_list(struct walk *w, const char *word);
bool adopt_table(struct walk *w, const char *word);

/* Each of `notes`, unless another list, or saywhy.conf, says more of it. */
void adopt_put_notes(struct adopt *a, const struct mta_source *source,
    const struct buf *notes);

#endif
