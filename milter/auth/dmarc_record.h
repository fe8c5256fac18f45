/*
 * dmarc_record.h - a DMARC record, read (RFC 9989 section 4.7)
 *
 * The bytes come from a stranger. A text that is no DMARC record differs from a
 * record with a mistake: unknown tags and wrong values are ignored, as the RFC
 * demands.
 */
#ifndef AUTH_DMARC_RECORD_H
#define AUTH_DMARC_RECORD_H

#include <stdbool.h>
#include <stddef.h>

enum dmarc_policy { DMARC_NONE, DMARC_QUARANTINE, DMARC_REJECT };
enum dmarc_psd { DMARC_PSD_UNKNOWN, DMARC_PSD_YES, DMARC_PSD_NO };

/* "none", "quarantine", "reject" */
const char *dmarc_policy_name(enum dmarc_policy policy);

struct dmarc_record {
	enum dmarc_policy p;	/* missing or wrong: none */
	enum dmarc_policy sp;	/* listed in the record of another finding */
	enum dmarc_policy np;	/* missing: as sp */
	enum dmarc_psd psd;
	bool test;		/* t=y: one step milder */
	bool strict_dkim;	/* adkim=s */
	bool strict_spf;	/* aspf=s */
	char *rua;		/* mailboxes for reports, with ", " between,
				   that have the form of one; or NULL */
	char *ruf;
};

/*
 * False: it is no DMARC record (it does not begin with v=DMARC1, or is not
 * text). dmarc_record_clear() after true only.
 */
bool dmarc_record_read(struct dmarc_record *r, const char *text, size_t n);
void dmarc_record_clear(struct dmarc_record *r);

#endif
