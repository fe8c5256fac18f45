/*
 * dkim_ask - verdicts on signatures, for made-up DNS, by either engine
 *
 *	dkim-ask [saywhy | opendkim]
 *
 * Reads from standard input, words between tabs:
 *
 *	DNS	NAME	TYPE	VALUE
 *	MESSAGE	BYTES		and then so many bytes, a message with CR LF
 *	FORGET
 *
 * and writes a line for each message: for each signature the verdict, d= and
 * the detail, with "|" between; signatures are divided by tabs.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "auth/dkim.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "dns/dns.h"

/* Bytes of the body at once: odd, so that pieces end anywhere. */
#define PIECE 61

static const char *
feed_header(struct dkim_check *c, char *at)
{
	char *colon, *end;

	while (*at != '\0' && strncmp(at, "\r\n", 2) != 0) {
		for (end = strstr(at, "\r\n"); end != NULL &&
		    (end[2] == ' ' || end[2] == '\t');
		    end = strstr(end + 2, "\r\n"))
			;
		if (end == NULL)
			return at + strlen(at);
		*end = '\0';
		colon = strchr(at, ':');
		if (colon != NULL) {
			*colon = '\0';
			dkim_check_header(c, at, colon + 1);
		}
		at = end + 2;
	}
	return *at != '\0' ? at + 2 : at;
}

static void
judge(enum dkim_engine engine, char *message, size_t n)
{
	struct dkim_check *c = dkim_check_new(engine);
	const char *body = feed_header(c, message);
	const struct dkim_result *r;
	size_t left = n - (size_t)(body - message), piece, i;

	dkim_check_end_of_header(c, clock_ms() + 5000);
	for (; left > 0; body += piece, left -= piece) {
		piece = left < PIECE ? left : PIECE;
		dkim_check_body(c, body, piece);
	}
	r = dkim_check_end(c);
	for (i = 0; i < r->n; i++)
		printf("%s%s|%s|%s", i > 0 ? "\t" : "",
		    dkim_verdict_name(r->v[i].verdict),
		    r->v[i].domain != NULL ? r->v[i].domain : "",
		    r->v[i].detail != NULL ? r->v[i].detail : "");
	printf("%s%s\n", r->failure != NULL ? "tempfail||" : "",
	    r->failure != NULL ? r->failure : "");
	fflush(stdout);
	dkim_check_free(c);
}

int
main(int argc, char **argv)
{
	enum dkim_engine engine = argc > 1 && strcmp(argv[1], "opendkim") == 0 ?
	    DKIM_ENGINE_OPENDKIM : DKIM_ENGINE_SAYWHY;
	char *line = NULL, *word[4], *at, *message;
	struct buf errmsg = BUF_INIT;
	size_t cap = 0, n;

	if (!dkim_engine_there(engine))
		return 77;
	dns_offline(false);
	while (getline(&line, &cap, stdin) > 0) {
		line[strcspn(line, "\n")] = '\0';
		for (n = 0, at = line; n < 4; n++)
			word[n] = at != NULL ? strsep(&at, "\t") : line +
			    strlen(line);
		if (strcmp(word[0], "DNS") == 0) {
			dns_preload(word[1], word[2], word[3], &errmsg);
		} else if (strcmp(word[0], "FORGET") == 0) {
			dns_offline(false);
		} else if (strcmp(word[0], "MESSAGE") == 0) {
			n = strtoul(word[1], NULL, 10);
			message = mem_alloc(n + 1);
			if (fread(message, 1, n, stdin) != n)
				return 1;
			judge(engine, message, n);
			free(message);
		}
	}
	buf_free(&errmsg);
	free(line);
	dns_stop();
	return 0;
}
