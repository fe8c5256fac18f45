/* list_source - where a list comes from that is made elsewhere */

#include "lists/list_source.h"

#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/http_client.h"
#include "base/mem.h"
#include "config/config_file.h"

#define CDB "cdb:"

static void
free_text(void *slot)
{
	mem_replace(slot, NULL);
}

static bool
parse_url(void *base, void *slot, const char *value, struct buf *errmsg)
{
	const char *name = strrchr(value, '/');

	(void)base;
	if (!http_client_built()) {
		buf_printf(errmsg, "\"%.60s\" cannot be used: configure did "
		    "not find libcurl and zlib", value);
		return false;
	}
	if (strncasecmp(value, "https://", 8) != 0 ||
	    strpbrk(value, " \t\r\n#?") != NULL || name < value + 8 ||
	    name[1] == '\0') {
		buf_printf(errmsg, "\"%.60s\" is no URL of a file; write "
		    "\"https://lists.example.org/deny.cdb\"", value);
		return false;
	}
	mem_replace(slot, value);
	return true;
}

/* The line of a public key, or the file where it stands. */
static bool
parse_key(void *base, void *slot, const char *value, struct buf *errmsg)
{
	struct buf text = BUF_INIT, words = BUF_INIT;
	bool good = true;

	(void)base;
	if (*value != '/')
		buf_puts(&text, value);
	else if (!config_file_read(value, &text, &words)) {
		buf_printf(errmsg, "\"%.60s\": %s", value, words.data);
		good = false;
	}
	if (good && !minisign_keys_add(slot, text.data, &words)) {
		buf_printf(errmsg, "\"%.60s\" %s", value, words.data);
		good = false;
	}
	buf_free(&text);
	buf_free(&words);
	return good;
}

static void
free_keys(void *slot)
{
	minisign_keys_free(slot);
}

static bool
parse_file(void *base, void *slot, const char *value, struct buf *errmsg)
{
	const char *path = value;

	(void)base;
	if (strncmp(value, CDB, strlen(CDB)) == 0)
		path += strlen(CDB);
	if (*path != '/' || path[strlen(path) - 1] == '/') {
		buf_printf(errmsg, "\"%.60s\" is no whole path of a text list "
		    "or, behind cdb:, of a cdb file", value);
		return false;
	}
	mem_replace(slot, value);
	return true;
}

#define AT(member) offsetof(struct list_source, member)

static const struct option rows[] = {
	{ .name = "url", .type = OPTION_PARSE, .offset = AT(url),
	    .parse = parse_url, .free = free_text,
	    .help = "where the list is fetched from" },
	{ .name = "public-key", .type = OPTION_LIST, .offset = AT(keys),
	    .parse = parse_key, .free = free_keys,
	    .help = "keys of minisign of which one must have signed it; "
	    "unset: none" },
	{ .name = "file", .type = OPTION_PARSE, .offset = AT(file),
	    .parse = parse_file, .free = free_text,
	    .help = "where it is put, as a list names it" },
	{ .name = "interval", .type = OPTION_TIME, .offset = AT(interval),
	    .default_value = "1 h", .min = 60000, .max = 30 * 86400000LL,
	    .help = "how often it is looked for a new one" },
	{ .name = "max-age", .type = OPTION_TIME, .offset = AT(max_age),
	    .default_value = "0",
	    .help = "older than that by its signature, it is called old; "
	    "0: never" },
	{ .name = "max-size", .type = OPTION_SIZE, .offset = AT(max_size),
	    .default_value = "256M", .min = 1024, .max = 4LL << 30,
	    .help = "bytes that it may have" },
	{ .name = "timeout", .type = OPTION_TIME, .offset = AT(timeout),
	    .default_value = "2 min", .min = 100, .max = 3600000,
	    .help = "how long one request may take" },
	{ .name = "ca-file", .type = OPTION_TEXT, .offset = AT(ca_file),
	    .help = "certificates that vouch for the server; unset: the "
	    "system's" },
	{ .name = NULL }
};

static bool
finish(void *item, struct buf *errmsg)
{
	const struct list_source *src = item;

	if (src->url == NULL || src->file == NULL)
		buf_printf(errmsg, "it needs a %s", src->url == NULL ? "url" :
		    "file");
	else if (src->max_age > 0 && src->keys.n == 0)
		buf_puts(errmsg, "max-age needs a public-key: the signature "
		    "says how old the list is");
	return errmsg->len == 0;
}

const struct option list_source_rows[] = {
	{ .name = "list-source", .type = OPTION_GROUP,
	    .offset = offsetof(struct list_sources, blocks), .rows = rows,
	    .item_size = sizeof(struct list_source), .finish = finish,
	    .help = "a list that saywhy list fetch gets from elsewhere" },
	{ .name = NULL }
};

const struct list_source *
list_source_find(const struct list_sources *all, const char *name)
{
	const struct list_source *src;
	size_t i;

	for (i = 0; i < all->blocks.n; i++) {
		src = all->blocks.v[i];
		if (strcmp(src->item.title, name) == 0)
			return src;
	}
	return NULL;
}

const char *
list_source_path(const struct list_source *src)
{
	return strncmp(src->file, CDB, strlen(CDB)) == 0 ?
	    src->file + strlen(CDB) : src->file;
}

const char *
list_source_name(const struct list_source *src)
{
	return strrchr(src->url, '/') + 1;
}
