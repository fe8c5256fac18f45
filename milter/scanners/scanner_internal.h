/*
 * scanner_internal.h - what a scan asks of its scanner; for scan.c only
 */
#ifndef SCANNERS_SCANNER_INTERNAL_H
#define SCANNERS_SCANNER_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

struct scanner;
struct sock_spec;

bool scanner_choose(struct scanner *s, size_t *server);
const struct sock_spec *scanner_spec(const struct scanner *s, size_t server);
void scanner_good(struct scanner *s, size_t server);
void scanner_bad(struct scanner *s, size_t server, const char *errmsg);
/* -1: there is none. */
int scanner_take_idle(struct scanner *s, size_t server);
void scanner_give_idle(struct scanner *s, size_t server, int fd);

#endif
