/*
 * bounce_status.h - the fields of a delivery status, RFC 3464 section 2
 */
#ifndef MAILLOG_BOUNCE_STATUS_H
#define MAILLOG_BOUNCE_STATUS_H

#include <stdbool.h>
#include <stddef.h>

/* The fields of one recipient, owned; "" where one is absent. */
struct bounce_status {
	char *recipient, *action, *status, *diagnostic, *server;
};

struct bounce_statuses {
	struct bounce_status *list;
	size_t n, cap;
};

/*
 * Appends the groups that name a recipient, at most `max`. Fields may stand
 * anywhere in the text, behind "> " too. False where there is no such group.
 */
bool bounce_statuses_read(struct bounce_statuses *s, const char *text,
    size_t n, size_t max);

/* Does it say that the message was passed on? */
bool bounce_status_delivered(const struct bounce_status *s);

void bounce_statuses_free(struct bounce_statuses *s);

#endif
