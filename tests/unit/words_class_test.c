/*
 * words_class_test - no refusal says what is not so: each reason, for good and
 * for now, with everything known of it, nothing, and all between
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "model/finding.h"
#include "model/session.h"
#include "model/site.h"
#include "words/reason.h"
#include "words/reply.h"
#include "words/template.h"

static struct site site = { .name = "mx.example.org",
	.contact = "postmaster@example.org",
	.page = "https://mx.example.org/why/{id}" };

#define ID "7K3M9QXD2H4T"
#define ROW_FIELDS 12	/* of one row, and five of a session … */
#define ALL_FIELDS 6	/* … in every subset of both up to so many of a row */

/* What may not be said of a refusal for good, and of one for now. */
static const char *const never_for_good[] = { "tries again", "by itself",
	"othing needs to be done", "need not do anything", "under way",
	"not sent yet", "not delivered yet", "right now", NULL };
static const char *const never_for_now[] = { "was not delivered", "lost",
	NULL };

/* Of these one is in the first sentence of the second line. */
static const char *const fate_for_good[] = { "It was not delivered.",
	"It was not sent.", NULL };
static const char *const fate_for_now[] = { "It is still under way",
	"It is not delivered yet",
	"It was not sent yet", "It was not sent to all yet", NULL };

/* Words that only mail admins know, and words that name nobody. */
static const char *const never_in_line_2[] = { "EHLO", "HELO", "PTR",
	"reverse DNS", "elaying", "null MX", "softfail", "8-bit", "SMTPUTF8",
	"greylist", "lasts", "mail admin here", "id below", "SMTP", "MTA",
	" bytes", "unknown", "{", "}", "  ", " ,", " .", "..", ",,", ",.", ",;",
	",:", " :", "again later", "some time", "that link", "that part",
	"these proofs", NULL };

/* Numbers and domains of a second line, and what tells whose they are. */
static const struct label {
	const char *value;
	const char *before[12], *after;
} labels[] = {
	{ "192.0.2.7", { "the server that sent it, ",
	    "should be allowed from ", NULL }, NULL },
	{ "sender.example", { "mail admin of ", "link to ", "@",
	    "the name mail.", NULL }, ", the domain of " },
	{ "example.org", { "mail admin of ", "mail server of ", "@",
	    "(DANE) from ", "mx.", NULL }, ", the domain of " },
	{ "mx.example.org", { "admin of ", "rule of ", "connection to ", "If ",
	    "belongs to ", "fault is at ", "work at ", "what ", ". ",
	    "mail server ", NULL }, NULL },
};

/* Somebody, and something to do. */
static const char *const who[] = { "provider", "mail admin", "ecipient",
    "rite to ",
	 "Send ", "send ", "Check ", "check ", "Turn on", "Enter ",
	"Change ", "change ", "Correct ", "Set ", "Use ", "Join ", "Ask ",
	    "Log in",
	"Leave out", "Choose ", "Put ", "Do not ", "encryption", NULL };

static bool
has_one(const char *text, const char *const *words, const char **which)
{
	for (; *words != NULL; words++)
		if (strstr(text, *words) != NULL) {
			*which = *words;
			return true;
		}
	return false;
}

static bool
is_labelled(const char *line, const char *at, const struct label *l)
{
	size_t i, n;

	for (i = 0; i < sizeof l->before / sizeof l->before[0] &&
	    l->before[i] != NULL; i++) {
		n = strlen(l->before[i]);
		if ((size_t)(at - line) >= n &&
		    strncmp(at - n, l->before[i], n) == 0)
			return true;
	}
	at += strlen(l->value);
	return l->after != NULL && strncmp(at, l->after, strlen(l->after)) ==
	    0;
}

