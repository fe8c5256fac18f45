/*
 * dns_liar.h - a small DNS server that is given its bad habits
 *
 * UDP and TCP on one port of loopback, a thread each. It answers from records
 * it was given, in the words of scenarios ("example.org TXT v=spf1 -all"), and
 * from the first label of a name that was not given:
 *
 *	slow300		A 192.0.2.1 after 300 ms
 *	dead		nothing, ever
 *	servfail refused formerr	that error
 *	garbage		bytes that are no message
 *	pointer		a name that points to itself
 *	loop		an alias to itself
 *	chain3		three aliases, then A 192.0.2.1
 *	cut		half an answer by UDP, the whole by TCP
 *	big		64 KB of TXT, by TCP
 *	cold...		A 192.0.2.1
 *	count		TXT: how many questions have come
 *	nx		does not exist; so does every other name
 *
 * A given type may also be a habit of a name and all below it:
 *
 *	slow.example DELAY 5000		every answer is so late
 *	dead.example DEAD -		no answer, ever
 *	. MAIL -			every name without a given MX takes mail
 *	open.example ALWAYS 127.0.0.2	every A that was not given is this
 *
 * With `hijack` what does not exist is A 192.0.2.66.
 */
#ifndef FAKES_DNS_LIAR_H
#define FAKES_DNS_LIAR_H

#include <stdbool.h>

struct liar;

/* port 0: any that is free. Delays are by threads. NULL: it cannot. */
struct liar *liar_start(const char *address, int port);
void liar_stop(struct liar *liar);
int liar_port(const struct liar *liar);

/* One record "NAME TYPE VALUE", at any time. False: it is none. */
bool liar_tell(struct liar *liar, const char *line);
void liar_hijack(struct liar *liar);

/* Milliseconds by which every answer is late. */
void liar_delay(struct liar *liar, int ms);

#endif
