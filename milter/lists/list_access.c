/*
 * list_access - a table of Postfix as a local list: access(5), cidr_table(5),
 * regexp_table(5), pcre_table(5)
 *
 * "access:FILE" is whom its text refuses for good (REJECT, 5NN), with the
 * admin's words as comment, and before them a code and a status that are not
 * 550 5.7.1; "access-permit:FILE" is of whom it says anything else: it lets
 * them pass (OK), looks no further (DUNNO), or does what stays Postfix's
 * (DEFER, HOLD, 521, names of restrictions). FILE is the text that postmap(1)
 * reads, not what it makes of it.
 *
 * A table with what we do not read, conditions and negations and flags of
 * patterns, is refused whole: what stands behind it would mean another thing.
 * So is one that spares somebody whom we cannot tell.
 */

#include "lists/list_access.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/net.h"
#include "lists/list_text_internal.h"
#include "model/mailkey.h"
#include "words/reply.h"

#define BLANKS " \t"

enum verdict { VERDICT_REFUSE, VERDICT_SPARE };

static bool
is_word(const char *text, size_t n, const char *word)
{
	return strlen(word) == n && strncasecmp(text, word, n) == 0;
}

/* 521 closes the session, which is the mail server's business. */
static bool
is_refusal(const char *code, size_t n)
{
	return n == 3 && *code == '5' && isdigit((unsigned char)code[1]) &&
	    isdigit((unsigned char)code[2]) && !is_word(code, n, "521");
}

static enum verdict
verdict_of(const char *action)
{
	size_t n = strcspn(action, BLANKS);

	return is_word(action, n, "REJECT") || is_refusal(action, n) ?
	    VERDICT_REFUSE : VERDICT_SPARE;
}

/* "550 5.7.1 Go away": the words alone; "551 5.1.6 Moved": all of it. */
static const char *
words_of(const char *action)
{
	size_t n = strcspn(action, BLANKS);
	const char *text = action + n + strspn(action + n, BLANKS);
	size_t status = reply_status_length(text);
	bool usual = !is_refusal(action, n) || is_word(action, n, "550") ||
	    is_word(action, n, "554");

	if (status == 0)
		return usual ? text : action;
	if (usual && is_word(text, status, "5.7.1"))
		return text + status + strspn(text + status, BLANKS);
	return is_refusal(action, n) ? action : text;
}

const char *
list_access_refuses(const char *action)
{
	return verdict_of(action) == VERDICT_REFUSE ? words_of(action) : NULL;
}

/* "192.0.2" is 192.0.2.0/24; true: it was one, and stands in `net`. */
static bool
octets(const char *key, struct buf *net)
{
	size_t dots = 0, i, n = strlen(key);

	if (n == 0 || key[strspn(key, "0123456789.")] != '\0')
		return false;
	for (i = 0; i < n; i++)
		dots += key[i] == '.';
	if (dots > 2 || key[n - 1] == '.')
		return false;
	buf_puts(net, key);
	for (i = dots; i < 3; i++)
		buf_puts(net, ".0");
	buf_printf(net, "/%zu", (dots + 1) * 8);
	return true;
}

/* "2001:db8:1" is 2001:db8:1::/48. */
static bool
groups(const char *key, struct buf *net)
{
	size_t colons = 0, i;

	if (key[strspn(key, "0123456789abcdefABCDEF:")] != '\0' ||
	    strstr(key, "::") != NULL)
		return false;
	for (i = 0; key[i] != '\0'; i++)
		colons += key[i] == ':';
	if (colons == 0 || colons > 6 || key[i - 1] == ':' || *key == ':')
		return false;
	buf_printf(net, "%s::/%zu", key, (colons + 1) * 16);
	return true;
}

/* A name stands for all below it, too (parent_domain_matches_subdomains). */
static void
add_key(struct list_text *c, const char *key, const char *comment,
    struct buf *room, struct buf *errmsg)
{
	struct buf other = BUF_INIT;

	if (octets(key, &other) || groups(key, &other)) {
		list_text_add(c, other.data, comment, room, errmsg);
	} else {
		list_text_add(c, key, comment, room, errmsg);
		if (errmsg->len == 0 && *key != '.' &&
		    strpbrk(key, "@:/<[") == NULL && !net_is_meant(key)) {
			buf_printf(&other, ".%s", key);
			list_text_add(c, other.data, comment, room, errmsg);
		}
	}
	buf_free(&other);
}

/* Lines that go on are passed over. */
static bool
is_plain(const char *line)
{
	return *line != '\0' && strchr("# \t", *line) == NULL;
}

