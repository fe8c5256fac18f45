/*
 * reply_token.h - what a piece of a reply's text is
 *
 * Pure: each function looks at [p, end) and returns where the piece ends that
 * it knows, or NULL when this is none.
 */
#ifndef WORDS_REPLY_TOKEN_H
#define WORDS_REPLY_TOKEN_H

#include <stdbool.h>
#include <stddef.h>

/* "550" followed by no letter, digit or dot; the first digit is 1 to 5. */
const char *token_code(const char *p, const char *end);

/* "5.7.1", class 2, 4 or 5, followed by no digit. */
const char *token_status(const char *p, const char *end);

/* "192.0.2.7", "2001:db8::7", "IPv6:2001:db8::7". */
const char *token_ip(const char *p, const char *end);

/* "https://…", "www.…" without what ends the sentence. */
const char *token_url(const char *p, const char *end);

/* A run that may be an address, a host or a file: letters, digits and ._+=@%- */
const char *token_run(const char *p, const char *end);

/* Is the run "a@b", is it a name in DNS ("mx.example.org")? */
bool token_is_address(const char *p, const char *end);
bool token_is_host(const char *p, const char *end);

/* After this many failures in a row it is disabled. */
const char *token_duration(const char *p, const char *end);

/* "25 MB", "10000000", "100 recipients" */
const char *token_amount(const char *p, const char *end);

#endif
