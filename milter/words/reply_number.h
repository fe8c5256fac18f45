/*
 * reply_number.h - codes and statuses as words of phrases and of the judge
 *
 * "550" is k5, c550 and c5y at one place, "5.7.1" is 5.7.1 and x.7.1: one look
 * tells the sense that all of them have together, and what the judge knows.
 * Filled once by phrase_read.c, constant afterwards: then any thread.
 */
#ifndef WORDS_REPLY_NUMBER_H
#define WORDS_REPLY_NUMBER_H

#include <stdint.h>

struct reply_number {
	uint32_t feature[2];	/* as judge_find() has them */
	uint16_t sense;
};

/* Of a code, 100 to 599. */
const struct reply_number *reply_number_code(int code);

/* Of its class alone, '1' to '5': "k5". It has one feature. */
const struct reply_number *reply_number_class(char digit);

/* Of a status; NULL: one that is not in the table, as most of three digits. */
const struct reply_number *reply_number_status(const char *status);

/* After lexicon_end(). */
void reply_number_fill(void);

#endif
