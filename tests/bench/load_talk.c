/* load_talk - what an MTA says next, and what it makes of the answer */

#include "load_talk.h"

#include <stdlib.h>

#include "base/clock.h"

bool
talk_take_message(struct load *l)
{
	if (l->left == 0)
		return false;
	l->left--;
	return true;
}

/* Where this message is broken off, if it is: after so many of its packets. */
static void
plan_end(struct load *l, struct session *s)
{
	size_t packets = 0;
	long luck = random() % 100;

	s->steps_left = -1;
	if (luck >= l->o->aborts + l->o->drops)
		return;
	for (enum step i = STEP_MAIL; i < STEPS; i++)
		if (proto_wanted(&s->agreed, i))
			packets += mail_packets(l->mail, i);
	if (packets < 2)
		return;
	s->steps_left = 1 + random() % (long)(packets - 1);
	s->dropping = luck >= l->o->aborts;
}

static void
begin_message(struct load *l, struct session *s)
{
	l->stats->messages++;
	s->turn.message = s->messages++;
	s->turn.step = STEP_MAIL;
	s->turn.index = 0;
	s->accepted = 0;
	s->message_began = clock_us();
	plan_end(l, s);
}

static void
leave(struct load *l, struct session *s)
{
	proto_put(&s->out, PROTO_QUIT, NULL, 0);
	s->state = SESSION_LEAVES;
	session_flush(l, s);
}

/* An MTA tells a filter that knows of a message when it comes to nothing. */
static void
end_message(struct load *l, struct session *s)
{
	if (s->in_mail)
		proto_put(&s->out, PROTO_ABORT, NULL, 0);
	s->in_mail = false;
	histogram_add(&l->stats->message, clock_us() - s->message_began);
	if (s->messages < l->o->per_session && talk_take_message(l)) {
		begin_message(l, s);
		talk_on(l, s);
	} else {
		leave(l, s);
	}
}

static void
break_off(struct load *l, struct session *s)
{
	if (s->dropping) {
		l->stats->dropped++;
		session_hang_up(l, s);
	} else {
		l->stats->aborted++;
		end_message(l, s);
	}
}

/* To the next packet that the filter wants. */
static void
turn_on(const struct load *l, struct session *s)
{
	struct mail_turn *t = &s->turn;

	t->index++;
	while (t->step < STEP_EOM && (!proto_wanted(&s->agreed, t->step) ||
	    t->index >= mail_packets(l->mail, t->step))) {
		t->step++;
		t->index = 0;
	}
}

static void
put_turn(struct load *l, struct session *s)
{
	const struct step_row *row = &step_rows[s->turn.step];
	const char *names = row->macro_names;

	if (row->macros != -1) {
		if (s->agreed.macros[row->macros] != NULL)
			names = s->agreed.macros[row->macros];
		mail_put_macros(l->mail, &s->turn, names, &s->out);
	}
	mail_put(l->mail, &s->turn, s->agreed.flags, &s->out);
	if (s->turn.step >= STEP_MAIL)
		s->in_mail = true;
	if (l->o->unbuffered && s->state == SESSION_TALKS)
		session_flush(l, s);
}

/* Before the first step after hold_at, whatever was answered till then. */
static bool
hold(struct load *l, struct session *s)
{
	if (l->released || s->turn.step <= l->o->hold_at)
		return false;
	s->state = SESSION_WAITING;
	l->waiting++;
	return true;
}

/* One packet, if the filter wants it; true when it will answer. */
static bool
say(struct load *l, struct session *s)
{
	enum step step = s->turn.step;
	bool answered = false;

	if (proto_wanted(&s->agreed, step) &&
	    mail_packets(l->mail, step) > 0) {
		answered = proto_answered(&s->agreed, step);
		s->steps_left -= s->steps_left > 0;
		s->accepted += !answered && step == STEP_RCPT;
		put_turn(l, s);
	}
	if (!answered)
		turn_on(l, s);
	return answered;
}

/* Says what comes until an answer is due. */
void
talk_on(struct load *l, struct session *s)
{
	while (s->state == SESSION_TALKS && !hold(l, s)) {
		if (s->turn.step >= STEP_MAIL && s->messages == 0)
			begin_message(l, s);
		if (s->steps_left == 0) {
			break_off(l, s);
			return;
		}
		if (say(l, s)) {
			s->query_time = clock_us();
			break;
		}
	}
	if (s->state != SESSION_IDLE && s->sent < s->out.len)
		session_flush(l, s);
}

static void
agree(struct load *l, struct session *s, const char *data, size_t len)
{
	if (!proto_negotiated(&s->agreed, data, len)) {
		session_fail(l, s, ERROR_NONSENSE);
		return;
	}
	stats_negotiated(l->stats, &s->agreed);
	s->turn.step = STEP_CONNECT;
	s->turn.index = 0;
	talk_on(l, s);
}

/* After a good answer: on, or hold, or done. */
static void
proceed(struct load *l, struct session *s, bool skip)
{
	enum step was = s->turn.step;

	if (was == STEP_EOM) {
		s->in_mail = false;
		l->stats->finished++;
		end_message(l, s);
		return;
	}
	if (skip)
		s->turn.index = mail_packets(l->mail, was);
	turn_on(l, s);
	if (was == STEP_RCPT && s->turn.step != STEP_RCPT && s->accepted == 0)
		end_message(l, s);
	else
		talk_on(l, s);
}

/* "No" to a recipient leaves the others, before MAIL it ends the session. */
static void
refused(struct load *l, struct session *s)
{
	if (s->turn.step == STEP_RCPT) {
		proceed(l, s, false);
		return;
	}
	if (s->turn.step == STEP_EOM)
		s->in_mail = false;
	if (s->turn.step < STEP_MAIL)
		leave(l, s);
	else
		end_message(l, s);
}

void
talk_answer(struct load *l, struct session *s, char letter,
    const char *data, size_t len)
{
	enum step step = s->turn.step;

	if (s->query_time == 0 || proto_answer_name(letter) == NULL ||
	    (letter == 'O') != (step == STEP_NEGOTIATE)) {
		session_fail(l, s, ERROR_NONSENSE);
		return;
	}
	stats_answer(l->stats, step, letter, data, len);
	if (proto_answer_goes_on(letter))
		return;
	histogram_add(&l->stats->steps[step], clock_us() - s->query_time);
	s->query_time = 0;
	if (letter == 'O') {
		agree(l, s, data, len);
	} else if (letter == 'c' || letter == 's') {
		s->accepted += step == STEP_RCPT;
		proceed(l, s, letter == 's');
	} else {
		refused(l, s);
	}
}
