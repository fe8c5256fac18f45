/*
 * fuzz_socketmap - any bytes at the reply map: a question, or none
 *
 * What is read is a question within bounds; what it asks about is a reply or
 * none; what is said instead is a reply of the same class, and a footer's
 * template in which nothing of a sender has a meaning.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "doors/server.h"
#include "doors/socketmap.h"
#include "model/site.h"
#include "words/reason.h"
#include "words/recognise.h"
#include "words/mta_words.h"
#include "words/rewrite.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const struct site site = { .name = "mx.example.org",
	.contact = "postmaster@example.org" };

static void
check_round_trip(const struct reply *reply)
{
	struct reply again = { .code = 0 };
	struct buf wire = BUF_INIT, second = BUF_INIT;

	reply_put_wire(reply, &wire);
	if (!reply_parse(&again, wire.data, wire.len))
		BUG("what was read cannot be read again");
	reply_put_wire(&again, &second);
	if (strcmp(wire.data, second.data) != 0)
		BUG("a reply that changes");
	reply_clear(&again);
	buf_free(&wire);
	buf_free(&second);
}

static void
check_template(const struct reply *reply, size_t from)
{
	struct buf text = BUF_INIT;
	const char *p;

	rewrite_put_footer(reply, from, &text);
	for (p = text.data; *p != '\0'; p++) {
		if (*p == '\\' && *++p != 'n')
			BUG("a command in a footer");
		if (*p == '$' && *++p != '$')
			BUG("a variable in a footer");
		if (*p < ' ' || *p > '~')
			BUG("a byte that may not stand in a reply");
	}
	buf_free(&text);
}

static void
try_reply(const char *text, size_t n)
{
	struct reply stock = { .code = 0 }, out = { .code = 0 };
	struct recognised r;
	struct mta_words known;
	struct wording w;
	struct rewrite how = { .wording = &w, .known = &known, .permanent =
	    n % 2 == 1,
		.facts = { .site = &site, .id = "7K3M9QXD2H4T" } };

	if (!reply_parse(&stock, text, n))
		return;
	check_round_trip(&stock);
	recognise(text, n, &r);
	mta_words_read(&known, &stock, &r, NULL, NULL);
	w = (struct wording){ .reason = known.reason };
	rewrite_whole(&out, &stock, &how);
	if ((out.status[0] - '0' != out.code / 100 &&
	    (*out.status != '\0' || *stock.status != '\0')) || out.n == 0 ||
	    (!how.permanent && out.code / 100 != stock.code / 100))
		BUG("code, status and class disagree");
	if ((out.code == 421 || out.code == 521) && out.code != stock.code)
		BUG("a code that hangs up");
	rewrite_add(&out, &stock, &how);
	check_template(&out, stock.n);
	reply_clear(&stock);
	reply_clear(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *in = n > 0 ? (const char *)data : "";
	struct socketmap_query q;
	size_t taken = socketmap_read(in, n, &q);

	if (taken != 0 && taken != SERVER_CLOSE) {
		if (taken > n || q.map_n + q.key_n + 1 > SOCKETMAP_MAX ||
		    q.map < in || q.key + q.key_n >= in + taken)
			BUG("a question out of bounds");
		try_reply(q.key, q.key_n);
	} else
		try_reply(in, n);
	return 0;
}
