/* list_fetch - a list is fetched from where it is made */

#include "lists/list_fetch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/diag.h"
#include "base/http_client.h"
#include "base/mem.h"
#include "base/regular_file.h"
#include "base/whole_file.h"
#include "lists/list.h"
#include "lists/list_source.h"
#include "lists/minisign.h"

#define DAY 86400
/* A visit that failed is repeated sooner, where the interval is long. */
#define AGAIN_SECONDS 600
/* A list and its signature are replaced one after the other. */
#define REPLACED_SECONDS 2

struct fetch {
	const struct list_source *src;
	struct list_source_state state;
	struct http_client *client;
	struct http_reply reply;
	bool afresh;		/* as if nothing were there */
	struct buf signature;	/* the text that was got */
	struct minisign sign;	/* the same, read and with a good comment */
	char *signature_etag;
	struct buf *words;
};

bool
list_fetch_is_due(const struct list_source *src, int64_t now)
{
	struct list_source_state state;
	int64_t wait = src->interval / 1000;

	if (list_source_state_load(&state, src) && state.failure != NULL &&
	    wait > AGAIN_SECONDS)
		wait = AGAIN_SECONDS;
	/* A clock that was set back does not put it off. */
	wait = now >= state.tried + wait || now < state.tried;
	list_source_state_free(&state);
	return wait != 0;
}

/* Appends the path of the signature that is kept. */
static void
put_signature_path(struct buf *out, const struct list_source *src)
{
	buf_printf(out, "%s.minisig", list_source_path(src));
}

static bool
has_list(const struct fetch *f)
{
	return access(list_source_path(f->src), R_OK) == 0;
}

/* The etags are of what is there, and of this URL. */
static const char *
etag(const struct fetch *f, const char *of)
{
	bool same = f->state.url != NULL &&
	    strcmp(f->state.url, f->src->url) == 0;

	return same && !f->afresh && has_list(f) ? of : NULL;
}

/* Gets URL + `behind`. False: nobody answered, with words. */
static bool
get(struct fetch *f, const char *behind, const char *tag, size_t max,
    const int *into)
{
	struct buf url = BUF_INIT;
	struct http_call call = { .etag = tag, .max = max, .into = into,
		.ca_file = f->src->ca_file,
		.timeout = (long)f->src->timeout };
	bool good;

	buf_printf(&url, "%s%s", f->src->url, behind);
	call.url = url.data;
	good = http_client_call(f->client, &call, &f->reply, f->words);
	buf_free(&url);
	return good;
}

static bool
answered(struct fetch *f, int status, const char *what)
{
	if (f->reply.status == status)
		return true;
	buf_printf(f->words, "the server answered %d for its %s%s",
	    f->reply.status, what, f->reply.status / 100 == 3 ?
	    ": name the place where it is as url" : "");
	return false;
}

static void
put_time(struct buf *out, int64_t seconds)
{
	const struct timespec at = { .tv_sec = (time_t)seconds };
	char text[CLOCK_TEXT];

	buf_printf(out, "%.16s UTC", clock_rfc3339(&at, text));
}

/* The text of the kept signature; empty: there is none. */
static void
read_kept(const struct fetch *f, struct buf *text)
{
	struct buf path = BUF_INIT;
	FILE *in;

	put_signature_path(&path, f->src);
	in = regular_file_open(path.data, NULL);
	if (in != NULL) {
		if (!buf_read(text, in, MINISIGN_TEXT_MAX))
			buf_clear(text);
		fclose(in);
	}
	buf_free(&path);
}

/* When the list that is there was signed by a key that counts; 0: never. */
static int64_t
made_of_kept(const struct fetch *f, const struct buf *text)
{
	struct buf ignored = BUF_INIT;
	struct minisign m;
	int64_t made = 0;

	if (minisign_read(&m, text->data, &ignored) &&
	    minisign_verifies_comment(&m, &f->src->keys, &ignored))
		made = m.made;
	minisign_free(&m);
	buf_free(&ignored);
	return made;
}

/* Is it for this list, and new? An old one was signed once, too. */
static bool
is_ours(struct fetch *f, int64_t made_before)
{
	const char *name = list_source_name(f->src);
	const struct minisign *m = &f->sign;

	if (m->made <= 0 || m->file == NULL)
		buf_puts(f->words, "its signature does not say when it was "
		    "made and of which file (timestamp:, file:): sign it "
		    "without a comment of your own (minisign -t)");
	else if (strcmp(m->file, name) != 0)
		buf_printf(f->words, "its signature is that of a file "
		    "\"%.60s\", not of \"%.60s\"", m->file, name);
	else if (m->made < made_before) {
		buf_puts(f->words, "an older list was offered, signed at ");
		put_time(f->words, m->made);
		buf_puts(f->words, "; the one here is of ");
		put_time(f->words, made_before);
	} else if (m->made > clock_epoch_ms() / 1000 + DAY) {
		buf_puts(f->words, "it was signed in the future, at ");
		put_time(f->words, m->made);
	}
	return f->words->len == 0;
}

