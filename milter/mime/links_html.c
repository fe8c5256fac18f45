/* links_html - tags, attributes and entities, as the tokenizer of HTML reads */

#include <string.h>

#include "base/mem.h"
#include "mime/links_internal.h"

static char
lower(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static bool
is_letter(char c)
{
	return lower(c) >= 'a' && lower(c) <= 'z';
}

static bool
is_one_of(const char *name, size_t n, const char *const *names)
{
	for (; *names != NULL; names++)
		if (strlen(*names) == n && memcmp(*names, name, n) == 0)
			return true;
	return false;
}

static bool
is_link_attribute(const struct links *l)
{
	static const char *const names[] = { "href", "src", "action",
		"formaction", "background", "poster", "cite", "data",
		"longdesc", "manifest", "ping", "xlink:href", "dynsrc",
		"lowsrc", "codebase", "usemap", "profile", "icon", NULL };

	return is_one_of(l->name, l->nname, names);
}

/* What is within these is text up to their end tag, whatever it looks like. */
static bool
is_raw_tag(const struct links *l)
{
	static const char *const names[] = { "script", "style", "title",
		"textarea", "xmp", "iframe", "noembed", "noframes", NULL };

	return is_one_of(l->tag, l->ntag, names);
}

/* The last bytes of a comment or of raw text, lower case. */
static void
keep_tail(struct links *l, char c)
{
	if (l->ntail == sizeof l->tail) {
		memmove(l->tail, l->tail + 1, sizeof l->tail - 1);
		l->ntail--;
	}
	l->tail[l->ntail++] = lower(c);
}

static bool
tail_is(const struct links *l, const char *end, size_t n)
{
	return l->ntail >= n &&
	    memcmp(l->tail + l->ntail - n, end, n) == 0;
}

/*
 * What a browser takes for a comment is markup to Outlook ("[if mso]"), what it
 * takes for raw text is none in XML and SVG, and a value may be a page of its
 * own (srcdoc): read along, as if nothing of it were special.
 */
static void
inner_begin(struct links *l)
{
	if (l->flat)
		return;
	if (l->inner == NULL) {
		l->inner = mem_alloc(sizeof *l->inner);
		l->inner->html = l->inner->flat = true;
		l->inner->reported = l->reported;
		l->inner->arg = l->arg;
	}
	l->inner->state = LINKS_IN_TEXT;
	l->inner_on = true;
}

static void
inner_put(struct links *l, char c)
{
	if (!l->inner_on)
		return;
	memcpy(l->inner->last, l->last, sizeof l->last);
	links_html(l->inner, c);
	memcpy(l->last, l->inner->last, sizeof l->last);
}

static void
inner_end(struct links *l)
{
	if (!l->inner_on)
		return;
	memcpy(l->inner->last, l->last, sizeof l->last);
	links_html_end(l->inner);
	links_word_end(l->inner);
	memcpy(l->last, l->inner->last, sizeof l->last);
	l->inner_on = false;
}

static void
tag_end(struct links *l)
{
	l->state = LINKS_IN_TEXT;
	l->ntail = 0;
	if (is_raw_tag(l) && !l->flat) {
		l->state = LINKS_RAW;
		inner_begin(l);
	}
}

static void
begin_name(struct links *l, char c)
{
	l->state = LINKS_IN_NAME;
	l->name[0] = lower(c);
	l->nname = 1;
}

static void
put_name(char name[LINKS_NAME], size_t *n, char c)
{
	/* A longer one is none that we know. */
	if (*n < LINKS_NAME)
		name[(*n)++] = lower(c);
}

static void
in_tag_open(struct links *l, char c)
{
	l->ntail = 0;
	if (c == '!') {
		l->state = LINKS_DECLARATION;
	} else if (c == '?') {
		l->state = LINKS_DECLARATION;
		keep_tail(l, c);
	} else if (c == '/') {
		l->state = LINKS_END_TAG;
	} else if (is_letter(c)) {
		l->state = LINKS_TAG_NAME;
		l->tag[0] = lower(c);
		l->ntag = 1;
	} else {
		l->state = LINKS_IN_TEXT;
		links_html(l, c);
	}
}

static void
in_tag_name(struct links *l, char c)
{
	if (c == '>')
		tag_end(l);
	else if (is_blank(c) || c == '/')
		l->state = LINKS_BEFORE_NAME;
	else
		put_name(l->tag, &l->ntag, c);
}

static void
in_name(struct links *l, char c)
{
	if (c == '=')
		l->state = LINKS_BEFORE_VALUE;
	else if (c == '>')
		tag_end(l);
	else if (c == '/')
		l->state = LINKS_BEFORE_NAME;
	else if (is_blank(c))
		l->state = LINKS_AFTER_NAME;
	else
		put_name(l->name, &l->nname, c);
}

static void
outside_name(struct links *l, char c)
{
	if (c == '>')
		tag_end(l);
	else if (c == '=' && l->state == LINKS_AFTER_NAME)
		l->state = LINKS_BEFORE_VALUE;
	else if (c == '/')
		l->state = LINKS_BEFORE_NAME;
	else if (!is_blank(c))
		begin_name(l, c);
}

static void
value_end(struct links *l)
{
	if (l->nname == 7 && memcmp(l->name, "content", 7) == 0)
		links_refresh(l);
	links_value_end(l, is_link_attribute(l));
	inner_end(l);
	l->state = LINKS_BEFORE_NAME;
}

static void
put_value(struct links *l, char c)
{
	links_value(l, c, is_link_attribute(l));
	if (c == '<' && !l->inner_on)
		inner_begin(l);
	inner_put(l, c);
}

static void
in_value(struct links *l, char c)
{
	if (l->quote != '\0' ? c == l->quote : is_blank(c))
		value_end(l);
	else if (l->quote == '\0' && c == '>') {
		value_end(l);
		tag_end(l);
	} else
		put_value(l, c);
}

static void
before_value(struct links *l, char c)
{
	if (is_blank(c))
		return;
	if (c == '>') {
		tag_end(l);
		return;
	}
	l->state = LINKS_IN_VALUE;
	l->quote = c == '"' || c == '\'' ? c : '\0';
	if (l->quote == '\0')
		links_html(l, c);
}

/* Behind <! or <?: a comment when it begins with --, else up to the next >. */
static void
in_declaration(struct links *l, char c)
{
	keep_tail(l, c);
	if (l->ntail == 2 && tail_is(l, "--", 2) && !l->flat) {
		l->state = LINKS_COMMENT;
		inner_begin(l);
		return;
	}
	links_text(l, c);
	if (c == '>')
		l->state = LINKS_IN_TEXT;
}

/* Also <!--> and <!--->, which are whole. */
static void
in_comment(struct links *l, char c)
{
	links_text(l, c);
	inner_put(l, c);
	keep_tail(l, c);
	if (tail_is(l, "-->", 3) || tail_is(l, "--!>", 4)) {
		inner_end(l);
		l->state = LINKS_IN_TEXT;
	}
}

/* Up to </tag and what ends a name. */
static void
in_raw(struct links *l, char c)
{
	size_t n = l->ntag + 2;
	bool ends = (is_blank(c) || c == '/' || c == '>') && l->ntail >= n &&
	    tail_is(l, l->tag, l->ntag) &&
	    memcmp(l->tail + l->ntail - n, "</", 2) == 0;

	links_text(l, c);
	inner_put(l, c);
	keep_tail(l, c);
	if (ends) {
		inner_end(l);
		l->state = c == '>' ? LINKS_IN_TEXT : LINKS_END_TAG;
	}
}

static void
put(struct links *l, char c)
{
	switch (l->state) {
	case LINKS_IN_TEXT:
		links_text(l, c);
		if (c == '<')
			l->state = LINKS_TAG_OPEN;
		break;
	case LINKS_TAG_OPEN:
		in_tag_open(l, c);
		break;
	case LINKS_TAG_NAME:
		in_tag_name(l, c);
		break;
	case LINKS_IN_NAME:
		in_name(l, c);
		break;
	case LINKS_BEFORE_NAME:
	case LINKS_AFTER_NAME:
		outside_name(l, c);
		break;
	case LINKS_BEFORE_VALUE:
		before_value(l, c);
		break;
	case LINKS_IN_VALUE:
		in_value(l, c);
		break;
	case LINKS_DECLARATION:
		in_declaration(l, c);
		break;
	case LINKS_COMMENT:
		in_comment(l, c);
		break;
	case LINKS_RAW:
		in_raw(l, c);
		break;
	case LINKS_END_TAG:
		if (c == '>')
			l->state = LINKS_IN_TEXT;
		break;
	}
}

/* An entity is text whatever it stands for: it ends no value and no tag. */
static void
put_text(struct links *l, const char *bytes, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (l->state == LINKS_IN_VALUE)
			put_value(l, bytes[i]);
		else
			links_text(l, bytes[i]);
}

static void
entity_end(struct links *l, bool ended)
{
	char bytes[4];
	size_t n = entity_decode(l->entity, l->nentity, ended, bytes);

	l->in_entity = false;
	if (n > 0) {
		put_text(l, bytes, n);
		return;
	}
	put_text(l, "&", 1);
	put_text(l, l->entity, l->nentity);
	if (ended)
		put_text(l, ";", 1);
}

static bool
has_entities(const struct links *l)
{
	return l->state == LINKS_IN_TEXT || l->state == LINKS_IN_VALUE;
}

/* Zeros in front of a number are as many as they like. */
static bool
is_idle_zero(const struct links *l, char c)
{
	size_t first = l->nentity > 1 && (l->entity[1] | 0x20) == 'x' ? 2 : 1;

	return c == '0' && l->nentity == first + 1 && l->entity[0] == '#' &&
	    l->entity[first] == '0';
}

void
links_html(struct links *l, char c)
{
	if (l->in_entity) {
		if (entity_goes_on(l->entity, l->nentity, c)) {
			if (!is_idle_zero(l, c))
				l->entity[l->nentity++] = c;
			return;
		}
		entity_end(l, c == ';');
		if (c == ';')
			return;
	}
	if (c == '&' && has_entities(l)) {
		l->in_entity = true;
		l->nentity = 0;
		return;
	}
	put(l, c);
}

/* No program shows a tag without its end, but its links are reported. */
void
links_html_end(struct links *l)
{
	if (l->in_entity)
		entity_end(l, false);
	if (l->state == LINKS_IN_VALUE)
		value_end(l);
	inner_end(l);
}
