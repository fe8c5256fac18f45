/* list_names - a million names: one hash table over one text */

#include "lists/list_names.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/siphash.h"

#define FIRST_SIZE 16

/*
 * Where the comment's place (four bytes), the key and its NUL stand. The hash
 * is kept, so that a key that is not there costs one look at memory, and a
 * growing table none at the text.
 */
struct list_slot {
	uint32_t at;		/* 0: free */
	uint32_t hash;
};

static uint32_t
hash(const struct list_names *names, const char *key, size_t n)
{
	uint64_t h = siphash(names->secret, key, n);

	return (uint32_t)(h ^ h >> 32);
}

uint32_t
list_names_keep(struct list_names *names, const char *comment, size_t n)
{
	const char *last = names->text.data + names->comment;

	if (n == 0)
		return 0;
	if (names->comment != 0 && names->ncomment == n &&
	    memcmp(last, comment, n) == 0)
		return names->comment;
	if (names->text.len == 0)
		buf_putc(&names->text, '\0');
	names->comment = (uint32_t)names->text.len;
	names->ncomment = n;
	buf_put(&names->text, comment, n);
	buf_putc(&names->text, '\0');
	return names->comment;
}

const char *
list_names_comment(const struct list_names *names, uint32_t comment)
{
	return comment != 0 ? names->text.data + comment : "";
}

bool
list_names_full(const struct list_names *names)
{
	return names->text.len > LIST_TEXT_MAX;
}

static bool
is_key(const struct list_names *names, const struct list_slot *slot,
    const char *key, size_t n)
{
	const char *kept = names->text.data + slot->at + sizeof(uint32_t);

	return strncmp(kept, key, n) == 0 && kept[n] == '\0';
}

/* The slot of the key, or the free one where it belongs. */
static struct list_slot *
slot_of(const struct list_names *names, const char *key, size_t n,
    uint32_t h)
{
	size_t mask = names->size - 1, i = h & mask;
	struct list_slot *slot;

	for (;; i = (i + 1) & mask) {
		slot = &names->slots[i];
		if (slot->at == 0 ||
		    (slot->hash == h && is_key(names, slot, key, n)))
			return slot;
	}
}

static void
grow(struct list_names *names)
{
	size_t size = names->size != 0 ? names->size * 2 : FIRST_SIZE;
	struct list_slot *slots = mem_array(size, sizeof *slots), *old;
	size_t i, at;

	/* A list may come from others, who must not make its names collide. */
	if (names->size == 0 && getrandom(names->secret,
	    sizeof names->secret, 0) != sizeof names->secret)
		BUG("getrandom(2) gave too little");
	for (i = 0; i < names->size; i++) {
		old = &names->slots[i];
		if (old->at == 0)
			continue;
		at = old->hash & (size - 1);
		while (slots[at].at != 0)
			at = (at + 1) & (size - 1);
		slots[at] = *old;
	}
	free(names->slots);
	names->slots = slots;
	names->size = size;
}

bool
list_names_add(struct list_names *names, const char *key, size_t n,
    uint32_t comment)
{
	struct list_slot *slot;
	uint32_t h;

	/* At most three quarters full: a search always ends. */
	if ((names->n + 1) * 4 > names->size * 3)
		grow(names);
	h = hash(names, key, n);
	slot = slot_of(names, key, n, h);
	if (slot->at != 0)
		return false;
	if (names->text.len == 0)
		buf_putc(&names->text, '\0');
	slot->at = (uint32_t)names->text.len;
	slot->hash = h;
	buf_put(&names->text, &comment, sizeof comment);
	buf_put(&names->text, key, n);
	buf_putc(&names->text, '\0');
	names->n++;
	return true;
}

bool
list_names_find(const struct list_names *names, const char *key, size_t n,
    uint32_t *comment)
{
	const struct list_slot *slot;

	if (names->n == 0)
		return false;
	slot = slot_of(names, key, n, hash(names, key, n));
	if (slot->at == 0)
		return false;
	memcpy(comment, names->text.data + slot->at, sizeof *comment);
	return true;
}

void
list_names_seal(struct list_names *names)
{
	struct buf *text = &names->text;

	if (text->cap == 0)
		return;
	text->cap = text->len + 1;
	text->data = mem_resize(text->data, text->cap, 1);
}

void
list_names_free(struct list_names *names)
{
	buf_free(&names->text);
	free(names->slots);
	memset(names, 0, sizeof *names);
	names->text = (struct buf)BUF_INIT;
}
