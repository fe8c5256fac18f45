/*
 * blacklist_greylist.h - who passed another greylister passes ours
 */
#ifndef CHECKS_BLACKLIST_GREYLIST_H
#define CHECKS_BLACKLIST_GREYLIST_H

extern const struct check check_blacklist_greylist;

/* The network of peers ("192.0.2.0/24") is known; the check's own options. */
void greylist_know(const void *options, const char *network);

#endif
