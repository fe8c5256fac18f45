/* config - libConfuse and option rows; the only includer of <confuse.h> */

#include "config/config.h"

#include <confuse.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/mem.h"
#include "base/option.h"
#include "config/config_file.h"
#include "config/config_names.h"
#include "config/settings.h"

/* A file may include a file may include a file, but not for ever. */
#define DEPTH_MAX 8

/* One configuration on its way into the tables. */
struct load {
	struct config_names names;
	const char *file;	/* the one being read */
	struct buf path;	/* of the block being stored */
	struct settings *into;	/* gets what is set, or NULL */
	bool here;		/* the table is of this host alone */
	struct buf errmsg;
};

/*
 * libConfuse's scanner is global, and its callbacks get no pointer of ours:
 * one load at a time.
 */
static pthread_mutex_t one_load = PTHREAD_MUTEX_INITIALIZER;
static struct load *current;

static cfg_opt_t *schema_add(cfg_opt_t *schema, const cfg_opt_t *opt);
static cfg_opt_t *schema_add_rows(cfg_opt_t *schema,
    const struct option *rows);

/* Every value is read as a string: option_set() knows what it must be. */
static cfg_opt_t
schema_of_row(const struct option *row, const char *name)
{
	cfg_opt_t one = CFG_STR(name, NULL, CFGF_NODEFAULT);
	cfg_opt_t list = CFG_STR_LIST(name, NULL, CFGF_NODEFAULT);
	/* Titles are out of the text; config_names.c says why. */
	cfg_opt_t group = CFG_SEC(name, NULL, CFGF_MULTI | CFGF_NODEFAULT);

	if (row->type == OPTION_LIST)
		return list;
	if (row->type != OPTION_GROUP)
		return one;
	group.subopts = schema_add_rows(NULL, row->rows);
	return group;
}

/* A schema is an array that ends with CFG_END; NULL is an empty one. */
static cfg_opt_t *
schema_add(cfg_opt_t *schema, const cfg_opt_t *opt)
{
	cfg_opt_t end = CFG_END();
	size_t n = 0;

	while (schema != NULL && schema[n].name != NULL)
		n++;
	schema = mem_resize(schema, n + 2, sizeof *schema);
	schema[n] = *opt;
	schema[n + 1] = end;
	return schema;
}

static cfg_opt_t *
schema_add_rows(cfg_opt_t *schema, const struct option *rows)
{
	for (; rows->name != NULL; rows++) {
		cfg_opt_t opt = schema_of_row(rows, rows->name);

		schema = schema_add(schema, &opt);
		if (rows->old_name == NULL)
			continue;
		opt = schema_of_row(rows, rows->old_name);
		schema = schema_add(schema, &opt);
	}
	return schema;
}

static cfg_opt_t *
schema_add_tables(cfg_opt_t *schema, const struct option_section *section)
{
	size_t i;

	for (i = 0; i < section->n; i++)
		schema = schema_add_rows(schema, section->tables[i].rows);
	return schema;
}

static cfg_opt_t *
schema_of_file(const struct config_names *names)
{
	const struct option_section *section = names->sections;
	const struct option_section *end = section + names->nsections;
	cfg_opt_t *schema = NULL;

	for (; section < end; section++) {
		cfg_opt_t sec = CFG_SEC(section->name, NULL, CFGF_NONE);

		if (*section->name == '\0') {
			schema = schema_add_tables(schema, section);
			continue;
		}
		sec.subopts = schema_add_tables(NULL, section);
		schema = schema_add(schema, &sec);
	}
	return schema;
}

static void
schema_free(cfg_opt_t *schema)
{
	cfg_opt_t *opt;

	for (opt = schema; opt != NULL && opt->name != NULL; opt++)
		schema_free(opt->subopts);
	free(schema);
}

static void store_rows(struct load *load, cfg_t *cfg,
    const struct option *rows, void *base);

/* One value; a mistake is reported with the option's path and line. */
static void
store_value(struct load *load, const struct option *row, void *base,
    const char *value, size_t index)
{
	size_t block = load->path.len;
	const struct place *place;

	buf_clear(&load->errmsg);
	if (option_set(row, base, value, &load->errmsg))
		return;
	path_put(&load->path, row->name, NULL);
	place = places_find(&load->names.places, load->path.data);
	diags_error(load->names.d, load->file,
	    place != NULL ? place_line(place, index) : 0, "%s: %s",
	    load->path.data, load->errmsg.data);
	buf_cut(&load->path, block);
}

