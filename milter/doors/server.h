/*
 * server.h - one thread that answers many peers from memory
 *
 * For the protocols in which a peer asks and we answer at once: Postfix's
 * socketmap and policy service, Sendmail's map. One thread polls all
 * connections, so an answer must not wait for anything. A peer that sends
 * more than a request may hold, breaks the protocol, leaves a request
 * unfinished or an answer unread loses its connection; one that is merely
 * silent keeps it for long, as smtpd(8) may do for its whole life.
 */
#ifndef DOORS_SERVER_H
#define DOORS_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct buf;
struct server;

struct server_peer {
	pid_t pid;	/* of the process on a UNIX socket; 0: not known */
	int fd;		/* to ask the system about, nothing else */
};

#define SERVER_CLOSE ((size_t)-1)

struct server_kind {
	const char *name;	/* for the log and the thread */
	size_t max;		/* bytes that one request may have */
	int64_t patience;	/* ms for an unfinished request or answer */
	/* ms between requests; 0: as long as it likes */
	int64_t silence;
	/*
	 * Looks at the n bytes that a peer has sent and appends the answer to
	 * `out`. Returns how many bytes that request had, 0 when more must
	 * come first, SERVER_CLOSE when it is none. Called again while bytes
	 * are left. In the server's thread only.
	 */
	size_t (*answer)(void *arg, const struct server_peer *peer,
	    const char *in, size_t n, struct buf *out);
	/* Called some times a second, in the same thread; NULL: not. */
	void (*tick)(void *arg);
	/*
	 * Where its connections belong to sessions (other_process.h): does this
	 * new one belong to another process, which has it now? And one whose
	 * session is over, when we retire? NULL: no.
	 */
	bool (*is_elsewhere)(int fd);
	bool (*is_taken_back)(int fd);
};

/*
 * Serves the listening socket `fd`, which it owns then, in a thread of its own
 * until server_stop(). `kind` and `arg` must live as long. NULL, and a line in
 * the log, when no thread can be made.
 */
struct server *server_start(int fd, const struct server_kind *kind, void *arg);

/* Closes every connection; returns when the thread is gone. NULL: nothing. */
void server_stop(struct server *s);

/* A connection that another process passed on; its owner then. Any thread. */
void server_adopt(struct server *s, int fd);

/*
 * Takes no more connections, and gives back or closes each whose process has no
 * session here (session_registry.h) as soon as nothing of it is under way; its
 * owner then connects to whoever listens there now. Any thread; NULL: nothing.
 */
void server_retire(struct server *s);

#endif
