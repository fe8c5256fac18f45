/*
 * policy_service_answer.h - what the policy service says to one question
 *
 * In the thread of its connection; the checks may take their time.
 */
#ifndef DOORS_POLICY_SERVICE_ANSWER_H
#define DOORS_POLICY_SERVICE_ANSWER_H

#include <stddef.h>

#include "doors/policy_service_postfix.h"

struct buf;
struct joint;
struct recorder;

/* Bytes of a question, in either protocol. */
#define POLICY_MOST (POLICY_REQUEST_MOST + 16)

enum policy_word { POLICY_MORE, POLICY_NOTHING, POLICY_REFUSED, POLICY_DROP };

/*
 * Looks at the n bytes that have come and appends the answer. *used is how many
 * the question had, 0 with POLICY_MORE and POLICY_DROP. The engine that
 * answered stays with the joint until the next question, or
 * policy_answer_end(), which closes it.
 */
enum policy_word policy_answer(struct joint *j, struct recorder *recorder,
    const char *in, size_t n, size_t *used, struct buf *out);
void policy_answer_end(struct joint *j);

/* The MTA did not hear the last answer: what it refused was not refused. */
void policy_answer_unheard(struct joint *j);

#endif
