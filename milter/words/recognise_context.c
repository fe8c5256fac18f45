/* recognise_context - whom a reply is about, and what its status says */

#include "words/recognise_context.h"

#include <string.h>

#include "words/code.h"
#include "words/reason.h"
#include "words/recognise_odd.h"

static const struct {
	uint8_t about, from, to;
} turns[] = {
	/* In reply to MAIL, or said of the sender: RFC 5321 4.1.1.2, 3.3 */
	{ TOPIC_SENDER, REASON_MAILBOX_UNKNOWN, REASON_SENDER_UNVERIFIED },
	{ TOPIC_SENDER, REASON_MAILBOX_UNVERIFIED, REASON_SENDER_UNVERIFIED },
	{ TOPIC_SENDER, REASON_MAILBOX_DISABLED, REASON_SENDER_UNVERIFIED },
	{ TOPIC_SENDER, REASON_MAILBOX_AMBIGUOUS, REASON_SENDER_UNVERIFIED },
	{ TOPIC_SENDER, REASON_RCPT_DOMAIN_NONEXISTENT,
	    REASON_SENDER_DOMAIN_NONEXISTENT },
	{ TOPIC_SENDER, REASON_NO_ROUTE, REASON_SENDER_DOMAIN_NONEXISTENT },
	{ TOPIC_SENDER, REASON_RCPT_SYNTAX, REASON_SENDER_SYNTAX },
	{ TOPIC_SENDER, REASON_NULL_MX_RECIPIENT, REASON_NULL_MX_SENDER },
	{ TOPIC_SENDER, REASON_SMTPUTF8_RECIPIENT, REASON_SMTPUTF8_SENDER },
	{ TOPIC_SENDER, REASON_RCPT_DENIED, REASON_SENDER_DENIED },
	{ TOPIC_HELO, REASON_RCPT_DOMAIN_NONEXISTENT,
	    REASON_HELO_UNRESOLVABLE },
	{ TOPIC_HELO, REASON_SENDER_DOMAIN_NONEXISTENT,
	    REASON_HELO_UNRESOLVABLE },
	/* Our own client waits for the greeting */
	{ TOPIC_CLIENT, REASON_EARLY_TALKER, REASON_CLIENT_DENIED },
	/* Refused before anything is said: only the client can be meant */
	{ TOPIC_CLIENT, REASON_POLICY_REJECT, REASON_CLIENT_DENIED },
	/* Our own client speaks of the server it sends to */
	{ TOPIC_SERVER, REASON_TLS_CLIENT_CERT_REFUSED,
	    REASON_TLS_CERTIFICATE },
	{ TOPIC_SERVER, REASON_TLS_REQUIRED, REASON_TLS_NOT_OFFERED },
	{ TOPIC_SERVER, REASON_TLS_TOO_WEAK, REASON_TLS_FAILED },
	{ TOPIC_SERVER, REASON_HEADER_PATTERN, REASON_TLS_FAILED },
};

/*
 * What RFC 3463 and its successors say of a status by itself, "x.y" and the
 * class or '*'. Left out is what servers use for everything (1.0, 7.0, 7.1,
 * 5.0 …), and what none but our own reasons say.
 */
