/* progress - how far a command has come */

#include "commands/progress.h"

#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"

#define FIRST_MS 1000
#define EVERY_MS 100
#define CELLS 24

static void
show_bar(const char *label, uint64_t done, uint64_t all)
{
	int cells = (int)(done * CELLS / all);

	fprintf(stderr, "\r%s [%.*s%*s] %3d%%", label,
	    cells < CELLS ? cells : CELLS, "########################",
	    cells < CELLS ? CELLS - cells : 0, "", (int)(done * 100 / all));
}

void
progress_show(struct progress *p, uint64_t done, uint64_t all)
{
	int64_t now = clock_ms();

	if (p->began == 0)
		p->began = now;
	if (now - p->began < FIRST_MS || now - p->shown < EVERY_MS ||
	    !isatty(STDERR_FILENO))
		return;
	p->shown = now;
	if (all > 0)
		show_bar(p->label, done < all ? done : all, all);
	else
		fprintf(stderr, "\r%s: %llu", p->label,
		    (unsigned long long)done);
	fflush(stderr);
}

void
progress_end(struct progress *p)
{
	if (p->shown != 0)
		fprintf(stderr, "\r%*s\r", 78, "");
}
