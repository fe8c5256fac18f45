/*
 * libmilter_frames.h - what the MTA sends is checked before libmilter sees it
 *
 * libmilter trusts its peer in some places: it walks past the end of a list
 * of macros with a name and no value, and past a host name without an end.
 * libmilter_frames.c defines the two functions of the library that read and
 * write packets (its comm.c), and the linker prefers ours, as in
 * libmilter_threads.h. A packet of the wrong shape ends its session, as the
 * library itself does with those that it finds; the MTA then does what it
 * does without a filter. Each packet is read and written under one deadline.
 */
#ifndef DOORS_LIBMILTER_FRAMES_H
#define DOORS_LIBMILTER_FRAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The content of the largest packet, as set by smfi_setmaxdatasize(). */
#define FRAME_MAX ((size_t)1 << 20)

/* May libmilter see this packet? `letter` is one of libmilter/mfdef.h. */
bool libmilter_frame_valid(char letter, const char *content, size_t n);

/*
 * In a callback, while header fields come that nobody looks at and the MTA
 * awaits no answer to: those that follow and that `skips` says true of are
 * passed over in what was read ahead (libmilter_socket.h), many at once, up to
 * the first other packet. One costs a hundredth of what libmilter needs for it,
 * and there may be millions. Only where a session has a thread of its own.
 */
typedef bool libmilter_skips_field(void *arg, const char *name, size_t bytes);
void libmilter_frames_skip(libmilter_skips_field *skips, void *arg);

/* Packets that were of the wrong shape, since the start. */
uint64_t libmilter_frames_wrong(void);

#endif