static const struct {
	char class;
	const char *status;
	uint8_t reason;
} says[] = {
	{ '*', "1.1", REASON_MAILBOX_UNKNOWN },
	{ '*', "1.2", REASON_RCPT_DOMAIN_NONEXISTENT },
	{ '*', "1.3", REASON_RCPT_SYNTAX },
	{ '*', "1.4", REASON_MAILBOX_AMBIGUOUS },
	{ '*', "1.6", REASON_MAILBOX_MOVED },
	{ '*', "1.7", REASON_SENDER_SYNTAX },
	{ '*', "1.8", REASON_SENDER_DOMAIN_NONEXISTENT },
	{ '*', "1.10", REASON_NULL_MX_RECIPIENT },
	{ '5', "2.1", REASON_MAILBOX_DISABLED },
	{ '*', "2.2", REASON_MAILBOX_FULL },
	{ '*', "2.3", REASON_MESSAGE_TOO_LARGE_MAILBOX },
	{ '*', "2.4", REASON_LIST_EXPANSION_FAILED },
	{ '*', "3.1", REASON_STORAGE_FULL },
	{ '4', "3.2", REASON_SYSTEM_OVERLOADED },
	{ '*', "3.4", REASON_MESSAGE_TOO_LARGE },
	{ '*', "3.5", REASON_CONFIG_ERROR },
	{ '*', "4.1", REASON_HOST_UNREACHABLE },
	{ '*', "4.4", REASON_NO_ROUTE },
	{ '*', "4.6", REASON_MAIL_LOOP },
	{ '*', "4.7", REASON_MESSAGE_EXPIRED },
	{ '*', "5.3", REASON_TOO_MANY_RECIPIENTS },
	{ '*', "6.1", REASON_MEDIA_UNSUPPORTED },
	{ '*', "6.2", REASON_EIGHTBIT_NOT_SUPPORTED },
	{ '*', "6.3", REASON_EIGHTBIT_NOT_SUPPORTED },
	{ '*', "6.4", REASON_EIGHTBIT_NOT_SUPPORTED },
	{ '*', "6.5", REASON_EIGHTBIT_NOT_SUPPORTED },
	{ '*', "6.7", REASON_SMTPUTF8_RECIPIENT },
	{ '*', "6.9", REASON_SMTPUTF8_MESSAGE },
	{ '*', "7.2", REASON_LIST_POSTING_DENIED },
	{ '*', "7.8", REASON_AUTH_FAILED },
	{ '*', "7.13", REASON_ACCOUNT_DISABLED },
	{ '*', "7.15", REASON_PRIORITY_TOO_LOW },
	{ '*', "7.16", REASON_TOO_BIG_FOR_PRIORITY },
	{ '*', "7.17", REASON_RRVS_MAILBOX_CHANGED },
	{ '*', "7.18", REASON_RRVS_DOMAIN_CHANGED },
	{ '*', "7.19", REASON_RRVS_UNKNOWN },
	{ '5', "7.20", REASON_DKIM_NONE_VALID },
	{ '5', "7.21", REASON_DKIM_UNACCEPTABLE },
	{ '5', "7.22", REASON_DKIM_AUTHOR_MISMATCH },
	{ '5', "7.23", REASON_SPF_FAIL },
	{ '5', "7.24", REASON_SPF_PERMERROR },
	{ '4', "7.24", REASON_SPF_TEMPERROR },
	{ '*', "7.25", REASON_RDNS_MISSING },
	{ '*', "7.28", REASON_MAIL_FLOOD },
};

/*
 * A status that tells one of several causes for which servers use the same
 * words: what the words mean beside it. Class '*': any.
 */
static const struct {
	char class;
	const char *status;
	uint8_t from, to;
} refined[] = {
	{ '5', "7.21", REASON_DKIM_NONE_VALID, REASON_DKIM_UNACCEPTABLE },
	{ '5', "7.22", REASON_DKIM_NONE_VALID, REASON_DKIM_AUTHOR_MISMATCH },
	{ '5', "7.24", REASON_SPF_FAIL, REASON_SPF_PERMERROR },
	{ '4', "7.24", REASON_SPF_FAIL, REASON_SPF_TEMPERROR },
	{ '5', "7.26", REASON_AUTH_FAILED, REASON_SEVERAL_AUTH_FAILED },
	{ '5', "7.26", REASON_AUTH_REQUIRED, REASON_NO_AUTH },
	{ '*', "7.28", REASON_RATE_LIMITED, REASON_MAIL_FLOOD },
	{ '*', "7.2", REASON_LIST_EXPANSION_FAILED,
	    REASON_LIST_POSTING_DENIED },
	{ '*', "7.2", REASON_RCPT_DENIED, REASON_LIST_POSTING_DENIED },
	{ '*', "7.16", REASON_MESSAGE_TOO_LARGE, REASON_TOO_BIG_FOR_PRIORITY },
	{ '*', "6.7", REASON_EIGHTBIT_NOT_SUPPORTED,
	    REASON_SMTPUTF8_RECIPIENT },
	{ '*', "6.9", REASON_EIGHTBIT_NOT_SUPPORTED,
	    REASON_SMTPUTF8_MESSAGE },
	{ '*', "6.9", REASON_SMTPUTF8_RECIPIENT, REASON_SMTPUTF8_MESSAGE },
	{ '*', "2.2", REASON_MESSAGE_TOO_LARGE, REASON_MAILBOX_FULL },
	{ '*', "2.3", REASON_MESSAGE_TOO_LARGE,
	    REASON_MESSAGE_TOO_LARGE_MAILBOX },
	{ '*', "2.2", REASON_STORAGE_FULL, REASON_MAILBOX_FULL },
	{ '*', "2.2", REASON_MAILBOX_DISABLED, REASON_MAILBOX_FULL },
	{ '*', "2.2", REASON_MESSAGE_TOO_LARGE_MAILBOX, REASON_MAILBOX_FULL },
	{ '*', "7.25", REASON_CLIENT_DENIED, REASON_RDNS_MISSING },
	{ '5', "3.2", REASON_SYSTEM_OVERLOADED, REASON_HOST_TAKES_NO_MAIL },
	{ '*', "1.2", REASON_NO_ROUTE, REASON_RCPT_DOMAIN_NONEXISTENT },
};

