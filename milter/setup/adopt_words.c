/* adopt_words - words of main.cf: tables, arguments, what is left */

#include "setup/adopt_words.h"

#include <stdarg.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "setup/mta_lists.h"

#define COUNT(v) (sizeof (v) / sizeof (v)[0])

void
adopt_leave(struct adopt *a, const char *fmt, ...)
{
	struct buf text = BUF_INIT;
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&text, fmt, ap);
	va_end(ap);
	if (a->nleft < ADOPT_LEFT_MAX)
		a->left[a->nleft++] = buf_steal(&text);
	buf_free(&text);
}

void
adopt_leave_behind(struct adopt *a, const char *list, const char *restriction)
{
	adopt_leave(a, "%s: %s stays Postfix's%s: it stands behind a permit "
	    "that saywhy does not know", list, restriction,
	    adopt_says(restriction));
}

bool
adopt_is_among(const char *word, const char *const *words, size_t n)
{
	size_t i;

	for (i = 0; i < n && strcmp(word, words[i]) != 0; i++)
		;
	return i < n;
}

static bool
starts(const char *text, const char *word)
{
	return strncmp(text, word, strlen(word)) == 0;
}

/* "/pattern/" or "/pattern/i", and a blank behind it. */
static bool
is_plain_pattern(const char *line)
{
	size_t n = 1;

	if (*line != '/')
		return false;
	for (; line[n] != '/'; n += line[n] == '\\' && line[n + 1] != '\0' ?
	    2 : 1)
		if (line[n] == '\n' || line[n] == '\0')
			return false;
	n++;
	if (line[n] == 'i')
		n++;
	return line[n] == ' ' || line[n] == '\t';
}

/* As lists/list_access.c refuses them. */
static bool
is_conditional(const char *line)
{
	return *line == '!' || (strncasecmp(line, "if", 2) == 0 &&
	    line[2] != '\0' && strchr(" \t/!", line[2]) != NULL) ||
	    (strncasecmp(line, "endif", 5) == 0 &&
	    strchr(" \t\n", line[5]) != NULL);
}

/* No conditions and no negations; of patterns no other delimiters or flags. */
static bool
is_plain_table(const struct mta_source *source, const char *path,
    bool patterns)
{
	struct buf text = BUF_INIT;
	bool good = source->text(source->arg, path, &text);
	const char *line;
	size_t n;

	for (line = text.data; good && *line != '\0'; line += n) {
		good = strchr("#\n \t\r", *line) != NULL || (patterns ?
		    is_plain_pattern(line) : !is_conditional(line));
		n = strcspn(line, "\n");
		n += line[n] == '\n';
	}
	buf_free(&text);
	return good;
}

const char *
adopt_text_of_table(const struct mta_source *source, const char *table)
{
	static const char *const kinds[] = { "hash:", "btree:", "texthash:",
		"lmdb:", "cdb:", "dbm:", "cidr:", "regexp:", "pcre:" };
	const char *path = NULL;
	size_t i;

	if (starts(table, "proxy:"))
		table += 6;
	for (i = 0; i < COUNT(kinds) && path == NULL; i++)
		if (starts(table, kinds[i]))
			path = table + strlen(kinds[i]);
	if (path == NULL && *table == '/')
		path = table;
	if (path == NULL || strchr(path, '"') != NULL ||
	    !source->is_file(source->arg, path))
		return NULL;
	return is_plain_table(source, path, starts(table, "regexp:") ||
	    starts(table, "pcre:")) &&
	    source->is_access(source->arg, path) ? path : NULL;
}

bool
adopt_may_permit(const struct mta_source *source, const char *table)
{
	const char *path = adopt_text_of_table(source, table), *line, *action;
	struct buf text = BUF_INIT;
	bool may = path == NULL || !source->text(source->arg, path, &text);
	size_t n;

	for (line = text.data; !may && *line != '\0'; line += n) {
		n = strcspn(line, "\n");
		action = line + strcspn(line, " \t\n");
		action += strspn(action, " \t");
		may = strchr("#\n \t", *line) == NULL &&
		    strncasecmp(action, "REJECT", 6) != 0 && *action != '5';
		n += line[n] == '\n';
	}
	buf_free(&text);
	return may;
}