/* Reads the signature that was got. */
static enum list_fetch_answer
read_signature(struct fetch *f, const struct buf *kept)
{
	struct buf errmsg = BUF_INIT;
	bool good;

	buf_put(&f->signature, f->reply.body.data, f->reply.body.len);
	f->signature_etag = f->reply.etag;
	f->reply.etag = NULL;
	good = minisign_read(&f->sign, f->signature.data, &errmsg) &&
	    minisign_verifies_comment(&f->sign, &f->src->keys, &errmsg);
	if (!good)
		buf_printf(f->words, "what came as its signature %s",
		    errmsg.data);
	buf_free(&errmsg);
	return good && is_ours(f, made_of_kept(f, kept)) ? LIST_FETCH_NEW :
	    LIST_FETCH_REFUSED;
}

/* NEW: there is one that is not kept yet. */
static enum list_fetch_answer
get_signature(struct fetch *f)
{
	struct buf kept = BUF_INIT;
	enum list_fetch_answer answer = LIST_FETCH_FAILED;
	const char *tag;

	read_kept(f, &kept);
	tag = kept.len > 0 ? etag(f, f->state.signature_etag) : NULL;
	if (!get(f, ".minisig", tag, MINISIGN_TEXT_MAX, NULL))
		answer = LIST_FETCH_FAILED;
	else if (tag != NULL && f->reply.status == 304)
		answer = LIST_FETCH_SAME;
	else if (answered(f, 200, "signature"))
		answer = !f->afresh && has_list(f) && kept.len > 0 &&
		    kept.len == f->reply.body.len &&
		    memcmp(kept.data, f->reply.body.data, kept.len) == 0 ?
		    LIST_FETCH_SAME : read_signature(f, &kept);
	buf_free(&kept);
	return answer;
}

static bool
verifies(struct fetch *f, int fd)
{
	struct buf errmsg = BUF_INIT;
	const void *bytes;
	bool good;
	size_t n;

	if (f->src->keys.n == 0)
		return true;
	bytes = file_map(fd, &n, &errmsg);
	good = bytes != NULL && minisign_verifies(&f->sign, &f->src->keys,
	    bytes, n, &errmsg);
	if (bytes != NULL)
		file_unmap(bytes, n);
	if (!good)
		buf_printf(f->words, "what came %s", errmsg.data);
	buf_free(&errmsg);
	return good;
}

/* Can it be loaded as what the configuration takes it for? */
static bool
loads(struct fetch *f, const char *path)
{
	struct diags d = DIAGS_INIT;
	struct buf name = BUF_INIT;
	struct list *l;
	bool good;

	buf_printf(&name, "%.*s%s", (int)(list_source_path(f->src) -
	    f->src->file), f->src->file, path);
	l = list_open(name.data, NULL, &d);
	good = l != NULL;
	if (!good && d.n > 0 && d.v[0].line > 0)
		buf_printf(f->words, "what came is no list: line %d: %.200s",
		    d.v[0].line, d.v[0].text);
	else if (!good)
		buf_printf(f->words, "what came is no list: %.200s",
		    d.n > 0 ? d.v[0].text : "");
	list_close(l);
	diags_free(&d);
	buf_free(&name);
	return good;
}

static bool
is_empty(struct fetch *f, int fd)
{
	struct stat st;

	if (fstat(fd, &st) == 0 && st.st_size > 0)
		return false;
	buf_puts(f->words, "what came is empty");
	return true;
}

/* After the list, so that a kept signature means that its list is there. */
static bool
keep_signature(struct fetch *f)
{
	struct buf path = BUF_INIT;
	bool good = true;

	put_signature_path(&path, f->src);
	if (f->signature.len > 0)
		good = whole_file_write(path.data, f->signature.data,
		    f->signature.len, f->words);
	else if (f->src->keys.n == 0)
		(void)!unlink(path.data);
	buf_free(&path);
	if (good && f->signature.len > 0) {
		f->state.made = f->sign.made;
		mem_replace(&f->state.signature_etag, f->signature_etag);
	}
	return good;
}

