/*
 * list_text_internal.h - lists that are read from text line by line; for
 * list_text.c, list_access.c and list_build.c
 */
#ifndef LISTS_LIST_TEXT_INTERNAL_H
#define LISTS_LIST_TEXT_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "lists/list_format.h"

struct buf;
struct diags;
struct list_text;

/* One line, to be changed freely; `key` is room for list_text_add(). */
typedef void list_text_line(struct list_text *c, char *line, struct buf *key,
    struct buf *errmsg);

/* An entry of any kind (saywhy.conf(5)); what is wrong is put into errmsg. */
void list_text_add(struct list_text *c, const char *entry,
    const char *comment, struct buf *key, struct buf *errmsg);

/* The content of the file, or NULL with every mistake in d. */
void *list_text_load(const char *path, list_text_line *take, struct diags *d);

/* An entry and its comment ("": none); what is wrong is put into errmsg. */
typedef void list_text_entry(void *arg, const char *entry, const char *comment,
    struct buf *errmsg);

/* Calls fn for each entry of a text list. False with every mistake in d. */
bool list_text_each(const char *path, list_text_entry *fn, void *arg,
    struct diags *d);

/* The rest of a struct list_format. */
void list_text_free(void *content);
void list_text_count(const void *content, struct list_counts *counts);
unsigned list_text_kinds(const void *content);
enum list_answer list_text_get(void *content, const char *key, size_t n,
    struct buf *comment);
enum list_answer list_text_get_net(void *content, const struct ip *ip,
    struct net *net, struct buf *comment);
enum list_answer list_text_get_pattern(void *content, const char *text,
    size_t n, struct list_hit *hit);

#endif
