/*
 * url.h - where a link leads, as a browser finds it
 *
 * After the URL standard of WHATWG (sections 4.4 and 3.5): blanks and line
 * ends inside are dropped, backslashes are slashes, any number of slashes may
 * stand before the host, bytes may be written as %XX, an IPv4 address in any
 * of its notations. No state; any thread.
 */
#ifndef MIME_URL_H
#define MIME_URL_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

/*
 * Appends the host of n bytes of a URL that leads to a web or FTP server, or
 * has two slashes at its beginning or behind its scheme: a name with a dot in
 * lower case, as A-labels, "192.0.2.7" or "[2001:db8::7]". False, nothing
 * appended: it leads elsewhere.
 */
bool url_put_host(struct buf *out, const char *url, size_t n);

/* The same of what stands behind "http:". */
bool url_put_host_behind(struct buf *out, const char *rest, size_t n);

/* May these n bytes be a URL that names a host? Cheap. */
bool url_is_absolute(const char *url, size_t n);

/* Takes out of n bytes what no host is changed by; returns what is left. */
size_t url_squeeze(char *text, size_t n);

/* How many of the first n bytes of a URL may be left, if its host is not
   reached with them (it follows slashes, or a user's name); else 0. */
size_t url_user(const char *url, size_t n);

#endif
