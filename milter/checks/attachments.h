/*
 * attachments.h - one attachment against the admin's blocks
 *
 * What content_attachment knows of a message: one hit for each block, and one
 * for files that cannot be scanned. No I/O except by libmagic and libarchive.
 */
#ifndef CHECKS_ATTACHMENTS_H
#define CHECKS_ATTACHMENTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/option.h"
#include "base/strset.h"

struct budget;
struct mime_part;

/* A block of the configuration. */
struct attachments {
	struct option_item item;
	struct strset endings;	/* "exe" */
	struct strset types;	/* "application/x-dosexec", a subtype * is any */
	bool doubles;		/* a program that looks like a document */
	bool archives;		/* look inside archives, too */
};

struct attachment_options {
	struct option_items blocks;	/* struct attachments */
	long long buffer;	/* bytes of an archive that are kept */
	bool types, archives;	/* some block asks for them */
};

/* Something found; each is NULL or owned. */
struct attachment_hit {
	char *file, *type, *detail;
	bool found;
};

/* Zeroed but for `bytes`, a BUF_INIT, is the start. */
struct attachment_note {
	struct attachment_hit *hits;	/* of each block */
	size_t nhits;
	struct attachment_hit unscannable;	/* what cannot be looked into */
	/* the part that is open */
	unsigned part;		/* its number, 0: none */
	char *file, *type;
	struct buf bytes;	/* its first, or all of an archive */
	struct budget *budget;	/* of the message */
	bool called;		/* an archive, by its name or type */
	bool typed;		/* its type is known, or not asked for */
	bool archive, over;	/* over: no more bytes are kept */
	unsigned asked;		/* files that libmagic has looked at */
};

void attachment_begin(struct attachment_note *note,
    const struct attachment_options *o, const struct mime_part *part);
void attachment_bytes(struct attachment_note *note,
    const struct attachment_options *o, const char *bytes, size_t n);
void attachment_end(struct attachment_note *note,
    const struct attachment_options *o);
/* Why a part cannot be looked into; the first one is kept. */
void attachment_unscannable(struct attachment_note *note, const char *file,
    const char *type, const char *errmsg);
void attachment_clear(struct attachment_note *note);

#endif
