/* dns_ares - c-ares in a thread of its own; the only includer of <ares.h> */

#include "dns/dns_ares.h"

#define CARES_NO_DEPRECATED	/* Debian 12 has only what 13 calls old */
#include <ares.h>
#include <ares_nameser.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/net.h"
#include "dns/dns_cache.h"
#include "dns/dns_message.h"
#include "dns/dns_queue.h"

/*
 * A query without an answer is sent again every TRY_MS, by us, because c-ares
 * would wait longer each time and notice late that a resolver is back. Where no
 * server listens it is sent more often, and given up soon.
 */
#define TRY_MS 1000
#define TRIES_MS 5000
#define REFUSED_TRY_MS 250
#define REFUSED_TRIES_MS 1500

/* Looked at while anything is on its way: c-ares' own timeouts, and ours. */
#define TICK_MS 50
#define EVENTS 16

/*
 * The socket of a resolver holds some hundred queries; more are lost. So they
 * are sent in bursts, answers are read in between, and at most WINDOW are in
 * progress. Those sent before do not count, because a flood of names without an
 * answer must not stop the others.
 */
#define BURST 64
#define WINDOW 2000
#define EDNS_BYTES 1232
#define SOCKET_BYTES (1 << 20)
/* Since 1.31 c-ares caches answers without a limit unless it is set to 0 s. */
#define NO_CACHE (1 << 21)	/* ARES_OPT_QUERY_CACHE; older ones ignore it */

static struct {
	const struct dns_ares_calls *calls;
	pthread_t thread;
	int epoll, wake;
	_Atomic bool stop;
	_Atomic bool renew;		/* servers changed */
	pthread_mutex_t lock;		/* of `servers` */
	char *servers;
	/* of the thread */
	ares_channel channel;
	bool many;			/* more than one server */
	size_t sent;			/* on their way in c-ares */
	size_t fresh;			/* of these, for the first time */
	bool silent;			/* queries fail at once */
	bool probing;
	int64_t answered, probed;	/* clock_ms() */
	struct dns_queue queue;
} self = { .epoll = -1, .wake = -1, .lock = PTHREAD_MUTEX_INITIALIZER };

static const char *
words_of(int status)
{
	switch (status) {
	case ARES_ETIMEOUT:
		return "the DNS server does not answer";
	case ARES_ECONNREFUSED:
		return self.many ? "no DNS server gave an answer" :
		    "there is no DNS server";
	case ARES_EDESTRUCTION:
	case ARES_ECANCELLED:
		return "the DNS service ends";
	case ARES_EBADNAME:		/* 1.34: not of a host */
		return "a name that the DNS library does not ask for";
	case ARES_ENOMEM:
		return "no memory for DNS";
	}
	return "a broken answer";
}

/* When to send the query again; 0: not any more. */
static int64_t
next_try(const struct dns_entry *e, int status)
{
	int64_t now = clock_ms(), age = now - e->born;

	if (atomic_load(&self.stop))
		return 0;
	switch (status) {
	case ARES_EDESTRUCTION:		/* the servers changed */
		return now;
	case ARES_ETIMEOUT:
		return age < TRIES_MS ? now : 0;
	case ARES_ECONNREFUSED:
		return age < REFUSED_TRIES_MS ? now + REFUSED_TRY_MS : 0;
	}
	return 0;
}

/*
 * A server that answers nothing would cost each session its whole deadline.
 * When a query got no answer to its end, and no other did meanwhile, the root
 * is asked for, which any resolver has at hand. Without an answer to that, new
 * queries fail at once, until one of these probes is answered.
 */
static void
on_probe(void *arg, int status, int timeouts, unsigned char *bytes, int n)
{
	static struct log_ratelimit logged;

	(void)arg;
	(void)timeouts;
	(void)bytes;
	(void)n;
	self.sent--;
	self.probing = false;
	if (status != ARES_ETIMEOUT || self.answered > self.probed) {
		self.silent = false;
		return;
	}
	self.silent = true;
	if (log_ratelimit(&logged))
		log_error("the DNS server does not answer; mail that needs it "
		    "is deferred until it does");
}

static void
probe(void)
{
	if (self.probing || self.channel == NULL)
		return;
	self.probing = true;
	self.probed = clock_ms();
	self.sent++;
	ares_query(self.channel, ".", C_IN, T_NS, on_probe, NULL);
}

/* What this answer, or the lack of one, says about the server. */
static void
judge_server(const struct dns_entry *e, int status)
{
	if (status != ARES_ETIMEOUT) {
		self.answered = clock_ms();
		self.silent = false;
	} else if (self.answered < e->born &&
	    clock_ms() - e->born >= TRIES_MS) {
		probe();
	}
}

