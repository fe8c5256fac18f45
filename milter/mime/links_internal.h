/*
 * links_internal.h - what the files of links.h share
 */
#ifndef MIME_LINKS_INTERNAL_H
#define MIME_LINKS_INTERNAL_H

#include "mime/entity.h"
#include "mime/links.h"
#include "mime/mime.h"

/* Bytes between blanks, or of an attribute, that are looked at together. */
#define LINKS_WORD ((size_t)2048)
#define LINKS_NAME 16
#define LINKS_LAST 256

enum links_state { LINKS_IN_TEXT, LINKS_TAG_OPEN, LINKS_TAG_NAME,
	LINKS_BEFORE_NAME, LINKS_IN_NAME, LINKS_AFTER_NAME,
	LINKS_BEFORE_VALUE, LINKS_IN_VALUE, LINKS_DECLARATION, LINKS_COMMENT,
	LINKS_RAW, LINKS_END_TAG };

struct links {
	void (*reported)(void *arg, const char *host);
	void *arg;
	bool html;
	enum mime_joined joined;
	bool pending;		/* of what may be left out, the first byte */
	/* the word that is read: text, or the value of an attribute */
	char word[LINKS_WORD];
	size_t nword;
	bool cut;		/* its beginning was looked at, and left */
	bool full;		/* its rest is not read */
	/* where the HTML is */
	enum links_state state;
	char quote;		/* around the value, 0: none */
	char tag[LINKS_NAME], name[LINKS_NAME];	/* lower case, cut */
	size_t ntag, nname;
	char tail[LINKS_NAME + 4];	/* the last bytes of comment or raw */
	size_t ntail;
	char entity[ENTITY_MAX];	/* begun by & */
	size_t nentity;
	bool in_entity;
	/* Another reading: of a comment, of raw text, of a page within a value,
	   each of which some program takes for more of the page. */
	struct links *inner;	/* NULL: none was there yet */
	bool inner_on;		/* it reads along */
	bool flat;		/* this is one, and has none of these */
	char last[LINKS_LAST];	/* host that was reported, or "" */
};

/* One byte of text; a blank ends a word. */
void links_text(struct links *l, char c);
/* What was read is a whole word. */
void links_word_end(struct links *l);
/* One byte of an attribute, which may hold blanks. */
void links_value(struct links *l, char c, bool is_link);
/* What was read is a link, whatever it looks like. */
void links_value_end(struct links *l, bool is_link);
/* What was read is where a page leads on to: "0; url=//a.example". */
void links_refresh(struct links *l);

/* One byte of HTML, and its end. */
void links_html(struct links *l, char c);
void links_html_end(struct links *l);

#endif
