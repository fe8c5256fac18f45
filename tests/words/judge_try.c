/*
 * judge_try - the reason of each line, by weights of one's choice
 *
 * Prints reason and confidence. Linked with a judge.o of its own weights.
 */

#include <stdio.h>
#include <string.h>

#include "words/reason.h"
#include "words/recognise.h"

#include "reply_lines.h"

int
main(void)
{
	static char line[REPLY_LINE_MAX];
	struct recognised r;

	while (reply_lines_next(line, stdin) != NULL) {
		recognise(line, strlen(line), &r);
		printf("%s\t%s\n", r.reason == REASON_NONE ? "unrecognised" :
		    reason_get(r.reason)->name,
		    confidence_name(r.confidence));
	}
	return 0;
}
