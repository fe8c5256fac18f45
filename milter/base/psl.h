/*
 * psl.h - which domain somebody registered, by the public suffix list
 *
 * Linked from psl_libpsl.c, or from psl_none.c when configure did not find
 * libpsl; then every name counts as a registered one. Any thread.
 */
#ifndef BASE_PSL_H
#define BASE_PSL_H

/*
 * The end of `name` that is one label below a public suffix: "example.co.uk"
 * of "www.example.co.uk". The whole name when there is none (a suffix itself,
 * an address). Lower case and A-labels are expected; nothing is copied.
 */
const char *psl_registered(const char *name);

#endif
