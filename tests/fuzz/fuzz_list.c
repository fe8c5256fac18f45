/*
 * fuzz_list - any bytes as a list file, as text and as cdb, and as questions
 *
 * Whatever it is, it is loaded or refused with words; an address or network
 * that stands in it is found again.
 */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/net.h"
#include "lists/list_content.h"
#include "lists/list_format.h"
#include "model/mailbox.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* One that matches is as narrow as the entry or narrower. */
static void
expect_net(const struct list_content *c, const char *entry,
    struct list_hit *hit)
{
	struct net net, found;

	if (!net_is_meant(entry) || !net_parse(entry, &net, NULL) ||
	    (net.prefix < 96 && ip_is_v4(&net.ip)))
		return;
	if (list_content_ip(c, &net.ip, hit) != LIST_YES ||
	    !net_parse(hit->entry.data, &found, NULL) ||
	    found.prefix < net.prefix)
		BUG("a network that is not found");
}

static void
ask(const struct list_content *c, const char *what, bool listed)
{
	struct list_hit hit = LIST_HIT_INIT;
	struct mailbox m = { .text = NULL };
	struct ip ip;

	if (listed)
		expect_net(c, what, &hit);
	if (ip_parse(what, &ip))
		list_content_ip(c, &ip, &hit);
	list_content_name(c, what, &hit);
	mailbox_set(&m, what);
	list_content_mailbox(c, &m, &hit);
	mailbox_clear(&m);
	list_hit_free(&hit);
}

/* Each line is a question, up to the first blank. */
static void
ask_all(const struct list_content *c, char *text, bool listed)
{
	char *line, *rest = text;
	size_t n;

	/* A CR within a line does not end it: behind "#" all is a comment. */
	while ((line = strsep(&rest, "\n")) != NULL) {
		n = strlen(line);
		if (n > 0 && line[n - 1] == '\r')
			line[n - 1] = '\0';
		line += strspn(line, " \t");
		line[strcspn(line, " \t")] = '\0';
		ask(c, line, listed);
	}
}

static void
try_format(const struct list_format *format, const char *path,
    const uint8_t *data, size_t n)
{
	struct diags d = DIAGS_INIT;
	struct list_content c;
	char *text, *last;
	bool listed;

	if (list_content_load(&c, format, path, &d)) {
		text = mem_ndup(n > 0 ? (const char *)data : "", n);
		listed = c.counts.nets > 0 && strlen(text) == n &&
		    strncmp(text, "\xef\xbb\xbf", 3) != 0;
		last = strrchr(text, '\n');
		if (c.counts.cut)	/* the last line may grow yet */
			*(last != NULL ? last : text) = '\0';
		ask_all(&c, text, listed);
		free(text);
		list_content_free(&c);
	} else if (d.errors == 0) {
		BUG("refused without a word");
	}
	diags_free(&d);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const struct list_format *const *f;
	int fd = memfd_create("list", 0);
	char path[64];

	if (fd < 0 || write(fd, data, n) != (ssize_t)n)
		abort();
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	for (f = list_formats; *f != NULL; f++)
		if (*(*f)->prefix == '\0' ||
		    strcmp((*f)->prefix, "cdb:") == 0)
			try_format(*f, path, data, n);
	close(fd);
	return 0;
}
