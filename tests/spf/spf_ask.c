/*
 * spf_ask - SPF results for made-up DNS, line by line
 *
 * Reads from standard input, words between tabs, \xHH for any byte:
 *
 *	DNS	NAME	TYPE	VALUE
 *	ASK	CLIENT	HELO	LOCAL	DOMAIN	RECEIVER
 *	FORGET
 *
 * and writes for each ASK: result, explanation, lookups, mechanism, detail,
 * with tabs between. The argument is the engine.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "auth/spf.h"
#include "base/buf.h"
#include "base/clock.h"
#include "dns/dns.h"

static void
unescape(char *text)
{
	char *out = text, hex[3] = "";

	for (; *text != '\0'; text++) {
		if (text[0] == '\\' && text[1] == 'x') {
			memcpy(hex, text + 2, 2);
			*out++ = (char)strtol(hex, NULL, 16);
			text += 3;
		} else
			*out++ = *text;
	}
	*out = '\0';
}

static const char *
shown(const char *text)
{
	return text != NULL ? text : "";
}

static void
ask(char **word, enum spf_engine engine)
{
	struct spf_query q = { .engine = engine, .helo = word[2],
		.local = word[3], .domain = word[4], .receiver = word[5],
		.explain = true, .deadline = clock_ms() + 5000 };
	struct spf spf;

	if (!ip_parse(word[1], &q.client)) {
		puts("no address");
		return;
	}
	spf_check(&q, &spf);
	printf("%s\t%s\t%u\t%s\t%s\n", spf_result_name(spf.result),
	    shown(spf.explanation), spf.lookups, shown(spf.mechanism),
	    shown(spf.detail));
	fflush(stdout);
	spf_clear(&spf);
}

static void
tell(char **word)
{
	struct buf errmsg = BUF_INIT;

	if (!dns_preload(word[1], word[2], word[3], &errmsg))
		fprintf(stderr, "%s: %s\n", word[1], errmsg.data);
	buf_free(&errmsg);
}

int
main(int argc, char **argv)
{
	enum spf_engine engine = argc > 1 &&
	    strcmp(argv[1], "libspf2") == 0 ? SPF_ENGINE_LIBSPF2 :
	    SPF_ENGINE_SAYWHY;
	char *line = NULL, *word[8];
	size_t cap = 0, n;
	char *at;

	dns_offline(false);
	while (getline(&line, &cap, stdin) > 0) {
		line[strcspn(line, "\n")] = '\0';
		for (n = 0, at = line; n < 8 && at != NULL; n++)
			word[n] = strsep(&at, "\t");
		while (n < 8)
			word[n++] = line + strlen(line);
		for (n = 0; n < 8; n++)
			unescape(word[n]);
		if (strcmp(word[0], "DNS") == 0)
			tell(word);
		else if (strcmp(word[0], "ASK") == 0)
			ask(word, engine);
		else if (strcmp(word[0], "FORGET") == 0)
			dns_offline(false);
	}
	free(line);
	dns_stop();
	return 0;
}
