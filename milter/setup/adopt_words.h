/* adopt_words.h - words of main.cf: tables, arguments, what is left */
#ifndef SETUP_ADOPT_WORDS_H
#define SETUP_ADOPT_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "setup/adopt.h"

/* Lists what stays Postfix's, and why. */
void adopt_leave(struct adopt *a, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* It stands behind a permit that saywhy does not know. */
void adopt_leave_behind(struct adopt *a, const char *list,
    const char *restriction);

bool adopt_is_among(const char *word, const char *const *words, size_t n);

/*
 * "hash:/etc/postfix/x": the text from which it is made, where saywhy reads it
 * as Postfix does; it points into `table`. Or NULL.
 */
const char *adopt_text_of_table(const struct mta_source *source,
    const char *table);

/* Does a line of this table let somebody pass, or can it not be read? */
bool adopt_may_permit(const struct mta_source *source, const char *table);

/* Why there is none, as the end of a sentence about the table. */
const char *adopt_not_read_because(const char *table);

/*
 * " (550 5.7.1)": the reply of a restriction that stays Postfix's, with the
 * codes that setup puts where main.cf has none; or "".
 */
const char *adopt_says(const char *restriction);

/*
 * Is this a restriction that takes an argument, which is not to be read as the
 * next restriction?
 */
bool adopt_takes_word(const char *word);

/*
 * "permit_mynetworks, permit_sasl_authenticated, reject": a list that lets
 * nobody else pass.
 */
bool adopt_needs_login(const char *list);

/* Does main.cf itself have this setting, or is it Postfix's default? */
bool adopt_has_setting(const struct mta_source *source, const char *name);

/* Is this policy service the one that setup put there, by its options? */
bool adopt_is_ours(const char *service);

#endif
