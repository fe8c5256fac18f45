/*
 * view.h - the frame of every page, and small parts of it
 *
 * HTML that needs no script. Values are escaped here; nothing else is.
 */
#ifndef PAGES_VIEW_H
#define PAGES_VIEW_H

#include <stddef.h>

#include "pages/language.h"

struct buf;
struct site;

struct view {
	struct buf *out;
	const struct language *language;
	const struct site *site;
	const char *root;	/* from this page to /why/: "./", "../" */
	const char *chosen;	/* "?l=de" where it was requested, else "" */
};

/* Around what stands in <main>; title NULL: the general one. */
void view_begin(const struct view *v, const char *title);
void view_end(const struct view *v);

/* Escaped text. */
void view_text(const struct view *v, const char *text);

/* <tag class>words</tag> of the catalogue, with a value or NULL. */
void view_say(const struct view *v, const char *tag, enum speech what,
    const char *value);

/* One row of a <dl>; nothing where the value is NULL or empty. */
void view_row(const struct view *v, enum speech label, const char *value);

/* Paragraphs, parted by blank lines, and steps, one a line. */
void view_paragraphs(const struct view *v, const char *text);
void view_steps(const struct view *v, const char *steps);

/* " lang="en"" where the prose is foreign to the page, else "". */
const char *view_foreign(bool foreign);

#endif
