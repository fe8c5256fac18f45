/*
 * saywhy-explain.h - why was this mail refused? For any program
 *
 *	cc $(pkg-config --cflags --libs saywhy-explain) program.c
 *
 * Reads an SMTP reply (RFC 5321 section 4.2), a reply code, an enhanced status
 * (RFC 3463), lines of a mail log or a whole bounce message (RFC 3464, or the
 * words of those that write none), and tells what each means: the cause, how
 * sure that is, who must act and how. The same as `saywhy explain`, which see
 * in saywhy(1). No daemon, no network, no files.
 *
 * Every function may be called from any thread at any time. Strings are UTF-8
 * and live as long as the answers they are of. When there is no memory left
 * the process ends by abort(3), with a line on standard error.
 *
 * What is here stays: functions and names are added, never changed or taken
 * away, within one version of the library (libsaywhy-explain.so.0).
 */
#ifndef SAYWHY_EXPLAIN_H
#define SAYWHY_EXPLAIN_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct saywhy_answers;

/* How a text is read. */
enum saywhy_input {
	SAYWHY_WHOLE = 0,	/* a message, or lines with what refuses in
				   some of them */
	SAYWHY_REPLY = 1	/* one reply or line: exactly one answer */
};

/*
 * Explains n bytes of text, whatever they are; n may be 0. Nothing of `text`
 * is kept. Never NULL; saywhy_free() frees it.
 */
struct saywhy_answers *saywhy_explain(const char *text, size_t n,
    enum saywhy_input input);

/* How many answers there are: one for each refusal that was found. */
size_t saywhy_count(const struct saywhy_answers *a);

/*
 * What answer `i`, from 0, tells of `name`; NULL where it is not known, or
 * there is no such answer or name:
 *
 *	reason		the cause: "spf-fail", as in saywhy-reasons(7)
 *	confidence	"sure", "likely", "guess", "unknown"
 *	who		who must act: "sender", "sender-admin", "postmaster",
 *			"recipient", "nobody"
 *	title		the cause in a few words, for people
 *	plain		what happened, in a sentence
 *	page		the same at length
 *	steps		what to do, a step a line
 *	code, status	the numbers of the reply: "550", "5.7.23"
 *	software	who wrote the reply: "Postfix", "Gmail"
 *	recipient	whom it is about
 *	text		the reply itself
 *	nothing		a sentence, where a message tells of no refusal
 *	json		all of it, as `saywhy explain --json` prints it
 */
const char *saywhy_get(const struct saywhy_answers *a, size_t i,
    const char *name);

/* NULL: nothing. */
void saywhy_free(struct saywhy_answers *a);

/* The version of saywhy that it is of: "0.1". */
const char *saywhy_version(void);

#ifdef __cplusplus
}
#endif

#endif
