/* code.c - what is known of reply codes and enhanced statuses: codes.def */
#include "words/code.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "words/reason.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define CODE(number, kind, section, text, commands, with, must, act, wrong,   \
    right)                                                                    \
	{                                                                     \
		.code = (number),                                             \
		.standing = CODE_##kind,                                      \
		.rfc = (section),                                             \
		.meaning = (text),                                            \
		.follows = (commands),                                        \
		.statuses = (with),                                           \
		.who = WHO_##must,                                            \
		.remedy = (act),                                              \
		.mistake = (wrong),                                           \
		.instead = (right),                                           \
	},
static const struct code codes[] = {
#include "words/codes.def"
};

#define STATUS(number, may_have, with, text, section, besides)                \
	{                                                                     \
		.status = (number),                                           \
		.classes = (may_have),                                        \
		.codes = (with),                                              \
		.meaning = (text),                                            \
		.rfc = (section),                                             \
		.note = (besides),                                            \
	},
static const struct status statuses[] = {
#include "words/codes.def"
};

#define VENDOR(from, to, who, id, text, right)                                \
	{                                                                     \
		.first = (from),                                              \
		.last = (to),                                                 \
		.issuer = (who),                                              \
		.reason = REASON_##id,                                        \
		.meaning = (text),                                            \
		.registered = (right),                                        \
	},
static const struct vendor_status vendors[] = {
#include "words/codes.def"
};

static const char *const standing_names[] = {
	[CODE_STANDARD] = "standard",
	[CODE_CLASS] = "class",
	[CODE_REGISTRY] = "registry",
	[CODE_VENDOR] = "vendor",
	[CODE_NONE] = "none",
};

static int
compare_code(const void *key, const void *row)
{
	return strcmp(key, ((const struct code *)row)->code);
}

const struct code *
code_find(const char *code)
{
	return bsearch(code, codes, COUNT(codes), sizeof(codes[0]),
	    compare_code);
}

const struct code *
code_class(const char *code)
{
	const char class[] = { code[0], 'y', 'z', '\0' };

	return code_find(class);
}

const char *
code_standing_name(enum code_standing standing)
{
	return standing_names[standing];
}

/* A status in its three numbers; class 0 is the "X" of a row. */
struct triple {
	int class, subject, detail;
};

/* One to three digits without a leading zero: steps past them. */
static bool
read_number(const char **at, int *value)
{
	const char *digit = *at;

	*value = 0;
	while (*digit >= '0' && *digit <= '9' && digit - *at < 3)
		*value = *value * 10 + (*digit++ - '0');
	if (digit == *at || (**at == '0' && digit - *at > 1))
		return false;
	*at = digit;
	return true;
}

static bool
read_triple(const char *status, struct triple *t)
{
	const char *at = status;

	if (*at == 'X')
		t->class = 0;
	else if (*at == '2' || *at == '4' || *at == '5')
		t->class = *at - '0';
	else
		return false;
	at++;
	return *at++ == '.' && read_number(&at, &t->subject) &&
	    *at++ == '.' && read_number(&at, &t->detail) && *at == '\0';
}

static const struct status *
find_row(const char *name)
{
	for (size_t i = 0; i < COUNT(statuses); i++)
		if (strcmp(statuses[i].status, name) == 0)
			return &statuses[i];
	return NULL;
}

/* The row whose detail, subject or class is that of the status. */
static const struct status *
find_exact(const char *status)
{
	struct triple t, row;

	if (!read_triple(status, &t))
		return NULL;
	for (size_t i = 0; i < COUNT(statuses); i++)
		if (read_triple(statuses[i].status, &row) &&
		    row.subject == t.subject && row.detail == t.detail)
			return &statuses[i];
	return NULL;
}

/* The row of its class. */
static const struct status *
find_class(const char *status)
{
	struct triple t;
	const char name[] = { status[0], '.', 'X', '.', 'Y', '\0' };

	return read_triple(status, &t) ? find_row(name) : NULL;
}

static const struct status *
find_subject(const char *status)
{
	struct triple t;
	char name[] = "X.0.Y";

	if (!read_triple(status, &t) || t.subject > 7)
		return NULL;
	name[2] = (char)('0' + t.subject);
	return find_row(name);
}

/*
 * The best row for "5.7.23": its own, else that of its subject, else that of
 * its class. NULL: RFC 3463 section 2 knows no such status ("5.7", "6.1.1",
 * "5.07.1").
 */
static const struct status *
find_status(const char *status)
{
	const struct status *row = find_exact(status);

	if (row == NULL)
		row = find_subject(status);
	return row != NULL ? row : find_class(status);
}

bool
status_registered(const char *status)
{
	return find_exact(status) != NULL;
}

const struct status *
status_all(size_t *n)
{
	*n = COUNT(statuses);
	return statuses;
}

/* The statuses of vendors[] as numbers, read once; a row that is no status has
   a subject that none has. */
static struct {
	struct triple first, last;
} ranges[COUNT(vendors)];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void
read_vendors(void)
{
	for (size_t i = 0; i < COUNT(vendors); i++) {
		const char *last = vendors[i].last;

		if (!read_triple(vendors[i].first, &ranges[i].first) ||
		    !read_triple(last != NULL ? last : vendors[i].first,
		    &ranges[i].last))
			ranges[i].first.subject = -1;
	}
}

static bool
vendor_means(size_t i, const struct triple *t)
{
	const struct triple *first = &ranges[i].first;

	return first->subject == t->subject && first->detail <= t->detail &&
	    t->detail <= ranges[i].last.detail &&
	    (first->class == 0 || first->class == t->class);
}

const struct vendor_status *
vendor_find(const char *status, const char *issuer, size_t n)
{
	struct triple t;

	if (!read_triple(status, &t))
		return NULL;
	pthread_once(&once, read_vendors);
	for (size_t i = 0; i < COUNT(vendors); i++) {
		if (!vendor_means(i, &t))
			continue;
		if (issuer != NULL && strcasecmp(issuer, vendors[i].issuer))
			continue;
		if (n-- == 0)
			return &vendors[i];
	}
	return NULL;
}

const struct vendor_status *
vendor_all(size_t *n)
{
	*n = COUNT(vendors);
	return vendors;
}

const struct status *
status_nearest(const char *name)
{
	const struct status *row = find_status(name), *all;
	size_t i, n, length = strlen(name);

	if (row != NULL || length < 5 || name[length - 1] != 'Y')
		return row;
	all = status_all(&n);
	for (i = 0; i < n; i++)
		if (strcmp(all[i].status, name) == 0 ||
		    (name[2] != 'X' && all[i].status[0] == 'X' &&
		    strcmp(all[i].status + 1, name + 1) == 0))
			return &all[i];
	return NULL;
}
