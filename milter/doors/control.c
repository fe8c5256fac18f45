/* control - what `saywhy status` asks */

#include "doors/control.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/diag.h"
#include "base/handover.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/sock.h"
#include "dns/dns.h"
#include "doors/control_lists.h"
#include "doors/control_greylist.h"
#include "doors/control_login.h"
#include "doors/control_metrics.h"
#include "doors/libmilter_threads.h"
#include "doors/rates.h"
#include "doors/server.h"
#include "engine/engine.h"
#include "engine/ruleset.h"
#include "engine/ruleset_settings.h"
#include "records/recorder.h"
#include "version.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static struct control {
	int fd;
	char *path;		/* of the socket, to be removed; or NULL */
	char *config;
	struct recorder *recorder;
	struct server *server;
	struct timespec started;
	int64_t since;		/* the same by clock_ms() */
	/* under the lock */
	struct timespec loaded;
	bool good;
	char **mistakes;
	size_t nmistakes;
	struct rates rates;
} self = { .fd = -1 };

static void
forget_mistakes(void)
{
	while (self.nmistakes > 0)
		free(self.mistakes[--self.nmistakes]);
	free(self.mistakes);
	self.mistakes = NULL;
}

static void
keep_mistake(const struct diag *d)
{
	struct buf b = BUF_INIT;

	if (d->file != NULL)
		buf_printf(&b, "%s:%d: ", d->file, d->line);
	buf_printf(&b, "%s: %s", d->warning ? "warning" : "error", d->text);
	self.mistakes[self.nmistakes++] = buf_steal(&b);
}

void
control_loaded(const struct diags *d)
{
	size_t i;

	pthread_mutex_lock(&lock);
	forget_mistakes();
	self.loaded = clock_now();
	self.good = d->errors == 0;
	self.mistakes = mem_array(d->n + 1, sizeof *self.mistakes);
	for (i = 0; i < d->n; i++)
		keep_mistake(&d->v[i]);
	pthread_mutex_unlock(&lock);
}

static struct rates_sample
sample(const struct engine_counts *c)
{
	return (struct rates_sample){ .time = clock_ms(),
		.sessions = c->sessions, .recipients = c->recipients,
		.refused = c->rejected + c->tempfailed + c->refused_by_mta };
}

void
control_tick(void)
{
	struct engine_counts counts = engine_counts();
	struct rates_sample now = sample(&counts);

	pthread_mutex_lock(&lock);
	rates_add(&self.rates, &now);
	pthread_mutex_unlock(&lock);
}

static void
put_time(struct json *j, const char *key, const struct timespec *t)
{
	char text[CLOCK_TEXT];

	json_key(j, key);
	json_string(j, clock_rfc3339(t, text));
}

static void
put_int(struct json *j, const char *key, unsigned long long n)
{
	json_key(j, key);
	json_int(j, (long long)n);
}

static const char *
threads_word(void)
{
	switch (libmilter_threads_kind()) {
	case THREADS_NONE:
	case THREADS_OURS:
		return "ours";
	case THREADS_LIBRARY:
		return "library";
	case THREADS_POOL:
		break;
	}
	return "pool";
}

static void
put_daemon(struct json *j, const struct ruleset *r)
{
	const struct timespec enforce = {
		.tv_sec = (time_t)r->policy.enforce_after };

	json_member(j, "version", SAYWHY_VERSION);
	put_int(j, "pid", (unsigned long long)getpid());
	json_member(j, "config", self.config);
	json_member(j, "mode", mode_names[r->policy.mode]);
	if (r->policy.mode == MODE_OBSERVE && r->policy.enforce_after != 0)
		put_time(j, "enforce-after", &enforce);
	json_member(j, "policy", r->fingerprint);
	json_member(j, "threads", threads_word());
	put_time(j, "started", &self.started);
	put_int(j, "uptime",
	    (unsigned long long)(clock_ms() - self.since) / 1000);
}

static void
put_sessions(struct json *j, const struct ruleset *r)
{
	json_key(j, "sessions");
	json_object(j);
	put_int(j, "now", libmilter_threads_sessions());
	put_int(j, "max", (unsigned long long)r->daemon.max_sessions);
	put_int(j, "most", (unsigned long long)r->daemon.max_sessions);
	put_int(j, "total", libmilter_threads_started());
	json_object_end(j);
}

static void
put_counts(struct json *j, const struct engine_counts *c)
{
	json_key(j, "counts");
	json_object(j);
	put_int(j, "messages", c->messages);
	put_int(j, "recipients", c->recipients);
	put_int(j, "rejected", c->rejected);
	put_int(j, "tempfailed", c->tempfailed);
	put_int(j, "observed", c->observed);
	put_int(j, "quarantined", c->quarantined);
	put_int(j, "marked", c->marked);
	put_int(j, "refused-by-mta", c->refused_by_mta);
	json_object_end(j);
}

static void
put_rates(struct json *j, const struct engine_counts *c)
{
	static const int minutes[] = { 1, 5, RATES_MINUTES };
	struct rates_sample now = sample(c);
	struct rates_per_minute rate;
	char key[12];
	size_t i;

	json_key(j, "per-minute");
	json_object(j);
	for (i = 0; i < sizeof minutes / sizeof minutes[0]; i++) {
		rate = rates_over(&self.rates, minutes[i], &now);
		snprintf(key, sizeof key, "%d", minutes[i]);
		json_key(j, key);
		json_object(j);
		json_key(j, "sessions");
		json_double(j, rate.sessions);
		json_key(j, "recipients");
		json_double(j, rate.recipients);
		json_key(j, "refused");
		json_double(j, rate.refused);
		json_object_end(j);
	}
	json_object_end(j);
}

