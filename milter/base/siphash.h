/*
 * siphash.h - SipHash-2-4, a keyed 64-bit hash (Aumasson and Bernstein, 2012)
 *
 * For pseudonyms that cannot be guessed back without the key.
 */
#ifndef BASE_SIPHASH_H
#define BASE_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

uint64_t siphash(const uint64_t key[2], const void *bytes, size_t n);

#endif
