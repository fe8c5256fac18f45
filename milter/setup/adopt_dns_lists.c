/* adopt_dns_lists - reject_rbl_client and its kin */

#include "setup/adopt_walk.h"

#include <string.h>

#include "base/buf.h"
#include "model/mailbox.h"
#include "setup/adopt_words.h"
#include "setup/mta_lists.h"

#define COUNT(v) (sizeof (v) / sizeof (v)[0])

/* "127.0.0.[2..11]" is 127.0.0.2-11; false: a form that we do not have. */
static bool
put_answers(struct buf *out, const char *answers)
{
	const char *open = strchr(answers, '['), *dots, *close;

	if (open == NULL) {
		buf_printf(out, "\"%s\"", answers);
		return strspn(answers, "0123456789.") == strlen(answers);
	}
	dots = strstr(open, "..");
	close = strchr(open, ']');
	if (dots == NULL || close == NULL || close[1] != '\0' ||
	    dots > close || strchr(open, ';') != NULL)
		return false;
	buf_printf(out, "\"%.*s%.*s-%.*s\"", (int)(open - answers), answers,
	    (int)(dots - open - 1), open + 1, (int)(close - dots - 2),
	    dots + 2);
	return true;
}

static const struct {
	const char *restriction, *block, *match;
} dns_lists[] = {
	{ "reject_rbl_client", "dnsbl", NULL },
	{ "permit_dnswl_client", "dnswl", NULL },
	{ "reject_rhsbl_client", "rhsbl", "client" },
	{ "reject_rhsbl_helo", "rhsbl", "helo" },
	{ "reject_rhsbl_sender", "rhsbl", "sender" },
};

/* Words of main.cf's own, which a reply of ours would not have. */
static bool
has_words(const struct mta_source *source)
{
	return *source->value(source->arg, "rbl_reply_maps") != '\0' ||
	    adopt_has_setting(source, "default_rbl_reply");
}

/* Why it stays Postfix's. */
static const char *
reason_left(const struct walk *w, bool permits, bool well_formed)
{
	if (!well_formed)
		return "its answers are in a form that saywhy does not have";
	if (!permits && has_words(w->source))
		return "default_rbl_reply or rbl_reply_maps has its words";
	return "it stands behind a permit that saywhy does not know";
}

/* Its zone is the next word: "zen.example=127.0.0.2". */
static void
take_dns_list(struct walk *w, size_t which)
{
	char word[MTA_WORD_MAX], *answers;
	struct buf line = BUF_INIT;
	bool good, permits = strcmp(dns_lists[which].block, "dnswl") == 0;

	if (!mta_next_word(&w->p, word))
		return;
	answers = strchr(word, '=');
	if (answers != NULL)
		*answers++ = '\0';
	buf_printf(&line, "\t%s \"%s\" {", dns_lists[which].block, word);
	if (dns_lists[which].match != NULL)
		buf_printf(&line, " match = {%s}", dns_lists[which].match);
	if (answers != NULL)
		buf_puts(&line, " answers = {");
	else if (permits)
		buf_puts(&line, " answers = {\"127.0.0.0-"
		    "127.255.254.255\"}");
	good = (answers == NULL || put_answers(&line, answers)) &&
	    mailbox_is_host_name(word);
	buf_printf(&line, "%s }\t# %s\n", answers != NULL ? "}" : "",
	    w->list);
	if (strstr(w->lists->data, line.data) != NULL)
		;
	else if (good && !w->unknown_permit &&
	    (permits || !has_words(w->source))) {
		buf_puts(w->lists, line.data);
		w->a->taken++;
	} else {
		w->unknown_permit |= permits;
		adopt_leave(w->a, "%s: %s %s stays Postfix's%s: %s", w->list,
		    dns_lists[which].restriction, word,
		    adopt_says(dns_lists[which].restriction),
		    reason_left(w, permits, good));
	}
	w->known_permit |= permits;
	buf_free(&line);
}

bool
adopt_dns_list(struct walk *w, const char *word)
{
	size_t i;

	for (i = 0; i < COUNT(dns_lists); i++)
		if (strcmp(word, dns_lists[i].restriction) == 0) {
			take_dns_list(w, i);
			return true;
		}
	return false;
}
