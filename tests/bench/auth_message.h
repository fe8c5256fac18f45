/*
 * auth_message.h - a signed message for benchmarks, and what it must cost
 */
#ifndef BENCH_AUTH_MESSAGE_H
#define BENCH_AUTH_MESSAGE_H

#include <stddef.h>

#include "auth/dkim.h"

/* One of so many bytes of body, signed with AUTH_KEY, relaxed and relaxed. */
void auth_message_make(size_t body);
void auth_message_free(void);

/* Passes, or the program ends. The caller frees it. */
struct dkim_check *auth_message_verify(enum dkim_engine engine);

/* The limit: the bytes hashed, one RSA verification, nothing else. */
void auth_message_bare(void);

#endif
