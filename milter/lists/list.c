/* list - local lists: one of each, swapped when its file changes */

#include "lists/list.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/diag.h"
#include "base/log.h"
#include "base/mem.h"
#include "lists/list_content.h"
#include "lists/list_format.h"
#include "lists/list_lines.h"
#include "lists/list_stamp.h"
#include "model/mailbox.h"

/* How long a file must rest until it is loaded, and how often we look. */
#define POLL_MS 1000

struct list {
	char *name;
	char *path;		/* behind the prefix; points into name */
	char *file;		/* without a table */
	const struct list_format *format;
	pthread_rwlock_t lock;
	struct list_content content;	/* under the lock */
	struct log_ratelimit logged;
	/* the others under that of the registry */
	struct list *next;
	unsigned holders;
	/* of the file that was loaded, or refused */
	struct list_stamp stamp;
	struct list_stamp polled;	/* at the last poll */
	struct timespec loaded;
	char *failure;
};

/* Every list that is open, and the thread that looks after them. */
static struct registry {
	pthread_mutex_t lock;
	pthread_cond_t wake;
	struct list *first;
	pthread_t watcher;
	bool watching;
} registry = { .lock = PTHREAD_MUTEX_INITIALIZER,
	.wake = PTHREAD_COND_INITIALIZER };

void
list_hit_free(struct list_hit *hit)
{
	buf_free(&hit->entry);
	buf_free(&hit->comment);
}

/* Replaces the content; readers wait only while a pointer is exchanged. */
static void
swap(struct list *l, const struct list_content *fresh)
{
	struct list_content old;

	pthread_rwlock_wrlock(&l->lock);
	old = l->content;
	l->content = *fresh;
	pthread_rwlock_unlock(&l->lock);
	list_content_free(&old);
}

/* The first of the mistakes stands for all in `saywhy status`. */
static char *
failure_of(const struct diags *d, size_t from)
{
	struct buf b = BUF_INIT;

	for (; from < d->n && d->v[from].warning; from++)
		;
	if (from == d->n)
		return NULL;
	if (d->v[from].line > 0)
		buf_printf(&b, "line %d: ", d->v[from].line);
	buf_puts(&b, d->v[from].text);
	return buf_steal(&b);
}

/* Was its last line without an end, so that more may come? */
static bool
is_cut(struct list *l)
{
	bool cut;

	pthread_rwlock_rdlock(&l->lock);
	cut = l->content.counts.cut;
	pthread_rwlock_unlock(&l->lock);
	return cut;
}

static bool
is_current(struct list *l)
{
	struct list_stamp now = list_stamp(l->file);
	bool current;

	pthread_mutex_lock(&registry.lock);
	current = l->loaded.tv_sec != 0 && l->failure == NULL &&
	    !is_cut(l) && list_stamp_is(&now, &l->stamp);
	pthread_mutex_unlock(&registry.lock);
	return current;
}

/* Loads the file as it is now. False with every mistake in `d`. */
static bool
load_now(struct list *l, struct diags *d)
{
	struct list_stamp stamp = list_stamp(l->file);
	struct list_content fresh;
	size_t before = d->n;
	bool good = list_content_load(&fresh, l->format, l->path, d);

	if (good) {
		swap(l, &fresh);
		mem_trim();
	}
	pthread_mutex_lock(&registry.lock);
	l->stamp = l->polled = stamp;
	if (good)
		l->loaded = clock_now();
	free(l->failure);
	l->failure = failure_of(d, before);
	pthread_mutex_unlock(&registry.lock);
	return good;
}

/*
 * One load at a time, because each needs memory for a second copy of its list.
 * Whoever had to wait may find it done.
 */
static bool
load(struct list *l, struct diags *d)
{
	static pthread_mutex_t loading = PTHREAD_MUTEX_INITIALIZER;
	bool good;

	pthread_mutex_lock(&loading);
	good = is_current(l) || load_now(l, d);
	pthread_mutex_unlock(&loading);
	return good;
}

static const struct list_format *
format_of(const char *name)
{
	const struct list_format *const *f;

	for (f = list_formats; *(*f)->prefix != '\0'; f++)
		if (strncmp(name, (*f)->prefix, strlen((*f)->prefix)) == 0)
			break;
	return *f;
}

/* The name with the whole path of its file. */
static char *
whole_name(const char *name, const struct list_format *format,
    const char *beside)
{
	const char *slash = beside != NULL ? strrchr(beside, '/') : NULL;
	const char *path = name + strlen(format->prefix);
	struct buf b = BUF_INIT;

	buf_puts(&b, format->prefix);
	if (*path != '/' && slash != NULL)
		buf_put(&b, beside, (size_t)(slash - beside) + 1);
	buf_puts(&b, path);
	return buf_steal(&b);
}

/* The one that is open, with a reference; or NULL. */
static struct list *
find_open(const char *name)
{
	struct list *l;

	pthread_mutex_lock(&registry.lock);
	for (l = registry.first; l != NULL; l = l->next)
		if (strcmp(l->name, name) == 0)
			break;
	if (l != NULL)
		l->holders++;
	pthread_mutex_unlock(&registry.lock);
	return l;
}

/* Of a database, the table stands behind a colon. */
static size_t
file_length(const char *path, const struct list_format *format)
{
	const char *colon = strrchr(path, ':');

	return colon == NULL || *format->prefix == '\0' ? strlen(path) :
	    (size_t)(colon - path);
}

