/*
 * country_file.h - a small database of countries, for tests
 *
 * The MaxMind DB format 2.0, IPv4 alone: a binary tree of 24-bit records, the
 * data, and the metadata behind its marker.
 */
#ifndef COUNTRY_FILE_H
#define COUNTRY_FILE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

struct country_net {
	unsigned char first;	/* of the addresses: a /8 */
	const char *code;
};

static inline void
country_text(struct buf *b, const char *text)
{
	buf_putc(b, (char)(2 << 5 | (int)strlen(text)));
	buf_puts(b, text);
}

static inline void
country_map(struct buf *b, int n)
{
	buf_putc(b, (char)(7 << 5 | n));
}

/* An unsigned number of `type` (5: 16 bits, 6: 32 bits) in one byte. */
static inline void
country_number(struct buf *b, const char *key, int type, int n)
{
	country_text(b, key);
	buf_putc(b, (char)(type << 5 | 1));
	buf_putc(b, (char)n);
}

static inline void
country_metadata(struct buf *b, int nodes)
{
	buf_puts(b, "\xab\xcd\xefMaxMind.com");
	country_map(b, 9);
	country_number(b, "node_count", 6, nodes);
	country_number(b, "record_size", 5, 24);
	country_number(b, "ip_version", 5, 4);
	country_text(b, "database_type");
	country_text(b, "Test-Country");
	country_text(b, "languages");
	buf_put(b, "\x00\x04", 2);
	country_number(b, "binary_format_major_version", 5, 2);
	country_number(b, "binary_format_minor_version", 5, 0);
	country_text(b, "build_epoch");
	buf_put(b, "\x04\x02\x65\x00\x00\x00", 6);
	country_text(b, "description");
	country_map(b, 0);
}

/* Writes `path`; at most 20 networks. */
static inline void
country_file(const char *path, const struct country_net *nets, size_t n)
{
	unsigned tree[256][2], at, next, nodes = 1, value;
	struct buf data = BUF_INIT, all = BUF_INIT;
	size_t i, side;
	FILE *f;
	int bit;

	memset(tree, 0, sizeof tree);
	for (i = 0; i < n; i++) {
		for (at = 0, bit = 7; bit > 0; bit--, at = next) {
			side = nets[i].first >> bit & 1;
			next = tree[at][side];
			if (next == 0)
				next = tree[at][side] = nodes++;
		}
		tree[at][nets[i].first & 1] = 0x10000 + (unsigned)data.len;
		country_map(&data, 1);
		country_text(&data, "country");
		country_map(&data, 1);
		country_text(&data, "iso_code");
		country_text(&data, nets[i].code);
	}
	for (at = 0; at < nodes; at++)
		for (side = 0; side < 2; side++) {
			value = tree[at][side];
			value = value == 0 ? nodes : value < 0x10000 ? value :
			    value - 0x10000 + nodes + 16;
			buf_putc(&all, (char)(value >> 16));
			buf_putc(&all, (char)(value >> 8));
			buf_putc(&all, (char)value);
		}
	for (i = 0; i < 16; i++)
		buf_putc(&all, '\0');
	buf_put(&all, data.data, data.len);
	country_metadata(&all, (int)nodes);
	f = fopen(path, "wb");
	if (f == NULL || fwrite(all.data, 1, all.len, f) != all.len)
		abort();
	fclose(f);
	buf_free(&data);
	buf_free(&all);
}

#endif
