/*
 * postfix_envelope - what stands behind a refusal in a line of Postfix
 *
 * The client chose its addresses, and may have written there what looks like
 * more of the line. In the envelope they are quoted, as in SMTP; in the reply
 * they are not. Of a greeting smtpd(8) logs no such letters; postscreen(8)
 * does.
 */

#include <string.h>

#include "maillog/postfix_line.h"

/* Where there are more, nobody knows where the envelope begins. */
#define SIGNS_MAX 32

/* Where the envelope may begin, or NULL. */
static const char *
find_sign(struct slice s)
{
	static const char *const names[] = { "from=<", "to=<", "proto=",
		"helo=<" };
	const char *at;
	size_t i;

	while ((at = slice_find(s, "; ")) != NULL) {
		s = slice_from(s, at + 2);
		for (i = 0; i < sizeof names / sizeof names[0]; i++)
			if (slice_begins(s, names[i]))
				return at;
	}
	return NULL;
}

/* Where the greeting ends: at the end of the line, or before the login. */
static const char *
greeting_end(struct slice s)
{
	const char *end;

	if (s.n == 0 || SLICE_END(s)[-1] == '>')
		return SLICE_END(s) - (s.n > 0);
	end = slice_find_last(s, "> sasl_");
	return end != NULL ? end : SLICE_END(s);
}

/* "554 5.7.1 <address>: words": where the address begins; NULL: none. */
static const char *
quoted_in(struct slice s, const char *sign)
{
	const char *at = slice_find(slice_to(s, sign), "<");

	return at != NULL && (at == s.text || at[-1] == ' ') ? at : NULL;
}

static struct slice
take_word(struct slice s)
{
	const char *end = slice_find(s, " ");

	return end != NULL ? slice_to(s, end) : s;
}

/* Before 3.10 a login was not told, or before the greeting. */
static void
take_greeting(struct slice s, struct log_event *h)
{
	h->helo = slice_to(s, greeting_end(s));
	if (slice_find(h->helo, "helo=<") != NULL)
		h->login = (struct slice){ NULL, 0 };
	s = slice_between(slice_from(s, SLICE_END(h->helo)), " sasl_username=",
	    NULL);
	if (s.text != NULL)
		h->login = take_word(s);
}

void
postfix_envelope(struct slice s, struct log_event *h)
{
	struct slice word;

	while (s.n > 0) {
		if (strchr(";, ", *s.text) != NULL)
			s = slice_from(s, s.text + 1);
		else if (slice_skip(&s, "from=<"))
			s = slice_address(s, '>', &h->sender);
		else if (slice_skip(&s, "to=<"))
			s = slice_address(s, '>', &h->recipient);
		else if (slice_skip(&s, "helo=<")) {
			take_greeting(s, h);
			return;
		} else {
			word = take_word(s);
			s = slice_from(s, SLICE_END(word));
			if (slice_skip(&word, "sasl_username="))
				h->login = word;
		}
	}
}

/* Is it the address that begins at `at`, in front of `end`, without quotes? */
static bool
is_quoted(const char *at, const char *end, struct slice address)
{
	const char *p = address.text, *stop = SLICE_END(address);

	for (; p < stop && at < end; p++) {
		if (*p == '"')
			continue;
		if (*p == '\\' && stop - p > 1)
			p++;
		if (*p != *at++)
			return false;
	}
	while (p < stop && *p == '"')
		p++;
	return p == stop && end - at >= 3 && memcmp(at, ">: ", 3) == 0;
}

/* The longer of the two addresses that is quoted there; 0: none is. */
static size_t
quoted_length(const char *at, struct slice s)
{
	struct log_event h = { .line = NULL };
	size_t n = 0;

	postfix_envelope(s, &h);
	if (h.sender.n > 0 && is_quoted(at, s.text, h.sender))
		n = h.sender.n;
	if (h.recipient.n > n && is_quoted(at, s.text, h.recipient))
		n = h.recipient.n;
	return n;
}

const char *
postfix_envelope_of(struct slice s)
{
	const char *first = find_sign(s), *best = first, *sign, *quoted;
	size_t n, longest = 0;
	int i;

	if (first == NULL)
		return SLICE_END(s);
	quoted = quoted_in(s, first);
	sign = find_sign(slice_from(s, first + 1));
	if (quoted == NULL || sign == NULL)
		return first;
	for (sign = first, i = 0; sign != NULL && i < SIGNS_MAX; i++) {
		n = quoted_length(quoted + 1, slice_from(s, sign));
		if (n > longest) {
			longest = n;
			best = sign;
		}
		sign = find_sign(slice_from(s, sign + 1));
	}
	return sign == NULL ? best : SLICE_END(s);
}
