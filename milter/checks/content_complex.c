/*
 * content_complex - a message that costs more work than may be spent on one
 *
 * It is deferred once, in case the machine was only busy; when it comes again,
 * it counts as not scannable.
 */

#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "checks/check.h"
#include "checks/message_budget.h"
#include "words/reason.h"

#define REMEMBERED 1024

/* Messages that were deferred, the oldest forgotten first. */
static struct {
	pthread_mutex_t lock;
	uint64_t v[REMEMBERED];
	size_t next;
} deferred = { .lock = PTHREAD_MUTEX_INITIALIZER };

static bool
active(const void *opt, const struct site *site)
{
	(void)opt;
	return site->parts;
}

/* FNV-1a */
static uint64_t
hash(uint64_t sum, const char *text)
{
	for (; text != NULL && *text != '\0'; text++)
		sum = (sum ^ (unsigned char)*text) * 1099511628211u;
	return (sum ^ 0xff) * 1099511628211u;
}

/* The same for the same message, whoever brings it. */
static uint64_t
key_of(const struct session *s)
{
	static const char *const fields[] = { "Message-ID", "Date", "Subject",
		"From" };
	uint64_t sum = hash(14695981039346656037u, s->sender.text);
	size_t i;

	for (i = 0; i < sizeof fields / sizeof fields[0]; i++)
		sum = hash(sum, session_find_header(s, fields[i]));
	return sum ^ (uint64_t)s->body_bytes;
}

/* Was it deferred before? From now on it was. */
static bool
was_deferred(uint64_t key)
{
	bool found = false;
	size_t i;

	pthread_mutex_lock(&deferred.lock);
	for (i = 0; i < REMEMBERED && !found; i++)
		found = deferred.v[i] == key;
	if (!found) {
		deferred.v[deferred.next] = key;
		deferred.next = (deferred.next + 1) % REMEMBERED;
	}
	pthread_mutex_unlock(&deferred.lock);
	return found;
}

static void
run(const struct check_ctx *ctx, struct findings *found)
{
	const struct budget *b = message_budget(ctx->slots, ctx->site);
	struct buf spent = BUF_INIT;
	bool before;

	if (!b->over)
		return;
	before = was_deferred(key_of(ctx->session));
	budget_say(b, &spent);
	finding_say(check_found(ctx, found, before ? REASON_NOT_SCANNABLE :
	    REASON_MESSAGE_TOO_COMPLEX), EVIDENCE_DETAIL, spent.data);
	buf_free(&spent);
}

static const int reasons[] = { REASON_MESSAGE_TOO_COMPLEX, REASON_NOT_SCANNABLE,
	REASON_NONE };

const struct check check_content_complex = {
	.name = "content_complex",
	.section = "content",
	.stages = STAGE_BIT(STAGE_MESSAGE),
	.issued_at = STAGE_RCPT,
	.reasons = reasons,
	.active = active,
	.run = run
};
