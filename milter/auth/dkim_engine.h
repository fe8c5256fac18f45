/*
 * dkim_engine.h - the engines behind dkim.h; for the files of dkim.h only
 *
 * Each verifies one message as dkim.h describes. Its limits have been checked
 * before; there is a signature.
 */
#ifndef AUTH_DKIM_ENGINE_H
#define AUTH_DKIM_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dkim_result;

struct dkim_engine_calls {
	void *(*begin)(void);
	void (*header)(void *engine, const char *name, const char *value);
	/* NULL, or why nothing can be verified; a text that is never freed. */
	const char *(*end_of_header)(void *engine, int64_t deadline);
	void (*body)(void *engine, const char *bytes, size_t n);
	/* Fills in r->v, which has room for DKIM_SIGNATURES_MAX, and r->n. */
	void (*end)(void *engine, struct dkim_result *r);
	void (*free)(void *engine);
};

extern const struct dkim_engine_calls dkim_saywhy;

/* Linked from dkim_opendkim.c, or from dkim_none.c when configure did not
 * find it. */
extern const struct dkim_engine_calls dkim_opendkim;
bool dkim_opendkim_there(void);

#endif
