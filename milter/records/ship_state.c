/* ship_state - how "saywhy ship" fares, for saywhyd to tell */

#include "records/ship_state.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/regular_file.h"
#include "base/whole_file.h"

#define TOO_OLD_MS 60000
#define FORMAT "failing %d taken %" PRIu64 " bad %" PRIu64 " behind %" \
	PRId64 " now %" PRId64 " newest %" PRId64 " refused %" PRIu64 \
	" wait %" PRId64 "\n%.*s\n"
#define FORMAT_IN "failing %d taken %" SCNu64 " bad %" SCNu64 " behind %" \
	SCNd64 " now %" SCNd64 " newest %" SCNd64 " refused %" SCNu64 \
	" wait %" SCNd64 " %159[^\n]"

void
ship_state_save(const char *path, const struct ship_state *state)
{
	struct buf text = BUF_INIT, errmsg = BUF_INIT;

	if (path == NULL)
		return;
	buf_printf(&text, FORMAT, state->failing, state->taken, state->bad,
	    state->behind, state->now, state->newest, state->refused,
	    state->wait, (int)strcspn(state->failure, "\n"), state->failure);
	/* It is of a moment: the next one may be written. */
	(void)whole_file_write(path, text.data, text.len, &errmsg);
	buf_free(&text);
	buf_free(&errmsg);
}

bool
ship_state_load(const char *path, struct ship_state *state)
{
	FILE *in = path != NULL ? regular_file_open(path, NULL) : NULL;
	int failing = 0, read;

	memset(state, 0, sizeof *state);
	if (in == NULL)
		return false;
	read = fscanf(in, FORMAT_IN, &failing, &state->taken, &state->bad,
	    &state->behind, &state->now, &state->newest, &state->refused,
	    &state->wait, state->failure);
	fclose(in);
	state->failing = failing != 0;
	return read >= 5 && clock_epoch_ms() - state->now - state->wait <
	    TOO_OLD_MS;
}
