/* load_mail - what the load driver's clients say: envelopes and a message */

#include "load_mail.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

struct field {
	char *name;
	char *value;	/* as it came: with the blank after the colon */
};

struct mail {
	struct mail_options o;
	struct field *fields;
	size_t nfields, fields_cap;
	struct buf body;
};

/* The values that differ, as text; short enough by construction. */
struct words {
	char client[64], name[256], helo[256], sender[256], rcpt[256], id[32];
};

static void
field_add(struct mail *m, const char *name, const char *value)
{
	m->fields = mem_room(m->fields, m->nfields, &m->fields_cap,
	    sizeof *m->fields);
	m->fields[m->nfields].name = mem_dup(name);
	m->fields[m->nfields].value = mem_dup(value);
	m->nfields++;
}

/* Ten fields of an ordinary message first, then more of one kind. */
static void
make_up(struct mail *m)
{
	static const struct field usual[] = {
		{ "Received", " from client (client [192.0.2.1])\n"
		    "\tby relay.example.net (Postfix) with ESMTPS id 4Qx\n"
		    "\tfor <user@example.org>; "
		    "Mon, 5 Jan 2026 10:00:00 +0000" },
		{ "Date", " Mon, 5 Jan 2026 10:00:00 +0000" },
		{ "From", " \"A Sender\" <sender@example.net>" },
		{ "To", " <user@example.org>" },
		{ "Subject", " An ordinary message about the weather" },
		{ "Message-ID", " <20260105100000.4Qx@relay.example.net>" },
		{ "MIME-Version", " 1.0" },
		{ "Content-Type", " text/plain; charset=utf-8" },
		{ "Content-Transfer-Encoding", " 8bit" },
		{ "User-Agent", " Mutt/2.2.9 (2022-11-12)" },
	};
	static const char line[] = "The sun shines on the just and on the "
	    "unjust, and rain falls on both.\r\n";
	size_t n = sizeof usual / sizeof *usual, len = sizeof line - 1;

	for (size_t i = 0; i < m->o.headers; i++)
		field_add(m, i < n ? usual[i].name : "X-Filler",
		    i < n ? usual[i].value : " of no consequence");
	while (m->body.len < m->o.body)
		buf_put(&m->body, line, m->o.body - m->body.len < len ?
		    m->o.body - m->body.len : len);
}

/* Appends the line to `to`, without its end. */
static bool
read_line(FILE *in, struct buf *to)
{
	int c;

	buf_clear(to);
	while ((c = getc(in)) != EOF && c != '\n')
		buf_putc(to, (char)c);
	if (to->len > 0 && to->data[to->len - 1] == '\r')
		buf_cut(to, to->len - 1);
	return c != EOF || to->len > 0;
}

static void
field_end(struct mail *m, struct buf *field)
{
	char *colon = strchr(field->data, ':');

	if (colon != NULL) {
		*colon = '\0';
		field_add(m, field->data, colon + 1);
	}
	buf_clear(field);
}

/* Folded fields keep their line ends, as LF; so does Postfix. */
static bool
read_file(struct mail *m, const char *path)
{
	struct buf line = BUF_INIT, field = BUF_INIT;
	FILE *in = fopen(path, "r");

	if (in == NULL)
		return false;
	while (read_line(in, &line) && line.len > 0) {
		if (strchr(" \t", line.data[0]) == NULL)
			field_end(m, &field);
		else
			buf_putc(&field, '\n');
		buf_put(&field, line.data, line.len);
	}
	field_end(m, &field);
	while (read_line(in, &line)) {
		buf_put(&m->body, line.data, line.len);
		buf_put(&m->body, "\r\n", 2);
	}
	fclose(in);
	buf_free(&line);
	buf_free(&field);
	return true;
}

struct mail *
mail_new(const struct mail_options *options)
{
	struct mail *m = mem_alloc(sizeof *m);

	m->o = *options;
	m->body = (struct buf)BUF_INIT;
	if (m->o.file == NULL) {
		make_up(m);
	} else if (!read_file(m, m->o.file)) {
		mail_free(m);
		return NULL;
	}
	return m;
}

void
mail_free(struct mail *m)
{
	int error = errno;

	for (size_t i = 0; i < m->nfields; i++) {
		free(m->fields[i].name);
		free(m->fields[i].value);
	}
	free(m->fields);
	buf_free(&m->body);
	free(m);
	errno = error;
}

size_t
mail_packets(const struct mail *m, enum step step)
{
	switch (step) {
	case STEP_RCPT:
		return m->o.rcpts;
	case STEP_HEADER:
		return m->nfields;
	case STEP_BODY:
		return (m->body.len + PROTO_CHUNK - 1) / PROTO_CHUNK;
	case STEP_NEGOTIATE:
	case STEP_CONNECT:
	case STEP_HELO:
	case STEP_MAIL:
	case STEP_DATA:
	case STEP_EOH:
	case STEP_EOM:
	case STEPS:
		break;
	}
	return 1;
}

static const char *
either(const char *given, const char *made)
{
	return given != NULL ? given : made;
}

/* Its number of o->clients, in networks of 24 bits. */
static void
put_client(struct words *w, const struct mail_options *o, size_t number)
{
	size_t k = o->clients > 0 ? number % o->clients : 0;
	char client[64], sender[64] = "sender@example.net";

	if (o->clients > 0) {
		snprintf(client, sizeof client, "10.%zu.%zu.9", k / 250 % 250,
		    k % 250);
		snprintf(sender, sizeof sender, "sender@net%zu.example", k);
	} else {
		snprintf(client, sizeof client, "198.51.100.%zu",
		    number % 254 + 1);
	}
	snprintf(w->client, sizeof w->client, "%s", either(o->client, client));
	snprintf(w->sender, sizeof w->sender, "%s", either(o->sender, sender));
}

