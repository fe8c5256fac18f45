/* option_value - numbers, sizes, times and words as an admin writes them */

#include "base/option_value.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/option.h"

/* Messages quote no more than this of a value. */
#define QUOTE_MAX 60

struct unit {
	const char *name;
	long long worth;
};

/* By worth; the first name of each worth is the one we say ourselves. */
static const struct unit size_units[] = {
	{ "", 1 }, { "b", 1 },
	{ "k", 1LL << 10 }, { "kb", 1LL << 10 },
	{ "M", 1LL << 20 }, { "mb", 1LL << 20 },
	{ "G", 1LL << 30 }, { "gb", 1LL << 30 },
	{ NULL, 0 }
};

static const struct unit time_units[] = {
	{ "ms", 1 },
	{ "s", 1000 }, { "sec", 1000 }, { "second", 1000 },
	{ "seconds", 1000 },
	{ "min", 60000 }, { "minute", 60000 }, { "minutes", 60000 },
	{ "h", 3600000 }, { "hour", 3600000 }, { "hours", 3600000 },
	{ "days", 86400000 }, { "day", 86400000 }, { "d", 86400000 },
	{ NULL, 0 }
};

static const struct unit plain[] = { { "", 1 }, { NULL, 0 } };

/* How each of the three types is written, and called when it is wrong. */
static const struct notation {
	const struct unit *units;
	const char *gap;	/* between number and unit */
	const char *wrong;
} notations[] = {
	[OPTION_INT] = { plain, "", "is not a number" },
	[OPTION_SIZE] = { size_units, "",
	    "is not a size like 500, 10k or 5M" },
	[OPTION_TIME] = { time_units, " ",
	    "is not a time like 500 ms, 30 s, 5 min, 2 h or 14 days" },
};

static void
put_quoted(struct buf *errmsg, const char *value)
{
	bool cut = strlen(value) > QUOTE_MAX;

	buf_printf(errmsg, "\"%.*s%s\"", QUOTE_MAX, value, cut ? "..." : "");
}

bool
option_bool(const char *value, bool *on, struct buf *errmsg)
{
	static const char *const words[] = { "no", "yes", "false", "true",
		"off", "on", NULL };
	size_t i;

	for (i = 0; words[i] != NULL; i++)
		if (strcasecmp(value, words[i]) == 0) {
			*on = i % 2 == 1;
			return true;
		}
	put_quoted(errmsg, value);
	buf_puts(errmsg, " is neither yes nor no");
	return false;
}

/*
 * The number at the start; what follows it is left at *rest. One that is too
 * large becomes LLONG_MAX, with ERANGE in errno.
 */
static bool
leading_number(const char *value, long long *number, const char **rest)
{
	const char *digits = value + (*value == '-');
	char *end;

	if (*digits < '0' || *digits > '9')
		return false;
	errno = 0;
	*number = strtoll(value, &end, 10);
	*rest = end;
	return true;
}

bool
option_integer(const char *value, long long *number)
{
	const char *rest;

	return leading_number(value, number, &rest) && *rest == '\0' &&
	    errno == 0;
}

static const struct unit *
find_unit(const struct unit *units, const char *name)
{
	for (; units->name != NULL; units++)
		if (strcasecmp(units->name, name) == 0)
			return units;
	return NULL;
}

/* What multiplication would not hold becomes the largest there is. */
static long long
scale(long long number, long long worth)
{
	if (number > LLONG_MAX / worth)
		return LLONG_MAX;
	if (number < LLONG_MIN / worth)
		return LLONG_MIN;
	return number * worth;
}

/* In the largest unit that leaves a whole number. */
static void
put_number(struct buf *out, const struct notation *how, long long number)
{
	const struct unit *u, *best = how->units;

	for (u = how->units; u->name != NULL; u++)
		if (number != 0 && number % u->worth == 0 &&
		    u->worth > best->worth)
			best = u;
	buf_printf(out, "%lld%s%s", number / best->worth, how->gap,
	    best->name);
}

static void
put_range(struct buf *errmsg, const struct option *row)
{
	const struct notation *how = &notations[row->type];

	buf_puts(errmsg, " (");
	put_number(errmsg, how, row->min);
	if (row->max == 0 && row->min == 0) {
		buf_puts(errmsg, " or more");
	} else {
		buf_puts(errmsg, " to ");
		put_number(errmsg, how, row->max);
	}
	buf_putc(errmsg, ')');
}

static bool
is_in_range(const struct option *row, long long number)
{
	if (row->min == 0 && row->max == 0)
		return number >= 0 && number != LLONG_MAX;
	return number >= row->min && number <= row->max;
}

/* Number and unit, with or without a blank; 0 needs no unit. */
static bool
measure(const struct notation *how, const char *value, long long *number)
{
	const struct unit *unit;
	const char *rest;

	if (!leading_number(value, number, &rest))
		return false;
	rest += strspn(rest, " \t");
	unit = *number == 0 && *rest == '\0' ? how->units :
	    find_unit(how->units, rest);
	if (unit == NULL)
		return false;
	*number = scale(*number, unit->worth);
	return true;
}

bool
option_number(const struct option *row, const char *value,
    long long *number, struct buf *errmsg)
{
	const struct notation *how = &notations[row->type];
	long long got;
	bool good = measure(how, value, &got);

	if (good && is_in_range(row, got)) {
		*number = got;
		return true;
	}
	put_quoted(errmsg, value);
	buf_printf(errmsg, " %s", good ? "is out of range" : how->wrong);
	put_range(errmsg, row);
	return false;
}

int
option_word(const char *const *words, const char *value, struct buf *errmsg)
{
	const char *nearest;
	size_t i;

	for (i = 0; words[i] != NULL; i++)
		if (strcasecmp(words[i], value) == 0)
			return (int)i;
	put_quoted(errmsg, value);
	buf_puts(errmsg, " is none of ");
	for (i = 0; words[i] != NULL; i++)
		buf_printf(errmsg, "%s%s", i > 0 ? ", " : "", words[i]);
	nearest = diag_nearest(value, words);
	if (nearest != NULL)
		buf_printf(errmsg, "; did you mean %s?", nearest);
	return -1;
}

bool
option_put_plain(const struct option *row, const char *value, struct buf *out)
{
	struct buf ignored = BUF_INIT;
	long long number;
	bool on, good = false;
	int word;

	switch (row->type) {
	case OPTION_BOOL:
		good = option_bool(value, &on, &ignored);
		buf_puts(out, !good ? "" : on ? "yes" : "no");
		break;
	case OPTION_INT:
	case OPTION_SIZE:
	case OPTION_TIME:
		good = measure(&notations[row->type], value, &number);
		if (good)
			put_number(out, &notations[row->type], number);
		break;
	case OPTION_WORD:
		word = option_word(row->words, value, &ignored);
		good = word >= 0;
		buf_puts(out, good ? row->words[word] : "");
		break;
	case OPTION_TEXT:
	case OPTION_PARSE:
	case OPTION_LIST:
	case OPTION_GROUP:
		good = false;
		break;
	}
	buf_free(&ignored);
	return good;
}
