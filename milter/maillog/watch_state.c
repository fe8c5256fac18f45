/* watch_state - where `saywhy watch` stood, across restarts */

#include "maillog/watch_state.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/regular_file.h"
#include "base/whole_file.h"
#include "maillog/tail.h"

static void
load_line(char *line, struct tail *const *tails, size_t n)
{
	uint64_t inode;
	int64_t offset;
	int at = 0;
	size_t i;

	line[strcspn(line, "\n")] = '\0';
	if (sscanf(line, "%" SCNu64 " %" SCNd64 " %n", &inode, &offset,
	    &at) < 2 || offset < 0)
		return;
	for (i = 0; i < n; i++)
		if (strcmp(tail_name(tails[i]), line + at) == 0)
			tail_go_on(tails[i], inode, offset);
}

void
watch_state_load(const char *path, struct tail *const *tails, size_t n)
{
	FILE *f = path != NULL ? regular_file_open(path, NULL) : NULL;
	char *line = NULL;
	size_t cap = 0;

	if (f == NULL)
		return;
	while (getline(&line, &cap, f) > 0)
		load_line(line, tails, n);
	free(line);
	fclose(f);
}

void
watch_state_save(const char *path, struct tail *const *tails, size_t n)
{
	struct buf text = BUF_INIT, errmsg = BUF_INIT;
	uint64_t inode;
	int64_t offset;
	size_t i;

	if (path == NULL)
		return;
	for (i = 0; i < n; i++) {
		tail_position(tails[i], &inode, &offset);
		buf_printf(&text, "%" PRIu64 " %" PRId64 " %s\n", inode,
		    offset, tail_name(tails[i]));
	}
	if (!whole_file_keep(path, &text, &errmsg))
		log_warn("%s", errmsg.data);
	buf_free(&text);
	buf_free(&errmsg);
}