/* Whose number, whose domain; how many hours. */
static void
check_labels(const char *line, const char *name)
{
	const struct label *l;
	const char *at;

	for (l = labels; l < labels + sizeof labels / sizeof labels[0]; l++)
		for (at = line; (at = strstr(at, l->value)) != NULL; at++)
			if (!is_labelled(line, at, l))
				fail_msg("%s: whose is %s? %s", name, l->value,
				    line);
	for (at = line; (at = strstr(at, "f it has not")) != NULL; at++)
		if (strstr(at, "after 24 hours") == NULL)
			fail_msg("%s: how many hours? %s", name, line);
}

/* The second line is the last but one, and maybe more. */
static void
check_second(const struct reply *r, int reason, bool for_good)
{
	const char *name = reason_get(reason)->name, *which = NULL;
	const char *line = r->n == 3 ? r->lines[1] : "";

	if (r->n != 3)
		fail_msg("%s: %zu lines", name, r->n);
	if (!has_one(line, for_good ? fate_for_good : fate_for_now, &which) ||
	    strncmp(line, which, strlen(which)) != 0)
		fail_msg("%s: lost or under way? %s", name, line);
	if (has_one(line, for_good ? never_for_good : never_for_now, &which) ||
	    has_one(line, never_in_line_2, &which))
		fail_msg("%s: \"%s\" in: %s", name, which, line);
	if (!has_one(line, who, &which))
		fail_msg("%s: who must do what? %s", name, line);
	check_labels(line, name);
	if (strstr(line, "rite to ") != NULL &&
	    (strstr(line, site.contact) == NULL || strstr(line, ID) == NULL))
		fail_msg("%s: to whom, about what? %s", name, line);
}

/* For people, with SAYWHY_SHOW: to be read by whoever changes a word. */
static void
show(const struct reply *r, int reason, bool for_good)
{
	if (getenv("SAYWHY_SHOW") != NULL)
		printf("%s %s | %s | %s\n", reason_get(reason)->name,
		    for_good ? "for good" : "for now", r->lines[0],
		    r->lines[1]);
}

static void
check_reply(const struct reply *r, int reason, bool for_good)
{
	const char *which = NULL;
	size_t i;

	show(r, reason, for_good);
	check_second(r, reason, for_good);
	for (i = 0; i < r->n; i++)
		if (strlen(r->lines[i]) > (i == 0 ? REPLY_FIRST_MAX :
		    REPLY_LINE_MAX))
			fail_msg("%s: %s", reason_get(reason)->name,
			    r->lines[i]);
	if (has_one(r->lines[0], never_for_good, &which) && for_good &&
	    strcmp(which, "right now") != 0)
		fail_msg("%s: \"%s\" in: %s", reason_get(reason)->name, which,
		    r->lines[0]);
	if (reason != REASON_COMMAND_UNKNOWN &&
	    strstr(reason_prose(reason)->plain, "unknown") == NULL &&
	    strstr(r->lines[0], "unknown") != NULL)
		fail_msg("%s: %s", reason_get(reason)->name, r->lines[0]);
}

static const char *
value_of(const char *key)
{
	static const char *const values[][2] = { { "size", "31457280" },
		{ "limit", "10485760" }, { "url", "https://list.example/q" },
		{ "list", "list.example" }, { "file", "invoice.pdf.exe" },
		{ "domain", "sender.example" }, { "author", "sender.example" },
		{ "address", "new@elsewhere.example" }, { "retry", "18:00" },
		{ "missing", "List-Unsubscribe" }, { "charset", "gb2312" },
		{ "header", "Subject" }, { "count", "12" } };
	size_t i;

	for (i = 0; i < sizeof values / sizeof values[0]; i++)
		if (strcmp(values[i][0], key) == 0)
			return values[i][1];
	return "something";
}

