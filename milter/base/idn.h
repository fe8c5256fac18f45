/*
 * idn.h - internationalised domain names as A-labels (RFC 5890, IDNA2008)
 *
 * Linked from idn_libidn2.c, or from idn_none.c when configure did not find
 * libidn2; then a name that is not ASCII is reported as not convertible.
 */
#ifndef BASE_IDN_H
#define BASE_IDN_H

#include <stdbool.h>

struct buf;

/*
 * Appends the A-label form of a UTF-8 domain, lower case. An ASCII name is only
 * lower-cased, without the library. False, nothing appended: not convertible.
 */
bool idn_to_ascii(const char *domain, struct buf *out);

/*
 * The same for an ASCII name alone: appends it in lower case. False, nothing
 * appended: not ASCII. What the two files above share.
 */
bool idn_put_lower(const char *domain, struct buf *out);

/* The library behind it, for `saywhyd --version`; "none" without. */
const char *idn_library(void);

#endif
