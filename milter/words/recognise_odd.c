/* recognise_odd - which reasons are alike, and what is odd about a reply */

#include "words/recognise_odd.h"

#include <stdlib.h>
#include <string.h>

#include "words/code.h"
#include "words/reason.h"

/* Rows of reasons that say nearly the same; 0 ends a row. */
static const unsigned char kin[][8] = {
	{ REASON_CLIENT_DENIED, REASON_DNSBL_LISTED },
	{ REASON_DNSBL_LISTED, REASON_DOMAIN_LISTED },
	{ REASON_RDNS_MISSING, REASON_RDNS_MISMATCH,
	    REASON_RDNS_LOOKUP_FAILED },
	{ REASON_RATE_LIMITED, REASON_MAIL_FLOOD, REASON_MAILBOX_RATE,
	    REASON_SENDING_QUOTA_EXCEEDED },
	{ REASON_SPF_FAIL, REASON_SPF_SOFTFAIL, REASON_SPF_NEUTRAL,
	    REASON_SPF_PERMERROR, REASON_SPF_TEMPERROR },
	{ REASON_DKIM_NONE_VALID, REASON_DKIM_UNACCEPTABLE,
	    REASON_DKIM_AUTHOR_MISMATCH, REASON_DKIM_TEMPERROR },
	{ REASON_SEVERAL_AUTH_FAILED, REASON_NO_AUTH, REASON_ARC_FAIL },
	{ REASON_MAILBOX_UNKNOWN, REASON_MAILBOX_UNVERIFIED,
	    REASON_MAILBOX_AMBIGUOUS },
	{ REASON_MAILBOX_DISABLED, REASON_MAILBOX_MOVED },
	{ REASON_AUTH_FAILED, REASON_ACCOUNT_DISABLED },
	{ REASON_TLS_REQUIRED, REASON_TLS_TOO_WEAK,
	    REASON_TLS_CLIENT_CERT_REFUSED, REASON_REQUIRETLS_UNSUPPORTED },
	{ REASON_TLS_FAILED, REASON_TLS_NOT_OFFERED, REASON_TLS_CERTIFICATE,
	    REASON_TLSA_MISSING,
	    REASON_TLSA_LOOKUP_FAILED, REASON_MTA_STS_FAILED },
	{ REASON_RCPT_DOMAIN_LOOKUP_FAILED, REASON_RCPT_DOMAIN_NONEXISTENT,
	    REASON_NO_ROUTE },
	{ REASON_HELO_MISSING, REASON_HELO_SYNTAX, REASON_HELO_NOT_FQDN,
	    REASON_HELO_UNRESOLVABLE, REASON_HELO_FORGED,
	    REASON_HELO_IP_MISMATCH, REASON_HELO_DENIED },
	{ REASON_HELO_UNRESOLVABLE, REASON_HELO_LOOKUP_FAILED,
	    REASON_RDNS_LOOKUP_FAILED },
	{ REASON_SENDER_DOMAIN_NONEXISTENT,
	    REASON_SENDER_DOMAIN_LOOKUP_FAILED },
	{ REASON_DMARC_REJECT, REASON_DMARC_QUARANTINE,
	    REASON_DMARC_TEMPERROR, REASON_DMARC_PERMERROR },
	{ REASON_SENDER_SYNTAX, REASON_SENDER_NOT_FQDN },
	{ REASON_SENDER_DENIED, REASON_SENDER_UNVERIFIED,
	    REASON_SENDER_LOGIN_MISMATCH },
	{ REASON_MESSAGE_TOO_LARGE, REASON_MESSAGE_TOO_LARGE_MAILBOX },
	{ REASON_HEADER_PATTERN, REASON_BODY_PATTERN },
	{ REASON_HEADER_PATTERN, REASON_MESSAGE_MALFORMED,
	    REASON_BODY_LINE_TOO_LONG, REASON_BARE_NEWLINE,
	    REASON_EIGHTBIT_NOT_SUPPORTED },
	{ REASON_SYSTEM_OVERLOADED, REASON_TOO_MANY_CONNECTIONS,
	    REASON_MAINTENANCE },
	{ REASON_NO_ROUTE, REASON_RCPT_DOMAIN_NONEXISTENT,
	    REASON_HOST_UNREACHABLE },
	{ REASON_NULL_MX_RECIPIENT, REASON_NULL_MX_SENDER },
	{ REASON_FILTER_ERROR, REASON_CONFIG_ERROR,
	    REASON_SCANNER_UNAVAILABLE, REASON_DNSBL_UNAVAILABLE },
	{ REASON_COMMAND_UNKNOWN, REASON_COMMAND_NOT_IMPLEMENTED },
	{ REASON_SYNTAX, REASON_PARAMETER_UNKNOWN, REASON_COMMAND_UNKNOWN,
	    REASON_SENDER_SYNTAX, REASON_RCPT_SYNTAX },
	{ REASON_SEQUENCE, REASON_EARLY_TALKER, REASON_UNAUTH_PIPELINING,
	    REASON_NO_VALID_RECIPIENTS },
	{ REASON_RCPT_DENIED, REASON_LIST_POSTING_DENIED,
	    REASON_POLICY_REJECT },
	{ REASON_SMTPUTF8_SENDER, REASON_SMTPUTF8_RECIPIENT,
	    REASON_SMTPUTF8_MESSAGE },
	{ REASON_SPAM_CONTENT, REASON_BODY_PATTERN },
	{ REASON_AUTH_REQUIRED, REASON_RELAY_DENIED },
};

