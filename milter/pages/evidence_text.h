/*
 * evidence_text.h - what exactly was seen, as far as the sender may know
 */
#ifndef PAGES_EVIDENCE_TEXT_H
#define PAGES_EVIDENCE_TEXT_H

struct parsed_record;
struct view;

/* The reply and who brought the mail: the sender knows both. */
void evidence_text_put_known(const struct view *v,
    const struct parsed_record *t);

/* The evidence of a reason; those that would tell of our policy: nothing. */
void evidence_text_put(const struct view *v, const struct parsed_record *t,
    int reason);

#endif
