/*
 * phrase_own.h - our own first lines as phrases, so that what reply.h writes
 * recognise.h reads
 */
#ifndef WORDS_PHRASE_OWN_H
#define WORDS_PHRASE_OWN_H

struct buf;

/*
 * Appends the phrase of a first line: "{client} is on the blocklist {list}."
 * is "blocklist". Words of `stop` (by blanks) are left out, fields stand for
 * anything. Returns how many words it has, 0: too few to know it by.
 */
int phrase_own(const char *line, const char *stop, struct buf *out);

#endif