static void
on_answer(void *arg, int status, int timeouts, unsigned char *bytes, int n)
{
	struct dns_entry *e = arg;
	struct dns_shared_answer *shared;
	uint32_t ttl = DNS_TTL_TEMPFAIL;
	int64_t again;

	(void)timeouts;
	self.sent--;
	self.fresh -= e->again == 0;
	judge_server(e, status);
	if (bytes != NULL && n > 0)
		shared = dns_message_read(bytes, (size_t)n, e->key.type,
		    e->key.name, &ttl);
	else if (status == ARES_ENOTFOUND || (status == ARES_EBADNAME &&
	    !dns_message_can_ask(e->key.name)))
		shared = dns_answer_new(DNS_NONE, NULL);
	else if ((again = next_try(e, status)) > 0) {
		dns_queue_later(&self.queue, e, again);
		return;
	} else
		shared = dns_answer_new(DNS_TEMPFAIL, words_of(status));
	self.calls->answered(e, shared, ttl);
}

/* c-ares reads a backslash as the start of an escape. */
static void
send_one(struct dns_entry *e)
{
	struct buf name = BUF_INIT;
	const char *p;

	for (p = e->key.name; *p != '\0'; p++) {
		if (*p == '\\')
			buf_putc(&name, '\\');
		buf_putc(&name, *p);
	}
	self.sent++;
	self.fresh += e->again == 0;
	ares_query(self.channel, name.data, C_IN,
	    (int)dns_message_type(e->key.type), on_answer, e);
	buf_free(&name);
}

static void
send_or_fail(struct dns_entry *e)
{
	if (self.silent)
		self.calls->answered(e, dns_answer_new(DNS_TEMPFAIL,
		    words_of(ARES_ETIMEOUT)), DNS_TTL_TEMPFAIL);
	else if (self.channel != NULL)
		send_one(e);
	else
		self.calls->answered(e, dns_answer_new(DNS_TEMPFAIL,
		    "there is no DNS server"), DNS_TTL_TEMPFAIL);
}

/* At most `max` of those that are ready. */
static void
send_ready(size_t max)
{
	struct dns_entry *e;

	while (max-- > 0 && (e = dns_queue_take(&self.queue)) != NULL)
		send_or_fail(e);
}

/* One descriptor may be reported twice, or be closed by c-ares already. */
static void
on_socket(void *arg, ares_socket_t fd, int readable, int writable)
{
	struct epoll_event event = { .data.fd = fd };

	(void)arg;
	event.events = (readable ? (unsigned)EPOLLIN : 0u) |
	    (writable ? (unsigned)EPOLLOUT : 0u);
	if (event.events == 0)
		epoll_ctl(self.epoll, EPOLL_CTL_DEL, fd, NULL);
	else if (epoll_ctl(self.epoll, EPOLL_CTL_MOD, fd, &event) != 0)
		epoll_ctl(self.epoll, EPOLL_CTL_ADD, fd, &event);
}

static bool
is_loopback(const struct ares_addr_port_node *server)
{
	if (server->family == AF_INET)
		return (ntohl(server->addr.addr4.s_addr) >> 24) == 127;
	return IN6_IS_ADDR_LOOPBACK((const struct in6_addr *)
	    (const void *)&server->addr.addr6);
}

/* c-ares sends from one port: forged answers are easy off this machine. */
static void
check_servers(void)
{
	static struct log_ratelimit logged;
	struct ares_addr_port_node *all = NULL, *server;
	bool far = false;
	size_t n = 0;

	if (ares_get_servers_ports(self.channel, &all) != ARES_SUCCESS)
		return;
	for (server = all; server != NULL; server = server->next, n++)
		far |= !is_loopback(server);
	ares_free_data(all);
	self.many = n > 1;
	if (far && log_ratelimit(&logged))
		log_warn("the DNS resolver is not on this machine: answers on "
		    "the way can be forged, and block lists refuse shared "
		    "resolvers; let a caching resolver run here");
}

static int
open_channel(ares_channel *channel, const char *servers, int flags)
{
	struct ares_options o = { .flags = flags, .timeout = TRY_MS,
		.tries = 1, .ndots = 0, .ednspsz = EDNS_BYTES,
		.socket_receive_buffer_size = SOCKET_BYTES,
		.sock_state_cb = on_socket };
	int status = ares_init_options(channel, &o, ARES_OPT_FLAGS |
	    ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_NDOTS | NO_CACHE |
	    ARES_OPT_EDNSPSZ | ARES_OPT_SOCK_RCVBUF | ARES_OPT_SOCK_STATE_CB);

	if (status == ARES_SUCCESS && servers != NULL)
		status = ares_set_servers_ports_csv(*channel, servers);
	return status;
}

static void
close_channel(void)
{
	if (self.channel != NULL)
		ares_destroy(self.channel);
	self.channel = NULL;
}

/* With one server its errors are answers, so that they can be distinguished;
   with several the next one is queried. */
