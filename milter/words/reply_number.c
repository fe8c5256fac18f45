/* reply_number - codes and statuses as words of phrases and of the judge */

#include "words/reply_number.h"

#include <stddef.h>
#include <string.h>

#include "words/judge.h"
#include "words/lexicon.h"

#define CODES_FROM 100
#define CODES_END 600
#define SUBJECTS 8
#define DETAILS 64

static const char status_classes[] = "245";
#define CLASSES (sizeof status_classes - 1)

static struct reply_number codes[CODES_END - CODES_FROM];
static struct reply_number classes[CODES_END / 100];
static struct reply_number statuses[CLASSES][SUBJECTS][DETAILS];

const struct reply_number *
reply_number_code(int code)
{
	return &codes[code - CODES_FROM];
}

const struct reply_number *
reply_number_class(char digit)
{
	return &classes[digit - '0'];
}

/* Below `end`, as it is usually written; -1: it is not. */
static int
take_below(const char **at, int end)
{
	const char *from = *at;
	int n = 0;

	while (**at >= '0' && **at <= '9' && n < end)
		n = n * 10 + *(*at)++ - '0';
	return n < end && (*at - from == 1 || (*at - from > 1 &&
	    *from != '0')) ? n : -1;
}

const struct reply_number *
reply_number_status(const char *status)
{
	const char *class = strchr(status_classes, status[0]);
	const char *at = status + 2;
	int subject = take_below(&at, SUBJECTS), detail;

	if (class == NULL || subject < 0 || *at++ != '.')
		return NULL;
	detail = take_below(&at, DETAILS);
	return detail < 0 || *at != '\0' ? NULL :
	    &statuses[class - status_classes][subject][detail];
}

static uint16_t
sense_of(const char *word)
{
	return (uint16_t)lexicon_find(word, strlen(word));
}

/* What the judge knows of "c550", "s5.7.1", "x.7.1". */
static uint32_t
feature_of(const char *word)
{
	return judge_find(judge_number(word[0], word + 1));
}

/* The codes of one class. Those that no phrase names have one sense. */
static void
fill_codes(char digit)
{
	const char class[] = { 'k', digit, '\0' };
	const char any[] = { 'c', digit, 'y', '\0' };
	uint16_t senses[] = { sense_of(class), 0, sense_of(any) };
	uint32_t feature = feature_of(class);
	uint16_t unnamed = (uint16_t)lexicon_join(senses, 3);
	char word[] = { 'c', digit, '0', '0', '\0' };
	struct reply_number *to;
	int i;

	classes[digit - '0'] = (struct reply_number){ { feature, 0 },
		senses[0] };
	for (i = 0; i < 100; i++) {
		to = &codes[(digit - '0') * 100 - CODES_FROM + i];
		word[2] = (char)('0' + i / 10);
		word[3] = (char)('0' + i % 10);
		senses[1] = sense_of(word);
		to->feature[0] = feature;
		to->feature[1] = feature_of(word);
		to->sense = senses[1] == 0 ? unnamed :
		    (uint16_t)lexicon_join(senses, 3);
	}
}

/* A number below 100; the place behind it. */
static char *
put_number(char *at, unsigned n)
{
	if (n >= 10)
		*at++ = (char)('0' + n / 10);
	*at++ = (char)('0' + n % 10);
	return at;
}

/* X.subject.detail of all classes. */
static void
fill_status(unsigned subject, unsigned detail)
{
	char name[16] = "sx.", *word = name + 1, *at;
	struct reply_number *to;
	uint16_t senses[2];
	uint32_t any;
	size_t i;

	at = put_number(word + 2, subject);
	*at++ = '.';
	*put_number(at, detail) = '\0';
	any = feature_of(word);
	senses[1] = sense_of(word);
	for (i = 0; i < CLASSES; i++) {
		*word = status_classes[i];
		senses[0] = sense_of(word);
		to = &statuses[i][subject][detail];
		to->feature[0] = feature_of(name);
		to->feature[1] = any;
		to->sense = (uint16_t)lexicon_join(senses, 2);
	}
}

void
reply_number_fill(void)
{
	static const char digits[] = "12345";
	unsigned subject, detail;
	const char *digit;

	for (digit = digits; *digit != '\0'; digit++)
		fill_codes(*digit);
	for (subject = 0; subject < SUBJECTS; subject++)
		for (detail = 0; detail < DETAILS; detail++)
			fill_status(subject, detail);
}
