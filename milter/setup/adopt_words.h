/* adopt_words.h - words of main.cf: tables, arguments, what is left */
#ifndef SETUP_ADOPT_WORDS_H
#define SETUP_ADOPT_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "setup/adopt.h"

/* Lists what stays Postfix's, and why. */
void adopt_leave(struct adopt *a, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

bool adopt_is_among(const char *word, const char *const *words, size_t n);

/*
 * "hash:/etc/postfix/x": the text from which it is made, where saywhy reads it
 * as Postfix does; it points into `table`. Or NULL.
 */
const char *adopt_text_of_table(const struct mta_source *source,
    const char *table);

/*
 * Is this a restriction that takes an argument, which is not to be read as the
 * next restriction?
 */
bool adopt_takes_word(const char *word);

#endif