static bool
renew_channel(struct buf *errmsg)
{
	int flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES |
	    ARES_FLAG_STAYOPEN | ARES_FLAG_EDNS;
	int status;

	pthread_mutex_lock(&self.lock);
	close_channel();
	status = open_channel(&self.channel, self.servers, flags);
	if (status == ARES_SUCCESS) {
		check_servers();
		if (!self.many) {
			close_channel();
			status = open_channel(&self.channel, self.servers,
			    flags | ARES_FLAG_NOCHECKRESP);
		}
	}
	pthread_mutex_unlock(&self.lock);
	if (status == ARES_SUCCESS)
		return true;
	buf_printf(errmsg, "DNS cannot begin: %s", ares_strerror(status));
	close_channel();
	return false;
}

static void
renew_if_wanted(void)
{
	struct buf errmsg = BUF_INIT;

	if (atomic_exchange(&self.renew, false) && !renew_channel(&errmsg))
		log_error("%s", errmsg.data);
	buf_free(&errmsg);
}

static void
on_event(const struct epoll_event *event)
{
	ares_socket_t none = ARES_SOCKET_BAD, fd = event->data.fd;
	const unsigned bad = EPOLLERR | EPOLLHUP;
	uint64_t woken;

	if (fd == self.wake) {
		if (read(self.wake, &woken, sizeof woken) < 0 &&
		    errno != EAGAIN)
			BUG("an eventfd that cannot be read");
		return;
	}
	if (self.channel != NULL)
		ares_process_fd(self.channel,
		    (event->events & (EPOLLIN | bad)) != 0 ? fd : none,
		    (event->events & (EPOLLOUT | bad)) != 0 ? fd : none);
}

/* How long epoll_wait() may wait. */
static int
patience(void)
{
	if (self.queue.ready != NULL && self.fresh < WINDOW)
		return 0;
	return self.sent > 0 || self.queue.later != NULL ||
	    self.queue.ready != NULL ? TICK_MS : -1;
}

static void
end(void)
{
	close_channel();
	dns_queue_due(&self.queue, true);
	dns_queue_put(&self.queue, self.calls->take_unsent());
	send_ready(SIZE_MAX);
}

static void *
serve(void *arg)
{
	struct epoll_event events[EVENTS];
	int i, n, waited;

	while (!atomic_load(&self.stop)) {
		waited = patience();
		n = epoll_wait(self.epoll, events, EVENTS, waited);
		for (i = 0; i < n; i++)
			on_event(&events[i]);
		renew_if_wanted();
		if (self.silent)
			probe();
		if (n == 0 && waited > 0 && self.sent > 0)
			ares_process_fd(self.channel, ARES_SOCKET_BAD,
			    ARES_SOCKET_BAD);
		dns_queue_due(&self.queue, false);
		dns_queue_put(&self.queue, self.calls->take_unsent());
		send_ready(self.fresh < WINDOW ? BURST : 0);
	}
	end();
	return arg;
}

void
dns_ares_wake(void)
{
	const uint64_t one = 1;

	if (write(self.wake, &one, sizeof one) < 0 && errno != EAGAIN)
		BUG("an eventfd that cannot be written");
}

void
dns_ares_servers(const char *servers)
{
	pthread_mutex_lock(&self.lock);
	mem_replace(&self.servers, servers);
	pthread_mutex_unlock(&self.lock);
	atomic_store(&self.renew, true);
	dns_ares_wake();
}

static void
close_all(void)
{
	close_channel();
	close(self.epoll);
	close(self.wake);
	self.epoll = self.wake = -1;
	mem_replace(&self.servers, NULL);
	ares_library_cleanup();
}

bool
dns_ares_start(const char *servers, const struct dns_ares_calls *calls,
    struct buf *errmsg)
{
	struct epoll_event event = { .events = EPOLLIN };

	self.calls = calls;
	ares_library_init(ARES_LIB_INIT_ALL);
	self.epoll = epoll_create1(EPOLL_CLOEXEC);
	event.data.fd = self.wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	mem_replace(&self.servers, servers);
	atomic_store(&self.stop, false);
	self.silent = self.probing = false;
	if (self.epoll < 0 || self.wake < 0 ||
	    epoll_ctl(self.epoll, EPOLL_CTL_ADD, self.wake, &event) != 0)
		buf_puts(errmsg, "DNS: no event descriptors");
	else if (renew_channel(errmsg)) {
		if (pthread_create(&self.thread, NULL, serve, NULL) == 0)
			return true;
		buf_puts(errmsg, "DNS: pthread_create failed");
	}
	close_all();
	return false;
}

void
dns_ares_stop(void)
{
	atomic_store(&self.stop, true);
	dns_ares_wake();
	pthread_join(self.thread, NULL);
	close_all();
}
