/*
 * scanner.h - servers that look at a whole message, and whether they can be
 * trusted to answer
 *
 * A scanner is a few servers of one kind (clamd, spamd, rspamd). Each message
 * goes to the next one in turn; one that failed is passed over for a while,
 * so that a hung server costs a few messages its timeout and not each. A scan
 * is one message on its way to one server, streamed while it arrives: nothing
 * of it is kept here. Scanners may be used by any thread, a scan by one at a
 * time. No function waits past the deadline it was given.
 */
#ifndef SCANNERS_SCANNER_H
#define SCANNERS_SCANNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/sock.h"

struct scanner;

/* `kind` ("clamd") lives as long as the program; the specs are copied. */
struct scanner *scanner_new(const char *kind, const struct sock_spec *servers,
    size_t n);
void scanner_free(struct scanner *s);		/* NULL: nothing */

/* What a scan came to. */
enum scan_status {
	SCAN_CLEAN,
	SCAN_FOUND,
	/* it cannot look at this message: too large, locked */
	SCAN_UNSCANNABLE,
	SCAN_TEMPFAIL	/* no answer, or not a valid one */
};

/* All zero, with errmsg = BUF_INIT, is empty. */
struct scan {
	struct scanner *scanner;
	size_t server;		/* which of them */
	int fd;			/* valid while `open` */
	bool open;
	bool failed;		/* there is no verdict; errmsg says why */
	bool cut;		/* it has answered already and reads no more */
	bool reused;		/* an idle connection of another message */
	long long left;		/* ms that it may still make us wait */
	struct buf errmsg;
};

/*
 * Connects to the next server that answers, within `timeout` ms for all that
 * this scan will ever wait, and by the deadline (clock_ms()). After it fails
 * the other functions do nothing. `fresh`: no idle connection.
 */
void scan_open(struct scan *scan, struct scanner *s, long long timeout,
    int64_t deadline, bool fresh);
void scan_write(struct scan *scan, const void *bytes, size_t n,
    int64_t deadline);
/*
 * Has it answered before the whole message was sent? Then scan->cut is set, and
 * nothing more is written.
 */
bool scan_is_cut(struct scan *scan);
/* No more will be written. */
void scan_shut(struct scan *scan);
/* Appends what comes up to and without `end`, or up to the end of the
   connection (-1). False: the scan has failed. */
bool scan_read(struct scan *scan, int end, size_t max, struct buf *into);
/* The server broke the protocol; `format` says how. */
void scan_fail(struct scan *scan, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The server has answered; `keep`: the connection serves another message. */
void scan_done(struct scan *scan, bool keep);
/* Ends it, at any time, and frees what it holds. */
void scan_close(struct scan *scan);

/* For `saywhy status`: called for each server of each scanner in use. */
struct scanner_health {
	const char *kind, *server;
	bool up;		/* it is in use */
	uint64_t scans, failures;
	const char *failure;	/* the last one, or NULL */
};
void scanner_each(void (*fn)(void *arg, const struct scanner_health *health),
    void *arg);

#endif
