/* dkim_fields - the header fields of a message, as signatures choose them */

#include "auth/dkim_fields.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/crypto.h"
#include "base/mem.h"

/* Twice DKIM_FIELDS_MAX and more, so that a slot is always free. */
#define SLOTS 2048

/* FNV-1a, of the name without regard to case. */
static size_t
hash_of(const char *name, size_t n)
{
	uint32_t h = 2166136261u;
	size_t i;

	for (i = 0; i < n; i++)
		h = (h ^ ((unsigned char)name[i] | 0x20u)) * 16777619u;
	return (h ^ h >> 16) % SLOTS;
}

/* The slot of that name: its group, or free. */
static size_t
slot_of(const struct dkim_fields *f, const char *name, size_t n)
{
	size_t at = hash_of(name, n);
	const struct dkim_field *have;

	for (; f->table[at] != 0; at = (at + 1) % SLOTS) {
		have = &f->v[f->lowest[f->table[at] - 1]];
		if (have->name_len == n &&
		    strncasecmp(have->name, name, n) == 0)
			break;
	}
	return at;
}

static size_t
name_len(const char *name)
{
	size_t n = strlen(name);

	while (n > 0 && (name[n - 1] == ' ' || name[n - 1] == '\t'))
		n--;
	return n;
}

void
dkim_fields_add(struct dkim_fields *f, const char *name, const char *value)
{
	size_t n = name_len(name), slot, *lowest;
	struct dkim_field *field;

	if (f->table == NULL) {
		f->table = mem_array(SLOTS, sizeof *f->table);
		f->lowest = mem_array(DKIM_FIELDS_MAX, sizeof *f->lowest);
	}
	f->v = mem_room(f->v, f->n, &f->cap, sizeof *f->v);
	field = &f->v[f->n];
	memset(field, 0, sizeof *field);
	field->name = mem_dup(name);
	field->name_len = n;
	field->value = mem_dup(value);
	field->n = strlen(value);
	field->above = DKIM_FIELD_NONE;
	slot = slot_of(f, name, n);
	if (f->table[slot] == 0)
		f->table[slot] = (unsigned short)++f->groups;
	else
		field->above = f->lowest[f->table[slot] - 1];
	lowest = &f->lowest[f->table[slot] - 1];
	*lowest = f->n++;
}

void
dkim_fields_free(struct dkim_fields *f)
{
	size_t i;

	for (i = 0; i < f->n; i++) {
		free(f->v[i].name);
		free(f->v[i].value);
		free(f->v[i].canon[DKIM_CANON_SIMPLE]);
		free(f->v[i].canon[DKIM_CANON_RELAXED]);
	}
	free(f->v);
	free(f->lowest);
	free(f->table);
	memset(f, 0, sizeof *f);
}

void
dkim_choice_init(struct dkim_choice *c, struct dkim_fields *f, size_t self)
{
	c->fields = f;
	c->self = self;
	c->next = mem_array(f->groups, sizeof *c->next);
	if (f->groups > 0)
		memcpy(c->next, f->lowest, f->groups * sizeof *c->next);
}

void
dkim_choice_free(struct dkim_choice *c)
{
	free(c->next);
}

static void
hash_field(struct dkim_field *field, enum dkim_canon canon,
    struct sha256 *hash)
{
	struct buf text = BUF_INIT;

	if (field->canon[canon] == NULL) {
		dkim_canon_field(&text, canon, field->name, field->value,
		    field->n);
		field->canon_len[canon] = text.len;
		field->canon[canon] = buf_steal(&text);
	}
	sha256_put(hash, field->canon[canon], field->canon_len[canon]);
}

void
dkim_choice_hash(struct dkim_choice *c, const char *name, size_t n,
    enum dkim_canon canon, struct sha256 *hash)
{
	struct dkim_fields *f = c->fields;
	size_t slot, *next;

	if (f->groups == 0)
		return;
	slot = slot_of(f, name, n);
	if (f->table[slot] == 0)
		return;
	next = &c->next[f->table[slot] - 1];
	if (*next == c->self)
		*next = f->v[*next].above;
	if (*next == DKIM_FIELD_NONE)
		return;
	hash_field(&f->v[*next], canon, hash);
	*next = f->v[*next].above;
}