/* The list came: is it what we take? */
static enum list_fetch_answer
take(struct fetch *f, struct whole_file *file)
{
	if (is_empty(f, file->fd) || !verifies(f, file->fd) ||
	    !loads(f, file->beside)) {
		whole_file_drop(file);
		return LIST_FETCH_REFUSED;
	}
	if (!whole_file_put(file, f->words) || !keep_signature(f))
		return LIST_FETCH_FAILED;
	mem_replace(&f->state.etag, f->reply.etag);
	mem_replace(&f->state.url, f->src->url);
	f->state.taken = clock_epoch_ms() / 1000;
	return LIST_FETCH_NEW;
}

/* The list is as it was; is it what the new signature is for? */
static enum list_fetch_answer
sign_again(struct fetch *f)
{
	int fd = open(list_source_path(f->src), O_RDONLY | O_CLOEXEC);
	bool good = fd >= 0 && verifies(f, fd);

	if (fd >= 0)
		close(fd);
	if (!good)
		return LIST_FETCH_REFUSED;
	return keep_signature(f) ? LIST_FETCH_SAME : LIST_FETCH_FAILED;
}

static enum list_fetch_answer
get_list(struct fetch *f)
{
	const char *tag = etag(f, f->state.etag);
	struct whole_file file;

	if (!whole_file_begin(&file, list_source_path(f->src), f->words))
		return LIST_FETCH_FAILED;
	if (get(f, "", tag, (size_t)f->src->max_size, &file.fd)) {
		if (f->reply.status == 200)
			return take(f, &file);
		if (tag != NULL && f->reply.status == 304) {
			whole_file_drop(&file);
			return sign_again(f);
		}
		answered(f, 200, "list");
	}
	whole_file_drop(&file);
	return LIST_FETCH_FAILED;
}

static enum list_fetch_answer
visit(struct fetch *f)
{
	enum list_fetch_answer answer = LIST_FETCH_NEW;

	if (f->src->keys.n > 0)
		answer = get_signature(f);
	return answer == LIST_FETCH_NEW ? get_list(f) : answer;
}

static void
forget_visit(struct fetch *f)
{
	http_reply_free(&f->reply);
	minisign_free(&f->sign);
	buf_free(&f->signature);
	free(f->signature_etag);
	f->signature_etag = NULL;
}

/*
 * What does not match may have been replaced between the two requests: once
 * more, with nothing taken for known.
 */
static enum list_fetch_answer
visit_twice(struct fetch *f)
{
	enum list_fetch_answer answer = visit(f);

	if (answer == LIST_FETCH_REFUSED && f->signature.len > 0) {
		forget_visit(f);
		buf_clear(f->words);
		sleep(REPLACED_SECONDS);
		f->afresh = true;
		answer = visit(f);
	}
	forget_visit(f);
	return answer;
}

/*
 * The state's file is the lock, too. Whoever is in the group of the folder may
 * go on with it: the service, and an admin who tries it by hand.
 */
static int
lock_state(const struct list_source *src, struct buf *words)
{
	struct buf path = BUF_INIT;
	int fd;

	list_source_put_state_path(&path, src);
	fd = open(path.data, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0660);
	if (fd < 0)
		buf_printf(words, "%s cannot be written: %s", path.data,
		    strerror(errno));
	buf_free(&path);
	if (fd >= 0)
		(void)!fchmod(fd, 0660);
	return fd;
}

static void
note(struct fetch *f, enum list_fetch_answer answer)
{
	bool good = answer == LIST_FETCH_NEW || answer == LIST_FETCH_SAME;

	f->state.tried = clock_epoch_ms() / 1000;
	if (good)
		f->state.checked = f->state.tried;
	mem_replace(&f->state.failure, good ? NULL : f->words->data);
}

static enum list_fetch_answer
fetch_locked(const struct list_source *src, int state, struct buf *words)
{
	struct fetch f = { .src = src, .reply = HTTP_REPLY_INIT,
		.signature = BUF_INIT, .words = words };
	enum list_fetch_answer answer = LIST_FETCH_FAILED;

	list_source_state_read(&f.state, state);
	f.client = http_client_new(words);
	if (f.client != NULL)
		answer = visit_twice(&f);
	note(&f, answer);
	if (!list_source_state_write(&f.state, state, words))
		answer = LIST_FETCH_FAILED;
	http_client_free(f.client);
	list_source_state_free(&f.state);
	return answer;
}

enum list_fetch_answer
list_fetch(const struct list_source *src, struct buf *words)
{
	enum list_fetch_answer answer = LIST_FETCH_FAILED;
	int state = lock_state(src, words);

	if (state < 0)
		return LIST_FETCH_FAILED;
	if (flock(state, LOCK_EX | LOCK_NB) == 0)
		answer = fetch_locked(src, state, words);
	else {
		buf_puts(words, "another process fetches it");
		answer = LIST_FETCH_BUSY;
	}
	close(state);
	return answer;
}
