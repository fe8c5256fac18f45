/* reply_scan - a reply's text on its way to the phrases */

#include "words/reply_scan.h"

#include <endian.h>
#include <string.h>

#include "words/reply_token.h"

#define APART 3		/* places that a link is away from its sentence */
#define ALPHANUMERIC 36	/* letters of the lexicon that no sign is */
#define WIDE 0xe3	/* the first byte of U+3000 and all behind it */

/* Letters with a sign on them, U+00C0 to U+00FF, without it. */
static const char folded[64] =
    "aaaaaaaceeeeiiiidnooooo\0ouuuuypsaaaaaaaceeeeiiiidnooooo\0ouuuuypy";

/* Those of Poland and its neighbours, U+0100 to U+017F. */
static const char latin[] =
    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkklllllll"
    "lllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

/* Cyrillic in Latin letters, as people write it: U+0430 to U+045F. */
static const char cyrillic[][4] = { "a", "b", "v", "g", "d", "e", "zh", "z",
	"i", "y", "k", "l", "m", "n", "o", "p", "r", "s", "t", "u", "f", "h",
	"ts", "ch", "sh", "sch", "", "y", "", "e", "yu", "ya", "e", "e", "d",
	"g", "e", "z", "i", "i", "y", "l", "n", "c", "k", "i", "u", "dz" };

static bool
is_word_at(const char *p, const char *end)
{
	return p < end && scan_is_word((unsigned char)*p);
}

static inline bool
is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static inline bool
is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

/* Of ASCII. */
static inline bool
is_alphanumeric(char c)
{
	return lexicon_letter[(unsigned char)c] - 1u < ALPHANUMERIC;
}

void
scan_note(struct scan *s, enum capture what, const char *from, const char *to)
{
	struct captured *c = &s->r->captured[what];

	if (c->text != NULL)
		return;
	c->text = from;
	c->n = (size_t)(to - from);
}

/* Which words give a meaning to the next host or number. */
static void
remember(struct scan *s, unsigned hints)
{
	if ((hints & HINT_DOMAIN) != 0)
		s->domain_at = s->m->place;
	if ((hints & HINT_USING) != 0)
		s->using_at = s->m->place;
	if ((hints & HINT_LIMIT) != 0)
		s->limit_at = s->m->place;
	if ((hints & HINT_RETRY) != 0)
		s->retry = true;
}

/* "@ip": what the judge hears of it. */
static void
feature_mark(struct scan *s, enum mark mark)
{
	judge_mark(&s->m->judge, s->all->mark[mark]);
}

void
scan_mark(struct scan *s, enum mark mark)
{
	phrase_queue(s->m, lexicon_mark_symbol(mark));
	feature_mark(s, mark);
	phrase_turn(s->m, true);
}

/* A word on its way, byte by byte. */
struct walk {
	uint64_t identity, bytes;	/* of which some are not yet in it */
	unsigned nbytes;
	uint32_t number;		/* to the judge */
	unsigned place;		/* in the tree of beginnings … */
	bool left;		/* … which it has left there */
};

static inline void
walk_byte(struct walk *w, unsigned char byte)
{
	w->number = lexicon_number(w->number, byte);
	w->bytes |= (uint64_t)byte << w->nbytes * 8;
	if (++w->nbytes < 8)
		return;
	w->identity = lexicon_grow(w->identity, w->bytes);
	w->bytes = 0;
	w->nbytes = 0;
}

/* A letter or a digit. */
static inline void
walk(struct walk *w, char c)
{
	unsigned next = letter_step(lexicon_places, w->place,
	    lexicon_letter[(unsigned char)c]);

	walk_byte(w, (unsigned char)c | 0x20);
	w->left = w->left || next == PLACE_DEAD;
	if (!w->left)
		w->place = next;
}

/*
 * Can what ends here be nothing but a word? After other signs it may be the
 * head of an address, a host, a link ("www.") or a word that goes on.
 */
static bool
ends_word(const char *p, const char *end)
{
	static const char never[] = "_+=@%-/'";
	unsigned char c;

	if (p == end)
		return true;
	c = (unsigned char)*p;
	if (c == ' ' || c == ',' || c < 0x20)
		return true;
	if (c == ':' || c == '.' || c == '!')
		return p + 1 == end || p[1] == ' ' || p[1] == '\r' ||
		    p[1] == '\n';
	return c < 0x80 && lexicon_letter[c] == 0 &&
	    memchr(never, c, sizeof never - 1) == NULL;
}

static void
walk_all(struct walk *w, const char *letters)
{
	for (; *letters != '\0'; letters++)
		walk(w, *letters);
}

