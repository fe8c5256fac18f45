/* milter_answer - what the engine decided, as libmilter's calls */

#include "doors/milter_answer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libmilter/mfapi.h>

#include "base/buf.h"
#include "base/log.h"
#include "doors/milter_escape.h"

/* Without a line libmilter would build a reply that never ends. */
static int
set_lines(SMFICTX *ctx, char *code, char *status, char *const *line, size_t n)
{
	_Static_assert(REPLY_LINES == 6, "each line is an argument below");
	if (n == 0)
		return MI_FAILURE;
	if (n == 1)
		return smfi_setreply(ctx, code, status, line[0]);
	return smfi_setmlreply(ctx, code, status, line[0], line[1], line[2],
	    line[3], line[4], line[5], NULL);
}

static bool
set_reply(SMFICTX *ctx, const struct reply *reply)
{
	char code[12], status[sizeof reply->status];
	char *line[REPLY_LINES] = { NULL };
	size_t i;
	int set;

	snprintf(code, sizeof code, "%d", reply->code);
	memcpy(status, reply->status, sizeof status);
	for (i = 0; i < reply->n; i++)
		line[i] = milter_escape(reply->lines[i]);
	set = set_lines(ctx, code, status, line, reply->n);
	for (i = 0; i < reply->n; i++)
		free(line[i]);
	return set == MI_SUCCESS;
}

/* The class of the text is that of the action. */
sfsistat
milter_refuse(SMFICTX *ctx, enum action action, const struct reply *reply)
{
	bool reject = action == ACTION_REJECT;

	if (!set_reply(ctx, reply)) {
		log_error("smfi_setmlreply failed: %d %s",
		    reply->code, reply->status);
		smfi_setreply(ctx, reject ? "550" : "450",
		    reject ? "5.7.0" : "4.7.0",
		    "The policy of this server does not allow this.");
	}
	return reject ? SMFIS_REJECT : SMFIS_TEMPFAIL;
}

/* Below the trace field that the MTA itself puts on top. */
#define TOP 1

typedef int adder(SMFICTX *ctx, char *name, char *value);

static int
add_on_top(SMFICTX *ctx, char *name, char *value)
{
	return smfi_insheader(ctx, TOP, name, value);
}

static int
add(SMFICTX *ctx, adder *how, const char *name, const char *value,
    bool blanks)
{
	struct buf whole = BUF_INIT;
	int done;

	buf_printf(&whole, "%s%s", blanks ? " " : "", value);
	done = how(ctx, (char *)(uintptr_t)name, whole.data);
	buf_free(&whole);
	return done;
}

/* From the last to the first, since each removal renumbers those behind. */
bool
milter_mark(SMFICTX *ctx, const struct marks *m, bool blanks)
{
	size_t i;
	int done = MI_SUCCESS;

	for (i = m->nforged; i-- > 0;)
		done |= smfi_chgheader(ctx,
		    (char *)(uintptr_t)m->forged[i].field,
		    m->forged[i].index, NULL);
	for (i = 0; i < m->n; i++)
		done |= add(ctx, smfi_addheader, MARKS_FIELD, m->values[i],
		    blanks);
	if (m->results != NULL)
		done |= add(ctx, add_on_top, RESULTS_FIELD, m->results,
		    blanks);
	if (done != MI_SUCCESS)
		log_error("smfi_addheader failed");
	return m->quarantine == NULL ||
	    smfi_quarantine(ctx, m->quarantine) == MI_SUCCESS;
}
