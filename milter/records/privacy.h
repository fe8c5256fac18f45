/*
 * privacy.h - what of a person's address may be kept
 *
 * `privacy = full` keeps all; `removed` keeps the domain only; `hashed` puts a
 * keyed hash in the place of the local part, so that one person's refusals can
 * be counted but not named. It holds for every sink: addresses in fields, in
 * reply lines and in evidence alike.
 */
#ifndef RECORDS_PRIVACY_H
#define RECORDS_PRIVACY_H

#include "records/record.h"

struct buf;

/*
 * The key of the hash: from the admin's words, or NULL for a random one, good
 * until the process ends. Called before threads start and on reload.
 */
void privacy_key(const char *words);

/* Appends the text; the local part of every address in it is treated. */
void privacy_put(struct buf *out, enum privacy privacy, const char *text);

/* Appends a login: treated as a whole when it is no address. */
void privacy_put_login(struct buf *out, enum privacy privacy,
    const char *login);

#endif