/*
 * What servers use for all that is wrong with a recipient, or for all that
 * passes: words that say more do not contradict it.
 */
static const struct {
	const char *status;
	uint8_t reason;
} tolerated[] = {
	{ "1.1", REASON_MAILBOX_FULL },
	{ "1.1", REASON_MAILBOX_DISABLED },
	{ "1.1", REASON_MAILBOX_MOVED },
	{ "1.2", REASON_MAILBOX_UNKNOWN },
	{ "2.1", REASON_MAILBOX_UNKNOWN },
	{ "2.1", REASON_MAILBOX_FULL },
	{ "3.2", REASON_GREYLISTED },
	{ "3.2", REASON_RATE_LIMITED },
	{ "3.2", REASON_RCPT_DENIED },
};

static uint8_t says_of[2][STATUS_SUBJECTS][STATUS_DETAILS];	/* of 4, 5 */
static uint8_t turned[TOPIC_COUNT][REASON_COUNT];

static void
spread_status(void)
{
	int subject, detail;
	char status[12] = "X.";
	size_t i;

	for (i = 0; i < sizeof says / sizeof says[0]; i++) {
		memcpy(status + 2, says[i].status, strlen(says[i].status) + 1);
		if (!status_parts(status, &subject, &detail))
			continue;
		if (says[i].class != '5')
			says_of[0][subject][detail] = says[i].reason;
		if (says[i].class != '4')
			says_of[1][subject][detail] = says[i].reason;
	}
}

void
recognise_context_fill(void)
{
	size_t i, about;

	spread_status();
	for (about = 0; about < TOPIC_COUNT; about++)
		for (i = 0; i < REASON_COUNT; i++)
			turned[about][i] = (uint8_t)i;
	for (i = 0; i < sizeof turns / sizeof turns[0]; i++)
		turned[turns[i].about][turns[i].from] = turns[i].to;
}

int
recognise_turned(enum topic about, int reason)
{
	return turned[about][reason];
}

bool
recognise_private(const struct recognised *r)
{
	return r->status[0] != '\0' && strlen(r->status + 2) >= 5 &&
	    vendor_find(r->status, NULL, 0) != NULL;
}

int
recognise_status_says(const struct recognised *r)
{
	const struct vendor_status *v = NULL;
	int subject, detail;

	if (r->status[0] == '\0')
		return REASON_NONE;
	if (recognise_private(r))
		v = vendor_find(r->status, NULL, 0);
	else if (r->software != NULL && recognise_vendor_has(r->status))
		v = vendor_find(r->status, r->software, 0);
	if (v != NULL)
		return v->reason;
	if (r->status[0] < '4' ||
	    !status_parts(r->status, &subject, &detail))
		return REASON_NONE;
	return says_of[r->status[0] - '4'][subject][detail];
}

/* Is the status one that we give to this reason ourselves? */
static bool
is_own(const char *status, int reason)
{
	const struct reason *row = reason_get(reason);

	return (row->permanent.code != 0 && strcmp(row->permanent.status + 2,
	    status + 2) == 0) || (row->temporary.code != 0 &&
	    strcmp(row->temporary.status + 2, status + 2) == 0);
}

static bool
is_tolerated(const char *status, int reason)
{
	size_t i;

	for (i = 0; i < sizeof tolerated / sizeof tolerated[0]; i++)
		if (tolerated[i].reason == reason &&
		    strcmp(tolerated[i].status, status + 2) == 0)
			return true;
	return false;
}

bool
recognise_status_agrees(const struct recognised *r, int status_says)
{
	return status_says == REASON_NONE || status_says == r->reason ||
	    recognise_kin(status_says)[r->reason] ||
	    is_own(r->status, r->reason) ||
	    is_tolerated(r->status, r->reason);
}

int
recognise_refined(const struct recognised *r, int status_says)
{
	size_t i;

	if (r->status[0] == '\0' || status_says == r->reason)
		return r->reason;
	for (i = 0; i < sizeof refined / sizeof refined[0]; i++)
		if (refined[i].from == r->reason &&
		    (refined[i].class == '*' ||
		    refined[i].class == r->status[0]) &&
		    strcmp(refined[i].status, r->status + 2) == 0)
			return refined[i].to;
	return r->reason;
}

bool
recognise_possible(const struct recognised *r, int reason)
{
	/* "Service unavailable" for good is no overload: RFC 3463 2. */
	return reason != REASON_SYSTEM_OVERLOADED || !recognised_is_final(r);
}
