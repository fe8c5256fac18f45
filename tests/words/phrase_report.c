/*
 * phrase_report - what each phrase of phrases.def is worth
 *
 *	phrase-report LIST...	each line "reply TAB issuer TAB right reasons":
 *				for each phrase how often it was heard where its
 *				reason was right, where it was wrong, and how
 *				many replies need it
 *	phrase-report -t TEXT	the phrases heard in one text
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "words/phrase.h"
#include "words/reason.h"
#include "words/recognise.h"
#include "words/reply_text.h"

struct worth {
	int right, wrong, needed;
};

static struct worth worth[PHRASES_MAX];

static void
read_text(const char *text, struct phrase_match *m, struct recognised *r)
{
	memset(r, 0, sizeof *r);
	phrase_match_begin(m, phrases_get());
	reply_text_scan(m, phrases_get(), text, strlen(text), r);
	phrase_match_end(m);
}

static bool
has_word(const char *list, const char *word)
{
	size_t n = strlen(word);
	const char *at;

	for (at = list; (at = strstr(at, word)) != NULL; at++)
		if ((at == list || at[-1] == ' ') && (at[n] == ' ' ||
		    at[n] == '\0' || at[n] == '\n'))
			return true;
	return false;
}

static void
unescape(char *text)
{
	char *at;

	while ((at = strstr(text, "\\r\\n")) != NULL) {
		at[0] = '\r';
		at[1] = '\n';
		memmove(at + 2, at + 4, strlen(at + 4) + 1);
	}
}

/* A phrase is needed where it is the only one that tells what is right. */
static void
count(char *reply, const char *right)
{
	const struct phrases *all = phrases_get();
	struct phrase_match m;
	struct recognised r;
	unsigned i, which, only = 0, n = 0;
	const struct phrase *p;
	bool good;

	unescape(reply);
	read_text(reply, &m, &r);
	for (i = 0; i < m.nmatched[PHRASE_REASON]; i++) {
		which = phrase_found(m.matched[PHRASE_REASON][i]);
		p = &all->phrase[which];
		if (p->weight < 0)
			continue;
		good = has_word(right, reason_get(p->reason)->name);
		worth[which].right += good;
		worth[which].wrong += !good;
		if (good) {
			only = which;
			n++;
		}
	}
	if (n == 1)
		worth[only].needed++;
}

static void
read_list(const char *path)
{
	char line[16384], *tab, *issuer, *right;
	FILE *f = fopen(path, "r");

	if (f == NULL) {
		perror(path);
		exit(1);
	}
	while (fgets(line, sizeof line, f) != NULL) {
		tab = strchr(line, '\t');
		issuer = tab != NULL ? tab + 1 : NULL;
		right = issuer != NULL ? strchr(issuer, '\t') : NULL;
		if (right == NULL)
			continue;
		*tab = '\0';
		right[1 + strcspn(right + 1, "\t\n")] = '\0';
		count(line, right + 1);
	}
	fclose(f);
}

static void
print_all(void)
{
	const struct phrases *all = phrases_get();
	const struct phrase *p;
	unsigned i;

	puts("right\twrong\tneeded\tpoints\treason\tphrase");
	for (i = 0; i < all->n; i++) {
		p = &all->phrase[i];
		if (all->text[i] != NULL && p->reason != REASON_NONE)
			printf("%d\t%d\t%d\t%d\t%s\t%s\n", worth[i].right,
			    worth[i].wrong, worth[i].needed, p->weight,
			    reason_get(p->reason)->name, all->text[i]);
	}
}

static void
print_phrase(const struct phrases *all, unsigned which)
{
	const struct phrase *p = &all->phrase[which];

	printf("  %4d %-24s %s%s%s\n", p->weight, p->kind == PHRASE_REASON ?
	    reason_get(p->reason)->name : p->kind == PHRASE_ISSUER ?
	    "(issuer)" : "(about)", all->text[which],
	    p->issuer != 0 ? "  by " : "",
	    p->issuer != 0 ? all->issuer[p->issuer] : "");
}

static void
print_text(char *text)
{
	const struct phrases *all = phrases_get();
	struct phrase_match m;
	struct recognised r;
	unsigned kind, i;

	unescape(text);
	read_text(text, &m, &r);
	for (kind = 0; kind < PHRASE_CONCEPT; kind++)
		for (i = 0; i < m.nmatched[kind]; i++)
			print_phrase(all,
			    phrase_found(m.matched[kind][i]));
	recognise(text, strlen(text), &r);
	printf("  = %s, %s; code %d, status %s, flags %u\n",
	    r.reason != REASON_NONE ? reason_get(r.reason)->name : "-",
	    confidence_name(r.confidence), r.code, r.status, r.flags);
}

int
main(int argc, char **argv)
{
	int i;

	if (argc == 3 && strcmp(argv[1], "-t") == 0) {
		print_text(argv[2]);
		return 0;
	}
	for (i = 1; i < argc; i++)
		read_list(argv[i]);
	print_all();
	return argc < 2;
}
