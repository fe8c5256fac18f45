/*
 * fuzz_fetched - any bytes as what is kept of the visits to a list's source
 *
 * What was read can be written, is read again alike, and each member is a line.
 */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "lists/list_source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static bool
same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static void
check_alike(const struct list_source_state *a,
    const struct list_source_state *b)
{
	if (a->tried != b->tried || a->checked != b->checked ||
	    a->taken != b->taken || a->made != b->made)
		BUG("a time that changes");
	if (!same(a->url, b->url) || !same(a->etag, b->etag) ||
	    !same(a->signature_etag, b->signature_etag) ||
	    !same(a->failure, b->failure))
		BUG("a text that changes");
}

static int
file_of(const void *bytes, size_t n)
{
	int fd = memfd_create("fetched", MFD_CLOEXEC);

	if (fd < 0 || write(fd, bytes, n) != (ssize_t)n)
		BUG("there is no file in memory");
	return fd;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct list_source_state read, written, again;
	struct buf errmsg = BUF_INIT;
	int fd = file_of(data, n);

	list_source_state_read(&read, fd);
	if (!list_source_state_write(&read, fd, &errmsg))
		BUG("what was read cannot be written");
	/* What is too long was cut, and controls are blanks. */
	list_source_state_read(&written, fd);
	if (!list_source_state_write(&written, fd, &errmsg))
		BUG("what was written cannot be written again");
	list_source_state_read(&again, fd);
	check_alike(&written, &again);
	list_source_state_free(&read);
	list_source_state_free(&written);
	list_source_state_free(&again);
	buf_free(&errmsg);
	close(fd);
	return 0;
}
