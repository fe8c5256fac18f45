/*
 * judge_try - the reason of each line, by weights of one's choice
 *
 * Prints reason and confidence. Linked with a judge.o of its own weights.
 */

#include <stdio.h>
#include <string.h>

#include "words/reason.h"
#include "words/recognise.h"

int
main(void)
{
	static char line[16384];
	struct recognised r;
	char *at;

	while (fgets(line, sizeof line, stdin) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		while ((at = strstr(line, "\\r\\n")) != NULL) {
			memcpy(at, "\r\n", 2);
			memmove(at + 2, at + 4, strlen(at + 4) + 1);
		}
		recognise(line, strlen(line), &r);
		printf("%s\t%s\n", r.reason == REASON_NONE ? "unrecognised" :
		    reason_get(r.reason)->name,
		    confidence_name(r.confidence));
	}
	return 0;
}
