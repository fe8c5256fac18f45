/* privacy - what of a person's address may be kept */

#include "records/privacy.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/random.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/siphash.h"

static _Atomic uint64_t key[2];

void
privacy_key(const char *words)
{
	const uint64_t fixed[2] = { 0x7361797768790001, 0x7361797768790002 };
	uint64_t fresh[2];

	if (words != NULL) {
		fresh[0] = siphash(fixed, words, strlen(words));
		fresh[1] = siphash(fresh, words, strlen(words));
	} else if (getrandom(fresh, sizeof fresh, 0) != sizeof fresh)
		BUG("getrandom(2) gave too little");
	key[0] = fresh[0];
	key[1] = fresh[1];
}

static void
put_person(struct buf *out, enum privacy privacy, const char *name, size_t n)
{
	const uint64_t now[2] = { key[0], key[1] };

	switch (privacy) {
	case PRIVACY_FULL:
		buf_put(out, name, n);
		break;
	case PRIVACY_REMOVED:
		break;
	case PRIVACY_HASHED:
		buf_printf(out, "h-%016" PRIx64, siphash(now, name, n));
		break;
	}
}

/* May stand in a local part that is not quoted; UTF-8 bytes may, too. */
static bool
is_local(char c)
{
	return (unsigned char)c > ' ' && strchr("<>()[],;:\"", c) == NULL;
}

/* Where the local part that ends before `at` begins, not before `from`. */
static const char *
local_start(const char *from, const char *at)
{
	const char *p = at;

	if (p > from && p[-1] == '"') {
		for (p--; p > from && p[-1] != '"'; p--)
			;
		return p > from ? p - 1 : from;
	}
	while (p > from && is_local(p[-1]))
		p--;
	return p;
}

void
privacy_put(struct buf *out, enum privacy privacy, const char *text)
{
	const char *at, *start;

	if (privacy == PRIVACY_FULL) {
		buf_puts(out, text);
		return;
	}
	while ((at = strchr(text, '@')) != NULL) {
		start = local_start(text, at);
		buf_put(out, text, (size_t)(start - text));
		if (at > start)
			put_person(out, privacy, start, (size_t)(at - start));
		buf_putc(out, '@');
		text = at + 1;
	}
	buf_puts(out, text);
}

void
privacy_put_login(struct buf *out, enum privacy privacy, const char *login)
{
	if (strchr(login, '@') != NULL)
		privacy_put(out, privacy, login);
	else
		put_person(out, privacy, login, strlen(login));
}
