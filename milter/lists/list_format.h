/*
 * list_format.h - how the entries of a local list are kept; for list*.c
 *
 * One file each, one row in list_formats.def. A content never changes once it
 * is loaded; many threads search it at once.
 */
#ifndef LISTS_LIST_FORMAT_H
#define LISTS_LIST_FORMAT_H

#include <stddef.h>

#include "lists/list.h"

struct diags;
struct ip;
struct net;

struct list_format {
	const char *prefix;	/* of a list's name: "cdb:"; "" text */
	/*
	 * The content of this file, or NULL with every mistake in `d`. The
	 * path ends before the ":table" of an SQLite file.
	 */
	void *(*load)(const char *path, struct diags *d);
	void (*free)(void *content);
	/* How much it holds; zero where that is not known. NULL: never. */
	void (*count)(const void *content, struct list_counts *counts);
	/* Kinds of keys (enum mailkey) that it holds. NULL: any. */
	unsigned (*kinds)(const void *content);
	/*
	 * Is this key there? LIST_YES appends its comment, LIST_TEMPFAIL what
	 * went wrong. n bytes of key; key[n] is readable and a NUL.
	 */
	enum list_answer (*get)(void *content, const char *key, size_t n,
	    struct buf *comment);
	/* The narrowest network; NULL: searched by the keys of all networks. */
	enum list_answer (*get_net)(void *content, const struct ip *ip,
	    struct net *net, struct buf *comment);
	/*
	 * A pattern that matches n bytes, or "*", which alone matches a text of
	 * NULL. NULL: the format has neither.
	 */
	enum list_answer (*get_pattern)(void *content, const char *text,
	    size_t n, struct list_hit *hit);
};

extern const struct list_format *const list_formats[];

#endif
