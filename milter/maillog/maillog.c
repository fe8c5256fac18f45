/* maillog - what a line of a mail log says of a refusal */

#include "maillog/maillog.h"

#include <string.h>

#include "maillog/maillog_internal.h"
#include "maillog/memory.h"

/* "smtpd" of "postfix/smtpd", "postfix-out/submission/smtpd". */
static struct slice
last_part(struct slice program)
{
	const char *slash = memrchr(program.text, '/', program.n);

	return slash != NULL ? slice_from(program, slash + 1) :
	    (struct slice){ NULL, 0 };
}

void
maillog_line(struct maillog *g, const char *line, size_t n)
{
	struct logline l;
	struct slice part;

	if (!logline_read(line, n, &l))
		return;
	part = last_part(l.program);
	if (part.text != NULL)
		maillog_postfix(g, &l, part);
	else
		maillog_sendmail(g, &l);
}

/* Emits a line that waited for another one, which did not come. */
static void
end_one(void *arg, struct log_memory_entry *m)
{
	maillog_sendmail_end(arg, m);
	log_memory_forget(m);
}

void
maillog_end(struct maillog *g)
{
	log_memory_each(maillog_memory(g), end_one, g);
}
