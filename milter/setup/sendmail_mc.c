/* sendmail_mc - the calls of a sendmail.mc */

#include "setup/sendmail_mc.h"

#include <ctype.h>
#include <string.h>

static bool
is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* Where the word ends; its beginning in `name`, or "" when it is too long. */
static const char *
take_word(const char *p, char name[MC_NAME_MAX])
{
	size_t n = 0;

	while (is_word(p[n]))
		n++;
	name[0] = '\0';
	if (n < MC_NAME_MAX) {
		memcpy(name, p, n);
		name[n] = '\0';
	}
	return p + n;
}

/* Collects the bytes of one argument, without its outermost quotes. */
struct collector {
	struct mc_call *call;
	size_t length;		/* of the last argument */
	size_t quotes, brackets;
};

static void
add(struct collector *c, char byte)
{
	if (c->call->n <= MC_ARGUMENTS && c->length + 1 < MC_ARGUMENT_MAX)
		c->call->argument[c->call->n - 1][c->length++] = byte;
}

static void
end_argument(struct collector *c)
{
	if (c->call->n <= MC_ARGUMENTS)
		c->call->argument[c->call->n - 1][c->length] = '\0';
	c->length = 0;
}

/* False: this byte closes the call. */
static bool
collect(struct collector *c, char byte)
{
	bool quoted = c->quotes > 0;

	if (byte == '`' && c->quotes++ == 0)
		return true;
	if (byte == '\'' && quoted && --c->quotes == 0)
		return true;
	if (!quoted && byte == ')' && c->brackets-- == 0)
		return false;
	if (!quoted && byte == '(')
		c->brackets++;
	if (!quoted && byte == ',' && c->brackets == 0) {
		end_argument(c);
		c->call->n++;
	} else if (quoted || c->length > 0 || !isspace((unsigned char)byte))
		add(c, byte);
	return true;
}

static const char *
take_arguments(const char *p, struct mc_call *call)
{
	struct collector c = { .call = call };

	call->n = 1;
	while (*p != '\0' && collect(&c, *p))
		p++;
	end_argument(&c);
	return p + (*p != '\0');
}

/* m4 takes no comment out of a call's way but "dnl" and "#". */
static const char *
skip_line(const char *p)
{
	p += strcspn(p, "\n");
	return p + (*p != '\0');
}

bool
mc_next(const char **p, struct mc_call *call)
{
	const char *at = *p;

	while (*at != '\0') {
		if (*at == '#') {
			at = skip_line(at);
			continue;
		}
		if (!is_word(*at)) {
			at++;
			continue;
		}
		at = take_word(at, call->name);
		if (strcmp(call->name, "dnl") == 0)
			at = skip_line(at);
		else if (*at == '(') {
			*p = take_arguments(at + 1, call);
			return true;
		}
	}
	*p = at;
	return false;
}
