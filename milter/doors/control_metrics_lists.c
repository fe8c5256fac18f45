/* control_metrics_lists - how lists and scanners fare */

#include "doors/control_metrics_lists.h"

#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "lists/dnslist.h"
#include "lists/list.h"
#include "scanners/scanner.h"

/* One family, as all lists have it: a row a list. */
struct family {
	struct buf *out;
	const char *name;
	enum { HEALTHY, ASKED, LISTED, FAILED } what;
};

/* A name is the admin's; quotes and backslashes may be in it. */
static void
put_sample(const struct family *f, const char *list, uint64_t n)
{
	buf_printf(f->out, "saywhy_%s{%s=\"", f->name,
	    strncmp(f->name, "scanner", 7) == 0 ? "server" : "list");
	for (; *list != '\0'; list++) {
		if (*list == '"' || *list == '\\')
			buf_putc(f->out, '\\');
		buf_putc(f->out, *list == '\n' ? ' ' : *list);
	}
	buf_printf(f->out, "\"} %" PRIu64 "\n", n);
}

static void
put_dns_list(void *arg, const struct dnslist_state *s)
{
	const struct family *f = arg;

	switch (f->what) {
	case HEALTHY:
		put_sample(f, s->name, s->disabled == NULL);
		break;
	case ASKED:
		put_sample(f, s->name, s->queries);
		break;
	case LISTED:
		put_sample(f, s->name, s->listed);
		break;
	case FAILED:
		put_sample(f, s->name, s->failure);
		break;
	}
}

static void
put_list(void *arg, const struct list_state *s)
{
	put_sample(arg, s->name, s->failure == NULL);
}

static void
put_scanner(void *arg, const struct scanner_health *s)
{
	const struct family *f = arg;

	put_sample(f, s->server, f->what == HEALTHY ? s->up :
	    f->what == ASKED ? s->scans : s->failures);
}

static void
put_help(struct buf *out, const char *name, const char *type,
    const char *help)
{
	buf_printf(out, "# TYPE saywhy_%s %s\n# HELP saywhy_%s %s\n", name,
	    type, name, help);
}

void
control_metrics_lists(struct buf *out)
{
	struct family f = { .out = out, .name = "dns_list_well",
		.what = HEALTHY };

	put_help(out, "dns_list_well", "gauge", "0: disabled for now.");
	dnslist_each(put_dns_list, &f);
	f = (struct family){ out, "dns_list_asked_total", ASKED };
	put_help(out, "dns_list_asked", "counter", "Questions to it.");
	dnslist_each(put_dns_list, &f);
	f = (struct family){ out, "dns_list_listed_total", LISTED };
	put_help(out, "dns_list_listed", "counter", "Answers that count.");
	dnslist_each(put_dns_list, &f);
	f = (struct family){ out, "dns_list_trouble_total", FAILED };
	put_help(out, "dns_list_trouble", "counter", "No usable answers.");
	dnslist_each(put_dns_list, &f);
	f.name = "list_well";
	put_help(out, "list_well", "gauge", "0: its file cannot be used.");
	list_each(put_list, &f);
	f.name = "scanner_up";
	put_help(out, "scanner_up", "gauge", "0: not asked for now.");
	scanner_each(put_scanner, &f);
	f = (struct family){ out, "scanner_scans_total", ASKED };
	put_help(out, "scanner_scans", "counter", "Messages it was shown.");
	scanner_each(put_scanner, &f);
	f = (struct family){ out, "scanner_troubles_total", FAILED };
	put_help(out, "scanner_troubles", "counter", "Scans that failed.");
	scanner_each(put_scanner, &f);
}