static const struct {
	unsigned flag;
	const char *name;
} flag_names[] = {
	{ ODD_WORDS_AND_CODE, "words-and-code-disagree" },
	{ ODD_TEMPORARY, "temporary-code-for-permanent-cause" },
	{ ODD_CLASS, "status-class-contradicts-code" },
	{ ODD_NO_STATUS, "no-status" },
	{ ODD_STATUS, "status-not-registered" },
	{ ODD_CODE, "no-such-code" },
};

/* What no waiting cures, though a temporary code may stand for caution. */
static const unsigned char lasting[] = { REASON_RELAY_DENIED,
	REASON_MAILBOX_UNKNOWN, REASON_MAILBOX_DISABLED, REASON_MAILBOX_MOVED,
	REASON_SENDER_DENIED, REASON_RCPT_DENIED, REASON_CLIENT_DENIED,
	REASON_ACCOUNT_DISABLED, REASON_VIRUS_FOUND };

/* The reasons that fit a code; others with it are odd. */
struct code_reasons {
	int code;
	unsigned char reasons[10];
};
static const struct code_reasons code_reasons[] = {
	{ 530, { REASON_AUTH_REQUIRED, REASON_TLS_REQUIRED } },
	{ 535, { REASON_AUTH_FAILED, REASON_ACCOUNT_DISABLED } },
	{ 551, { REASON_MAILBOX_MOVED } },
	{ 552, { REASON_MAILBOX_FULL, REASON_MESSAGE_TOO_LARGE,
	    REASON_MESSAGE_TOO_LARGE_MAILBOX, REASON_STORAGE_FULL,
	    REASON_SENDING_QUOTA_EXCEEDED, REASON_TOO_BIG_FOR_PRIORITY } },
	{ 556, { REASON_NULL_MX_RECIPIENT } },
	{ 503, { REASON_SEQUENCE, REASON_HELO_MISSING,
	    REASON_EARLY_TALKER, REASON_UNAUTH_PIPELINING,
	    REASON_NO_VALID_RECIPIENTS } },
	{ 555, { REASON_PARAMETER_UNKNOWN, REASON_SYNTAX } },
};

/* The same for a status. */
static const struct {
	const char *status;
	unsigned char reasons[8];
} status_reasons[] = {
	{ "1.1", { REASON_MAILBOX_UNKNOWN, REASON_MAILBOX_UNVERIFIED } },
	{ "1.2", { REASON_RCPT_DOMAIN_NONEXISTENT, REASON_NO_ROUTE } },
	{ "1.3", { REASON_RCPT_SYNTAX } },
	{ "1.8", { REASON_SENDER_DOMAIN_NONEXISTENT,
	    REASON_SENDER_UNVERIFIED } },
	{ "2.1", { REASON_MAILBOX_DISABLED, REASON_MAILBOX_RATE } },
	{ "2.2", { REASON_MAILBOX_FULL } },
	{ "2.3", { REASON_MESSAGE_TOO_LARGE_MAILBOX,
	    REASON_MESSAGE_TOO_LARGE } },
	{ "3.1", { REASON_STORAGE_FULL } },
	{ "3.4", { REASON_MESSAGE_TOO_LARGE } },
	{ "4.6", { REASON_MAIL_LOOP } },
	{ "5.3", { REASON_TOO_MANY_RECIPIENTS,
	    REASON_NULL_SENDER_MULTI_RCPT } },
	{ "7.8", { REASON_AUTH_FAILED } },
	{ "7.23", { REASON_SPF_FAIL, REASON_SPF_SOFTFAIL } },
	{ "7.25", { REASON_RDNS_MISSING, REASON_RDNS_MISMATCH } },
};

static bool
among(int reason, const unsigned char *list, size_t n)
{
	size_t i;

	for (i = 0; i < n && list[i] != 0; i++)
		if (list[i] == reason)
			return true;
	return false;
}

/* kin[], as a table to look into. */
static bool alike[REASON_COUNT][REASON_COUNT];

