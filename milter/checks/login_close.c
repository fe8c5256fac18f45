/* login_close - a login that is closed, and who is notified of it */

#include "checks/login_close.h"

#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "counters/alarm.h"

#define KEPT_MS (10LL * 366 * 24 * 3600 * 1000)

/* What is noted with a login that is closed. */
#define NOTE_BY_HAND 1
#define NOTE_LIMIT 2		/* + enum limit_what */
#define NOTE_UID 1000		/* + by whose hand */
#define NOTE_OPEN (UINT32_MAX - 1)	/* it is open again */
#define UID_MAX (NOTE_OPEN - 1 - NOTE_UID)

static struct counter_question
question(const char *login, enum counter_verb verb)
{
	return (struct counter_question){ .verb = verb, .window = KEPT_MS,
		.key = counter_key("suspended", &login, 1) };
}

static struct counter_answer
ask(const char *login, enum counter_verb verb, int64_t note)
{
	struct counter_question q = question(login, verb);
	struct counter_answer a;

	q.amount = note;
	counters_ask(&q, 1, &a);
	return a;
}

void
login_put_word(struct buf *out, const char *login)
{
	const char *c;

	for (c = login; *c != '\0'; c++)
		buf_putc(out, *c > ' ' && *c <= '~' && *c != ',' ? *c : '?');
}

void
login_put_quoted(struct buf *out, const char *login)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@._+-";
	const char *c;

	if (*login != '-' && login[strspn(login, plain)] == '\0') {
		buf_puts(out, login);
		return;
	}
	buf_putc(out, '\'');
	for (c = login; *c != '\0'; c++)
		if (*c == '\'')
			buf_puts(out, "'\\''");
		else
			buf_putc(out, *c);
	buf_putc(out, '\'');
}

/*
 * The line names the client, so that fail2ban and its like can act on it; the
 * login stands in it once, as nothing behind it may look like a client.
 */
static void
say(const char *login, const struct login_sign *sign)
{
	struct buf word = BUF_INIT;

	login_put_word(&word, login);
	log_warn("login %s suspended: %s%s%sover limit \"%s\" (%lld %s in %s); "
	    "saywhy login NAME --open ends it", word.data,
	    *sign->client != '\0' ? "client " : "", sign->client,
	    *sign->client != '\0' ? ", " : "", sign->limit,
	    (long long)sign->amount, sign->what_words, sign->window);
	buf_free(&word);
}

static void
put_client(struct buf *out, const struct login_sign *sign)
{
	if (*sign->client == '\0')
		return;
	buf_printf(out, "It was used last from %s", sign->client);
	if (*sign->name != '\0')
		buf_printf(out, ", %s", sign->name);
	if (*sign->country != '\0')
		buf_printf(out, " (country %s)", sign->country);
	buf_puts(out, ".\n");
}

static void
put_sign(struct buf *out, const struct login_sign *sign, int64_t now)
{
	char since[CLOCK_LOCAL_TEXT];

	buf_printf(out, "What was seen: %lld %s", (long long)sign->count,
	    sign->what_words);
	if (clock_local(sign->since, now, since) != NULL)
		buf_printf(out, " since %s", since);
	buf_printf(out, ".\nThe limit \"%s\" allows %lld in %s.\n",
	    sign->limit, (long long)sign->amount, sign->window);
	put_client(out, sign);
}

static void
send_mail(const char *site, const char *login, const struct login_sign *sign)
{
	struct buf subject = BUF_INIT, text = BUF_INIT, word = BUF_INIT,
	    quoted = BUF_INIT;
	int64_t now = counters_now();
	char at[CLOCK_LOCAL_TEXT];

	login_put_word(&word, login);
	login_put_quoted(&quoted, login);
	buf_printf(&subject, "%s: the login %s is closed, perhaps its password "
	    "is stolen", site, word.data);
	buf_printf(&text, "At %s the mail server %s closed the login %s.\n"
	    "Nothing more is sent with it; mail to its owner still "
	    "arrives.\n\n", clock_local(now, now, at), site, login);
	put_sign(&text, sign, now);
	buf_printf(&text, "\nWhat to do now:\n"
	    "1. Set a new password, and tell the owner by telephone.\n"
	    "2. See what was sent with it:       saywhy find --login %s\n"
	    "3. See what waits in the queue, and remove it.\n"
	    "4. Then let the login send again:   saywhy login %s --open\n",
	    quoted.data, quoted.data);
	alarm_raise(subject.data, text.data);
	buf_free(&subject);
	buf_free(&text);
	buf_free(&word);
	buf_free(&quoted);
}

/* Takes back that it was opened; who notes next is the first to close it. */
static void
forget_opened(const char *login)
{
	if (ask(login, COUNTER_KNOW, 0).count == NOTE_OPEN)
		ask(login, COUNTER_FORGET, 0);
}

void
login_close(const char *site, const char *login, const struct login_sign *sign)
{
	struct counter_answer a;

	forget_opened(login);
	a = ask(login, COUNTER_NOTE, NOTE_LIMIT + sign->what);
	if (a.room != 1)
		return;
	say(login, sign);
	send_mail(site, login, sign);
}

void
login_close_by_hand(const char *login, long uid)
{
	forget_opened(login);
	ask(login, COUNTER_NOTE, uid < 0 || uid > (long)UID_MAX ?
	    NOTE_BY_HAND : NOTE_UID + uid);
}

/* It is noted, so that no host or server that was away closes it again. */
void
login_open(const char *login)
{
	struct login_closed cause;

	if (login_closed(login, &cause) == 0)
		return;
	ask(login, COUNTER_FORGET, 0);
	ask(login, COUNTER_NOTE, NOTE_OPEN);
}

struct counter_question
login_closed_ask(const char *login)
{
	struct counter_question q = question(login, COUNTER_KNOW);

	q.effect = COUNTER_STOPS;
	q.limit = NOTE_OPEN;
	return q;
}

int64_t
login_closed_since(const struct counter_answer *a, struct login_closed *cause)
{
	*cause = (struct login_closed){ LOGIN_CLOSED_BY_HAND, -1 };
	if (a->count == NOTE_OPEN)
		return 0;
	if (a->count >= NOTE_UID)
		cause->uid = (long)(a->count - NOTE_UID);
	else if (a->count >= NOTE_LIMIT)
		cause->what = (int)a->count - NOTE_LIMIT;
	return a->count > 0 ? a->since : 0;
}

int64_t
login_closed(const char *login, struct login_closed *cause)
{
	struct counter_answer a = ask(login, COUNTER_KNOW, 0);

	return login_closed_since(&a, cause);
}