static void
note_setting(struct load *load, cfg_opt_t *opt, const struct option *row)
{
	size_t block = load->path.len, n = cfg_opt_size(opt), i;
	const char **values = mem_array(n + 1, sizeof *values);

	for (i = 0; i < n; i++)
		values[i] = cfg_opt_getnstr(opt, (unsigned)i);
	path_put(&load->path, row->name, NULL);
	settings_add(load->into, load->path.data, row, values, n, load->here);
	buf_cut(&load->path, block);
	free(values);
}

/* The values of the file replace the default. */
static void
store_setting(struct load *load, cfg_opt_t *opt, const struct option *row,
    void *base)
{
	unsigned i;

	if ((opt->flags & CFGF_MODIFIED) == 0)
		return;
	if (row->type == OPTION_LIST)
		option_unset(row, base);
	for (i = 0; i < cfg_opt_size(opt); i++)
		store_value(load, row, base, cfg_opt_getnstr(opt, i), i);
	if (load->into != NULL)
		note_setting(load, opt, row);
}

/* Of the next block of a group, by its name as it is written. */
static const char *
title_of(struct load *load, const char *group)
{
	size_t block = load->path.len;
	const char *title;

	path_put(&load->path, group, NULL);
	title = places_take_title(&load->names.places, load->path.data);
	buf_cut(&load->path, block);
	return title;
}

static void
store_item(struct load *load, cfg_t *cfg, const struct option *row,
    void *base)
{
	const char *title = title_of(load, cfg_name(cfg));
	size_t block = load->path.len;
	const struct place *place;
	int line;
	void *item;

	path_put(&load->path, row->name, title);
	place = places_find(&load->names.places, load->path.data);
	line = place != NULL ? place->line : 0;
	if (load->into != NULL)
		settings_add_block(load->into, load->path.data, load->here);
	item = option_item_new(row, base, title, load->file, line);
	store_rows(load, cfg, row->rows, item);
	buf_clear(&load->errmsg);
	if (row->finish != NULL && !row->finish(item, &load->errmsg))
		diags_error(load->names.d, load->file, line, "%s: %s",
		    load->path.data, load->errmsg.data);
	buf_cut(&load->path, block);
}

static void
store_option(struct load *load, cfg_opt_t *opt, const struct option *row,
    void *base)
{
	unsigned i;

	if (row->type != OPTION_GROUP) {
		store_setting(load, opt, row, base);
		return;
	}
	for (i = 0; i < cfg_opt_size(opt); i++)
		store_item(load, cfg_opt_getnsec(opt, i), row, base);
}

/* Where both names are set, the old one does not count (config_names). */
static void
store_rows(struct load *load, cfg_t *cfg, const struct option *rows,
    void *base)
{
	for (; rows->name != NULL; rows++) {
		if (rows->old_name != NULL)
			store_option(load, cfg_getopt(cfg, rows->old_name),
			    rows, base);
		store_option(load, cfg_getopt(cfg, rows->name), rows, base);
	}
}

static void
store_file(struct load *load, cfg_t *cfg)
{
	const struct option_section *section = load->names.sections;
	const struct option_section *end = section + load->names.nsections;
	size_t i;

	for (; section < end; section++) {
		cfg_t *sec = *section->name != '\0' ?
		    cfg_getsec(cfg, section->name) : cfg;

		buf_clear(&load->path);
		if (sec != cfg)
			path_put(&load->path, section->name, NULL);
		for (i = 0; i < section->n; i++) {
			load->here = section->tables[i].here;
			store_rows(load, sec, section->tables[i].rows,
			    section->tables[i].base);
		}
	}
}

/* After config_names_check() nothing should be left to complain about. */
static void
on_error(cfg_t *cfg, const char *fmt, va_list ap)
{
	struct buf text = BUF_INIT;

	buf_vprintf(&text, fmt, ap);
	diags_error(current->names.d, current->file,
	    cfg != NULL ? cfg->line : 0, "cannot be parsed: %s", text.data);
	buf_free(&text);
}

/*
 * One blank for each run of what was taken out: over many blanks in a row
 * libConfuse goes again and again.
 */
static void
close_up(struct buf *text)
{
	const char *p, *end = text->data + text->len;
	char *to = text->data;

	for (p = to; p < end; p++)
		if (*p != '\0')
			*to++ = *p;
		else if (p[1] != '\0' || p + 1 == end)
			*to++ = ' ';
	buf_cut(text, (size_t)(to - text->data));
}

static void
parse(struct load *load, cfg_t *cfg, struct buf *text)
{
	FILE *in;

	close_up(text);
	/* An empty file is no file for fmemopen(). */
	buf_putc(text, '\n');
	in = fmemopen(text->data, text->len, "r");
	if (in == NULL)
		mem_gone();
	current = load;
	cfg_set_error_function(cfg, on_error);
	if (cfg_parse_fp(cfg, in) == CFG_SUCCESS)
		store_file(load, cfg);
	current = NULL;
	fclose(in);
}

