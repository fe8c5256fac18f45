/*
 * libmilter_listener.h - libmilter's listening thread, and an orderly end of it
 *
 * libmilter handles SIGHUP, SIGTERM and SIGINT itself and ends at each, needs
 * up to five seconds to notice a stop, closes its sessions then, and loops when
 * descriptors run out. libmilter_listener.c defines what its signal.c exports:
 * the library touches no signal, a stop is noticed at once, live sessions go
 * on, and want of descriptors is logged and waited out. smfi_stop() works but
 * is slow: use libmilter_listener_stop().
 *
 * Block the signals you wait for before libmilter_listener_start(): all threads
 * inherit the mask. SIGURG is used to wake the listener. One thread, the one
 * that waits for signals, calls both functions.
 */
#ifndef DOORS_LIBMILTER_LISTENER_H
#define DOORS_LIBMILTER_LISTENER_H

#include <stdbool.h>

/*
 * Runs `listen` (smfi_main) in a thread of its own; false, and a line in the
 * log, when no thread can be made. When `listen` ends by itself it failed: the
 * process gets a SIGTERM, so that the thread that waits for signals calls
 * libmilter_listener_stop() and gets its result.
 */
bool libmilter_listener_start(int (*listen)(void));

/*
 * Accepts no more sessions and closes the listening socket, within
 * milliseconds; a UNIX socket's file is removed unless we run as root. Returns
 * what `listen` returned: 0 for this stop.
 */
int libmilter_listener_stop(void);

#endif
