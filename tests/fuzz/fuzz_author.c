/*
 * fuzz_author - any text as a From line, as Authentication-Results, and as a
 * DMARC record
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "auth/author.h"
#include "auth/dmarc_record.h"
#include "auth/results.h"
#include "base/log.h"
#include "base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *text = mem_ndup(n > 0 ? (const char *)data : "", n);
	struct dmarc_record record;
	struct author author;
	const char *p;

	author_of_text(&author, text);
	if ((author.status == AUTHOR_ONE) && (author.domain == NULL ||
	    *author.domain == '\0'))
		BUG("an author without a domain");
	/* Those who decode first see an address where others see none. */
	if (author.status == AUTHOR_ONE && author.mailboxes == 0 &&
	    strstr(text, "=?") == NULL)
		BUG("an author without an address");
	for (p = author.domain; p != NULL && *p != '\0'; p++)
		if (*p >= 'A' && *p <= 'Z')
			BUG("a domain in capitals");
	author_clear(&author);
	if (dmarc_record_read(&record, (const char *)data, n)) {
		if (memchr(data, 'v', n) == NULL && memchr(data, 'V',
		    n) == NULL)
			BUG("a record without a version");
		dmarc_record_clear(&record);
	}
	if (results_claims(text, "mx.example.org") &&
	    strcasestr(text, "mx.example.org") == NULL)
		BUG("a name that is not there");
	free(text);
	return 0;
}
