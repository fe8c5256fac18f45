/* pattern - PCRE2 patterns, compiled once, bounded at every match */

#include "base/pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"

/*
 * A pattern that backtracks without end uses this up in a millisecond with JIT,
 * in about ten without; a normal one needs a few dozen on a header field. The
 * library's own limit is fifty times that.
 */
#define MATCH_LIMIT 200000
#define HEAP_LIMIT_KB 4096
#define STACK_FIRST (32 * 1024)
#define STACK_MAX (512 * 1024)

/* These cannot begin a pattern that means anything else, or rarely do. */
static const char delimiters[] = "/!#%,;~";

struct pattern {
	pcre2_code *code;
	char *text;
	size_t start, n;	/* of the pattern proper, in text */
};

/* What a thread needs to match; made at its first match, freed at its end. */
struct matcher {
	pcre2_match_data *data;
	pcre2_match_context *context;
	pcre2_jit_stack *stack;	/* NULL: no JIT here */
};

static pthread_key_t matcher_key;
static pthread_once_t matcher_once = PTHREAD_ONCE_INIT;

static void
matcher_free(void *value)
{
	struct matcher *m = value;

	pcre2_match_data_free(m->data);
	pcre2_match_context_free(m->context);
	pcre2_jit_stack_free(m->stack);
	free(m);
}

static void
matcher_key_make(void)
{
	if (pthread_key_create(&matcher_key, matcher_free) != 0)
		BUG("no thread key for patterns");
}

static struct matcher *
matcher_new(void)
{
	struct matcher *m = mem_alloc(sizeof *m);

	/* One pair is enough: only the whole match is needed. */
	m->data = pcre2_match_data_create(1, NULL);
	m->context = pcre2_match_context_create(NULL);
	m->stack = pcre2_jit_stack_create(STACK_FIRST, STACK_MAX, NULL);
	if (m->data == NULL || m->context == NULL) {
		matcher_free(m);
		return NULL;
	}
	pcre2_set_match_limit(m->context, MATCH_LIMIT);
	pcre2_set_heap_limit(m->context, HEAP_LIMIT_KB);
	if (m->stack != NULL)
		pcre2_jit_stack_assign(m->context, NULL, m->stack);
	return m;
}

/* This thread's, or NULL when there is no memory for it. */
static struct matcher *
matcher_get(void)
{
	struct matcher *m;

	pthread_once(&matcher_once, matcher_key_make);
	m = pthread_getspecific(matcher_key);
	if (m != NULL || (m = matcher_new()) == NULL)
		return m;
	if (pthread_setspecific(matcher_key, m) != 0) {
		matcher_free(m);
		return NULL;
	}
	return m;
}

static bool
add_flag(char flag, uint32_t *options)
{
	static const struct {
		char flag;
		uint32_t option;
	} flags[] = {
		{ 'i', PCRE2_CASELESS }, { 'm', PCRE2_MULTILINE },
		{ 's', PCRE2_DOTALL }, { 'x', PCRE2_EXTENDED },
		{ 'u', PCRE2_UTF | PCRE2_UCP | PCRE2_MATCH_INVALID_UTF },
	};
	size_t i;

	for (i = 0; i < sizeof flags / sizeof flags[0]; i++)
		if (flags[i].flag == flag) {
			*options |= flags[i].option;
			return true;
		}
	return false;
}

/* Finds the pattern proper and its options in what the admin wrote. */
static bool
split(const char **text, size_t *n, uint32_t *options, struct buf *errmsg)
{
	const char *start = *text, *close, *p;

	*n = strlen(start);
	if (*n == 0) {
		buf_puts(errmsg, "the pattern is empty");
		return false;
	}
	if (strchr(delimiters, *start) == NULL)
		return true;
	close = strrchr(start, *start);
	if (close == start) {
		buf_printf(errmsg,
		    "the pattern begins with %c but does not end "
		    "with it", *start);
		return false;
	}
	for (p = close + 1; *p != '\0'; p++)
		if (!add_flag(*p, options)) {
			buf_printf(errmsg,
			    "\"%c\" after the pattern is none of "
			    "the flags i, m, s, x, u", *p);
			return false;
		}
	*text = start + 1;
	*n = (size_t)(close - *text);
	return true;
}

struct pattern *
pattern_new(const char *text, struct buf *errmsg)
{
	uint32_t options = 0;
	const char *proper = text;
	struct pattern *p;
	pcre2_code *code;
	PCRE2_SIZE offset;
	PCRE2_UCHAR message[160];
	int error;
	size_t n;

	if (!split(&proper, &n, &options, errmsg))
		return NULL;
	if ((options & PCRE2_UTF) == 0)
		options |= PCRE2_NEVER_UTF | PCRE2_NEVER_UCP;
	code = pcre2_compile((PCRE2_SPTR)proper, n, options, &error, &offset,
	    NULL);
	if (code == NULL) {
		pcre2_get_error_message(error, message, sizeof message);
		buf_printf(errmsg, "the pattern is wrong after \"%.*s\": %s",
		    (int)offset, proper, (const char *)message);
		return NULL;
	}
	/* Fails where memory may not be both writable and executable; matching
	   is then slower. */
	pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
	p = mem_alloc(sizeof *p);
	p->code = code;
	p->text = mem_dup(text);
	p->start = (size_t)(proper - text);
	p->n = n;
	return p;
}

void
pattern_free(struct pattern *p)
{
	if (p == NULL)
		return;
	pcre2_code_free(p->code);
	free(p->text);
	free(p);
}

const char *
pattern_text(const struct pattern *p)
{
	return p->text;
}

static void
tell_range(pcre2_match_data *data, size_t *from, size_t *to)
{
	const PCRE2_SIZE *range =
	    pcre2_get_ovector_pointer(data);

	/* \K inside a look-ahead can put the start behind the end. */
	*from = range[0] < range[1] ? range[0] : range[1];
	*to = range[1];
}

enum pattern_result
pattern_match_piece(const struct pattern *p, const char *text, size_t n,
    size_t start, bool last, size_t *from, size_t *to)
{
	struct matcher *m = matcher_get();
	int rc;

	if (m == NULL)
		return PATTERN_LIMIT;
	rc = pcre2_match(p->code, (PCRE2_SPTR)text, n, start,
	    last ? 0 : PCRE2_NOTEOL, m->data, m->context);
	if (rc == PCRE2_ERROR_NOMATCH)
		return PATTERN_NO;
	if (rc < 0)
		return PATTERN_LIMIT;
	if (from != NULL && to != NULL)
		tell_range(m->data, from, to);
	return PATTERN_YES;
}

enum pattern_result
pattern_match(const struct pattern *p, const char *text, size_t n,
    size_t *from, size_t *to)
{
	return pattern_match_piece(p, text, n, 0, true, from, to);
}

const char *
pattern_proper(const struct pattern *p, size_t *n, const char **flags)
{
	const char *end = p->text + p->start + p->n;

	*n = p->n;
	*flags = p->start > 0 ? end + 1 : end;
	return p->text + p->start;
}
