/* reason.c - the catalogue: rows of reasons.def, prose of prose.txt */
#include "words/reason.h"

#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "words/catalogue.h"
#include "words/prose.h"

/* Twice, for BOTH() is two of its arguments. */
#define REASON(...) ROW(__VA_ARGS__)
#define ROW(id, reason_name, pcode, pstatus, tcode, tstatus, act, must,    \
    keys, first, second, again, section, ...)                                 \
	[REASON_##id] = {                                                     \
		.name = (reason_name),                                        \
		.permanent = { .code = (pcode), .status = (pstatus) },        \
		.temporary = { .code = (tcode), .status = (tstatus) },        \
		.action = ACTION_##act,                                       \
		.who = WHO_##must,                                            \
		.fields = (keys),                                             \
		.what = (first),                                              \
		.remedy = (second),                                           \
		.later = (again),                                             \
		.rfc = (section), __VA_ARGS__                                 \
	},
static const struct reason rows[REASON_COUNT] = {
#include "words/reasons.def"
};
#undef ROW
#undef REASON

/* enum reason_id begins with 1, so the terminator has room. */
static const char *const names[REASON_COUNT] = {
#define REASON(id, reason_name, ...) [REASON_##id - 1] = (reason_name),
#include "words/reasons.def"
#undef REASON
};

static const char *const who_names[] = {
	[WHO_SENDER] = "sender",
	[WHO_SENDER_ADMIN] = "sender-admin",
	[WHO_POSTMASTER] = "postmaster",
	[WHO_RECIPIENT] = "recipient",
	[WHO_NOBODY] = "nobody",
};

static void
check_id(int id)
{
	if (id <= REASON_NONE || id >= REASON_COUNT)
		BUG("no such reason");
}

const struct reason *
reason_get(int id)
{
	check_id(id);
	return &rows[id];
}

const struct reason_prose *
reason_prose(int id)
{
	check_id(id);
	return &words_prose[id];
}

int
reason_by_name(const char *name)
{
	for (int id = REASON_NONE + 1; id < REASON_COUNT; id++)
		if (strcmp(rows[id].name, name) == 0)
			return id;
	return REASON_NONE;
}

const char *const *
reason_names(void)
{
	return names;
}

const char *
who_name(enum who who)
{
	return who_names[who];
}

enum who
reason_who(int id, bool final)
{
	enum who who = reason_get(id)->who;

	return who == WHO_NOBODY && final ? WHO_SENDER : who;
}

void
reason_put_steps(struct buf *out, int id, bool final, const char *steps,
    const char *again)
{
	if (reason_get(id)->who == WHO_NOBODY && final) {
		buf_puts(out, again != NULL ? again : words_again);
		steps += strcspn(steps, "\n");
	}
	buf_puts(out, steps);
}

bool
reason_catalogue_is(uint64_t hash)
{
	return hash == catalogue_hash();
}

bool
reason_allows(int id, enum action action)
{
	const struct reason *reason = reason_get(id);

	switch (action) {
	case ACTION_REJECT:
		return reason->permanent.code != 0;
	case ACTION_TEMPFAIL:
		return reason->temporary.code != 0;
	case ACTION_OFF:
	case ACTION_NOTE:
	case ACTION_MARK:
	case ACTION_QUARANTINE:
		return true;
	}
	BUG("no such action");
}

/* By the beginning of the name; whatever is in no row is about the client. */
static const struct {
	const char *begin;
	enum about about;
} abouts[] = {
	{ "helo-", ABOUT_HELO },
	{ "sender-", ABOUT_SENDER },
	{ "null-sender", ABOUT_SENDER },
	{ "null-mx-sender", ABOUT_SENDER },
	{ "smtputf8-sender", ABOUT_SENDER },
	{ "spf-", ABOUT_SENDER },
	{ "domain-listed", ABOUT_SENDER },
	{ "relay-denied", ABOUT_RCPT },
	{ "mailbox-", ABOUT_RCPT },
	{ "rcpt-", ABOUT_RCPT },
	{ "null-mx-recipient", ABOUT_RCPT },
	{ "smtputf8-recipient", ABOUT_RCPT },
	{ "too-many-recipients", ABOUT_RCPT },
	{ "no-route", ABOUT_RCPT },
};

enum about
reason_about(int id)
{
	const char *name = reason_get(id)->name;
	size_t i;

	for (i = 0; i < sizeof abouts / sizeof abouts[0]; i++)
		if (strncmp(name, abouts[i].begin,
		    strlen(abouts[i].begin)) == 0)
			return abouts[i].about;
	return ABOUT_CLIENT;
}

enum about
about_by_name(const char *name, size_t n)
{
	static const struct {
		const char *name;
		enum about about;
	} names[] = { { "client", ABOUT_CLIENT }, { "helo", ABOUT_HELO },
		{ "sender", ABOUT_SENDER }, { "rcpt", ABOUT_RCPT },
		{ "relay", ABOUT_RCPT } };
	size_t i;

	for (i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strlen(names[i].name) == n &&
		    memcmp(names[i].name, name, n) == 0)
			return names[i].about;
	return ABOUT_ANY;
}
