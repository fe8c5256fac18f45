/* postfix_line - the parts that lines of Postfix share */

#include "maillog/postfix_line.h"

#include <ctype.h>
#include <string.h>

static const struct slice none;

/*
 * "4XyZ1234: rest", "NOQUEUE: rest": the id, none when there is none. No id
 * has a small vowel in it, and "warning:" has.
 */
struct slice
postfix_queue_id(struct slice *message)
{
	const char *p = message->text, *end = SLICE_END(*message);
	struct slice id;

	while (p < end && isalnum((unsigned char)*p) &&
	    strchr("aeiou", *p) == NULL)
		p++;
	if (end - p < 2 || p[0] != ':' || p[1] != ' ' ||
	    p - message->text < 5)
		return none;
	id = slice_to(*message, p);
	*message = slice_from(*message, p + 2);
	return id;
}

/*
 * "name[192.0.2.1]", "name[192.0.2.1]:4711", "[192.0.2.1]:4711" at the front;
 * what is behind it, none when it is no client.
 */
struct slice
postfix_client(struct slice s, struct log_event *h)
{
	const char *open = slice_find(s, "["), *close;

	if (open == NULL)
		return none;
	close = slice_find(slice_from(s, open), "]");
	if (close == NULL)
		return none;
	h->name = slice_to(s, open);
	h->client = slice_to(slice_from(s, open + 1), close);
	s = slice_from(s, close + 1);
	if (s.n > 1 && *s.text == ':' && isdigit((unsigned char)s.text[1]))
		do
			s = slice_from(s, s.text + 1);
		while (s.n > 0 && isdigit((unsigned char)*s.text));
	return s;
}

enum stage
postfix_stage(struct slice s)
{
	static const struct {
		const char *word;
		enum stage stage;
	} words[] = {
		{ "CONNECT", STAGE_CONNECT }, { "EHLO", STAGE_HELO },
		{ "HELO", STAGE_HELO }, { "AUTH", STAGE_HELO },
		{ "MAIL", STAGE_MAIL }, { "RCPT", STAGE_RCPT },
		{ "DATA", STAGE_DATA }, { "END-OF-MESSAGE", STAGE_MESSAGE },
		{ "end of DATA", STAGE_MESSAGE },
		{ "initial server greeting", STAGE_CONNECT },
	};
	size_t i;

	for (i = 0; i < sizeof words / sizeof words[0]; i++)
		if (slice_begins(s, words[i].word))
			return words[i].stage;
	return STAGE_RCPT;
}