/* Over a letter of two bytes; false: none that we read. */
static bool
step_two(unsigned letter, struct walk *w)
{
	const char one[2] = { letter < 0x100 ? folded[letter & 0x3f] :
	    latin[letter & 0x7f], '\0' };

	if (letter >= 0x400 && letter < 0x430)
		letter += letter < 0x410 ? 0x50 : 0x20;
	if (letter >= 0xc0 && letter < 0x180)
		walk_all(w, letter == 0xdf ? "ss" : one);
	else if (letter >= 0x430 && letter < 0x460)
		walk_all(w, cyrillic[letter - 0x430]);
	else
		return false;
	return true;
}

/* One step of the walk, over one sign of the word. */
static const char *
step(const char *p, const char *end, struct walk *w)
{
	unsigned char c = (unsigned char)*p;

	if (c < 0x80) {
		walk(w, *p);
		return p + 1;
	}
	if (c >= 0xc3 && c <= 0xd1 && p + 1 < end &&
	    ((unsigned char)p[1] & 0xc0) == 0x80 &&
	    step_two((unsigned)(c & 0x1f) << 6 | (p[1] & 0x3f), w))
		return p + 2;
	walk_byte(w, c);
	w->left = true;
	return p + 1;
}

/* Length of an apostrophe here ("'" or U+2019), 0: none. */
static size_t
apostrophe(const char *p, const char *end)
{
	if (*p == '\'')
		return 1;
	if (end - p >= 3 && memcmp(p, "\xe2\x80\x99", 3) == 0)
		return 3;
	return 0;
}

/* Does the word go on at p? "don't" does; "l'ami", "list's", "NoUser" not. */
static const char *
goes_on(const char *from, const char *p, const char *end)
{
	size_t n;

	if (p == end)
		return NULL;
	if (is_alphanumeric(*p))
		return p - from > 1 && is_upper(*p) && is_lower(p[-1]) ?
		    NULL : p;
	n = apostrophe(p, end);
	if (n > 0)
		return p - from > 1 && is_word_at(p + n, end) && (p[n] != 's' ||
		    is_word_at(p + n + 1, end)) ? p + n : NULL;
	return is_word_at(p, end) ? p : NULL;
}

/* What the word means: to the phrases, then to the judge. */
static inline void
report_word(struct scan *s, uint32_t number,
    const struct lexicon_meaning *known, unsigned all)
{
	bool counts = (known->hints & HINT_STOP) == 0;

	if (known->hints > HINT_STOP)
		remember(s, known->hints);
	phrase_word(s->m, all, counts);
	judge_word(&s->m->judge, number, counts);
}

/* In scripts without blanks two signs in a row are a word to the judge. */
static uint32_t
scan_sign(struct scan *s, const char *p, const char *end, uint32_t before)
{
	uint32_t sign = JUDGE_WORD;
	int i;

	for (i = 0; i < 3 && p + i < end; i++)
		sign = judge_letter(sign, (unsigned char)p[i]);
	if (before != 0)
		judge_add(&s->m->judge, judge_pair(before, sign), true, true);
	return sign;
}

const char *
scan_word(struct scan *s, const char *p, const char *end)
{
	struct walk w = { .identity = LEXICON_WORD, .number = JUDGE_WORD,
		.place = PLACE_ROOT };
	const struct lexicon_meaning *known;
	uint32_t sign = 0;
	unsigned digits = 0, n = 0, all;
	const char *from = p, *next;

	while ((next = goes_on(from, p, end)) != NULL) {
		digits += *next >= '0' && *next <= '9';
		n++;
		if ((unsigned char)*next >= WIDE)
			sign = scan_sign(s, next, end, sign);
		p = step(next, end, &w);
	}
	if (n == 0)
		return p + 1;
	known = &lexicon_slot(lexicon_grow(w.identity, w.bytes))->meaning;
	all = known->all != 0 ? known->all : lexicon_begun[w.place];
	if (digits < n) {
		report_word(s, w.number, known, all);
		return p;
	}
	/* A number is no word to the judge. */
	phrase_queue(s->m, all);
	scan_mark(s, MARK_NUMBER);
	return p;
}

/* Eight bytes of the text from p on, the first one lowest; zeros are behind
   its end. It has eight. */
static inline uint64_t
eight_bytes(const char *p, const char *end)
{
	uint64_t bytes;

	if (end - p >= 8) {
		memcpy(&bytes, p, sizeof bytes);
		return le64toh(bytes);
	}
	memcpy(&bytes, end - 8, sizeof bytes);
	return le64toh(bytes) >> (8 - (end - p)) * 8;
}

#define EACH(byte) ((byte) * 0x0101010101010101u)
#define TOPS EACH(0x80)		/* the highest bit of each byte */

/* The highest bit of each byte that is in a range of ASCII. */
static inline uint64_t
in_range(uint64_t bytes, unsigned char from, unsigned char to)
{
	uint64_t low = bytes & ~TOPS;

	return (low + EACH(0x80u - from)) & ~(low + EACH(0x7fu - to)) &
	    ~bytes & TOPS;
}

