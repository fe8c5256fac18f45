/* milter_edit - what is done to a message, through libmilter */

#include "doors/milter_edit.h"

#include <stdint.h>

#include <libmilter/mfapi.h>

#include "base/buf.h"
#include "base/log.h"
#include "policy/marks.h"

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
milter_edit(void *ctx, const struct marks *m, bool blanks)
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
		log_error("the MTA does not take our header fields");
	return m->quarantine == NULL ||
	    smfi_quarantine(ctx, m->quarantine) == MI_SUCCESS;
}
