/*
 * control.h - the control socket, for `saywhy status` and `saywhy serve`
 *
 * A peer sends "status\n" and gets one JSON object and a newline:
 *
 *	version, pid, config, mode, policy, threads ("ours", "library", "pool")
 *	started (RFC 3339), uptime (seconds)
 *	sessions    { now, max (the cap), total }
 *	counts      { messages, recipients, rejected, tempfailed, observed,
 *	              quarantined, marked, refused-by-mta }
 *	per-minute  { "1": { sessions, recipients, refused }, "5": …, "15": … }
 *	records     { written, lost }
 *	store       { state ("none", "works", "fails"), taken, bad,
 *	              behind (bytes of the record file not in it yet) }
 *	lists, dns-lists, scanners, reply-map, policy-service, ships:
 *	            control_lists.h
 *	exceptions  [ { exception, matched (findings since the load) }, … ]
 *	reload      { time, good, mistakes: [text, …] }
 *
 *	counters    { keys, size, asked, evicted, server (null: none), healthy,
 *	              failures }
 *
 * Fields may be added; those that are there keep their meaning (NEWS). One who
 * sends "metrics\n" gets OpenMetrics text, whose last line is "# EOF". One who
 * sends "config\n" gets the settings in use: a JSON object and a newline, with
 * their text (engine/ruleset_settings.h) in its member "settings".
 */
#ifndef DOORS_CONTROL_H
#define DOORS_CONTROL_H

#include <stdbool.h>
#include <sys/types.h>

struct buf;
struct diags;
struct recorder;

#define CONTROL_STATUS "status\n"
#define CONTROL_METRICS "metrics\n"
#define CONTROL_CONFIG "config\n"
/* For what a login does see control_login.h. */

/*
 * Opens the socket while we may still set its group; its mode is 0660. `config`
 * is the file's name. False, words in errmsg.
 */
bool control_open(const char *spec, gid_t gid, const char *config,
    struct buf *errmsg);

/* Serves from now on; the recorder must outlive it. */
bool control_start(struct recorder *recorder);
void control_stop(void);

/* A configuration was loaded, or refused for these mistakes. */
void control_loaded(const struct diags *d);

/* Once a minute: remembers the counters, for the rates. */
void control_tick(void);

#endif
