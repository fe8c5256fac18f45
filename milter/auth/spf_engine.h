/*
 * spf_engine.h - the engines behind spf.h; for the files of spf.h only
 *
 * Each answers check_host() for a query whose domain can be one (RFC 7208
 * section 4.3). Texts of *out are stored as they are found.
 */
#ifndef AUTH_SPF_ENGINE_H
#define AUTH_SPF_ENGINE_H

#include <stdbool.h>

struct spf;
struct spf_query;

void spf_saywhy(const struct spf_query *q, struct spf *out);

/* Linked from spf_libspf2.c, or from spf_none.c when configure did not find
 * it. */
void spf_libspf2(const struct spf_query *q, struct spf *out);
bool spf_libspf2_there(void);

#endif