const char *
adopt_not_read_because(const char *table)
{
	static const struct {
		const char *kinds, *because;
	} rows[] = {
		{ " inline: static: ", "an action or a key of it is not read "
		    "here" },
		{ " randmap: pipemap: unionmap: environ: ",
		    "it stands in main.cf itself and has no file" },
		{ " regexp: pcre: cidr: ", "it cannot be read, or has "
		    "conditions, negations, flags or patterns which saywhy "
		    "does not take" },
		{ " hash: btree: texthash: lmdb: cdb: dbm: proxy: ",
		    "its text cannot be read, or lets somebody pass whom "
		    "saywhy cannot tell" },
	};
	char kind[32];
	size_t n = strcspn(table, ":"), i;

	if (n + 4 > sizeof kind)
		return "it is of no kind that saywhy knows";
	kind[0] = ' ';
	memcpy(kind + 1, table, n);
	memcpy(kind + 1 + n, ": ", 3);
	for (i = 0; i < COUNT(rows); i++)
		if (strstr(rows[i].kinds, kind) != NULL)
			return rows[i].because;
	return "it can only be asked key by key, which saywhy does not: it "
	    "would wait for a lookup that it cannot bound";
}

const char *
adopt_says(const char *restriction)
{
	static const struct {
		const char *begins, *says;
	} rows[] = {
		{ "reject_rbl_client", " (550 5.7.1)" },
		{ "reject_rhsbl", " (550 5.7.1)" },
		{ "check_policy_service", " (in the words of that service)" },
		{ "check_", " (550 5.7.1, or as the table says)" },
		{ "reject_unverified_sender", " (450 4.1.7)" },
		{ "reject_unverified_recipient", " (550 5.1.1)" },
		{ "reject_unknown_sender_domain", " (550 5.1.8)" },
		{ "reject_unknown_recipient_domain", " (550 5.1.2)" },
		{ "reject_non_fqdn", " (504 5.5.2)" },
		{ "reject_invalid", " (501 5.5.2)" },
		{ "reject_unknown_helo_hostname", " (550 5.7.1)" },
		{ "reject_unknown_client_hostname", " (450 4.7.25)" },
		{ "reject_unknown_reverse_client_hostname", " (450 4.7.25)" },
		{ "reject_plaintext_session", " (450 4.7.1)" },
		{ "reject_sender_login_mismatch", " (553 5.7.1)" },
		{ "reject_authenticated_sender", " (553 5.7.1)" },
		{ "reject_unauthenticated_sender", " (553 5.7.1)" },
		{ "reject_known_sender", " (553 5.7.1)" },
		{ "reject", " (550 5.7.1)" },
		{ "defer", " (450 4.7.1)" },
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		if (starts(restriction, rows[i].begins))
			return rows[i].says;
	return "";
}

bool
adopt_takes_word(const char *word)
{
	return (strncmp(word, "check_", 6) == 0 &&
	    strcmp(word, "check_relay_domains") != 0) ||
	    strncmp(word, "reject_rbl", 10) == 0 ||
	    strncmp(word, "reject_rhsbl", 12) == 0 ||
	    strncmp(word, "permit_rhswl", 12) == 0 ||
	    strcmp(word, "sleep") == 0;
}

bool
adopt_needs_login(const char *list)
{
	char word[MTA_WORD_MAX], service[MTA_WORD_MAX];
	bool logins = false;

	while (mta_next_word(&list, word)) {
		if (strcmp(word, "permit_sasl_authenticated") == 0)
			logins = true;
		else if (strcmp(word, "reject") == 0)
			return logins;
		else if (strcmp(word, "check_policy_service") == 0 &&
		    mta_next_word(&list, service) && adopt_is_ours(service))
			;
		else if (strcmp(word, "permit_mynetworks") != 0 &&
		    strncmp(word, "reject_", 7) != 0)
			return false;
	}
	return false;
}

bool
adopt_has_setting(const struct mta_source *source, const char *name)
{
	return strncmp(source->place(source->arg, name), "the default", 11) !=
	    0;
}

bool
adopt_is_ours(const char *service)
{
	return strstr(service, "saywhy/") != NULL || strstr(service,
	    "timeout=10s, default_action=DUNNO, policy_context=") != NULL;
}
