/* shipment_row - a record as the COPY of PostgreSQL takes it, in binary */

#include "records/shipment_row.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/net.h"
#include "records/record_read.h"

/* Longer texts are found by their beginning; an index takes no more. */
#define TEXT_MAX 512
#define OID_TEXT 25
#define RECIPIENTS_MAX 1000

/* Text columns by the path of their value in the record. */
static const char *const paths[] = { "id", "host", "issuer", "outcome",
	"direction", "stage", "reason", "who", "check", "exception",
	"client.name", "helo", "login", "queue_id", "source" };

#define NPATHS (sizeof paths / sizeof paths[0])
#define NCOLUMNS (1 + NPATHS + 6)	/* n before, six behind */

static void
put_int32(struct buf *out, size_t n)
{
	uint32_t bytes = htonl((uint32_t)n);

	buf_put(out, &bytes, sizeof bytes);
}

static void
put_int64(struct buf *out, int64_t n)
{
	put_int32(out, sizeof n);
	put_int32(out, (size_t)((uint64_t)n >> 32));
	put_int32(out, (size_t)((uint64_t)n & 0xffffffff));
}

static void
put_null(struct buf *out)
{
	put_int32(out, 0xffffffff);
}

/* So many of its bytes that no sign of UTF-8 is cut. */
static size_t
kept(const char *text)
{
	size_t n = strnlen(text, TEXT_MAX + 1);

	if (n <= TEXT_MAX)
		return n;
	for (n = TEXT_MAX; n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80;)
		n--;
	return n;
}

static void
put_text(struct buf *out, const char *text)
{
	size_t n;

	if (text == NULL) {
		put_null(out);
		return;
	}
	n = kept(text);
	put_int32(out, n);
	buf_put(out, text, n);
}

/* ASCII in lower case, as the searches ask. */
static void
put_lower(struct buf *out, const char *text)
{
	size_t at = out->len + sizeof(uint32_t);

	put_text(out, text);
	if (text != NULL)
		mem_lower(out->data + at, out->len - at);
}

static const char *
domain_of(const char *address)
{
	const char *at = address != NULL ? strrchr(address, '@') : NULL;

	return at != NULL ? at + 1 : NULL;
}

static void
put_client(struct buf *out, const char *address)
{
	struct ip ip;

	if (address == NULL || !ip_parse(address, &ip)) {
		put_null(out);
		return;
	}
	put_int32(out, sizeof ip.b);
	buf_put(out, ip.b, sizeof ip.b);
}

/* An array of text with one dimension; `first` (NULL: none) goes before. */
static void
put_array(struct buf *out, const struct parsed_record *t, const char *first,
    const char *(*of)(const char *item))
{
	size_t i, n = parsed_count(t, "recipients"), begin = out->len, count;
	const char *item;
	uint32_t bytes;

	if (n > RECIPIENTS_MAX)
		n = RECIPIENTS_MAX;
	put_int32(out, 0);
	put_int32(out, 1);		/* dimensions */
	put_int32(out, 0);		/* nothing in it is NULL */
	put_int32(out, OID_TEXT);
	put_int32(out, 0);
	put_int32(out, 1);		/* the first index */
	count = first != NULL;
	if (first != NULL)
		put_lower(out, first);
	for (i = 0; i < n; i++) {
		item = parsed_item(t, "recipients", i);
		if (item == NULL || (item = of(item)) == NULL)
			continue;
		put_lower(out, item);
		count++;
	}
	if (count == 0) {
		buf_cut(out, begin);
		put_null(out);
		return;
	}
	bytes = htonl((uint32_t)(out->len - begin - sizeof bytes));
	memcpy(out->data + begin, &bytes, sizeof bytes);
	bytes = htonl((uint32_t)count);
	memcpy(out->data + begin + 16, &bytes, sizeof bytes);
}

static const char *
itself(const char *address)
{
	return address;
}

static void
put_count(struct buf *out, size_t columns)
{
	buf_put(out, (const char[]){ 0, (char)columns }, 2);
}

void
shipment_row_put(struct buf *out, int64_t n, const struct parsed_record *t)
{
	const char *sender = parsed_text(t, "sender");
	size_t i;

	put_count(out, NCOLUMNS);
	put_int64(out, n);
	for (i = 0; i < NPATHS; i++)
		put_text(out, parsed_text(t, paths[i]));
	put_int64(out, parsed_time(t));
	put_client(out, parsed_text(t, "client.address"));
	put_lower(out, sender);
	put_lower(out, domain_of(sender));
	put_array(out, t, NULL, itself);
	put_array(out, t, domain_of(sender), domain_of);
}

void
shipment_row_put_line(struct buf *out, int64_t n, int64_t time,
    const char *line, size_t length)
{
	put_count(out, 3);
	put_int64(out, n);
	put_int64(out, time);
	put_int32(out, length);
	buf_put(out, line, length);
}
