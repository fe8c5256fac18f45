/*
 * record_source.h - the records that a command reads
 *
 * Where a store is configured it is read. Where there is none, the record file
 * and its rotated files are read into memory first: slower, with the same
 * answers. `saywhy find --file FILE` reads any file.
 */
#ifndef COMMANDS_RECORD_SOURCE_H
#define COMMANDS_RECORD_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arguments;
struct buf;
struct parsed_record;
struct ruleset;
struct store;

struct record_source {
	const char *config;
	const char *file;	/* --file, or NULL */
	struct ruleset *rules;	/* NULL with --file */
	struct store *store;
};

#define RECORD_SOURCE_INIT { .config = SAYWHY_CONFIG }

/* The rows of every command that asks, beside COMMAND_CONFIG. */
#define RECORD_SOURCE_FILE { .name = "file", .letter = 'f', .value = "FILE", \
	.help = "read this record file, not what is configured" }
#define RECORD_SOURCE_HOST { .name = "host", .value = "NAME", \
	.help = "only what the host of this name refused" }

/* Takes "config" and "file"; false for any other option. */
bool record_source_option(struct record_source *a, const char *name,
    const char *value);

/* Opens; a failure is reported on stderr and ends the program. */
void record_source_open(struct record_source *a, const struct arguments *args);
void record_source_close(struct record_source *a);

/*
 * One record by its id, and its line, appended; NULL: there is none. In the
 * place of record_source_open(), and quicker.
 */
struct parsed_record *record_source_get(struct record_source *a,
    const struct arguments *args, const char *id, struct buf *line);

/*
 * "2026-01-02", "2026-01-02T03:04" (UTC), or how long ago: "2 h", "14 days".
 * In ms since 1970; anything else ends the program.
 */
int64_t record_source_time(const struct arguments *args, const char *value);

#endif