/* The fields of the session: those of the mask are known. */
static void
fill_session(struct session *s, unsigned mask)
{
	struct ip ip = { .known = false };

	session_init(s);
	if (mask & 1)
		ip_parse("192.0.2.7", &ip);
	session_connect(s, NULL, &ip);
	if (mask & 2)
		session_helo(s, "mail.sender.example");
	if (mask & 4)
		session_mail(s, "a@sender.example");
	if (mask & 8)
		session_rcpt(s, "user@example.org");
	if (mask & 16)
		s->login = strdup("anna");
}

static bool
has_word(const char *list, const char *word)
{
	size_t n = strlen(word);
	const char *at;

	for (at = list; (at = strstr(at, word)) != NULL; at += n)
		if ((at == list || at[-1] == ' ') &&
		    (at[n] == ' ' || at[n] == '\0'))
			return true;
	return false;
}

/* The fields of the row: those of the mask are known. */
static void
fill_finding(struct finding *f, int reason, unsigned mask)
{
	const char *fields = reason_get(reason)->fields;
	unsigned bit = 1;
	int key;

	for (key = 0; key < EVIDENCE_COUNT_ALL; key++) {
		if (!has_word(fields, evidence_name((enum evidence_key)key)))
			continue;
		if (mask & bit)
			finding_say(f, (enum evidence_key)key,
			    value_of(evidence_name((enum evidence_key)key)));
		bit <<= 1;
	}
}

/* Words instead of those of the reason, NULL: none. */
struct fields {
	const char *says;
	int reason;
	const char *text, *remedy, *later;
};

static void
check_subset(const struct fields *t, unsigned session_mask, unsigned mask)
{
	int reason = t->reason;
	struct findings found = { .v = NULL };
	struct finding *f = findings_add(&found, reason,
	    (mask & 1) != 0 ? "test" : NULL, STAGE_RCPT);
	struct wording w = { .reason = reason, .text = t->text,
		.remedy = t->remedy };
	struct session s;
	struct reply_facts facts = { .session = &s, .finding = f,
		.site = &site, .id = ID };
	struct reply reply = { .code = 0 };

	fill_session(&s, session_mask);
	fill_finding(f, reason, mask >> 1);
	reply_put_words(&reply, &w, ACTION_REJECT, &facts, 0);
	check_reply(&reply, reason, true);
	reply_clear(&reply);
	w.remedy = t->later;
	reply_put_words(&reply, &w, ACTION_TEMPFAIL, &facts, 0);
	check_reply(&reply, reason, false);
	reply_clear(&reply);
	findings_free(&found);
	session_free(&s);
}

static unsigned
count_fields(int reason)
{
	const char *p = reason_get(reason)->fields;
	unsigned n = 0;

	for (; *p != '\0'; p += strspn(p, " ")) {
		p += strcspn(p, " ");
		n++;
	}
	return n;
}

/* None or one of the five is known, or all or all but one. */
static bool
is_at_the_edge(unsigned session_mask)
{
	int known = __builtin_popcount(session_mask);

	return known <= 1 || known >= 4;
}

static void
check_subsets(const struct fields *t)
{
	unsigned session_mask, mask, max = 2u << count_fields(t->reason);

	assert_true(count_fields(t->reason) <= ROW_FIELDS);
	for (session_mask = 0; session_mask < 32; session_mask++) {
		if (count_fields(t->reason) > ALL_FIELDS &&
		    !is_at_the_edge(session_mask))
			continue;
		for (mask = 0; mask < max; mask++)
			check_subset(t, session_mask, mask);
	}
}

static void
test_each_subset(void **state)
{
	struct fields t = { .reason = REASON_NONE + 1 };

	(void)state;
	for (; t.reason < REASON_COUNT; t.reason++)
		check_subsets(&t);
}

