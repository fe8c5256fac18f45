/* load_proto - the milter protocol, version 6, as the MTA speaks it */

#include "load_proto.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

/* Lists of macros as Postfix 3.7 has them; flags by libmilter/mfdef.h. */
const struct step_row step_rows[STEPS] = {
	[STEP_NEGOTIATE] = { "negotiate", 'O', 0, 0, -1, "" },
	[STEP_CONNECT] = { "connect", 'C', 0x1, 0x1000, 0,
	    "j {daemon_name} {daemon_addr} v _" },
	[STEP_HELO] = { "helo", 'H', 0x2, 0x2000, 1,
	    "{tls_version} {cipher} {cipher_bits}" },
	[STEP_MAIL] = { "mail", 'M', 0x4, 0x4000, 2,
	    "i {auth_type} {auth_authen} {auth_author} {mail_addr} "
	    "{mail_host} {mail_mailer}" },
	[STEP_RCPT] = { "rcpt", 'R', 0x8, 0x8000, 3,
	    "i {rcpt_addr} {rcpt_host} {rcpt_mailer}" },
	[STEP_DATA] = { "data", 'T', 0x200, 0x10000, 4, "i" },
	[STEP_HEADER] = { "header", 'L', 0x20, 0x80, -1, "" },
	[STEP_EOH] = { "eoh", 'N', 0x40, 0x40000, 6, "i" },
	[STEP_BODY] = { "body", 'B', 0x10, 0x80000, -1, "" },
	[STEP_EOM] = { "eom", 'E', 0, 0, 5, "i" },
};

static const struct answer_row {
	char letter;
	bool goes_on;
	const char *name;
} answer_rows[] = {
	{ 'c', false, "continue" },
	{ 'a', false, "accept" },
	{ 'r', false, "reject" },
	{ 't', false, "tempfail" },
	{ 'y', false, "reply-code" },
	{ 'd', false, "discard" },
	{ 's', false, "skip" },
	{ 'O', false, "negotiated" },
	{ 'p', true, "progress" },
	{ 'h', true, "add-header" },
	{ 'i', true, "insert-header" },
	{ 'm', true, "change-header" },
	{ 'e', true, "change-sender" },
	{ '+', true, "add-recipient" },
	{ '2', true, "add-recipient-with-parameters" },
	{ '-', true, "delete-recipient" },
	{ 'b', true, "replace-body" },
	{ 'q', true, "quarantine" },
};

static void
put_u32(struct buf *out, uint32_t value)
{
	value = htonl(value);
	buf_put(out, &value, sizeof value);
}

static uint32_t
get_u32(const char *bytes)
{
	uint32_t value;

	memcpy(&value, bytes, sizeof value);
	return ntohl(value);
}

void
proto_put(struct buf *out, char letter, const void *data, size_t n)
{
	put_u32(out, (uint32_t)n + 1);
	buf_putc(out, letter);
	if (n > 0)
		buf_put(out, data, n);
}

long
proto_get(const char *bytes, size_t n, char *letter, const char **data,
    size_t *len)
{
	uint32_t size;

	if (n < 5)
		return 0;
	size = get_u32(bytes);
	if (size < 1 || size > PROTO_MAX)
		return -1;
	if (n < 4 + (size_t)size)
		return 0;
	*letter = bytes[4];
	*data = bytes + 5;
	*len = size - 1;
	return 4 + (long)size;
}

void
proto_put_offer(struct buf *out, uint32_t actions, uint32_t flags)
{
	put_u32(out, 13);
	buf_putc(out, step_rows[STEP_NEGOTIATE].letter);
	put_u32(out, PROTO_VERSION);
	put_u32(out, actions);
	put_u32(out, flags);
}

/* After the flags: lists of macros, each a number and a string. */
bool
proto_negotiated(struct negotiated *n, const char *data, size_t len)
{
	size_t at = 12, text;
	uint32_t list;

	memset(n, 0, sizeof *n);
	if (len < at)
		return false;
	n->version = get_u32(data);
	n->actions = get_u32(data + 4);
	n->flags = get_u32(data + 8);
	while (at + 4 < len) {
		list = get_u32(data + at);
		at += 4;
		text = strnlen(data + at, len - at);
		if (at + text == len || list >= PROTO_MACRO_LISTS)
			return false;
		mem_replace(&n->macros[list], data + at);
		at += text + 1;
	}
	return at == len;
}

void
proto_clear(struct negotiated *n)
{
	for (int i = 0; i < PROTO_MACRO_LISTS; i++)
		mem_replace(&n->macros[i], NULL);
}

bool
proto_wanted(const struct negotiated *n, enum step step)
{
	return (n->flags & step_rows[step].skipped_by) == 0;
}

bool
proto_answered(const struct negotiated *n, enum step step)
{
	return (n->flags & step_rows[step].unanswered_by) == 0;
}

static const struct answer_row *
answer_find(char letter)
{
	size_t n = sizeof answer_rows / sizeof *answer_rows;

	for (size_t i = 0; i < n; i++)
		if (answer_rows[i].letter == letter)
			return &answer_rows[i];
	return NULL;
}

const char *
proto_answer_name(char letter)
{
	const struct answer_row *row = answer_find(letter);

	return row == NULL ? NULL : row->name;
}

bool
proto_answer_goes_on(char letter)
{
	const struct answer_row *row = answer_find(letter);

	return row != NULL && row->goes_on;
}
