/*
 * mail_domain.h - does a domain exist, and does it accept mail?
 *
 * RFC 5321 section 5.1: MX, or else A or AAAA. RFC 7505: one MX of "." says
 * that the domain accepts none.
 */
#ifndef CHECKS_MAIL_DOMAIN_H
#define CHECKS_MAIL_DOMAIN_H

#include <stdint.h>

struct buf;

enum mail_domain { MAIL_DOMAIN_GOOD, MAIL_DOMAIN_NONE, MAIL_DOMAIN_NULL_MX,
	MAIL_DOMAIN_TEMPFAIL };

/*
 * Asks DNS until `deadline` (clock_ms()). TEMPFAIL appends to `failure` what
 * went wrong; a definite answer anywhere goes before a failure elsewhere.
 */
enum mail_domain mail_domain_ask(const char *domain, int64_t deadline,
    struct buf *failure);

#endif
