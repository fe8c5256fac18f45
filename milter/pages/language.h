/*
 * language.h - the page's languages
 *
 * Each is a file, pages/CODE.lang, built in; the first is the default. Constant
 * data, any thread.
 */
#ifndef PAGES_LANGUAGE_H
#define PAGES_LANGUAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "words/reason_row.h"

struct buf;

enum speech {
#define SPEECH(id, key) SPEECH_##id,
#include "pages/speech.def"
#undef SPEECH
	SPEECH_COUNT
};

struct language {
	const char *code;			/* "en" (BCP 47) */
	const char *const *words;		/* by enum speech */
	/* by reason; title NULL: none */
	const struct reason_prose *prose;
	const char *again;	/* of reason_put_steps(); NULL: in English */
	const char *const *chapters;	/* English, its own, ...; NULL */
};

/* Ends with one whose code is NULL; made by lang.awk. */
extern const struct language languages[];

/* catalogue_hash() of the object that holds languages. */
uint64_t languages_catalogue(void);

/*
 * Ends the program with EX_SOFTWARE when the prose or the languages were
 * compiled with another catalogue of reasons than the rest.
 */
void language_check_catalogue(void);

/*
 * The requested one: by its code, else by the header Accept-Language (RFC 9110
 * section 12.5.4), else the first. Each may be NULL.
 */
const struct language *language_choose(const char *code, const char *accept);

/* The words, escaped for HTML, with `value` (NULL: none) where "{}" is. */
void language_put(struct buf *out, const struct language *l, enum speech what,
    const char *value);

/* The same as plain text. */
void language_put_plain(struct buf *out, const struct language *l,
    enum speech what, const char *value);

/* The title of a chapter in that language, else as it is. */
const char *language_chapter(const struct language *l, const char *title,
    bool *foreign);

/* The prose in that language, else in English; `foreign` says which. */
const struct reason_prose *language_prose(const struct language *l,
    int reason, bool *foreign);

#endif
