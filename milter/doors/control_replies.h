/*
 * control_replies.h - the MTA's own replies in `saywhy status`
 */
#ifndef DOORS_CONTROL_REPLIES_H
#define DOORS_CONTROL_REPLIES_H

struct json;

/*
 * Members of the object that is open:
 *
 *	reply-map       { asked, changed, own, passed, unjoined }
 *	policy-service  { asked, refused, closed }
 *
 * as replymap.h and policy.h count them; zero where there is no such door.
 */
void control_put_replies(struct json *j);

#endif
