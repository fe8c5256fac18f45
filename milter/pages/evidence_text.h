/*
 * evidence_text.h - what exactly was seen, as far as the sender may know
 */
#ifndef PAGES_EVIDENCE_TEXT_H
#define PAGES_EVIDENCE_TEXT_H

struct told;
struct view;

/* The reply and who brought the mail: the sender knows both. */
void seen_put_known(const struct view *v, const struct told *t);

/* The evidence of a reason; those that would tell of our policy: nothing. */
void seen_put_evidence(const struct view *v, const struct told *t,
    int reason);

#endif
