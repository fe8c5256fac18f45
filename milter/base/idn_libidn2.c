/* idn_libidn2 - domain names as A-labels by libidn2 */

#include "base/idn.h"

#include <idn2.h>
#include <string.h>

#include "base/buf.h"
#include "base/library.h"

#define FUNCTIONS(F) \
	F(idn2_free) F(idn2_lookup_u8)

LIBRARY_OF(FUNCTIONS, SAYWHY_LIBIDN2,
    "domains in UTF-8 match only when written alike")

/*
 * A name has at most 253 octets as A-labels, and at most four times as many in
 * UTF-8.
 */
#define NAME_BYTES_MAX 1024

/*
 * Not IDN2_USE_STD3_ASCII_RULES: with it libidn2 2.3 drops characters that are
 * not allowed and still succeeds, so that "a/\303\274.example" became another
 * name.
 */
#define FLAGS (IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL)

/* Signs that some characters are mapped to, as U+FF0F to a slash. */
static bool
is_plain(const char *ascii)
{
	return ascii[strspn(ascii, "abcdefghijklmnopqrstuvwxyz0123456789-_.")]
	    == '\0';
}

bool
idn_to_ascii(const char *domain, struct buf *out)
{
	uint8_t *ascii;
	bool good;

	if (idn_put_lower(domain, out))
		return true;
	if (strlen(domain) > NAME_BYTES_MAX || !is_there())
		return false;
	if (lib.idn2_lookup_u8((const uint8_t *)domain, &ascii, FLAGS) !=
	    IDN2_OK)
		return false;
	good = is_plain((const char *)ascii);
	if (good)
		buf_puts(out, (const char *)ascii);
	lib.idn2_free(ascii);
	return good;
}

const char *
idn_library(void)
{
	return "libidn2 " IDN2_VERSION;
}
