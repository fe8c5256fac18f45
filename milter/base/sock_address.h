/*
 * sock_address.h - from the spec to addresses; for the files of sock.h only
 */
#ifndef BASE_SOCK_ADDRESS_H
#define BASE_SOCK_ADDRESS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

struct buf;
struct sock_spec;

/* A name with more addresses is tried with the first ones only. */
#define SOCK_ADDRESSES 8

struct sock_address {
	struct sockaddr_storage sa;
	socklen_t n;
};

/*
 * How many addresses the spec stands for; 0 with words in errmsg when there is
 * none (a host that is not found, an "fd:"). Looking up a name may take as long
 * as the system's resolver likes.
 */
size_t sock_addresses(const struct sock_spec *spec,
    struct sock_address v[SOCK_ADDRESSES], struct buf *errmsg);

/* Connected, non-blocking, CLOEXEC; or -1 with errno, ETIMEDOUT when late. */
int sock_dial(const struct sock_address *to, int64_t deadline);

#endif