/* Takes the name over. */
static struct list *
list_new(char *name, const struct list_format *format)
{
	struct list *l = mem_alloc(sizeof *l);

	l->name = name;
	l->path = name + strlen(format->prefix);
	l->file = mem_ndup(l->path, file_length(l->path, format));
	l->format = format;
	l->holders = 1;
	pthread_rwlock_init(&l->lock, NULL);
	pthread_mutex_lock(&registry.lock);
	l->next = registry.first;
	registry.first = l;
	pthread_mutex_unlock(&registry.lock);
	return l;
}

struct list *
list_open(const char *name, const char *beside, struct diags *d)
{
	const struct list_format *format = format_of(name);
	char *whole = whole_name(name, format, beside);
	struct list *l = find_open(whole);

	if (l == NULL)
		l = list_new(whole, format);
	else
		free(whole);
	if (is_current(l) || load(l, d))
		return l;
	list_close(l);
	return NULL;
}

void
list_close(struct list *l)
{
	struct list **at = &registry.first;
	bool last;

	if (l == NULL)
		return;
	pthread_mutex_lock(&registry.lock);
	last = --l->holders == 0;
	while (last && *at != l)
		at = &(*at)->next;
	if (last)
		*at = l->next;
	pthread_mutex_unlock(&registry.lock);
	if (!last)
		return;
	list_content_free(&l->content);
	pthread_rwlock_destroy(&l->lock);
	free(l->failure);
	free(l->file);
	free(l->name);
	free(l);
}

static enum list_answer
answered(struct list *l, enum list_answer answer, const struct list_hit *hit)
{
	pthread_rwlock_unlock(&l->lock);
	if (answer == LIST_TEMPFAIL && log_ratelimit(&l->logged))
		log_warn("%s: %s", l->name, hit->comment.data);
	return answer;
}

enum list_answer
list_find_ip(struct list *l, const struct ip *ip, struct list_hit *hit)
{
	if (l == NULL)
		return LIST_NO;
	pthread_rwlock_rdlock(&l->lock);
	return answered(l, list_content_ip(&l->content, ip, hit), hit);
}

enum list_answer
list_find_mailbox(struct list *l, const struct mailbox *m,
    struct list_hit *hit)
{
	if (l == NULL)
		return LIST_NO;
	pthread_rwlock_rdlock(&l->lock);
	return answered(l, list_content_mailbox(&l->content, m, hit), hit);
}

enum list_answer
list_find_name(struct list *l, const char *name, struct list_hit *hit)
{
	struct mailbox m = { .text = NULL };
	enum list_answer answer;

	if (l == NULL || name == NULL)
		return LIST_NO;
	if (strchr(name, '@') != NULL) {
		mailbox_set(&m, name);
		answer = list_find_mailbox(l, &m, hit);
		mailbox_clear(&m);
		return answer;
	}
	pthread_rwlock_rdlock(&l->lock);
	return answered(l, list_content_name(&l->content, name, hit), hit);
}

void
list_each(void (*fn)(void *arg, const struct list_state *state), void *arg)
{
	struct list_state state;
	struct list *l;

	pthread_mutex_lock(&registry.lock);
	for (l = registry.first; l != NULL; l = l->next) {
		state = (struct list_state){ .name = l->name,
			.loaded = l->loaded, .failure = l->failure };
		pthread_rwlock_rdlock(&l->lock);
		state.counts = l->content.counts;
		pthread_rwlock_unlock(&l->lock);
		fn(arg, &state);
	}
	pthread_mutex_unlock(&registry.lock);
}

/* Has the file changed, but not since the last poll? */
static bool
wants_load(struct list *l, const struct list_stamp *now)
{
	bool changed = !list_stamp_is(now, &l->stamp);
	bool rests = list_stamp_is(now, &l->polled);
	bool whole = is_cut(l) && clock_now().tv_sec -
	    now->written.tv_sec >= LIST_REST_SECONDS;

	l->polled = *now;
	return (changed || whole) && rests;
}

static void
load_again(struct list *l)
{
	struct diags d = DIAGS_INIT;
	bool good = load(l, &d);

	diags_log(&d);
	if (good)
		log_info("%s: loaded again", l->name);
	else
		log_error("%s: not loaded; the list as it was stays", l->name);
	diags_free(&d);
}

/* One that has changed, with a reference; NULL: none has. Under the lock. */
static struct list *
next_changed(void)
{
	struct list_stamp now;
	struct list *l;

	for (l = registry.first; l != NULL; l = l->next) {
		now = list_stamp(l->file);
		if (wants_load(l, &now)) {
			l->holders++;
			return l;
		}
	}
	return NULL;
}

static void
recheck(void)
{
	struct list *l;

	while (registry.watching && (l = next_changed()) != NULL) {
		pthread_mutex_unlock(&registry.lock);
		load_again(l);
		list_close(l);
		pthread_mutex_lock(&registry.lock);
	}
}

static void *
watch(void *unused)
{
	pthread_mutex_lock(&registry.lock);
	while (registry.watching) {
		clock_wait(&registry.wake, &registry.lock,
		    clock_ms() + POLL_MS);
		recheck();
	}
	pthread_mutex_unlock(&registry.lock);
	return unused;
}

bool
list_watch(void)
{
	bool started;

	pthread_mutex_lock(&registry.lock);
	registry.watching = true;
	started = pthread_create(&registry.watcher, NULL, watch, NULL) == 0;
	registry.watching = started;
	pthread_mutex_unlock(&registry.lock);
	return started;
}

void
list_watch_stop(void)
{
	if (!registry.watching)
		return;
	pthread_mutex_lock(&registry.lock);
	registry.watching = false;
	pthread_cond_signal(&registry.wake);
	pthread_mutex_unlock(&registry.lock);
	pthread_join(registry.watcher, NULL);
}