static void
spread_kin(void)
{
	size_t i, j, k;

	for (i = 0; i < sizeof kin / sizeof kin[0]; i++)
		for (j = 0; j < sizeof kin[i]; j++)
			for (k = 0; k < sizeof kin[i]; k++)
				alike[kin[i][j]][kin[i][k]] = true;
}

const bool *
recognise_kin(int reason)
{
	return alike[reason];
}

bool
recognise_vague(int reason)
{
	return reason == REASON_POLICY_REJECT ||
	    reason == REASON_SENDER_DENIED || reason == REASON_CLIENT_DENIED;
}

const char *
recognise_flag_name(unsigned flag)
{
	size_t i;

	for (i = 0; i < sizeof flag_names / sizeof flag_names[0]; i++)
		if (flag_names[i].flag == flag)
			return flag_names[i].name;
	return NULL;
}

static bool
never_better(int reason)
{
	return reason_get(reason)->temporary.code == 0 ||
	    among(reason, lasting, sizeof lasting);
}

static bool
odd_code(int code)
{
	return code < 200 || code > 559 || code / 10 % 10 > 5;
}

/* What the tables of codes.def say of X.subject.detail, looked up once. */
static struct {
	bool registered, vendor;
	uint8_t reasons;	/* a row of status_reasons[], from 1 */
} known[STATUS_SUBJECTS][STATUS_DETAILS];

/* A number of at most three digits; the place behind it. */
static const char *
small_number(const char *p, int *number)
{
	*number = 0;
	for (; *p >= '0' && *p <= '9'; p++)
		*number = *number < 1000 ? *number * 10 + *p - '0' : *number;
	return p;
}

bool
status_parts(const char *status, int *subject, int *detail)
{
	const char *p = small_number(status + 2, subject);

	if (*p != '.')
		return false;
	small_number(p + 1, detail);
	return *subject < STATUS_SUBJECTS && *detail < STATUS_DETAILS;
}

static void
lookup(void)
{
	const struct vendor_status *v;
	const struct status *s;
	char status[12] = "X.";
	int subject, detail;
	size_t i, n;

	s = status_all(&n);
	for (i = 0; i < n; i++)
		if (strchr(s[i].status, 'Y') == NULL &&
		    status_parts(s[i].status, &subject, &detail))
			known[subject][detail].registered = true;
	for (i = 0; i < sizeof status_reasons / sizeof status_reasons[0]; i++) {
		memcpy(status + 2, status_reasons[i].status,
		    strlen(status_reasons[i].status) + 1);
		if (status_parts(status, &subject, &detail))
			known[subject][detail].reasons = (uint8_t)(i + 1);
	}
	v = vendor_all(&n);
	for (i = 0; i < n; i++)
		if (v[i].last == NULL && status_parts(v[i].first, &subject,
		    &detail))
			known[subject][detail].vendor = true;
}

void
recognise_odd_fill(void)
{
	spread_kin();
	lookup();
}

bool
recognise_vendor_has(const char *status)
{
	int subject, detail;

	return status_parts(status, &subject, &detail) &&
	    known[subject][detail].vendor;
}

static bool
odd_status(const struct recognised *r)
{
	int subject, detail;

	if (!status_parts(r->status, &subject, &detail) ||
	    !known[subject][detail].registered)
		return true;
	return known[subject][detail].vendor && r->software != NULL &&
	    vendor_find(r->status, r->software, 0) != NULL;
}

/* Do code or status mean something else than the words? */
static bool
disagree(const struct recognised *r)
{
	int subject, detail, row = 0;
	size_t i;

	for (i = 0; i < sizeof code_reasons / sizeof code_reasons[0]; i++)
		if (code_reasons[i].code == r->code && !among(r->reason,
		    code_reasons[i].reasons, sizeof code_reasons[i].reasons))
			return true;
	if (r->status[0] != '\0' && status_parts(r->status, &subject, &detail))
		row = known[subject][detail].reasons;
	return row != 0 &&
	    strcmp(r->status + 2, status_reasons[row - 1].status) == 0 &&
	    !among(r->reason, status_reasons[row - 1].reasons,
	    sizeof status_reasons[0].reasons);
}

unsigned
recognise_odd(const struct recognised *r)
{
	char class = r->status[0];
	unsigned flags = 0;

	if (class == '\0')
		flags |= r->code != 0 ? ODD_NO_STATUS : 0;
	else if (odd_status(r))
		flags |= ODD_STATUS;
	if (r->code != 0 && class != '\0' && r->code / 100 != class - '0')
		flags |= ODD_CLASS;
	if (r->code != 0 && odd_code(r->code))
		flags |= ODD_CODE;
	if (r->reason == REASON_NONE)
		return flags;
	if (disagree(r))
		flags |= ODD_WORDS_AND_CODE;
	if ((r->code / 100 == 4 || (r->code == 0 && class == '4')) &&
	    never_better(r->reason))
		flags |= ODD_TEMPORARY;
	return flags;
}
