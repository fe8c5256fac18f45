/*
 * judge_features - the features of each line (words/judge.h)
 *
 * Prints the numbers of words, pairs and all else, last that of the sentence.
 * Stands in for words/judge.c, which weighs them.
 */

#include <stdio.h>
#include <string.h>

#include "words/judge.h"
#include "words/phrase.h"
#include "words/recognise.h"
#include "words/reply_text.h"

#include "reply_lines.h"

/* What is looked up is the number itself. */
uint32_t
judge_find(uint32_t number)
{
	return number;
}

void
judge_note(struct judge *j, uint32_t feature)
{
	(void)j;
	printf("%u ", feature);
}

void
judge_lookup(struct judge *j)
{
	unsigned i;

	for (i = 0; i < j->ntokens; i++) {
		judge_note(j, j->token[i].number);
		if (!j->token[i].counts)
			continue;
		if (j->before != 0)
			judge_note(j, judge_pair(j->before,
			    j->token[i].number));
		j->before = j->token[i].number;
	}
	j->ntokens = 0;
}

int
main(void)
{
	const struct phrases *all = phrases_get();
	static struct phrase_match m;
	static char line[REPLY_LINE_MAX];
	struct recognised r;

	while (reply_lines_next(line, stdin) != NULL) {
		memset(&r, 0, sizeof r);
		phrase_match_begin(&m, all);
		reply_text_scan(&m, all, line, strlen(line), &r);
		phrase_match_end(&m);
		judge_lookup(&m.judge);
		phrase_tell_judge(&m);
		printf("=%u\n", m.judge.sentence);
	}
	return 0;
}
