/*
 * fuzz_config - any bytes as a configuration
 *
 * Besides not falling over: what the scan lets through libConfuse can parse,
 * every mistake is on a line of the text, and false means that there is one.
 */

#include <stdint.h>
#include <stdlib.h>

#include "../unit/config_house.h"
#include "base/log.h"
#include "base/mem.h"
#include "config/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* How config.c begins when libConfuse complains, if the text does not. */
static const char unparsed[] = "cannot be parsed";

static int
lines_of(const char *text)
{
	int lines = 1;

	for (; *text != '\0'; text++)
		lines += *text == '\n';
	return lines;
}

static void
check(const struct diags *d, const char *text, bool good)
{
	int lines = lines_of(text);
	char *output;
	size_t i;

	for (i = 0; i < d->n; i++) {
		if (strncmp(d->v[i].text, unparsed, strlen(unparsed)) == 0 &&
		    strstr(text, unparsed) == NULL)
			BUG("the scan and libConfuse disagree");
		if (d->v[i].line < 1 || d->v[i].line > lines)
			BUG("a mistake outside of the text");
	}
	if (good != (d->errors == 0))
		BUG("a wrong answer");
	output = printed(d);
	free(output);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct diags d = DIAGS_INIT;
	struct house h;
	char *text = mem_ndup(n > 0 ? (const char *)data : "", n);
	bool good;

	setenv("SET", "a", 1);
	house_init(&h);
	good = config_read_text("f", text, h.sections, 3, NULL, &d);
	check(&d, text, good);
	diags_free(&d);
	house_free(&h);
	free(text);
	return 0;
}