/*
 * Letters and digits up to the first other sign; those of a new word
 * ("NoSuchUser") end it, too. Eight of them at a time: how long a word is takes
 * no branch.
 */
static inline const char *
find_end(const char *p, const char *end, uint64_t *identity)
{
	uint64_t grown = LEXICON_WORD, bytes, letters, small, stops;
	uint64_t before = 0, from_third = ~(uint64_t)0xff00;
	unsigned n;

	for (;; p += 8) {
		bytes = p < end ? eight_bytes(p, end) : 0;
		letters = in_range(bytes | LEXICON_SMALL, 'a', 'z');
		small = letters & bytes << 2;
		stops = ~(letters | in_range(bytes, '0', '9')) & TOPS;
		stops |= (letters & ~small) &
		    ((small << 8 & from_third) | before);
		bytes |= LEXICON_SMALL;
		if (stops != 0)
			break;
		grown = lexicon_grow(grown, bytes);
		before = small >> 56;
		from_third = ~(uint64_t)0;
	}
	n = (unsigned)__builtin_ctzll(stops) / 8;
	*identity = lexicon_grow(grown, bytes & (((uint64_t)1 << n * 8) - 1));
	return p + n;
}

/* The sense of all that a word begins with. */
static unsigned
find_begun(const char *p, const char *end)
{
	unsigned place = PLACE_ROOT, next;

	for (; p < end; p++, place = next) {
		next = letter_step(lexicon_places, place,
		    lexicon_letter[(unsigned char)*p]);
		if (next == PLACE_DEAD)
			break;
	}
	return lexicon_begun[place];
}

/* What the judge knows it by, where the lexicon does not have it. */
static uint32_t
number_of(const char *p, const char *end)
{
	uint32_t number = JUDGE_WORD;

	for (; p < end; p++)
		number = lexicon_number(number, (unsigned char)*p);
	return number;
}

const char *
scan_plain_word(struct scan *s, const char *p, const char *end)
{
	const struct lexicon_slot *slot;
	const char *at;
	uint64_t identity;

	if (end - s->from < 8)
		return NULL;
	at = find_end(p, end, &identity);
	if (!ends_word(at, end) ||
	    (at < end && *at == '.' && (*p | 0x20) == 'w'))
		return NULL;
	slot = lexicon_slot(identity);
	report_word(s, lexicon_is(slot, identity) ? slot->number :
	    number_of(p, at), &slot->meaning, slot->meaning.all != 0 ?
	    slot->meaning.all : find_begun(p, at));
	return at;
}

static void
scan_words(struct scan *s, const char *p, const char *end)
{
	while (p < end)
		if (scan_is_word((unsigned char)*p))
			p = scan_word(s, p, end);
		else
			p++;
}

void
scan_host(struct scan *s, const char *p, const char *end)
{
	const char *label = p, *dot;
	unsigned known;
	bool site = false;

	phrase_queue(s->m, lexicon_mark_symbol(MARK_HOST));
	feature_mark(s, MARK_HOST);
	for (; label < end; label = dot + 1) {
		known = lexicon_find(label, (size_t)(end - label));
		phrase_queue(s->m, known);
		site = site ||
		    (s->all->sense[known].hints & HINT_LISTSITE) != 0;
		dot = memchr(label, '.', (size_t)(end - label));
		if (dot == NULL)
			break;
	}
	if (site || (s->using_at > 0 && s->m->place - s->using_at <= 1))
		scan_note(s, CAPTURE_ZONE, p, end);
	else if (s->domain_at > 0 && s->m->place - s->domain_at <= 1)
		s->r->captured[CAPTURE_DOMAIN] =
		    (struct captured){ p, (size_t)(end - p) };
	else
		scan_note(s, CAPTURE_DOMAIN, p, end);
	phrase_turn(s->m, true);
}

void
scan_url(struct scan *s, const char *p, const char *end)
{
	const char *host = p, *slash;

	scan_note(s, CAPTURE_URL, p, end);
	s->m->place += APART;
	phrase_queue(s->m, lexicon_mark_symbol(MARK_URL));
	feature_mark(s, MARK_URL);
	if (end - p > 8 && (slash = memchr(p, '/', 8)) != NULL)
		host = slash + 2;
	slash = memchr(host, '/', (size_t)(end - host));
	if (slash == NULL)
		slash = end;
	s->using_at = s->domain_at = 0;
	if (token_is_host(host, slash)) {
		struct captured kept[CAPTURE_COUNT];

		memcpy(kept, s->r->captured, sizeof kept);
		scan_host(s, host, slash);
		memcpy(s->r->captured, kept, sizeof kept);
	}
	scan_words(s, slash, end);
	s->m->place += APART;
}
