/*
 * fuzz_record_read - any bytes as a line of a record file, and as what is
 * pasted
 *
 * What is forgotten is not there any more, and the line is still a record.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "pages/index.h"
#include "pages/lookup.h"
#include "records/forget.h"
#include "records/forget_line.h"
#include "records/record_read.h"
#include "words/recognise.h"

#define PERSON "ann@example.org"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
note(void *arg, const char *key, const char *value)
{
	buf_puts(arg, key);
	buf_puts(arg, value);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *text = (const char *)data;
	struct buf out = BUF_INIT, evidence = BUF_INIT;
	struct parsed_record *t = record_read(text, n), *again;
	char id[RECORD_ID_TEXT];
	struct recognised read;

	forget_in_line(&out, text, n, PERSON);
	again = record_read(out.data, out.len);
	if (t != NULL && again == NULL)
		BUG("a record that was forgotten as a whole");
	if (t != NULL)
		parsed_each(t, "evidence", note, &evidence);
	parsed_free(t);
	parsed_free(again);
	record_id_find(text, n, id);
	lookup_reply(text, n, &read);
	buf_free(&out);
	buf_free(&evidence);
	return 0;
}
