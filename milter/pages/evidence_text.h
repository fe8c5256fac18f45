/* evidence_text.h - the evidence, as far as the sender may know it */
#ifndef PAGES_EVIDENCE_TEXT_H
#define PAGES_EVIDENCE_TEXT_H

struct parsed_record;
struct view;

/* The reply and who brought the mail: the sender knows both. */
void evidence_text_put_known(const struct view *v,
    const struct parsed_record *t);

/* The evidence of a reason; nothing for those that would show our policy. */
void evidence_text_put(const struct view *v, const struct parsed_record *t,
    int reason);

#endif
