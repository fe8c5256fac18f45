/* setup_mta.h - the Postfix of this machine, as saywhy setup sees it */
#ifndef SETUP_SETUP_MTA_H
#define SETUP_SETUP_MTA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

/* The values of postconf(1); all are owned, none is NULL once read. */
enum setup_value { VALUE_VERSION, VALUE_FOLDER, VALUE_QUEUE,
	VALUE_MILTERS, VALUE_NON_SMTPD, VALUE_FILTER_MAPS,
	VALUE_FOOTER_MAPS, VALUE_CLIENT, VALUE_HELO, VALUE_SENDER,
	VALUE_RELAY, VALUE_RCPT, VALUE_CLASSES,
	VALUE_CONTENT_FILTER, VALUE_PROXY_FILTER, VALUE_DELAY_REJECT,
	VALUE_PEERNAME, VALUE_COUNT };

/* A service of smtpd(8) in master.cf. */
struct setup_service {
	char *name;		/* "smtp", "10025" */
	bool chroot;
	bool screen;		/* postscreen(8) */
	char *milters;		/* its own -o smtpd_milters; NULL: none */
	char *lists;		/* names of its own -o smtpd_*_restrictions in
				   which we would be asked; NULL: none */
	bool proxied;		/* -o smtpd_proxy_filter */
	/* -o content_filter= : a filter's way back in */
	bool way_back;
	char *overrides;	/* its receive_override_options; NULL: none */
};

struct setup_mta {
	char *folder;		/* of main.cf */
	char *value[VALUE_COUNT];
	int major, minor;
	struct setup_service *services;
	size_t nservices, cap;
	char *resolver;		/* first nameserver of resolv.conf, or NULL */
	char *own;		/* lines of main.cf itself; NULL: none */
};

/*
 * `folder` NULL: where Postfix has its own. False, words in errmsg: there is no
 * Postfix, or it does not answer.
 */
bool setup_mta_read(struct setup_mta *mta, const char *folder,
    struct buf *errmsg);

/*
 * Reads it as if its main.cf and master.cf were these texts: what is there
 * without us.
 */
bool setup_mta_read_texts(struct setup_mta *mta, const struct buf *main_cf,
    const struct buf *master_cf, struct buf *errmsg);
void setup_mta_clear(struct setup_mta *mta);

/* Does main.cf itself set this, to whatever value? */
bool setup_mta_sets(const struct setup_mta *mta, const char *name);

/* "3.7.11": 3 and 7. */
bool setup_mta_is_at_least(const struct setup_mta *mta, int major,
    int minor);

/* Reads the output of `postconf -Mf`, for look and for tests. */
void setup_mta_services(struct setup_mta *mta, const char *text);

/*
 * Runs argv (NULL at its end; looked up in the sbin and bin folders) and
 * appends what it writes, to stderr too. True: its status was 0. What has not
 * closed its output within a minute, or so many ms, is killed, and `out` says
 * so.
 */
bool setup_mta_run(const char *const *argv, struct buf *out);
bool setup_mta_run_within(const char *const *argv, int64_t ms,
    struct buf *out);

#endif