/* "if /x/", "if/x/", "endif", "!/x/"; "if.example" is a name. */
static bool
is_conditional(const char *line)
{
	return *line == '!' || (strncasecmp(line, "if", 2) == 0 &&
	    line[2] != '\0' && strchr(" \t/!", line[2]) != NULL) ||
	    (strncasecmp(line, "endif", 5) == 0 &&
	    strchr(" \t", line[5]) != NULL);	/* its end, too */
}

/* Behind the pattern that a line of regexp_table(5) begins with: its flags. */
static size_t
pattern_length(const char *line)
{
	size_t n = 1;

	while (line[n] != '\0' && line[n] != '/')
		n += line[n] == '\\' && line[n + 1] != '\0' ? 2 : 1;
	return n + (line[n] == '/');
}

/* There letters compare without case unless it says "i". */
static void
take_pattern(struct list_text *c, const char *line, enum verdict wanted,
    struct buf *key, struct buf *errmsg)
{
	size_t n = pattern_length(line), m = strcspn(line + n, BLANKS);
	const char *action = line + n + m;
	struct buf pattern = BUF_INIT;

	if (m > 1 || (m == 1 && line[n] != 'i')) {
		buf_printf(errmsg, "\"%.60s\" has a flag that is not read "
		    "here: only \"i\" is", line);
		return;
	}
	action += strspn(action, BLANKS);
	if (verdict_of(action) != wanted)
		return;
	buf_printf(&pattern, "%.*s%s", (int)n, line,
	    m == 1 && line[n] == 'i' ? "" : "i");
	/* "$1" in the words is what the pattern has found. */
	list_text_add(c, pattern.data, strchr(action, '$') == NULL ?
	    words_of(action) : "", key, errmsg);
	buf_free(&pattern);
	if (wanted == VERDICT_REFUSE)
		buf_clear(errmsg);
}

static void
take_line(struct list_text *c, char *line, enum verdict wanted,
    struct buf *key, struct buf *errmsg)
{
	size_t n = strcspn(line, BLANKS);
	const char *action = line + n + strspn(line + n, BLANKS);

	if (is_conditional(line)) {
		buf_printf(errmsg, "\"%.60s\": conditions and negations are "
		    "not read here", line);
		return;
	}
	if (*line == '/') {
		take_pattern(c, line, wanted, key, errmsg);
		return;
	}
	if (!is_plain(line) || verdict_of(action) != wanted)
		return;
	line[n] = '\0';
	add_key(c, line, words_of(action), key, errmsg);
	/* Postfix takes keys that no mail can have ("*.example"). */
	if (wanted == VERDICT_REFUSE || strchr(line, '*') != NULL)
		buf_clear(errmsg);
}

static void
take_refused(struct list_text *c, char *line, struct buf *key,
    struct buf *errmsg)
{
	take_line(c, line, VERDICT_REFUSE, key, errmsg);
}

static void
take_spared(struct list_text *c, char *line, struct buf *key,
    struct buf *errmsg)
{
	take_line(c, line, VERDICT_SPARE, key, errmsg);
}

static void *
load_refused(const char *path, struct diags *d)
{
	return list_text_load(path, take_refused, d);
}

static void *
load_spared(const char *path, struct diags *d)
{
	return list_text_load(path, take_spared, d);
}

/*
 * Postfix looks "user+x@domain" up as "user@domain", too, where
 * recipient_delimiter says so. It is not known here which it is; to spare too
 * many leaves them to Postfix.
 */
static enum list_answer
get_spared(void *content, const char *key, size_t n, struct buf *comment)
{
	enum list_answer answer = list_text_get(content, key, n, comment);
	const char *at = memchr(key, '@', n);
	size_t user = strcspn(key, "+-");
	struct buf bare = BUF_INIT;

	if (answer != LIST_NO || at == NULL || user == 0 || key + user >= at)
		return answer;
	buf_put(&bare, key, user);
	buf_put(&bare, at, n - (size_t)(at - key));
	answer = list_text_get(content, bare.data, bare.len, comment);
	buf_free(&bare);
	return answer;
}

/* Who is refused as "user" is not as "user+x": Postfix says which it is. */
static unsigned
kinds_refused(const void *content)
{
	unsigned kinds = list_text_kinds(content);

	return kinds != 0 ? kinds | MAILKEY_EXTENDED : 0;
}

#define REST .free = list_text_free, .count = list_text_count, \
	.get_net = list_text_get_net, .get_pattern = list_text_get_pattern

const struct list_format list_format_access = { .prefix = "access:",
	.load = load_refused, .get = list_text_get, .kinds = kinds_refused,
	REST };
const struct list_format list_format_access_permit = {
	.prefix = "access-permit:", .load = load_spared, .get = get_spared,
	.kinds = list_text_kinds, REST };
