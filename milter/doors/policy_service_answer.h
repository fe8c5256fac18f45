/*
 * policy_service_answer.h - the answer of the policy service to one request
 *
 * In the thread of its connection; the checks may take their time.
 */
#ifndef DOORS_POLICY_SERVICE_ANSWER_H
#define DOORS_POLICY_SERVICE_ANSWER_H

#include <stddef.h>

#include "doors/policy_service_postfix.h"

struct buf;
struct registered;
struct recorder;

/* Bytes of a question, in either protocol. */
#define POLICY_MAX (POLICY_POSTFIX_MAX + 16)

enum policy_word { POLICY_MORE, POLICY_NOTHING, POLICY_REFUSED, POLICY_CLOSE };

/*
 * Parses the n bytes that have arrived and appends the answer. *used is the
 * length of the request, 0 with POLICY_MORE and POLICY_CLOSE. The engine that
 * answered stays with the registered session until the next request, or
 * policy_service_answer_end(), which closes it.
 */
enum policy_word policy_service_answer(struct registered *j,
    struct recorder *recorder,
    const char *in, size_t n, size_t *used, struct buf *out);
void policy_service_answer_end(struct registered *j);

/* The last answer could not be delivered: its refusal is cancelled. */
void policy_service_answer_undelivered(struct registered *j);

#endif