static void
put_records(struct json *j)
{
	struct recorder_counts c = recorder_counts(self.recorder);

	json_key(j, "records");
	json_object(j);
	put_int(j, "written", c.written);
	put_int(j, "lost", c.lost);
	put_int(j, "log-lines-lost", log_lost());
	json_object_end(j);
	json_key(j, "store");
	json_object(j);
	json_member(j, "state", !c.store.on ? "none" : c.store.failing ?
	    "fails" : "works");
	put_int(j, "taken", c.store.taken);
	put_int(j, "bad", c.store.bad);
	put_int(j, "behind", (unsigned long long)c.store.behind);
	put_int(j, "lag", (unsigned long long)feeder_lag(&c.store) / 1000);
	json_member(j, "failure", c.store.failing ? c.store.failure : NULL);
	json_object_end(j);
}

static void
put_dns(struct json *j)
{
	struct dns_counts c = dns_counts();

	json_key(j, "dns");
	json_object(j);
	put_int(j, "queries", c.queries);
	put_int(j, "asked", c.queries);	/* its old name */
	put_int(j, "cached", c.cached);
	put_int(j, "joined", c.joined);
	put_int(j, "sent", c.sent);
	put_int(j, "failures", c.failure);
	put_int(j, "trouble", c.failure);	/* its old name */
	put_int(j, "late", c.late);
	put_int(j, "dropped", c.dropped);
	put_int(j, "kept", c.kept);
	put_int(j, "bytes", c.bytes);
	put_int(j, "waiting", c.waiting);
	json_object_end(j);
}

static void
put_reload(struct json *j)
{
	size_t i;

	json_key(j, "reload");
	json_object(j);
	put_time(j, "time", &self.loaded);
	json_key(j, "good");
	json_bool(j, self.good);
	json_key(j, "mistakes");
	json_array(j);
	for (i = 0; i < self.nmistakes; i++)
		json_string(j, self.mistakes[i]);
	json_array_end(j);
	json_object_end(j);
}

static void
put_status(struct buf *out)
{
	struct json j = JSON_INIT(out);
	struct engine_counts now = engine_counts();
	struct ruleset *r = ruleset_current();

	pthread_mutex_lock(&lock);
	json_object(&j);
	put_daemon(&j, r);
	put_sessions(&j, r);
	put_counts(&j, &now);
	put_rates(&j, &now);
	put_records(&j);
	put_dns(&j);
	control_put_counters(&j);
	control_put_replies(&j);
	control_put_lists(&j);
	control_put_scanners(&j);
	control_put_exceptions(&j);
	control_put_ships(&j);
	put_reload(&j);
	json_object_end(&j);
	buf_putc(out, '\n');
	pthread_mutex_unlock(&lock);
	ruleset_release(r);
}

static void
put_config(struct buf *out)
{
	struct ruleset *r = ruleset_current();
	struct json j = JSON_INIT(out);
	struct buf text = BUF_INIT;

	ruleset_put_settings(r, &text);
	json_object(&j);
	json_key(&j, "settings");
	json_string_n(&j, text.data, text.len);
	json_object_end(&j);
	buf_putc(out, '\n');
	buf_free(&text);
	ruleset_release(r);
}

static void
put_metrics(struct buf *out)
{
	struct ruleset *r = ruleset_current();
	struct timespec loaded;

	pthread_mutex_lock(&lock);
	loaded = self.loaded;
	pthread_mutex_unlock(&lock);
	control_metrics(out, self.recorder, r->fingerprint, &loaded);
	ruleset_release(r);
}

/* Its length, 0 when more must come, SERVER_CLOSE when it is not this one. */
static size_t
is_question(const char *in, size_t n, const char *question)
{
	size_t whole = strlen(question), known = n < whole ? n : whole;

	if (memcmp(in, question, known) != 0)
		return SERVER_CLOSE;
	return known < whole ? 0 : whole;
}

static size_t
answer(void *arg, const struct server_peer *peer, const char *in, size_t n,
    struct buf *out)
{
	static const struct {
		const char *text;
		void (*put)(struct buf *out);
	} questions[] = { { CONTROL_STATUS, put_status },
		{ CONTROL_METRICS, put_metrics },
		{ CONTROL_CONFIG, put_config } };
	size_t length, i;

	(void)arg;
	length = control_login(peer, in, n, out);
	if (length == SERVER_CLOSE)
		length = control_greylist(peer, in, n, out);
	if (length != SERVER_CLOSE)
		return length;
	for (i = 0; i < sizeof questions / sizeof questions[0]; i++) {
		length = is_question(in, n, questions[i].text);
		if (length == SERVER_CLOSE)
			continue;
		if (length > 0)
			questions[i].put(out);
		break;
	}
	return length;
}

static const struct server_kind kind = { .name = "control",
    .max = CONTROL_LOGIN_MAX,
	.patience = 5000, .answer = answer };

bool
control_open(const char *spec, gid_t gid, const char *config,
    struct buf *errmsg)
{
	struct sock_spec opened;

	self.started = clock_now();
	self.since = clock_ms();
	mem_replace(&self.config, config);
	self.fd = sock_listen_text(spec, 0660, gid, &opened, errmsg);
	mem_replace(&self.path, sock_spec_path(&opened));
	return self.fd >= 0;
}

bool
control_start(struct recorder *recorder)
{
	self.recorder = recorder;
	control_tick();
	self.server = server_start(self.fd, &kind, NULL);
	return self.server != NULL;
}

void
control_stop(void)
{
	server_stop(self.server);
	self.server = NULL;
	handover_remove(&self.path);
	mem_replace(&self.config, NULL);
	forget_mistakes();
}
