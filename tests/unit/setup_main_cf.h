/*
 * setup_main_cf.h - a main.cf of the tests, for adopt_make()
 */
#ifndef UNIT_SETUP_MAIN_CF_H
#define UNIT_SETUP_MAIN_CF_H

#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "setup/adopt.h"

/* Pairs of name and value, ends with NULL. */
struct main_cf {
	const char *const *v;
	const char *set;	/* what saywhy.conf has already */
	const char *master;	/* postconf -P */
};

static inline const char *
main_cf_value(void *arg, const char *name)
{
	const struct main_cf *cf = arg;
	size_t i;

	for (i = 0; cf->v[i] != NULL; i += 2)
		if (strcmp(cf->v[i], name) == 0)
			return cf->v[i + 1];
	return "";
}

static inline const char *
main_cf_place(void *arg, const char *name)
{
	return *main_cf_value(arg, name) != '\0' ? name : "the default of it";
}

static inline bool
main_cf_text(void *arg, const char *path, struct buf *out)
{
	(void)arg;
	if (strcmp(path, "/etc/postfix/plain.pcre") == 0)
		buf_puts(out, "# ours\n/^a@b\\.example$/ REJECT\n"
		    "\tgo away\n/x\\/y/i OK\n");
	else if (strcmp(path, "/etc/postfix/odd.pcre") == 0)
		buf_puts(out, "/a/ OK\nif !/b/\n/c/ REJECT\nendif\n");
	else if (strcmp(path, "/etc/postfix/odd.cidr") == 0)
		buf_puts(out, "192.0.2.0/24 OK\nif 198.51.100.0/24\n"
		    "0.0.0.0/0 REJECT\nendif\n");
	else
		return strncmp(path, "/etc/postfix/", 13) == 0 &&
		    strcmp(path, "/etc/postfix/none") != 0 &&
		    strcmp(path, "/etc/postfix/p") != 0;
	return true;
}

static inline void
main_cf_overrides(void *arg, struct buf *out)
{
	buf_puts(out, ((const struct main_cf *)arg)->master != NULL ?
	    ((const struct main_cf *)arg)->master : "");
}

static inline bool
main_cf_ask(void *arg, const char *table, const char *key, struct buf *out)
{
	(void)arg;
	(void)table;
	(void)key;
	(void)out;
	return false;
}

static inline bool
main_cf_is_file(void *arg, const char *path)
{
	(void)arg;
	return strncmp(path, "/etc/postfix/", 13) == 0;
}

static inline bool
main_cf_is_access(void *arg, const char *path)
{
	(void)arg;
	return strstr(path, "untold") == NULL;
}

static inline bool
main_cf_is_set(void *arg, const char *what)
{
	const struct main_cf *cf = arg;

	return cf->set != NULL && strcmp(cf->set, what) == 0;
}

static inline bool
main_cf_keys(void *arg, const char *table, struct buf *out)
{
	(void)arg;
	if (strcmp(table, "hash:/etc/postfix/vdomains") != 0)
		return false;
	buf_puts(out, "one.example,two.example");
	return true;
}

static inline void
adopt_main_cf(struct adopt *a, struct main_cf *cf)
{
	const struct mta_source source = { .arg = cf,
		.value = main_cf_value, .place = main_cf_place,
		.is_file = main_cf_is_file, .is_access = main_cf_is_access,
		.text = main_cf_text, .is_set = main_cf_is_set,
		.keys = main_cf_keys, .overrides = main_cf_overrides,
		.ask = main_cf_ask };

	adopt_make(a, &source);
}

#endif
