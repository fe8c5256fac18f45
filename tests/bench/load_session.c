/*
 * load_session - one connection of an MTA to a filter, played again and again
 */

#include "load_session.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "load_talk.h"

#define CONNECT_MS 5000

void
session_hang_up(struct load *l, struct session *s)
{
	if (s->state == SESSION_WAITING)
		l->waiting--;
	close(s->fd);
	l->busy--;
	s->state = SESSION_IDLE;
	s->query_time = 0;
	buf_clear(&s->in);
	buf_clear(&s->out);
	proto_clear(&s->agreed);
	histogram_add(&l->stats->session, clock_us() - s->session_began);
}

void
session_fail(struct load *l, struct session *s, enum load_error error)
{
	l->stats->errors[error]++;
	session_hang_up(l, s);
}

static void
watch(struct load *l, struct session *s, int how, bool to_write)
{
	struct epoll_event e = {
		.events = EPOLLIN | (to_write ? EPOLLOUT : 0),
		.data.ptr = s,
	};

	epoll_ctl(l->epoll, how, s->fd, &e);
}

/* Sends what there is, or as much as a slow MTA does in one go. */
void
session_flush(struct load *l, struct session *s)
{
	size_t left = s->out.len - s->sent;
	ssize_t n;

	if (l->o->slow_bytes > 0 && left > l->o->slow_bytes)
		left = l->o->slow_bytes;
	n = send(s->fd, s->out.data + s->sent, left, MSG_NOSIGNAL);
	if (n == -1 && errno != EAGAIN) {
		session_fail(l, s, ERROR_HANGUP);
		return;
	}
	s->sent += n > 0 ? (size_t)n : 0;
	if (s->sent < s->out.len) {
		if (l->o->slow_bytes == 0)
			watch(l, s, EPOLL_CTL_MOD, true);
		return;
	}
	buf_clear(&s->out);
	s->sent = 0;
	if (s->state == SESSION_LEAVES)
		session_hang_up(l, s);
}

/* What is there already; a session may end, and its bytes go, on the way. */
static void
take_answers(struct load *l, struct session *s)
{
	const char *data;
	char letter;
	size_t len, at = 0;
	long size = 0;

	while (s->state == SESSION_TALKS && (size = proto_get(
	    s->in.data + at, s->in.len - at, &letter, &data, &len)) > 0) {
		at += (size_t)size;
		talk_answer(l, s, letter, data, len);
	}
	if (s->state == SESSION_IDLE)
		return;
	if (size < 0) {
		session_fail(l, s, ERROR_NONSENSE);
		return;
	}
	memmove(s->in.data, s->in.data + at, s->in.len - at);
	buf_cut(&s->in, s->in.len - at);
}

void
session_event(struct load *l, struct session *s, uint32_t events)
{
	char bytes[16384];
	ssize_t n;

	if (s->state == SESSION_IDLE)
		return;
	if (events & EPOLLOUT) {
		watch(l, s, EPOLL_CTL_MOD, false);
		session_flush(l, s);
	}
	if (s->state == SESSION_IDLE || events == EPOLLOUT)
		return;
	n = recv(s->fd, bytes, sizeof bytes, MSG_DONTWAIT);
	if (n == -1 && errno == EAGAIN)
		return;
	if (n <= 0) {
		session_fail(l, s, ERROR_HANGUP);
		return;
	}
	buf_put(&s->in, bytes, (size_t)n);
	take_answers(l, s);
}

void
session_open(struct load *l, struct session *s)
{
	struct buf errmsg = BUF_INIT;

	if (!talk_take_message(l))
		return;
	s->session_began = clock_us();
	s->fd = sock_connect(&l->o->to, clock_ms() + CONNECT_MS, &errmsg);
	buf_free(&errmsg);
	if (s->fd == -1) {
		l->stats->errors[ERROR_CONNECT]++;
		return;
	}
	l->busy++;
	l->stats->sessions++;
	watch(l, s, EPOLL_CTL_ADD, false);
	s->state = SESSION_TALKS;
	s->messages = 0;
	s->in_mail = false;
	s->steps_left = -1;
	s->sent = 0;
	s->turn = (struct mail_turn){ .session = s->number };
	proto_put_offer(&s->out, l->o->actions, l->o->flags);
	s->query_time = clock_us();
	session_flush(l, s);
}

void
session_tick(struct load *l, struct session *s, int64_t now)
{
	if (s->state == SESSION_IDLE)
		return;
	if (l->o->slow_bytes > 0 && s->sent < s->out.len)
		session_flush(l, s);
	else if (s->query_time != 0 &&
	    now - s->query_time > l->o->timeout)
		session_fail(l, s, ERROR_TIMEOUT);
}

void
session_release(struct load *l, struct session *s)
{
	if (s->state != SESSION_WAITING)
		return;
	s->state = SESSION_TALKS;
	l->waiting--;
	talk_on(l, s);
}

void
session_clear(struct session *s)
{
	buf_free(&s->in);
	buf_free(&s->out);
	proto_clear(&s->agreed);
}
