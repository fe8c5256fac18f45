/*
 * config_scan.h - the tokens of a configuration text
 *
 * Reads the text as libConfuse does, but reports what libConfuse passes over: a
 * comment or string that never ends, a backslash that would vanish from a
 * pattern, an environment variable that is not set, characters that it skips.
 * Each is reported with its line. A token with a mistake inside is `broken`: it
 * has its place in the grammar, but its value must not be used.
 *
 * Comments are overwritten with blanks, for libConfuse miscounts lines at
 * them and does not allow them inside lists. One thread.
 */
#ifndef CONFIG_CONFIG_SCAN_H
#define CONFIG_CONFIG_SCAN_H

#include <stdbool.h>
#include <stddef.h>

struct diags;

enum token_kind { TOKEN_END, TOKEN_WORD, TOKEN_STRING, TOKEN_OPEN,
	TOKEN_CLOSE, TOKEN_ASSIGN, TOKEN_APPEND, TOKEN_COMMA,
	TOKEN_PAREN_OPEN, TOKEN_PAREN_CLOSE };

struct token {
	enum token_kind kind;
	size_t from, to;	/* bytes of the text, with the quotes */
	int line;		/* where it begins */
	bool broken;
};

struct scan {
	const char *file;	/* in messages */
	char *text;
	size_t n;		/* bytes of text */
	size_t at;
	int line;
	struct diags *d;
	struct token ahead[2];
	size_t nahead;
	bool stopped;
};

/* The text is the caller's, ends in NUL, and is changed as described above. */
void scan_init(struct scan *s, const char *file, char *text, size_t n,
    struct diags *d);

/* The next token (0) and the one behind it (1), both still unread. */
const struct token *scan_peek(struct scan *s, size_t index);

/* Takes the next token; TOKEN_END again and again at the end. */
struct token scan_take(struct scan *s);

/* No more tokens: what follows cannot be understood. */
void scan_stop(struct scan *s);

/* Takes out what stands between: NUL in its place, lines as they are. */
void scan_blank(struct scan *s, size_t from, size_t to);

/* The text of a word, or of a string without quotes; freed with free(). */
char *scan_text(const struct scan *s, const struct token *t);

#endif
