/* list_source_state - how the visits to the source of a list went */

#include "lists/list_source.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"

#define STATE_MAX 16384

/* That nobody looks is reported when this many visits were missed. */
#define VISITS_MISSED 3
#define MINUTE 60

enum kind { TEXT, TIME };

static const struct {
	const char *name;
	enum kind kind;
	size_t at;
} members[] = {
#define AT(member) offsetof(struct list_source_state, member)
	{ "url ", TEXT, AT(url) },
	{ "etag ", TEXT, AT(etag) },
	{ "signature-etag ", TEXT, AT(signature_etag) },
	{ "tried ", TIME, AT(tried) },
	{ "checked ", TIME, AT(checked) },
	{ "taken ", TIME, AT(taken) },
	{ "made ", TIME, AT(made) },
	{ "failure ", TEXT, AT(failure) },
#undef AT
};

#define MEMBERS (sizeof members / sizeof members[0])

static void
read_member(struct list_source_state *state, const char *line, size_t n)
{
	size_t i, name;
	void *slot;

	for (i = 0; i < MEMBERS; i++) {
		name = strlen(members[i].name);
		if (n <= name || strncmp(line, members[i].name, name) != 0)
			continue;
		slot = (char *)state + members[i].at;
		if (members[i].kind == TIME)
			*(int64_t *)slot = strtoll(line + name, NULL, 10);
		else if (*(char **)slot == NULL)
			*(char **)slot = mem_ndup(line + name, n - name);
	}
}

void
list_source_state_read(struct list_source_state *state, int fd)
{
	char text[STATE_MAX];
	ssize_t got = pread(fd, text, sizeof text - 1, 0);
	const char *at = text;
	size_t n;

	memset(state, 0, sizeof *state);
	text[got > 0 ? got : 0] = '\0';
	/* A last line without its end is half of one. */
	for (; (n = strcspn(at, "\n")), at[n] == '\n'; at += n + 1)
		read_member(state, at, n);
}

void
list_source_put_state_path(struct buf *out, const struct list_source *src)
{
	buf_printf(out, "%s.fetched", list_source_path(src));
}

bool
list_source_state_load(struct list_source_state *state,
    const struct list_source *src)
{
	struct buf path = BUF_INIT;
	int fd;

	memset(state, 0, sizeof *state);
	list_source_put_state_path(&path, src);
	fd = open(path.data, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	buf_free(&path);
	if (fd < 0)
		return false;
	list_source_state_read(state, fd);
	close(fd);
	return state->tried != 0;
}

/* One line each; what would end a line is a blank. */
static void
put_member(struct buf *out, const struct list_source_state *state, size_t i)
{
	const void *slot = (const char *)state + members[i].at;
	const char *text;
	size_t from;

	if (members[i].kind == TIME) {
		buf_printf(out, "%s%" PRId64 "\n", members[i].name,
		    *(const int64_t *)slot);
		return;
	}
	text = *(char *const *)slot;
	if (text == NULL)
		return;
	buf_puts(out, members[i].name);
	from = out->len;
	buf_printf(out, "%.1500s", text);
	for (; from < out->len; from++)
		if ((unsigned char)out->data[from] < ' ')
			out->data[from] = ' ';
	buf_putc(out, '\n');
}

bool
list_source_state_write(const struct list_source_state *state, int fd,
    struct buf *errmsg)
{
	struct buf out = BUF_INIT;
	bool good;
	size_t i;

	for (i = 0; i < MEMBERS; i++)
		put_member(&out, state, i);
	good = pwrite(fd, out.data, out.len, 0) == (ssize_t)out.len &&
	    ftruncate(fd, (off_t)out.len) == 0;
	if (!good)
		buf_printf(errmsg, "its state cannot be written: %s",
		    strerror(errno));
	buf_free(&out);
	return good;
}

void
list_source_state_free(struct list_source_state *state)
{
	free(state->url);
	free(state->etag);
	free(state->signature_etag);
	free(state->failure);
	memset(state, 0, sizeof *state);
}

static void
put_day(struct buf *out, int64_t seconds)
{
	const struct timespec at = { .tv_sec = (time_t)seconds };
	char text[CLOCK_TEXT];

	buf_printf(out, "%.16s UTC", clock_rfc3339(&at, text));
}

bool
list_source_complaint(const struct list_source *src,
    const struct list_source_state *state, int64_t now, struct buf *words)
{
	int64_t late = VISITS_MISSED * src->interval / 1000 + 10 * MINUTE;

	if (state->tried == 0) {
		buf_puts(words, "was never fetched");
	} else if (state->checked == 0) {
		buf_printf(words, "could not be fetched yet: %s",
		    state->failure);
	} else if (state->failure != NULL) {
		buf_puts(words, "is that of ");
		put_day(words, state->checked);
		buf_printf(words, ", as a newer one could not be taken: %s",
		    state->failure);
	} else if (now - state->checked > late) {
		buf_puts(words, "was last looked for at ");
		put_day(words, state->checked);
		buf_puts(words, ": nobody calls saywhy list fetch");
	} else if (src->max_age > 0 &&
	    now - state->made > src->max_age / 1000) {
		buf_puts(words, "is old: it was signed at ");
		put_day(words, state->made);
	}
	return words->len > 0;
}
