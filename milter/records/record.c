/* record - names and ids of records */

#include "records/record.h"

#include <ctype.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/random.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/siphash.h"

const char *const issuer_names[] = { "saywhy", "mta", "milter", "remote",
	NULL };
const char *const outcome_names[] = { "reject", "tempfail", "observed",
	"quarantine", "bounced", "deferred", "discarded", "held", "taken",
	NULL };
const char *const privacy_names[] = { "full", "removed", "hashed", NULL };

bool
outcome_is_final(enum outcome outcome)
{
	return outcome == OUTCOME_REJECT || outcome == OUTCOME_BOUNCED;
}

/* Crockford's base32: no I, L, O, U to be misheard or misread. */
static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* Of any id, and of one that names its host. */
#define ID_LETTERS 12
#define ID_LETTERS_HOST (RECORD_ID_TEXT - 1)

static atomic_int host;		/* 1 to RECORD_HOSTS; 0: ids name none */

/* The last ids, eight in each set; their random bits say which set. */
#define SETS 2048
#define WAYS 8
#define SET_OF(bits) ((bits) >> 10 & (SETS - 1))
#define USED (1ull << 63)	/* an empty slot is no id */

static struct {
	_Atomic uint64_t v[WAYS];
	atomic_uint next;
} recent[SETS];

static void
remember(uint64_t bits)
{
	unsigned way = atomic_fetch_add(&recent[SET_OF(bits)].next, 1) % WAYS;

	atomic_store(&recent[SET_OF(bits)].v[way], bits | USED);
}

bool
record_id_is_recent(const char *id)
{
	uint64_t bits = 0;
	const char *digit;
	int i;

	if (strnlen(id, ID_LETTERS) < ID_LETTERS)
		return false;
	for (i = ID_LETTERS - 1; i >= 0; i--) {
		digit = strchr(digits, id[i]);
		if (digit == NULL)
			return false;
		bits = bits << 5 | (uint64_t)(digit - digits);
	}
	for (i = 0; i < WAYS; i++)
		if (atomic_load(&recent[SET_OF(bits)].v[i]) == (bits | USED))
			return true;
	return false;
}

/*
 * The first two digits are the hour, so that ids of one time lie together in
 * the index of the store; the other ten, 50 bits, cannot be guessed.
 */
static uint64_t
hour_digits(void)
{
	uint64_t hour = (uint64_t)clock_now().tv_sec / 3600 % 1024;

	return hour >> 5 | (hour & 31) << 5;
}

void
record_id_host(long long number)
{
	atomic_store(&host, (int)number);
}

/* The bits as digits, and the host, 1024 as 00. */
static void
put_digits(uint64_t bits, char id[RECORD_ID_TEXT])
{
	int i, number = atomic_load(&host);

	for (i = 0; i < ID_LETTERS; i++, bits >>= 5)
		id[i] = digits[bits & 31];
	if (number > 0) {
		id[i++] = digits[number >> 5 & 31];
		id[i++] = digits[number & 31];
	}
	id[i] = '\0';
}

int
record_id_host_of(const char *id)
{
	const char *high, *low;
	int number;

	if (strlen(id) != ID_LETTERS_HOST)
		return 0;
	high = strchr(digits, id[ID_LETTERS]);
	low = strchr(digits, id[ID_LETTERS + 1]);
	if (high == NULL || low == NULL)
		return 0;
	number = (int)((high - digits) << 5 | (low - digits));
	return number == 0 ? RECORD_HOSTS : number;
}

void
record_id(char id[RECORD_ID_TEXT])
{
	uint64_t bits;

	if (getrandom(&bits, sizeof bits, 0) != sizeof bits)
		BUG("getrandom(2) gave too little");
	bits &= (1ull << 5 * ID_LETTERS) - 1;
	bits = (bits & ~1023ull) | hour_digits();
	remember(bits);
	put_digits(bits, id);
}

int64_t
record_id_hour(const char *id, int64_t now)
{
	const char *high = strchr(digits, id[0]);
	const char *low = high != NULL && id[0] != '\0' ?
	    strchr(digits, id[1]) : NULL;
	int64_t hour = now / 3600000, is;

	if (low == NULL || id[1] == '\0')
		return hour * 3600000;
	is = (high - digits) << 5 | (low - digits);
	return (hour - ((hour - is) % 1024 + 1024) % 1024) * 3600000;
}

void
record_id_of(const char *line, size_t n, unsigned which,
    char id[RECORD_ID_TEXT])
{
	const uint64_t key[2] = { 0x6f76657268656172, which };

	put_digits(siphash(key, line, n), id);
}

/* As it is meant, or NUL. */
static char
digit_of(char c)
{
	if (c >= 'a' && c <= 'z')
		c = (char)(c - 'a' + 'A');
	if (c == 'O')
		c = '0';
	if (c == 'I' || c == 'L')
		c = '1';
	return c != '\0' && strchr(digits, c) != NULL ? c : '\0';
}

bool
record_id_read(const char *text, size_t n, char id[RECORD_ID_TEXT])
{
	size_t i, length = 0;

	for (i = 0; i < n; i++) {
		if (text[i] == '-' || text[i] == ' ')
			continue;
		if (length == RECORD_ID_TEXT - 1 || digit_of(text[i]) == '\0')
			return false;
		id[length++] = digit_of(text[i]);
	}
	id[length] = '\0';
	return length == ID_LETTERS || length == ID_LETTERS_HOST;
}

/*
 * A word of the text that has the form of an id, and is no plain word; with a
 * host, no time of fourteen digits either.
 */
static bool
is_id(const char *word, size_t n, char id[RECORD_ID_TEXT])
{
	size_t i, numbers = 0;

	if (n != ID_LETTERS && n != ID_LETTERS_HOST)
		return false;
	for (i = 0; i < n; i++)
		numbers += isdigit((unsigned char)word[i]) != 0;
	return numbers > 0 && (n == ID_LETTERS || numbers < n) &&
	    record_id_read(word, n, id);
}

/* The id that the text begins with, with its host where it names one. */
static bool
begins_with_id(const char *text, size_t n, char id[RECORD_ID_TEXT])
{
	return (n >= ID_LETTERS_HOST &&
	    record_id_read(text, ID_LETTERS_HOST, id)) ||
	    (n >= ID_LETTERS && record_id_read(text, ID_LETTERS, id));
}

bool
record_id_find(const char *text, size_t n, char id[RECORD_ID_TEXT])
{
	const char *at = memmem(text, n, "/why/", 5), *end = text + n;
	size_t length;

	if (at != NULL && begins_with_id(at + 5, (size_t)(end - at) - 5, id))
		return true;
	if (record_id_read(text, n, id))
		return true;
	for (at = text; at < end; at += length + 1) {
		for (length = 0; at + length < end &&
		    isalnum((unsigned char)at[length]); length++)
			;
		if (is_id(at, length, id))
			return true;
	}
	return false;
}

const char *
record_direction(const struct record *r)
{
	return r->outgoing ? "out" : r->submission ? "submission" : "in";
}
