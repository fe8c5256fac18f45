/*
 * session.h - what the MTA says about one SMTP session
 *
 * Written by a door (or a test) through the functions below, `const` for
 * everybody else. No I/O, no opinions. Strings are owned by the session and are
 * raw: whatever the peer sent, but for NUL. NULL means "not known". A session
 * belongs to one thread at a time.
 *
 * A new connection ends all that was before, a new greeting ends the message, a
 * new message ends its recipients. Ports, TLS and login have no functions of
 * their own: they are set after the call that starts what they belong to.
 */
#ifndef MODEL_SESSION_H
#define MODEL_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/net.h"
#include "model/mailbox.h"
#include "model/stage.h"

/* What the MTA says of the client's name (Sendmail's {client_resolve}). */
enum resolve { RESOLVE_UNKNOWN, RESOLVE_OK, RESOLVE_FAIL, RESOLVE_FORGED,
	RESOLVE_TEMP };

struct header {
	char *name;
	char *value;	/* without the blank after the colon; folded lines
			   are kept, with line ends as they came */
	char *raw;	/* the same memory, with that blank; signatures need
			   it (RFC 6376 section 3.4.1) */
};

struct recipient {
	struct mailbox mailbox;
	bool accepted;	/* by us; the MTA may still refuse it */
};

struct session {
	/* connection */
	bool local;		/* not from the network: never refused */
	struct ip client;
	unsigned client_port;
	char *client_name;	/* confirmed name, NULL if none or "unknown" */
	char *client_ptr;	/* name before it was confirmed */
	enum resolve resolve;
	struct ip server;
	unsigned server_port;
	char *server_name;	/* as the MTA calls itself ({j}) */
	char *daemon;		/* {daemon_name} */
	/* greeting */
	char *helo;
	char *tls;		/* protocol version, NULL: in the clear */
	char *cipher;
	/* message */
	char *login;
	struct mailbox sender;
	long long declared_size;	/* SIZE=, -1: not given */
	bool smtputf8;
	struct recipient *recipients;	/* seen with this message, in order */
	size_t nrecipients, recipients_cap;
	size_t naccepted;	/* of these, accepted by us */
	struct recipient *rcpt;		/* the one at RCPT, else NULL */
	char *queue_id;
	struct header *headers;
	size_t nheaders, headers_cap;
	size_t header_bytes;	/* of all, kept or not */
	size_t late_bytes;	/* of those kept though there was too much */
	bool headers_cut;	/* there were more than we keep */
	long long body_bytes;
};

void session_init(struct session *s);
void session_free(struct session *s);	/* what it owns, not itself */

/* NULL name or text means "not known"; so does "unknown" or an address in
   brackets as a name, which is what MTAs write for a client that has none. */
void session_connect(struct session *s, const char *name,
    const struct ip *client);
/* What is known of connection and greeting, into an initialised session. */
void session_copy_greeting(struct session *to, const struct session *from);
void session_client_ptr(struct session *s, const char *name);
void session_helo(struct session *s, const char *helo);
void session_mail(struct session *s, const char *sender);
void session_rcpt(struct session *s, const char *rcpt);
/* The recipient at RCPT was let pass by us. */
void session_rcpt_accepted(struct session *s);
/*
 * The value as it stands behind the colon, with all its blanks. Past this many
 * bytes of header fields no more are kept, but as many again of those that
 * decide something by being there. False: it was not kept.
 */
#define SESSION_HEADER_BYTES (1024 * 1024)
bool session_header(struct session *s, const char *name, const char *value);
/* Would a field of this name be kept, if it is not too long? */
bool session_keeps_header(const struct session *s, const char *name);
void session_body(struct session *s, size_t bytes);
/* The message is over, accepted or not: forget it. */
void session_reset(struct session *s);

/* Is it of that name? Blanks before the colon are none of it (RFC 5322 section
   4.5). Also of a field that no session has. */
bool header_is(const struct header *h, const char *name);

/* The value of the first header field of that name, or NULL. */
const char *session_find_header(const struct session *s, const char *name);

/* Bytes of the message so far: header fields with ": " and CR LF, and body. */
long long session_size(const struct session *s);

#endif
