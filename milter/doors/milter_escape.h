/*
 * milter_escape.h - the one place where `%` is doubled
 *
 * libmilter hands a reply to Sendmail as a format string, and Postfix reads
 * it the same way: a single `%` loses the whole reply there, or itself here.
 * In what a map of Sendmail answers, "%0" is the question.
 */
#ifndef DOORS_MILTER_ESCAPE_H
#define DOORS_MILTER_ESCAPE_H

/* A copy for one of them; the caller frees it. */
char *milter_escape(const char *text);

#endif
