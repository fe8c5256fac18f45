/*
 * explain_api.h - POST /explain: what a refusal means, for programs
 *
 * The body is the text itself (text/plain, message/rfc822, or no type at all),
 * or {"text": "…"} (application/json). What comes back is
 * {"answers": [{…}, …]}, each as `saywhy explain --json` prints it; or, with a
 * status of 4yz or 5yz, a problem by RFC 9457. Nothing is kept.
 */
#ifndef PAGES_EXPLAIN_API_H
#define PAGES_EXPLAIN_API_H

#include <stdbool.h>

#include "pages/http.h"

/* Is it asked for? "/explain", or "/why/explain" behind a web server. */
bool explain_api_is(const char *path);

void explain_api_answer(const struct http_request *request,
    struct http_answer *answer);

/* A problem in place of an answer: application/problem+json. */
void explain_api_problem(struct http_answer *answer, int status,
    const char *title, const char *detail);

#endif