static void
words_for(const struct mail *m, const struct mail_turn *turn,
    struct words *w)
{
	const struct mail_options *o = &m->o;
	char made[64];

	put_client(w, o, turn->session);
	snprintf(made, sizeof made, "mail%zu.example.net",
	    turn->session % 254 + 1);
	snprintf(w->name, sizeof w->name, "%s", either(o->client_name, made));
	snprintf(w->helo, sizeof w->helo, "%s", either(o->helo, w->name));
	snprintf(made, sizeof made, "user%zu@example.org", turn->index);
	snprintf(w->rcpt, sizeof w->rcpt, "%s", either(o->rcpt, made));
	snprintf(w->id, sizeof w->id, "4Q%06zX%03zX", turn->message,
	    turn->session % 0xfff);
}

static void
put_text(struct buf *data, const char *text)
{
	buf_put(data, text, strlen(text) + 1);
}

static void
put_connect(const struct words *w, struct buf *data)
{
	uint16_t port = htons(32768);

	put_text(data, w->name);
	buf_putc(data, '4');
	buf_put(data, &port, sizeof port);
	put_text(data, w->client);
}

static void
put_address(struct buf *data, const char *address)
{
	buf_printf(data, "<%s>", address);
	buf_putc(data, '\0');
}

static void
put_field(const struct field *f, unsigned flags, struct buf *data)
{
	bool space = f->value[0] == ' ' && (flags & PROTO_LEADING_SPACE) == 0;

	put_text(data, f->name);
	put_text(data, f->value + (space ? 1 : 0));
}

static void
put_piece(const struct buf *body, size_t index, struct buf *data)
{
	size_t at = index * PROTO_CHUNK, left = body->len - at;

	buf_put(data, body->data + at,
	    left < PROTO_CHUNK ? left : (size_t)PROTO_CHUNK);
}

static void
put_envelope(const struct mail *m, const struct mail_turn *turn,
    struct buf *data)
{
	struct words w;

	words_for(m, turn, &w);
	if (turn->step == STEP_CONNECT)
		put_connect(&w, data);
	else if (turn->step == STEP_HELO)
		put_text(data, w.helo);
	else
		put_address(data,
		    turn->step == STEP_MAIL ? w.sender : w.rcpt);
}

static void
put_data(const struct mail *m, const struct mail_turn *turn, unsigned flags,
    struct buf *data)
{
	switch (turn->step) {
	case STEP_CONNECT:
	case STEP_HELO:
	case STEP_MAIL:
	case STEP_RCPT:
		put_envelope(m, turn, data);
		break;
	case STEP_HEADER:
		put_field(&m->fields[turn->index], flags, data);
		break;
	case STEP_BODY:
		put_piece(&m->body, turn->index, data);
		break;
	case STEP_NEGOTIATE:
	case STEP_DATA:
	case STEP_EOH:
	case STEP_EOM:
	case STEPS:
		break;
	}
}

void
mail_put(const struct mail *m, const struct mail_turn *turn, unsigned flags,
    struct buf *out)
{
	struct buf data = BUF_INIT;

	put_data(m, turn, flags, &data);
	proto_put(out, step_rows[turn->step].letter, data.data, data.len);
	buf_free(&data);
}

/* What an MTA would say of a macro; NULL: it has no value, and is not sent. */
static const char *
macro_value(const struct mail *m, const struct words *w, const char *name)
{
	const struct {
		const char *name, *value;
	} rows[] = {
		{ "i", w->id },
		{ "j", "mx.example.org" },
		{ "v", "Postfix 3.7.11" },
		{ "_", w->name },
		{ "daemon_name", "mx.example.org" },
		{ "daemon_addr", "192.0.2.25" },
		{ "daemon_port", "25" },
		{ "client_addr", w->client },
		{ "client_name", w->name },
		{ "client_ptr", w->name },
		{ "client_port", "32768" },
		{ "client_resolve", "OK" },
		{ "auth_authen", m->o.login },
		{ "auth_type", m->o.login == NULL ? NULL : "PLAIN" },
		{ "mail_addr", w->sender },
		{ "mail_host", "example.net" },
		{ "mail_mailer", "smtp" },
		{ "rcpt_addr", w->rcpt },
		{ "rcpt_host", "example.org" },
		{ "rcpt_mailer", "smtp" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (strcmp(rows[i].name, name) == 0)
			return rows[i].value;
	return NULL;
}

static void
put_macro(const struct mail *m, const struct words *w, const char *name,
    struct buf *data)
{
	size_t n = strcspn(name, " ,");
	char bare[64];
	const char *value;
	bool braces = n > 2 && name[0] == '{' && name[n - 1] == '}';

	snprintf(bare, sizeof bare, "%.*s", (int)(braces ? n - 2 : n),
	    name + (braces ? 1 : 0));
	value = macro_value(m, w, bare);
	if (value == NULL)
		return;
	buf_put(data, name, n);
	buf_putc(data, '\0');
	put_text(data, value);
}

void
mail_put_macros(const struct mail *m, const struct mail_turn *turn,
    const char *names, struct buf *out)
{
	struct buf data = BUF_INIT;
	struct words w;

	words_for(m, turn, &w);
	buf_putc(&data, step_rows[turn->step].letter);
	for (names += strspn(names, " ,"); *names != '\0';
	    names += strspn(names, " ,")) {
		put_macro(m, &w, names, &data);
		names += strcspn(names, " ,");
	}
	proto_put(out, PROTO_MACROS, data.data, data.len);
	buf_free(&data);
}