/* What stands for a sentence of the MTA's own instead of the reason's words. */
static void
test_sentences(void **state)
{
#define SAYS(words, id, when)
#define TELLS(...) TELLS_ALL(__VA_ARGS__)
#define TELLS_ALL(words, id, when, first, good, now)                          \
	{ words, REASON_##id, first, good, now },
	static const struct fields fields[] = {
#include "words/mta_words.def"
#include "words/mta_words_sendmail.def"
	};
#undef SAYS
#undef TELLS
	size_t i;

	(void)state;
	for (i = 0; i < sizeof fields / sizeof fields[0]; i++)
		check_subsets(&fields[i]);
}

/* A row's own words may use what is not for the admin's. */
static void
test_rows_are_templates(void **state)
{
	const struct reason *row;
	struct buf fields = BUF_INIT, errmsg = BUF_INIT;
	int reason, i;

	(void)state;
	for (reason = REASON_NONE + 1; reason < REASON_COUNT; reason++) {
		row = reason_get(reason);
		for (i = 0; i < 3; i++) {
			buf_clear(&fields);
			buf_printf(&fields, "%s by_program others_say "
			    "unknown_rcpts too_large by_hand own yours "
			    "size_mb "
			    "limit_mb counted allowed", row->fields);
			if (!template_check(i == 0 ? row->what : i == 1 ?
			    row->remedy : row->later, fields.data, 1000,
			    &errmsg))
				fail_msg("%s: %s", row->name, errmsg.data);
		}
	}
	buf_free(&fields);
	buf_free(&errmsg);
}

/* In a sentence that does not begin with a condition. */
static bool
promises(const char *text, const char *words)
{
	const char *at = strstr(text, words), *begin = at;

	while (begin != NULL && begin > text && begin[-1] != '\n' &&
	    !(begin[-1] == ' ' && begin[-2] == '.'))
		begin--;
	return at != NULL && strstr(begin, " if ") == NULL &&
	    strncmp(begin, "If ", 3) != 0 &&
	    memmem(begin, (size_t)(at - begin), "put off", 7) == NULL;
}

/* What is said of the default action is what it is. */
static void
check_default(int id, const char *words, enum action action)
{
	if (strstr(reason_prose(id)->tune, words) != NULL &&
	    reason_get(id)->action != action)
		fail_msg("%s: %s", reason_get(id)->name, words);
}

/*
 * The prose is shown beside refusals of both classes, so it does not say that
 * the message is tried again; and of a refusal for good nobody is told that
 * nothing has to be done.
 */
static void
test_prose(void **state)
{
	static const char *const later[] = { "tries again", "is tried again",
		"keeps the message", "keeps it and", "waits at",
		"nothing is lost", "not refused" };
	const struct reason_prose *p;
	struct buf steps = BUF_INIT;
	size_t i;
	int id;

	(void)state;
	for (id = REASON_NONE + 1; id < REASON_COUNT; id++) {
		p = reason_prose(id);
		buf_clear(&steps);
		reason_put_steps(&steps, id, true, p->steps, "AGAIN");
		for (i = 0; i < sizeof later / sizeof later[0]; i++)
			if (promises(p->page, later[i]) ||
			    promises(steps.data, later[i]))
				fail_msg("%s: %s", reason_get(id)->name,
				    later[i]);
		assert_int_not_equal(reason_who(id, true), WHO_NOBODY);
		assert_int_equal(reason_who(id, false), reason_get(id)->who);
		check_default(id, "By default this is noted", ACTION_NOTE);
		check_default(id, "By default such mail is marked",
		    ACTION_MARK);
		check_default(id, "By default this is marked", ACTION_MARK);
		check_default(id, "By default such mail is deferred",
		    ACTION_TEMPFAIL);
		check_default(id, "By default the mail waits",
		    ACTION_TEMPFAIL);
		if (strstr(steps.data, "the message passes") != NULL ||
		    strstr(steps.data, "Nothing, as a rule") != NULL)
			fail_msg("%s: %s", reason_get(id)->name, steps.data);
	}
	buf_free(&steps);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows_are_templates),
		cmocka_unit_test(test_each_subset),
		cmocka_unit_test(test_sentences),
		cmocka_unit_test(test_prose),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