/* The text without what was reported, by libConfuse into the tables. */
static void
read_checked(struct load *load, struct buf *text)
{
	cfg_opt_t *schema = schema_of_file(&load->names);
	cfg_t *cfg;

	pthread_mutex_lock(&one_load);
	cfg = cfg_init(schema, CFGF_NONE);
	if (cfg == NULL)
		mem_gone();
	parse(load, cfg, text);
	/* Frees the scanner, too, whose state is global. */
	cfg_free(cfg);
	pthread_mutex_unlock(&one_load);
	schema_free(schema);
}

static void read_file(struct load *load, const char *path,
    const char *from, int line, unsigned depth);

/* A relative path starts where the including file is. */
static char *
path_beside(const char *file, const char *path)
{
	const char *slash = strrchr(file, '/');
	struct buf b = BUF_INIT;

	if (*path != '/' && slash != NULL)
		buf_put(&b, file, (size_t)(slash - file) + 1);
	buf_puts(&b, path);
	return buf_steal(&b);
}

/* Takes over the list of what `file` includes; those that yield come last. */
static void
read_includes(struct load *load, const char *file,
    struct config_include *includes, size_t n, unsigned depth)
{
	bool yielding = false;
	char *path;
	size_t i;

	do {
		for (i = 0; i < n; i++) {
			if (config_names_yields(includes[i].path) != yielding)
				continue;
			path = path_beside(file, includes[i].path);
			read_file(load, path, file, includes[i].line,
			    depth + 1);
			free(path);
		}
		yielding = !yielding;
	} while (yielding);
	for (i = 0; i < n; i++)
		free(includes[i].path);
	free(includes);
}

static void
read_text(struct load *load, const char *file, struct buf *text,
    unsigned depth)
{
	bool good = config_names_check(&load->names, file, text);
	struct config_include *includes = load->names.includes;
	size_t n = load->names.nincludes;

	load->file = file;
	if (good)
		read_checked(load, text);
	read_includes(load, file, includes, n, depth);
}

/* `from` and `line` say where it is included, or NULL and 0. */
static void
read_file(struct load *load, const char *path, const char *from, int line,
    unsigned depth)
{
	struct buf text = BUF_INIT, errmsg = BUF_INIT;

	if (depth > DEPTH_MAX)
		diags_error(load->names.d, from, line, "%s: files include "
		    "each other more than %d deep", path, DEPTH_MAX);
	else if (config_file_read(path, &text, &errmsg))
		read_text(load, path, &text, depth);
	else if (from != NULL)
		diags_error(load->names.d, from, line, "%s: %s", path,
		    errmsg.data);
	else
		diags_error(load->names.d, path, 0, "%s", errmsg.data);
	buf_free(&text);
	buf_free(&errmsg);
}

static void
load_begin(struct load *load, struct option_section *sections, size_t n,
    struct settings *into, struct diags *d)
{
	size_t i, j;

	*load = (struct load){
		.names = { .sections = sections, .nsections = n, .d = d },
		.path = BUF_INIT, .errmsg = BUF_INIT, .into = into,
	};
	for (i = 0; i < n; i++)
		for (j = 0; j < sections[i].n; j++)
			option_defaults(sections[i].tables[j].rows,
			    sections[i].tables[j].base);
}

static bool
load_end(struct load *load, size_t errors)
{
	if (load->into != NULL)
		settings_sort(load->into);
	places_free(&load->names.places);
	buf_free(&load->path);
	buf_free(&load->errmsg);
	return load->names.d->errors == errors;
}

bool
config_read(const char *path, struct option_section *sections, size_t n,
    struct settings *into, struct diags *d)
{
	size_t errors = d->errors;
	struct load load;

	load_begin(&load, sections, n, into, d);
	read_file(&load, path, NULL, 0, 0);
	return load_end(&load, errors);
}

static bool
read_copy(const char *name, const char *text, bool includes,
    struct option_section *sections, size_t n, struct settings *into,
    struct diags *d)
{
	size_t errors = d->errors;
	struct buf copy = BUF_INIT;
	struct load load;

	load_begin(&load, sections, n, into, d);
	load.names.no_includes = !includes;
	buf_puts(&copy, text);
	read_text(&load, name, &copy, 0);
	buf_free(&copy);
	return load_end(&load, errors);
}

bool
config_read_text(const char *name, const char *text,
    struct option_section *sections, size_t n, struct settings *into,
    struct diags *d)
{
	return read_copy(name, text, false, sections, n, into, d);
}

bool
config_read_as(const char *path, const char *text,
    struct option_section *sections, size_t n, struct settings *into,
    struct diags *d)
{
	return read_copy(path, text, true, sections, n, into, d);
}
