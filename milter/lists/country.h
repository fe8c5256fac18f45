/*
 * country.h - in which country an address is, by a MaxMind-format database
 *
 * A file such as GeoLite2-Country.mmdb or dbip-country-lite.mmdb: any database
 * whose records have country.iso_code. Optional: without libmaxminddb no
 * address has a country. Any thread may ask; one thread at a time changes the
 * file.
 */
#ifndef LISTS_COUNTRY_H
#define LISTS_COUNTRY_H

#include <stdbool.h>

struct buf;
struct ip;

#define COUNTRY_TEXT 3		/* "DE" and NUL */

/* Was saywhy built with libmaxminddb? */
bool country_built(void);

/*
 * Uses this file from now on (NULL: none); it is opened anew at each call, so
 * that a reload takes an update. False with words in errmsg: it cannot be
 * read, and the one before stays in use.
 */
bool country_use(const char *path, struct buf *errmsg);

/* Is a file in use? */
bool country_known(void);

/* "DE"; false: not known, and `text` is empty. */
bool country_of(const struct ip *ip, char text[COUNTRY_TEXT]);

#endif
