/*
 * percent.h - the one place where `%` is doubled
 *
 * libmilter hands a reply to Sendmail as a format string, and Postfix reads
 * it the same way: a single `%` loses the whole reply there, or itself here.
 */
#ifndef DOORS_PERCENT_H
#define DOORS_PERCENT_H

/* A copy for smfi_setreply() and its kin; the caller frees it. */
char *percent_double(const char *text);

#endif
