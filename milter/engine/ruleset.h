/*
 * ruleset.h - one loaded configuration: immutable, counted, swapped on reload
 *
 * A session holds the ruleset it began with until it ends; a reload publishes
 * a new one beside it. The last holder frees it.
 */
#ifndef ENGINE_RULESET_H
#define ENGINE_RULESET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/option.h"
#include "checks/check.h"
#include "config/settings.h"
#include "counters/counters_options.h"
#include "dns/dns_options.h"
#include "lists/list_source.h"
#include "model/site.h"
#include "pages/options.h"
#include "policy/policy.h"
#include "records/post.h"
#include "records/recorder.h"

struct diags;

/* What the daemon itself needs; options at the top of the file. */
struct daemon_options {
	char *listen;
	long long listen_mode;
	char *listen_group;
	char *reply_map;
	char *policy_service;
	char *control;
	char *user;
	char *pid_file;
	long long max_sessions;
	long long step_timeout;	/* ms that one step of a session may wait */
	long long stop_timeout;	/* ms given to live sessions on SIGTERM */
	int log_level;
};

/* One check with its options, as loaded. */
struct rule {
	const struct check *check;
	void *options;
	bool active;
};

struct ruleset {
	_Atomic int holders;
	struct site site;
	struct policy policy;
	struct record_options records;
	struct daemon_options daemon;
	struct dns_options dns;
	struct counters_options counters;
	struct page_options page;
	struct post_blocks posts;
	struct list_sources lists;
	struct settings settings;	/* what the files set */
	/*
	 * Of all that is not of this host alone (config/settings.h); "" when
	 * it was only read: to begin with hashes takes a millisecond.
	 */
	char fingerprint[SETTINGS_FINGERPRINT];
	struct rule *rules;	/* one for each of checks_all, in turn */
	size_t nrules;
	/* of these, the active ones with a field() */
	const struct rule **late;
	size_t nlate;
	unsigned stages;	/* STAGE_BIT()s where an active check runs */
	unsigned needs;		/* enum check_needs of the active ones */
	bool issued_at_mail;	/* something may be issued at MAIL */
	bool marks;		/* something may mark or quarantine */
	bool counts;		/* something is counted (counters/) */
};

/* NULL when d has errors. One reference is the caller's. */
struct ruleset *ruleset_load(const char *path, struct diags *d);
/*
 * The options alone, for commands that play no session: no check is made ready,
 * so no list is loaded.
 */
struct ruleset *ruleset_read(const char *path, struct diags *d);
/* The same from a text, with `name` in messages; for tests and scenarios. */
struct ruleset *ruleset_load_text(const char *name, const char *text,
    struct diags *d);

/*
 * As if this text stood in the file `path`, which is not read; what it includes
 * is looked for beside that.
 */
struct ruleset *ruleset_load_as(const char *path, const char *text,
    struct diags *d);

/*
 * The next active rule after `rule` (NULL: the first), NULL at the end. Fills
 * in `check` and `options` of ctx, for a call of one of the check's functions.
 */
const struct rule *ruleset_next(const struct ruleset *r,
    const struct rule *rule, struct check_ctx *ctx);

struct ruleset *ruleset_hold(struct ruleset *r);
void ruleset_release(struct ruleset *r);	/* may be NULL */

/*
 * Makes r the current one (and owns the caller's reference); releases the old
 * one.
 */
void ruleset_publish(struct ruleset *r);
/*
 * The current one, with a reference for the caller; NULL before the first
 * publish.
 */
struct ruleset *ruleset_current(void);

/* Calls fn for every option: its section ("" at the top), path and row. */
void ruleset_each_option(void (*fn)(void *arg, const char *path,
    const struct option *row), void *arg);

#endif
