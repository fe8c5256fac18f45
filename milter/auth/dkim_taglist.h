/*
 * dkim_taglist.h - "name=value; name=value" (RFC 6376 section 3.2)
 *
 * A list with a mistake, or with a tag twice, is no list: nothing of it may be
 * used. Reading costs by the length of the text.
 */
#ifndef AUTH_DKIM_TAGLIST_H
#define AUTH_DKIM_TAGLIST_H

#include <stdbool.h>
#include <stddef.h>

/* Tags of one list; RFC 6376 knows 13 of a signature. */
#define DKIM_TAGS_MAX 64

/* Both borrow the text of the list; blanks around them are left out. */
struct dkim_tag {
	const char *name;
	size_t name_len;
	/* raw: folds and blanks inside are still there */
	const char *value;
	size_t len;
};

struct dkim_taglist {
	struct dkim_tag v[DKIM_TAGS_MAX];
	size_t n;
};

/* NULL: it could be read; or what is wrong, which lives on. */
const char *dkim_taglist_parse(struct dkim_taglist *list, const char *text,
    size_t n);

/* Names are compared as they are written (section 3.2). NULL: not there. */
const struct dkim_tag *dkim_taglist_find(const struct dkim_taglist *list,
    const char *name);

/* Is there a blank or a fold inside of the value? */
bool dkim_tag_has_blank(const struct dkim_tag *tag);

/* A copy of the value without any blank or fold; NULL gives NULL. */
char *dkim_tag_copy(const struct dkim_tag *tag);

/*
 * The next word of a list with colons between, without blanks around; *at
 * begins as 0. False: there is none any more. An empty word has *n 0.
 */
bool dkim_tag_word(const struct dkim_tag *tag, size_t *at, const char **word,
    size_t *n);
/* Does the list have this word? Compared without regard to case. */
bool dkim_tag_has_word(const struct dkim_tag *tag, const char *word);

/* A number of at most 18 digits (sections 3.5 l=, t=, x=). */
bool dkim_tag_number(const struct dkim_tag *tag, long long *number);

/*
 * Base64 with folds in it (section 2.10), the padding may be missing. Returns
 * the bytes (freed by the caller) and their number, or NULL: it is none.
 */
unsigned char *dkim_tag_base64(const struct dkim_tag *tag, size_t *n);

#endif
