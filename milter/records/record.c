/* record - names and ids of records */

#include "records/record.h"

#include <stdint.h>
#include <sys/random.h>

#include "base/log.h"

const char *const issuer_names[] = { "saywhy", "mta", "milter", "remote",
	NULL };
const char *const outcome_names[] = { "reject", "tempfail", "observed",
	"quarantine", "bounced", "deferred", NULL };
const char *const privacy_names[] = { "full", "removed", "hashed", NULL };

void
record_id(char id[RECORD_ID_TEXT])
{
	/* Crockford's base32: no I, L, O, U to be misheard or misread. */
	static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	uint64_t bits;
	int i;

	if (getrandom(&bits, sizeof bits, 0) != sizeof bits)
		BUG("getrandom(2) gave too little");
	for (i = 0; i < RECORD_ID_TEXT - 1; i++, bits >>= 5)
		id[i] = digits[bits & 31];
	id[i] = '\0';
}
