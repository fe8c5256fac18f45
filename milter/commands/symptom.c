/* symptom - what saywhy doctor has found */

#include "commands/symptom.h"

#include <stdarg.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"

void
symptom_add(struct symptoms *s, enum health health, const char *about,
    const char *mend, const char *fmt, ...)
{
	struct buf text = BUF_INIT;
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&text, fmt, ap);
	va_end(ap);
	s->v = mem_room(s->v, s->n, &s->cap, sizeof *s->v);
	s->v[s->n++] = (struct symptom){ .health = health, .about = about,
		.text = buf_steal(&text), .mend = mem_dup(mend) };
}

void
symptoms_clear(struct symptoms *s)
{
	while (s->n > 0) {
		s->n--;
		free(s->v[s->n].text);
		free(s->v[s->n].mend);
	}
	free(s->v);
}
