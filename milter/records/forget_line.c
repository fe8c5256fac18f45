/* forget_line - removes a person from one record */

#include "records/forget_line.h"

#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/json.h"
#include "records/forget.h"
#include "records/record_read.h"

void
forget_put_as_json(struct buf *out, const char *person)
{
	struct buf b = BUF_INIT;
	struct json j = JSON_INIT(&b);

	json_string(&j, person);
	buf_put(out, b.data + 1, b.len - 2);
	buf_free(&b);
}

/* Can the byte be part of an address? Then a longer address continues here. */
static bool
goes_on(char c, const char *more)
{
	return (unsigned char)c >= 0x80 || (c >= '0' && c <= '9') ||
	    (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	    (c != '\0' && strchr(more, c) != NULL);
}

/* The end of an escape such as \n: its letter belongs to no address. */
static bool
ends_escape(const char *line, const char *at)
{
	return (at - line >= 2 && at[-2] == '\\' &&
	    strchr("nrtbf", at[-1]) != NULL) ||
	    (at - line >= 6 && at[-6] == '\\' && at[-5] == 'u');
}

/* The whole address or login, not the end or the beginning of a longer one. */
static bool
is_whole(const char *line, const char *at, const char *end, size_t n,
    bool address)
{
	const char *after = at + n;

	if (!address)
		return at > line && at[-1] == '"' && after < end &&
		    *after == '"' && (after + 1 == end || after[1] != ':');
	if (at > line && !ends_escape(line, at) &&
	    goes_on(at[-1], ".+-_=!#$%&'*/?^`{|}~"))
		return false;
	return after >= end || !(goes_on(*after, "-_") ||
	    (*after == '.' && after + 1 < end && goes_on(after[1], "")));
}

static void
put_domain(struct buf *out, const char *at, size_t n)
{
	const char *domain = memrchr(at, '@', n);

	if (domain != NULL)
		buf_put(out, domain, (size_t)(at + n - domain));
}

bool
forget_in_line(struct buf *out, const char *line, size_t n,
    const char *person)
{
	struct buf who = BUF_INIT;
	bool address = strchr(person, '@') != NULL, found = false;
	const char *at = line, *end = line + n;

	forget_put_as_json(&who, person);
	for (; at < end; at++) {
		if ((size_t)(end - at) >= who.len &&
		    strncasecmp(at, who.data, who.len) == 0 &&
		    is_whole(line, at, end, who.len, address)) {
			put_domain(out, at, who.len);
			at += who.len - 1;
			found = true;
		} else
			buf_putc(out, *at);
	}
	buf_free(&who);
	return found;
}

bool
forget_in_record(struct buf *out, const char *line, size_t n,
    const struct forget *what)
{
	struct parsed_record *t;
	bool ours;

	if (!forget_in_line(out, line, n, what->person))
		return false;
	if (what->host == NULL)
		return true;
	t = record_read(line, n);
	ours = t == NULL || parsed_is_of(t, what->host);
	parsed_free(t);
	return ours;
}
