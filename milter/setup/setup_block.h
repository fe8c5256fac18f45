/*
 * setup_block.h - settings in main.cf and master.cf that can be removed again
 *
 * What we write stands in blocks of its own, with the lines it replaces kept as
 * comments and a checksum at the end:
 *
 *	# saywhy setup: begin (saywhy setup --undo takes this block out)
 *	#was smtpd_milters = inet:localhost:8891
 *	smtpd_milters = unix:saywhy/milter.sock, inet:localhost:8891
 *	# saywhy setup: end 5a0c3f9d
 *
 * So a file without its blocks is byte for byte what it was, whatever was
 * edited around them, and a block that was edited is noticed. Pure text.
 */
#ifndef SETUP_SETUP_BLOCK_H
#define SETUP_SETUP_BLOCK_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct diags;

/*
 * Sets a parameter of main.cf: its line (the last one; postconf(5)) is
 * replaced by a block, or a block is added at the end. The value has no
 * newline.
 */
void setup_block_set(struct buf *text, const char *name, const char *value);

/*
 * Adds an option, "name=value", to a service of master.cf (master(5)): the last
 * one of this name and type "inet". A later option overrides an earlier one, so
 * nothing is replaced. False: there is no such service.
 */
bool setup_block_option(struct buf *text, const char *service,
    const char *option);

/* The line of main.cf where this parameter is set last; 0: it is not. */
int setup_block_line(const struct buf *text, const char *name);

/* Is there a block in it? */
bool setup_block_is_there(const struct buf *text);

/*
 * Takes every block out. False, with file and line in `d` and the text as it
 * was, when a block was changed since it was written.
 */
bool setup_block_undo(struct buf *text, const char *file, struct diags *d);

#endif
