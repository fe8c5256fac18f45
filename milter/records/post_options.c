/* post_options - what a block `ship "name" { }` may hold */

#include "records/post.h"

#include <string.h>

#include "base/buf.h"
#include "base/http_client.h"
#include "base/mem.h"
#include "base/net.h"

#define NAME "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" \
	"0123456789_-."

static void
free_text(void *slot)
{
	mem_replace(slot, NULL);
}

static bool
parse_url(void *base, void *slot, const char *value, struct buf *errmsg)
{
	(void)base;
	if (!http_client_built()) {
		buf_printf(errmsg, "\"%.60s\" cannot be used: configure did "
		    "not find libcurl and zlib", value);
		return false;
	}
	if (!url_is_http(value) || strpbrk(value, " \t\r\n#") != NULL) {
		buf_printf(errmsg, "\"%.60s\" is no URL; write \"https://...\"",
		    value);
		return false;
	}
	mem_replace(slot, value);
	return true;
}

/* It stands in a query, and in a file's name. */
static bool
is_name(const char *value)
{
	return *value != '\0' && *value != '.' && strlen(value) <= 100 &&
	    value[strspn(value, NAME)] == '\0';
}

static bool
parse_table(void *base, void *slot, const char *value, struct buf *errmsg)
{
	(void)base;
	if (!is_name(value)) {
		buf_printf(errmsg, "\"%.60s\" is no name of letters, digits, "
		    "dots, _ and -", value);
		return false;
	}
	mem_replace(slot, value);
	return true;
}

#define AT(member) offsetof(struct post_options, member)

static const struct option rows[] = {
	{ .name = "url", .type = OPTION_PARSE, .offset = AT(url),
	    .parse = parse_url, .free = free_text,
	    .help = "where records are posted to" },
	{ .name = "format", .type = OPTION_WORD, .offset = AT(format),
	    .words = post_format_names, .default_value = "ndjson",
	    .help = "what takes them there" },
	{ .name = "token-file", .type = OPTION_TEXT, .offset = AT(token_file),
	    .help = "file with the token of the Authorization field" },
	{ .name = "table", .type = OPTION_PARSE, .offset = AT(table),
	    .parse = parse_table, .free = free_text,
	    .default_value = "saywhy",
	    .help = "table, index, job, service or source there" },
	{ .name = "ca-file", .type = OPTION_TEXT, .offset = AT(ca_file),
	    .help = "certificates that vouch for the server; unset: the "
	    "system's" },
	{ .name = "certificate", .type = OPTION_TEXT,
	    .offset = AT(certificate), .help = "our own, where it wants one" },
	{ .name = "key", .type = OPTION_TEXT, .offset = AT(key),
	    .help = "the private key of that certificate" },
	{ .name = "gzip", .type = OPTION_BOOL, .offset = AT(gzip),
	    .default_value = "yes", .help = "compress what is posted" },
	{ .name = "timeout", .type = OPTION_TIME, .offset = AT(timeout),
	    .default_value = "30 s", .min = 100, .max = 600000,
	    .help = "how long one request may take" },
	{ .name = "batch", .type = OPTION_INT, .offset = AT(batch),
	    .default_value = "1000", .min = 1, .max = 10000,
	    .help = "records of one request, at most" },
	{ .name = "mark", .type = OPTION_TEXT, .offset = AT(mark),
	    .help = "file that keeps how far the records are posted" },
	{ .name = NULL }
};

static bool
finish(void *item, struct buf *errmsg)
{
	struct post_options *o = item;
	struct buf mark = BUF_INIT;

	if (!is_name(o->item.title)) {
		buf_puts(errmsg, "its name may have letters, digits, dots, _ "
		    "and -");
		return false;
	}
	if (o->url == NULL) {
		buf_puts(errmsg, "it needs a url");
		return false;
	}
	if (o->mark == NULL) {
		buf_printf(&mark, SAYWHY_LOCALSTATEDIR "/lib/saywhy/"
		    "ship-%s.mark", o->item.title);
		o->mark = buf_steal(&mark);
	}
	return true;
}

const struct option post_option_rows[] = {
	{ .name = "ship", .type = OPTION_GROUP,
	    .offset = offsetof(struct post_blocks, blocks), .rows = rows,
	    .item_size = sizeof(struct post_options), .finish = finish,
	    .help = "where saywhy ship posts the records to" },
	{ .name = NULL }
};

const struct post_options *
post_find(const struct post_blocks *all, const char *name)
{
	const struct post_options *o;
	size_t i;

	for (i = 0; i < all->blocks.n; i++) {
		o = all->blocks.v[i];
		if (strcmp(o->item.title, name) == 0)
			return o;
	}
	return NULL;
}
