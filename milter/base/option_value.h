/*
 * option_value.h - from the admin's text to a number or word; for option*.c
 *
 * Each returns false (option_word: -1) with words in errmsg that quote the
 * value and say what is valid. Nothing is stored then.
 */
#ifndef BASE_OPTION_VALUE_H
#define BASE_OPTION_VALUE_H

#include <stdbool.h>

struct buf;
struct option;

bool option_bool(const char *value, bool *on, struct buf *errmsg);

/* OPTION_INT, OPTION_SIZE (bytes), OPTION_TIME (ms), within the row's range. */
bool option_number(const struct option *row, const char *value,
    long long *number, struct buf *errmsg);

/* A whole number and nothing else; no range, no words. */
bool option_integer(const char *value, long long *number);

/* Index of the value in `words`. */
int option_word(const char *const *words, const char *value,
    struct buf *errmsg);

/*
 * Appends a valid value in the one form that means it: yes and no, the largest
 * unit, a word of the row. False, nothing appended: the row is of another type.
 */
bool option_put_plain(const struct option *row, const char *value,
    struct buf *out);

#endif
