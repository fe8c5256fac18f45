/*
 * judge_features - the features of each line (words/judge.h)
 *
 * Prints the numbers of words, pairs (with those of their words) and all else,
 * last that of the sentence. Stands in for words/judge.c, which weighs them.
 */

#include <stdio.h>
#include <string.h>

#include "words/judge.h"
#include "words/phrase.h"
#include "words/recognise.h"
#include "words/reply_text.h"

#include "reply_lines.h"

void
judge_begin(struct judge *j)
{
	j->before = 0;
	j->sentence = JUDGE_WORD;
}

void
judge_feature(struct judge *j, uint32_t what)
{
	(void)j;
	printf("%u ", what);
}

/* What is looked up is the number itself. */
uint32_t
judge_find(uint32_t number)
{
	return number;
}

void
judge_note(struct judge *j, uint32_t feature)
{
	judge_feature(j, feature);
}

void
judge_mark(struct judge *j, uint32_t mark)
{
	judge_feature(j, mark);
	if (j->before != 0)
		printf("%u:%u:%u ", judge_pair(j->before, mark), j->before,
		    mark);
	j->before = mark;
}

void
judge_word(struct judge *j, uint32_t word, bool counts)
{
	j->sentence = judge_pair(j->sentence, word);
	if (counts)
		judge_mark(j, word);
	else
		judge_feature(j, word);
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
		phrase_tell_judge(&m);
		printf("=%u\n", m.judge.sentence);
	}
	return 0;
}
