/* reasons_manual - the catalogue as saywhy-reasons(7) and as a page */

#include "commands/reasons_manual.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "words/prose.h"
#include "words/reason.h"
#include "words/reply.h"

/* How one form writes the same parts. */
struct form {
	const char *head, *tail;
	const char *chapter;		/* its title */
	const char *reason;		/* name, name, title */
	const char *codes;		/* permanent, temporary, action, who */
	const char *reply, *reply_end;	/* around the lines of the reply */
	const char *line;
	const char *paragraph, *paragraph_end;
	const char *steps, *step, *step_end, *steps_end;
	const char *tune;		/* a label */
	const char *rfc;
	void (*text)(const char *text, size_t n);
};

/*
 * A line that begins with a dot or a quote would be a macro, and a sentence
 * begins on a line of its own.
 */
static void
mdoc_text(const char *text, size_t n)
{
	if (n > 0 && (*text == '.' || *text == '\''))
		fputs("\\&", stdout);
	for (; n > 0; text++, n--)
		if (*text == '\\')
			fputs("\\e", stdout);
		else if (*text == ' ' && strchr(".!?", text[-1]) != NULL)
			putchar('\n');
		else
			putchar(*text);
}

static void
html_text(const char *text, size_t n)
{
	for (; n > 0; text++, n--)
		switch (*text) {
		case '<':
			fputs("&lt;", stdout);
			break;
		case '>':
			fputs("&gt;", stdout);
			break;
		case '&':
			fputs("&amp;", stdout);
			break;
		default:
			putchar(*text);
		}
}

static const struct form mdoc = {
	.head = ".Dd $Mdocdate: November 24 2026 $\n"
	    ".Dt SAYWHY-REASONS 7\n.Os\n.Sh NAME\n"
	    ".Nm saywhy-reasons\n.Nd why mail is refused\n.Sh DESCRIPTION\n"
	    "Every reason that\n.Xr saywhyd 8\ngives, or recognises in what "
	    "others say.\nEach has its codes for a permanent and for a "
	    "temporary refusal, what is done\nby default, who must act, the "
	    "lines that a sender reads, what they mean, and\nwhat can be "
	    "changed in\n.Xr saywhy.conf 5 .\n",
	.tail = ".Sh SEE ALSO\n.Xr saywhy 1 ,\n.Xr saywhy.conf 5 ,\n"
	    ".Xr saywhyd 8\n",
	.chapter = ".Sh %s\n",
	.reason = ".Ss %s\n%s.\n",
	.codes = ".Pp\nPermanent %s; temporary %s; by default %s; "
	    "who must act: %s.\n",
	.reply = ".Bd -literal -offset indent\n", .line = "%s\n",
	.reply_end = ".Ed\n",
	.paragraph = ".Pp\n", .paragraph_end = "\n",
	.steps = ".Bl -bullet -compact\n", .step = ".It\n",
	.step_end = "\n", .steps_end = ".El\n",
	.tune = ".Pp\nTo tune:\n",
	.rfc = ".Pp\n%s.\n",
	.text = mdoc_text
};

static const struct form page = {
	.head = "<!DOCTYPE html>\n<html lang=\"en\">\n"
	    "<meta charset=\"utf-8\">\n"
	    "<meta name=\"viewport\" content=\"width=device-width\">\n"
	    "<title>Why mail is refused</title>\n<style>\n"
	    "body{font:17px/1.5 system-ui,sans-serif;max-width:42em;"
	    "margin:2em auto;padding:0 1em;color:#222;background:#fff}\n"
	    "h2{margin-top:3em;border-bottom:1px solid #ccc}\n"
	    "h3{margin:2.5em 0 0}h3 small{color:#666;font-weight:normal}\n"
	    "pre{background:#f4f4f0;padding:.7em 1em;white-space:pre-wrap;"
	    "font-size:85%}\n.codes,.rfc{color:#666;font-size:85%}\n"
	    "@media(prefers-color-scheme:dark){body{color:#ddd;"
	    "background:#181818}pre{background:#262624}h2{border-color:#444}"
	    ".codes,.rfc,h3 small{color:#999}}\n</style>\n"
	    "<h1>Why mail is refused</h1>\n<p>Every reason that saywhy "
	    "gives, or recognises in what other mail servers say.</p>\n",
	.tail = "</html>\n",
	.chapter = "<h2>%s</h2>\n",
	.reason = "<h3>%s <small>%s</small></h3>\n",
	.codes = "<p class=codes>Permanent %s; temporary %s; by default %s; "
	    "who must act: %s.</p>\n",
	.reply = "<pre>", .line = "%s\n", .reply_end = "</pre>\n",
	.paragraph = "<p>", .paragraph_end = "</p>\n",
	.steps = "<ul>\n", .step = "<li>", .step_end = "</li>\n",
	.steps_end = "</ul>\n",
	.tune = "<p><b>To tune:</b></p>\n",
	.rfc = "<p class=rfc>%s</p>\n",
	.text = html_text
};

static void
code_words(char *out, size_t size, const struct reason_code *c)
{
	if (c->code == 0)
		snprintf(out, size, "none");
	else
		snprintf(out, size, "%d %s", c->code, c->status);
}

static void
print_line(const struct form *f, const char *template)
{
	struct buf text = BUF_INIT;

	reply_show(template, &text);
	printf(f->line, text.data);
	buf_free(&text);
}

static void
print_head(const struct form *f, int id)
{
	const struct reason *r = reason_get(id);
	char permanent[24], temporary[24];

	code_words(permanent, sizeof permanent, &r->permanent);
	code_words(temporary, sizeof temporary, &r->temporary);
	printf(f->reason, r->name, reason_prose(id)->title);
	printf(f->codes, permanent, temporary, action_name(r->action),
	    who_name(r->who));
	fputs(f->reply, stdout);
	print_line(f, r->what);
	print_line(f, r->remedy);
	print_line(f, r->later);
	fputs(f->reply_end, stdout);
}

/* Paragraphs are apart by a blank line, lines within one by a newline. */
static void
print_paragraphs(const struct form *f, const char *text)
{
	const char *end;

	for (; *text != '\0'; text = end + strspn(end, "\n")) {
		end = strstr(text, "\n\n");
		if (end == NULL)
			end = text + strlen(text);
		fputs(f->paragraph, stdout);
		f->text(text, (size_t)(end - text));
		fputs(f->paragraph_end, stdout);
	}
}

static void
print_steps(const struct form *f, const char *text)
{
	size_t n;

	fputs(f->steps, stdout);
	for (; *text != '\0'; text += n + (text[n] == '\n')) {
		n = strcspn(text, "\n");
		fputs(f->step, stdout);
		f->text(text, n);
		fputs(f->step_end, stdout);
	}
	fputs(f->steps_end, stdout);
}

static void
print_reason(const struct form *f, int id)
{
	const struct reason_prose *p = reason_prose(id);

	print_head(f, id);
	print_paragraphs(f, p->page);
	print_steps(f, p->steps);
	fputs(f->tune, stdout);
	print_paragraphs(f, p->tune);
	printf(f->rfc, reason_get(id)->rfc);
}

void
reasons_manual(bool html)
{
	const struct form *f = html ? &page : &mdoc;
	const struct prose_chapter *c;
	const int *id;

	fputs(f->head, stdout);
	for (c = words_chapters; c->title != NULL; c++) {
		printf(f->chapter, c->title);
		for (id = c->reasons; *id != REASON_NONE; id++)
			print_reason(f, *id);
	}
	fputs(f->tail, stdout);
}
