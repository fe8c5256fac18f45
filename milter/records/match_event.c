/* match_event - is this record that refusal of the log? */

#include "records/match_event.h"

#include <string.h>
#include <strings.h>

#include "records/record_read.h"

/* With `privacy` other than full the part before the "@" is another. */
static bool
same_address(const char *a, const char *b)
{
	const char *at_a = strrchr(a, '@'), *at_b = strrchr(b, '@');

	return strcasecmp(a, b) == 0 || (at_a != NULL && at_b != NULL &&
	    strcasecmp(at_a, at_b) == 0);
}

static bool
same_recipient(const struct parsed_record *t, const char *recipient)
{
	size_t i, n = parsed_count(t, "recipients");
	const char *text;

	if (recipient == NULL || n == 0)
		return true;
	for (i = 0; i < n; i++) {
		text = parsed_item(t, "recipients", i);
		if (text != NULL && same_address(text, recipient))
			return true;
	}
	return false;
}

/* Behind "<address>: " and "<address>... ", which not every door tells. */
static const char *
behind_address(const char *line)
{
	const char *end = *line == '<' ? strstr(line, ">: ") : NULL;

	if (end != NULL)
		return end + 3;
	end = *line == '<' ? strstr(line, ">... ") : NULL;
	return end != NULL ? end + 5 : line;
}

static const char *
word_end(const char *p)
{
	return p + strcspn(p, " ");
}

/*
 * Is one the beginning of the other? A log shows "?" for bytes that it cannot,
 * and in words with an "@" more may differ (privacy).
 */
static bool
alike(const char *a, const char *b)
{
	const char *end_a, *end_b;

	for (; *a != '\0' && *b != '\0'; a = end_a, b = end_b) {
		if (*a == ' ' || *b == ' ') {
			if (*a != *b && *a != '?' && *b != '?')
				return false;
			end_a = a + 1;
			end_b = b + 1;
			continue;
		}
		end_a = word_end(a);
		end_b = word_end(b);
		if (memchr(a, '@', (size_t)(end_a - a)) != NULL &&
		    memchr(b, '@', (size_t)(end_b - b)) != NULL)
			continue;
		if (*a != *b && *a != '?' && *b != '?')
			return false;
		end_a = a + 1;
		end_b = b + 1;
	}
	return true;
}

static bool
ends_with(const char *text, const char *tail)
{
	size_t n = strlen(text), tail_n = strlen(tail);

	return n >= tail_n && strcmp(text + n - tail_n, tail) == 0;
}

/* The reply of the MTA or of others, and what we made of it. */
static const struct {
	const char *lines, *code;
} replies[] = {
	{ "was.lines", "was.code" },
	{ "reply.lines", "reply.code" },
};

/* The code of the reply. A connection that is refused with 5yz gets 554. */
static int
code_of(const struct match_event *e)
{
	return e->greeting && e->code != 0 && e->code != 421 ? 554 : e->code;
}

/* With soft_bounce Postfix says 4yz where it logs 5yz. */
static bool
is_code(const struct parsed_record *t, const char *path,
    const struct match_event *e)
{
	long long code = parsed_int(t, path, 0);

	return code == 0 || e->code == 0 || code % 100 == code_of(e) % 100;
}

/* One of the lines of the reply; either may have lost its front. */
static bool
has_words(const struct parsed_record *t, const char *path, const char *words)
{
	size_t i, n = parsed_count(t, path);
	const char *line;

	for (i = 0; i < n; i++) {
		line = parsed_item(t, path, i);
		if (line == NULL || *line == '\0')
			continue;
		line = behind_address(line);
		if (alike(line, words) || ends_with(line, words) ||
		    ends_with(words, line))
			return true;
	}
	return false;
}

static bool
same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL || strcmp(a, b) == 0;
}

/* Lines that say in words of their own what was refused, and how. */
static bool
means(const struct parsed_record *t, const char *reason, const char *stage)
{
	static const struct {
		const char *reason, *words;
	} phrases[] = {
		{ "auth-failed", "uthentication" },
		{ "rate-limited", "Error: too m" },
		{ "too-many-connections", "Error: too m" },
		{ "tls-failed", "TLS" },
	};
	const char *own = parsed_text(t, "reason"), *line;
	size_t i, k;

	if (own != NULL && strcmp(own, reason) == 0 &&
	    same_text(parsed_text(t, "stage"), stage))
		return true;
	for (i = 0; i < sizeof phrases / sizeof phrases[0]; i++)
		for (k = 0; k < 2; k++) {
			line = parsed_item(t, replies[k].lines, 0);
			if (line != NULL && strcmp(phrases[i].reason, reason) ==
			    0 && strstr(line, phrases[i].words) != NULL)
				return true;
		}
	return false;
}

/* "554 mx ESMTP not accepting connections", "421 mx Service unavailable" */
static bool
is_greeting(const struct parsed_record *t, const struct match_event *e)
{
	size_t k = parsed_count(t, replies[0].lines) > 0 ? 0 : 1;
	const char *line = parsed_item(t, replies[k].lines, 0);

	/* "Service unavailable" is said at MAIL, too. */
	if (!same_text(parsed_text(t, "stage"), "connect") ||
	    !is_code(t, replies[k].code, e))
		return false;
	return line != NULL && (strstr(line, "not accepting connections") ||
	    strstr(line, "Service unavailable"));
}

bool
match_event_is(const struct match_event *e, const struct parsed_record *t)
{
	const char *sender = parsed_text(t, "sender");
	const char *outcome = parsed_text(t, "outcome");
	const char *words = e->words;
	size_t k;

	if (e->on_hold != (outcome != NULL &&
	    strcmp(outcome, "quarantine") == 0))
		return false;
	if (!same_recipient(t, e->recipient) ||
	    !same_text(parsed_text(t, "queue_id"), e->queue_id))
		return false;
	if (sender != NULL && e->sender != NULL &&
	    !same_address(sender, e->sender))
		return false;
	if (e->on_hold)
		return true;
	if (words == NULL || *words == '\0')
		return e->reason != NULL && means(t, e->reason, e->stage);
	if (e->greeting)
		return is_greeting(t, e);
	words = behind_address(words);
	for (k = 0; k < 2; k++)
		if (is_code(t, replies[k].code, e) &&
		    has_words(t, replies[k].lines, words))
			return true;
	return false;
}
