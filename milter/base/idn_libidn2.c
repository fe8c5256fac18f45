/* idn_libidn2 - domain names as A-labels by libidn2 */

#include "base/idn.h"

#include <idn2.h>
#include <string.h>

#include "base/buf.h"

/* A name has 253 octets as A-labels, and four times that is never needed. */
#define NAME_MOST 1024

/*
 * The rules of STD 3 keep mappings such as U+FF0F from making a name with a
 * slash in it.
 */
#define FLAGS (IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL | \
    IDN2_USE_STD3_ASCII_RULES)

bool
idn_to_ascii(const char *domain, struct buf *out)
{
	uint8_t *ascii;

	if (idn_put_lower(domain, out))
		return true;
	if (strlen(domain) > NAME_MOST)
		return false;
	if (idn2_lookup_u8((const uint8_t *)domain, &ascii, FLAGS) != IDN2_OK)
		return false;
	buf_puts(out, (const char *)ascii);
	idn2_free(ascii);
	return true;
}

const char *
idn_library(void)
{
	return "libidn2 " IDN2_VERSION;
}
