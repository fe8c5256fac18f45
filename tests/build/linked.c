/*
 * linked - a program that links libsaywhy-explain: explains each line of
 * standard input in four threads at once, and prints one thread's answers
 *
 * Ends with 1 where two threads were answered differently, or where what the
 * header promises is not so.
 */

#include <pthread.h>
#include <saywhy-explain.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define THREADS 4
#define LINES 10000

static char *lines[LINES];
static size_t n;

/* The answers of one thread, a JSON object a line. */
static void *
explain_all(void *arg)
{
	struct saywhy_answers *a;
	FILE *out = arg;
	size_t i;

	for (i = 0; i < n; i++) {
		a = saywhy_explain(lines[i], strlen(lines[i]), SAYWHY_REPLY);
		if (saywhy_count(a) == 1)
			fprintf(out, "%s\n", saywhy_get(a, 0, "json"));
		saywhy_free(a);
	}
	return NULL;
}

static int
complain(const char *what)
{
	fprintf(stderr, "linked: %s\n", what);
	return 1;
}

static int
check_promises(void)
{
	static const char bounce[] = "From: MAILER-DAEMON@example.org\n"
	    "Subject: Undelivered\n\n<a@example.com>: host mx.example.com "
	    "said: 550 5.1.1 User unknown\n";
	struct saywhy_answers *a = saywhy_explain(NULL, 0, SAYWHY_WHOLE);
	const char *reason, *recipient;
	int bad = 0;

	if (saywhy_count(a) != 0 || saywhy_get(a, 0, "reason") != NULL)
		bad = complain("nothing was explained");
	saywhy_free(a);
	a = saywhy_explain(bounce, strlen(bounce), SAYWHY_WHOLE);
	reason = saywhy_get(a, 0, "reason");
	recipient = saywhy_get(a, 0, "recipient");
	if (saywhy_count(a) != 1 || reason == NULL || recipient == NULL ||
	    strcmp(reason, "mailbox-unknown") != 0 ||
	    strcmp(recipient, "a@example.com") != 0)
		bad = complain("the bounce was not read");
	if (saywhy_get(a, 1, "reason") != NULL ||
	    saywhy_get(a, 0, "colour") != NULL)
		bad = complain("there is no such answer, or name");
	saywhy_free(a);
	saywhy_free(NULL);
	if (*saywhy_version() == '\0')
		bad = complain("no version");
	return bad;
}

int
main(void)
{
	char *text[THREADS] = { NULL };
	size_t size[THREADS], room = 0;
	pthread_t threads[THREADS];
	FILE *out[THREADS];
	char *line = NULL;
	int i, bad = 0;

	while (n < LINES && getline(&line, &room, stdin) >= 0)
		lines[n++] = strdup(line);
	free(line);
	for (i = 0; i < THREADS; i++) {
		out[i] = open_memstream(&text[i], &size[i]);
		if (pthread_create(&threads[i], NULL, explain_all,
		    out[i]) != 0)
			return complain("pthread_create");
	}
	for (i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		fclose(out[i]);
		if (strcmp(text[i], text[0]) != 0)
			bad = complain("two threads, two answers");
	}
	fputs(text[0], stdout);
	return bad || check_promises();
}
