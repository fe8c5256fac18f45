/* json_tree - JSON as it was read (RFC 8259), quickly */

#include "base/json_tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define SLOTS 128		/* a power of two … */
#define INDEXED_MAX 64		/* … at most half of them are taken */

struct json_tree {
	char *copy;
	struct json_value *v;
	size_t n, cap;
	bool indexed;
	uint16_t slot[SLOTS];	/* members of the whole by name; 0: free */
};

struct reader {
	struct json_tree *t;
	char *at;		/* the copy ends in NULs, which are no JSON */
	char *end;
};

static void
skip_space(struct reader *r)
{
	while (*r->at == ' ' || *r->at == '\t' || *r->at == '\n' ||
	    *r->at == '\r')
		r->at++;
}

/* Bytes of one UTF-8 sequence (RFC 3629), 0: it is none. */
static size_t
sequence(const unsigned char *p)
{
	size_t n = *p < 0x80 ? 1 : *p < 0xc2 ? 0 : *p < 0xe0 ? 2 :
	    *p < 0xf0 ? 3 : *p < 0xf5 ? 4 : 0;
	size_t i;

	for (i = 1; i < n; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	if ((*p == 0xe0 && p[1] < 0xa0) || (*p == 0xed && p[1] > 0x9f) ||
	    (*p == 0xf0 && p[1] < 0x90) || (*p == 0xf4 && p[1] > 0x8f))
		return 0;
	return n;
}

/* Four hexadecimal digits, or -1. */
static long
hex4(const char *p)
{
	long value = 0;
	int i, c;

	for (i = 0; i < 4; i++) {
		c = (unsigned char)p[i];
		if (c >= '0' && c <= '9')
			c -= '0';
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			c = (c | 0x20) - 'a' + 10;
		else
			return -1;
		value = value << 4 | c;
	}
	return value;
}

static char *
put_code(char *to, unsigned long c)
{
	if (c < 0x80) {
		*to++ = (char)c;
	} else if (c < 0x800) {
		*to++ = (char)(0xc0 | c >> 6);
		*to++ = (char)(0x80 | (c & 0x3f));
	} else if (c < 0x10000) {
		*to++ = (char)(0xe0 | c >> 12);
		*to++ = (char)(0x80 | (c >> 6 & 0x3f));
		*to++ = (char)(0x80 | (c & 0x3f));
	} else {
		*to++ = (char)(0xf0 | c >> 18);
		*to++ = (char)(0x80 | (c >> 12 & 0x3f));
		*to++ = (char)(0x80 | (c >> 6 & 0x3f));
		*to++ = (char)(0x80 | (c & 0x3f));
	}
	return to;
}

/* \uXXXX, at the u; two of them make what is above U+FFFF. */
static bool
read_code(struct reader *r, char **to)
{
	long c = hex4(r->at + 1), low;

	if (c <= 0 || (c >= 0xdc00 && c <= 0xdfff))
		return false;
	r->at += 5;
	if (c >= 0xd800 && c <= 0xdbff) {
		if (r->at[0] != '\\' || r->at[1] != 'u')
			return false;
		low = hex4(r->at + 2);
		if (low < 0xdc00 || low > 0xdfff)
			return false;
		c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
		r->at += 6;
	}
	*to = put_code(*to, (unsigned long)c);
	return true;
}

/* At the backslash. What is written is never longer than what was read. */
static bool
read_escape(struct reader *r, char **to)
{
	static const char from[] = "\"\\/bfnrt", into[] = "\"\\/\b\f\n\r\t";
	const char *known;

	r->at++;
	if (*r->at == 'u')
		return read_code(r, to);
	known = *r->at != '\0' ? strchr(from, *r->at) : NULL;
	if (known == NULL)
		return false;
	*(*to)++ = into[known - from];
	r->at++;
	return true;
}

/* ASCII that means itself. */
static bool
is_plain(char c)
{
	return c >= ' ' && c != '"' && c != '\\' && c < 0x7f;
}

/* Eight such: no byte of the sums below reaches its highest bit. */
static bool
are_plain(const char *p)
{
	const uint64_t one = 0x0101010101010101u;
	uint64_t w;

	memcpy(&w, p, sizeof w);
	return ((w | (w - one * ' ') | ((w ^ one * '"') - one) |
	    ((w ^ one * '\\') - one) | (w + one)) & one * 0x80) == 0;
}

/* The first byte from there that is not plain. */
static char *
skip_plain(char *p)
{
	while (are_plain(p))
		p += sizeof(uint64_t);
	while (is_plain(*p))
		p++;
	return p;
}

/* At the quote; the text is unescaped where it stands. */
static bool
read_text(struct reader *r, const char **text, size_t *n)
{
	char *to = ++r->at, *from;
	size_t bytes;

	*text = to;
	for (;;) {
		from = r->at;
		r->at = skip_plain(from);
		bytes = (size_t)(r->at - from);
		if (to != from)
			memmove(to, from, bytes);
		to += bytes;
		if (*r->at == '"')
			break;
		if (*r->at == '\\') {
			if (!read_escape(r, &to))
				return false;
			continue;
		}
		if ((unsigned char)*r->at < ' ')
			return false;
		bytes = sequence((const unsigned char *)r->at);
		if (bytes == 0)
			return false;
		if (to != r->at)
			memmove(to, r->at, bytes);
		to += bytes;
		r->at += bytes;
	}
	*n = (size_t)(to - *text);
	*to = '\0';
	r->at++;
	return true;
}

static bool
read_digits(struct reader *r)
{
	if (*r->at < '0' || *r->at > '9')
		return false;
	while (*r->at >= '0' && *r->at <= '9')
		r->at++;
	return true;
}

static bool
read_number(struct reader *r)
{
	r->at += *r->at == '-';
	if (*r->at == '0')
		r->at++;
	else if (!read_digits(r))
		return false;
	if (*r->at == '.') {
		r->at++;
		if (!read_digits(r))
			return false;
	}
	if (*r->at == 'e' || *r->at == 'E') {
		r->at++;
		r->at += *r->at == '+' || *r->at == '-';
		return read_digits(r);
	}
	return true;
}

static bool
read_word(struct reader *r, struct json_value *v)
{
	static const struct {
		const char *word;
		enum json_type type;
	} words[] = { { "null", JSON_NULL }, { "true", JSON_BOOL },
		{ "false", JSON_BOOL } };
	size_t i, n;

	for (i = 0; i < sizeof words / sizeof words[0]; i++) {
		n = strlen(words[i].word);
		if (strncmp(r->at, words[i].word, n) == 0) {
			v->type = words[i].type;
			r->at += n;
			return true;
		}
	}
	v->type = JSON_NUMBER;
	return read_number(r);
}

/* What tells most names apart without a look at their letters. */
static uint32_t
key_mark(const char *key, size_t n)
{
	if (n == 0)
		return 0;
	return (uint32_t)n << 24 | (uint32_t)(unsigned char)key[n / 2] << 16 |
	    (uint32_t)(unsigned char)key[n - 1] << 8 | (unsigned char)key[0];
}

static struct json_value *
add(struct json_tree *t)
{
	t->v = mem_room(t->v, t->n, &t->cap, sizeof *t->v);
	memset(&t->v[t->n], 0, sizeof *t->v);
	return &t->v[t->n++];
}

static bool read_value(struct reader *r, const struct json_value *named,
    int depth);

/* Behind the bracket: members with commas between. */
static bool
read_members(struct reader *r, size_t of, char close, int depth)
{
	struct json_value named = { .key = NULL };

	skip_space(r);
	while (*r->at != close) {
		if (close == '}') {
			if (*r->at != '"' || !read_text(r, &named.key,
			    &named.key_len))
				return false;
			named.key_mark = key_mark(named.key, named.key_len);
			skip_space(r);
			if (*r->at++ != ':')
				return false;
		}
		if (!read_value(r, &named, depth))
			return false;
		r->t->v[of].n++;
		skip_space(r);
		if (*r->at == close)
			break;
		if (*r->at++ != ',')
			return false;
		skip_space(r);
		if (*r->at == close)
			return false;
	}
	r->at++;
	return true;
}

static bool
read_value(struct reader *r, const struct json_value *named, int depth)
{
	size_t at = r->t->n;
	struct json_value *v = add(r->t);
	char c;
	bool good;

	v->key = named->key;
	v->key_len = named->key_len;
	v->key_mark = named->key_mark;
	skip_space(r);
	c = *r->at;
	if (c == '"') {
		v->type = JSON_TEXT;
		good = read_text(r, &v->text, &v->n);
	} else if (c == '{' || c == '[') {
		v->type = c == '{' ? JSON_OBJECT : JSON_ARRAY;
		r->at++;
		good = depth < JSON_DEPTH_MAX && read_members(r, at,
		    c == '{' ? '}' : ']', depth + 1);
	} else {
		v->text = r->at;
		good = read_word(r, v);
		v->n = (size_t)(r->at - v->text);
	}
	r->t->v[at].next = r->t->n;
	return good;
}

static bool
is_named(const struct json_value *v, uint32_t mark, const char *key, size_t n)
{
	return v->key_mark == mark && v->key_len == n &&
	    memcmp(v->key, key, n) == 0;
}

/* Where the whole's member of that name is, or would be. */
static size_t
find_slot(const struct json_tree *t, uint32_t mark, const char *key, size_t n)
{
	size_t at = mark * 0x9e3779b1u >> 25;

	while (t->slot[at] != 0 && !is_named(&t->v[t->slot[at]], mark, key, n))
		at = (at + 1) % SLOTS;
	return at;
}

/* Records are asked for many members of the whole. */
static void
index_members(struct json_tree *t)
{
	const struct json_value *at = NULL;

	t->indexed = t->v->type == JSON_OBJECT && t->v->n <= INDEXED_MAX &&
	    t->n <= UINT16_MAX;
	if (!t->indexed)
		return;
	while ((at = json_tree_next(t, t->v, at)) != NULL)
		t->slot[find_slot(t, at->key_mark, at->key, at->key_len)] =
		    (uint16_t)(at - t->v);
}

struct json_tree *
json_tree_read(const char *bytes, size_t n)
{
	struct json_tree *t;
	struct json_value named = { .key = NULL };
	struct reader r;

	if (memchr(bytes, '\0', n) != NULL)
		return NULL;
	t = mem_alloc(sizeof *t);
	t->copy = mem_resize(NULL, n + sizeof(uint64_t), 1);
	memcpy(t->copy, bytes, n);
	memset(t->copy + n, 0, sizeof(uint64_t));
	t->cap = 64;
	t->v = mem_resize(NULL, t->cap, sizeof *t->v);
	r = (struct reader){ .t = t, .at = t->copy, .end = t->copy + n };
	if (read_value(&r, &named, 0)) {
		skip_space(&r);
		if (r.at == r.end) {
			index_members(t);
			return t;
		}
	}
	json_tree_free(t);
	return NULL;
}

void
json_tree_free(struct json_tree *t)
{
	if (t == NULL)
		return;
	free(t->copy);
	free(t->v);
	free(t);
}

const struct json_value *
json_tree_root(const struct json_tree *t)
{
	return &t->v[0];
}

const struct json_value *
json_tree_next(const struct json_tree *t, const struct json_value *of,
    const struct json_value *at)
{
	size_t next = at == NULL ? (size_t)(of - t->v) + 1 : at->next;

	return next < of->next ? &t->v[next] : NULL;
}

const struct json_value *
json_tree_item(const struct json_tree *t, const struct json_value *array,
    size_t i)
{
	const struct json_value *at = NULL;
	size_t first;

	if (array == NULL || array->type != JSON_ARRAY || i >= array->n)
		return NULL;
	first = (size_t)(array - t->v) + 1;
	if (array->next - first == array->n)
		return &t->v[first + i];
	do
		at = json_tree_next(t, array, at);
	while (i-- > 0);
	return at;
}

const struct json_value *
json_tree_member(const struct json_tree *t, const struct json_value *v,
    const char *key, size_t n)
{
	const struct json_value *at = NULL, *found = NULL;
	uint32_t mark = key_mark(key, n);

	if (v == NULL || v->type != JSON_OBJECT)
		return NULL;
	if (v == t->v && t->indexed) {
		at = &t->v[t->slot[find_slot(t, mark, key, n)]];
		return at == t->v ? NULL : at;
	}
	while ((at = json_tree_next(t, v, at)) != NULL)
		if (is_named(at, mark, key, n))
			found = at;
	return found;
}

const char *
json_tree_text(const struct json_value *v)
{
	return v != NULL && v->type == JSON_TEXT ? v->text : NULL;
}

bool
json_tree_int(const struct json_value *v, long long *n)
{
	char *end;

	if (v == NULL || v->type != JSON_NUMBER)
		return false;
	errno = 0;
	*n = strtoll(v->text, &end, 10);
	return errno == 0 && end == v->text + v->n;
}
