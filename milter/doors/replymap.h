/*
 * replymap.h - the MTA's own replies (socketmap)
 *
 * Postfix asks a table about every 4yz and 5yz reply that smtpd(8) is about to
 * send: its own, and those of every filter. Names of the maps:
 *
 *	filter	smtpd_reject_filter_maps (Postfix 3.11): the whole reply
 *	footer	smtpd_reject_footer_maps (Postfix 3.4): lines to be added
 *
 * A query is matched with its session (session_registry.h), so that one
 * refusal has one record and one id; see engine/engine_pending.h for the order
 * in which the doors see it. "Not found", so that the stock reply goes out, is
 * the answer to our own replies, to noise (`pass-replies`), to what is no
 * reply, in observe mode, and to every other map.
 *
 * One thread, answers from memory; a session whose thread is busy is not waited
 * for.
 */
#ifndef DOORS_REPLYMAP_H
#define DOORS_REPLYMAP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct buf;
struct recorder;

/*
 * Opens the socket while we may still set its rights. NULL spec: no door.
 * False, words in errmsg.
 */
bool replymap_open(const char *spec, mode_t mode, gid_t gid,
    struct buf *errmsg);

/* Serves from now on, where there is a door; the recorder must outlive it. */
bool replymap_start(struct recorder *recorder);
void replymap_stop(void);

/* A connection that another process of ours passed on (other_process.h). */
void replymap_adopt(int fd);

/* Answers for sessions that are here still, and no others; server_retire(). */
void replymap_retire(void);

/*
 * How long (ms) the record of a refusal of this process (session_registry.h)
 * waits for the reply map's query; 0 where there will be none.
 */
int64_t replymap_wait(pid_t pid);

struct replymap_counts {
	uint64_t queries;
	uint64_t changed;	/* answered with words of ours */
	uint64_t own;		/* our own replies */
	uint64_t passed;	/* left as they are */
	uint64_t unjoined;	/* recorded without their session */
};

/* Any thread. */
struct replymap_counts replymap_counts(void);

#endif
