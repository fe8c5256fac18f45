/* ruleset - one loaded configuration: immutable, counted, swapped on reload */

#include "engine/ruleset.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/mem.h"
#include "base/rights.h"
#include "config/config.h"
#include "engine/ruleset_options.h"
#include "records/record_file.h"
#include "words/reason.h"

static const char *const section_names[] = { "", "relay", "auth", "blacklist",
	"content", "dns" };

#define NSECTIONS (sizeof section_names / sizeof section_names[0])

/* The rows of the whole file, and where their values go. */
struct plan {
	struct option_section sections[NSECTIONS];
};

static void
add(struct plan *plan, const char *section, const struct option *rows,
    void *base, bool here)
{
	struct option_section *s;
	size_t i;

	for (i = 0; strcmp(section_names[i], section) != 0; i++)
		;
	s = &plan->sections[i];
	s->tables = mem_resize(s->tables, s->n + 1, sizeof *s->tables);
	s->tables[s->n++] = (struct option_table){ rows, base, here };
}

/* What many hosts have alike. */
static void
add_table(struct plan *plan, const char *section, const struct option *rows,
    void *base)
{
	add(plan, section, rows, base, false);
}

/* Where this host runs things. */
static void
add_here(struct plan *plan, const char *section, const struct option *rows,
    void *base)
{
	add(plan, section, rows, base, true);
}

static void
plan_init(struct plan *plan, struct ruleset *r)
{
	size_t i;

	memset(plan, 0, sizeof *plan);
	for (i = 0; i < NSECTIONS; i++)
		plan->sections[i].name = section_names[i];
	add_table(plan, "", site_options, &r->site);
	add_table(plan, "", policy_options, &r->policy);
	add_here(plan, "", record_option_rows, &r->records);
	add_here(plan, "", daemon_options, &r->daemon);
	add_here(plan, "dns", dns_option_rows, &r->dns);
	add_here(plan, "", counters_option_rows, &r->counters);
	add_here(plan, "", page_option_rows, &r->page);
	add_here(plan, "", post_option_rows, &r->posts);
	add_here(plan, "", list_source_rows, &r->lists);
	add_table(plan, "relay", site_relay_options, &r->site);
	add_table(plan, "auth", site_auth_options, &r->site);
	add_table(plan, "blacklist", site_blacklist_options, &r->site);
	add_table(plan, "content", site_content_options, &r->site);
	for (i = 0; i < r->nrules; i++)
		if (r->rules[i].check->options != NULL)
			add_table(plan, r->rules[i].check->section,
			    r->rules[i].check->options, r->rules[i].options);
}

static void
plan_free(struct plan *plan)
{
	size_t i;

	for (i = 0; i < NSECTIONS; i++)
		free(plan->sections[i].tables);
}

static struct ruleset *
ruleset_new(void)
{
	struct ruleset *r = mem_alloc(sizeof *r);
	const struct check *check;
	size_t i;

	r->holders = 1;
	while (checks_all[r->nrules] != NULL)
		r->nrules++;
	r->rules = mem_array(r->nrules, sizeof *r->rules);
	for (i = 0; i < r->nrules; i++) {
		check = checks_all[i];
		r->rules[i].check = check;
		if (check->options_size > 0)
			r->rules[i].options = mem_alloc(check->options_size);
	}
	return r;
}

static void
ruleset_free(struct ruleset *r)
{
	struct plan plan;
	size_t i, j;

	policy_clear(&r->policy);
	plan_init(&plan, r);
	for (i = 0; i < NSECTIONS; i++)
		for (j = 0; j < plan.sections[i].n; j++)
			option_clear(plan.sections[i].tables[j].rows,
			    plan.sections[i].tables[j].base);
	plan_free(&plan);
	for (i = 0; i < r->nrules; i++) {
		if (r->rules[i].check->done != NULL)
			r->rules[i].check->done(r->rules[i].options);
		free(r->rules[i].options);
	}
	free(r->rules);
	free(r->late);
	settings_free(&r->settings);
	free(r);
}

/* The host's name, and its postmaster (RFC 5321 section 4.5.1). */
static void
default_names(struct site *site)
{
	char host[256] = "localhost";
	struct buf contact = BUF_INIT;

	if (site->name == NULL) {
		gethostname(host, sizeof host - 1);
		mem_replace(&site->name, mailbox_is_host_name(host) ? host :
		    "localhost");
	}
	if (site->contact == NULL) {
		buf_printf(&contact, "postmaster@%s", site->name);
		mem_replace(&site->contact, contact.data);
		buf_free(&contact);
	}
}

/* Is the check active, and at least one of its reasons not off? */
static bool
is_active(const struct ruleset *r, const struct rule *rule)
{
	const int *reason;

	if (rule->check->active != NULL &&
	    !rule->check->active(rule->options, &r->site))
		return false;
	for (reason = rule->check->reasons; *reason != REASON_NONE; reason++)
		if (!policy_ignores(&r->policy, *reason))
			return true;
	return false;
}

static bool
may_mark(const struct ruleset *r, const struct check *check)
{
	const int *reason;

	if (check->softens)
		return r->policy.mode == MODE_ENFORCE;
	for (reason = check->reasons; *reason != REASON_NONE; reason++)
		if (policy_may_mark(&r->policy, *reason))
			return r->policy.mode == MODE_ENFORCE;
	return false;
}

/* May a finding of this check be issued at MAIL? */
static bool
issued_at_mail(const struct ruleset *r, const struct check *check)
{
	struct finding f = { .issued_at = check->issued_at };
	const int *reason;

	for (f.stage = STAGE_CONNECT; f.stage <= STAGE_MAIL; f.stage++)
		for (reason = check->reasons; *reason != REASON_NONE &&
		    (check->stages & STAGE_BIT(f.stage)) != 0; reason++) {
			f.reason = *reason;
			if (policy_issuing_stage(&r->policy, &f) <=
			    STAGE_MAIL)
				return true;
		}
	return false;
}

/* What the door must ask the MTA for. */
static void
sum_up(struct ruleset *r)
{
	struct rule *rule;
	size_t i;

	r->late = mem_array(r->nrules, sizeof *r->late);
	for (i = 0; i < r->nrules; i++)
		r->site.parts |= (r->rules[i].check->needs &
		    CHECK_NEEDS_PARTS) != 0 && is_active(r, &r->rules[i]);
	for (i = 0; i < r->nrules; i++) {
		rule = &r->rules[i];
		rule->active = is_active(r, rule);
		if (!rule->active)
			continue;
		if (rule->check->field != NULL)
			r->late[r->nlate++] = rule;
		r->stages |= rule->check->stages;
		r->needs |= rule->check->needs;
		r->counts |= rule->check->counts;
		r->issued_at_mail |= issued_at_mail(r, rule->check);
		r->marks |= may_mark(r, rule->check);
	}
	r->marks |= r->policy.mode == MODE_ENFORCE && r->site.results &&
	    (r->site.spf || r->site.dkim);
	if (r->marks)
		r->needs |= CHECK_NEEDS_HEADERS;
	if ((r->needs & CHECK_NEEDS_PARTS) != 0)
		r->needs |= CHECK_NEEDS_HEADERS | CHECK_NEEDS_BODY;
}

static void
make_ready(struct ruleset *r, struct diags *d)
{
	struct rule *rule;

	for (rule = r->rules; rule < r->rules + r->nrules; rule++)
		if (rule->check->ready != NULL)
			rule->check->ready(rule->options, &r->site, d);
}

struct place {
	const char *option, *at;	/* NULL: nowhere */
};

/* Several options that name one place. */
static void
check_equal(const struct place *v, size_t n, const char *what, struct diags *d)
{
	size_t i, j;

	for (i = 1; i < n; i++)
		for (j = 0; j < i; j++)
			if (v[i].at != NULL && v[j].at != NULL &&
			    strcmp(v[i].at, v[j].at) == 0)
				diags_error(d, NULL, 0, "%s: is the %s of %s, "
				    "too: \"%s\"", v[i].option, what,
				    v[j].option, v[i].at);
}

/* Two listeners on one socket: the second could not be opened. */
static void
check_equal_sockets(const struct ruleset *r, struct diags *d)
{
	const struct place v[] = {
		{ "listen", r->daemon.listen },
		{ "reply-map", r->daemon.reply_map },
		{ "policy-service", r->daemon.policy_service },
		{ "control", r->daemon.control },
		{ "page-listen", r->page.listen },
		{ "metrics-listen", r->page.metrics },
	};

	check_equal(v, sizeof v / sizeof v[0], "socket", d);
}

/* What takes the records on reads the file, and for long after. */
static void
check_readers(const struct ruleset *r, struct diags *d)
{
	bool fifo;
	const char *path = record_file_path(r->records.file, &fifo);
	const char *wrong = path == NULL ? "it is read from the record file; "
	    "set record-file, too" : fifo ? "it is read from the record file, "
	    "and a pipe cannot be read again" : NULL;

	if (wrong != NULL && r->records.store != NULL)
		diags_error(d, NULL, 0, "store: %s", wrong);
	if (wrong != NULL && r->posts.blocks.n > 0)
		diags_warn(d, NULL, 0, "ship: %s", wrong);
}

static const char *
path_or_none(const char *path)
{
	return path != NULL && *path != '\0' ? path : NULL;
}

/* Each of these files is written in a way of its own. */
static void
check_equal_files(const struct ruleset *r, struct diags *d)
{
	const struct place v[] = {
		{ "record-file", path_or_none(r->records.file) },
		{ "store", path_or_none(r->records.store) },
		{ "counters-file", path_or_none(r->counters.file) },
		{ "pid-file", path_or_none(r->daemon.pid_file) },
	};

	check_equal(v, sizeof v / sizeof v[0], "file", d);
}

static struct ruleset *
finish(struct ruleset *r, struct plan *plan, bool ready, struct diags *d)
{
	plan_free(plan);
	default_names(&r->site);
	policy_finish(&r->policy, &r->site, d);
	check_equal_sockets(r, d);
	check_equal_files(r, d);
	if (ready) {
		settings_fingerprint(&r->settings, r->fingerprint);
		rights_to_read();
		make_ready(r, d);
		rights_done();
	}
	check_readers(r, d);
	if (d->errors > 0) {
		ruleset_release(r);
		return NULL;
	}
	sum_up(r);
	return r;
}

struct ruleset *
ruleset_load(const char *path, struct diags *d)
{
	struct ruleset *r = ruleset_new();
	struct plan plan;

	plan_init(&plan, r);
	config_read(path, plan.sections, NSECTIONS, &r->settings, d);
	return finish(r, &plan, true, d);
}

struct ruleset *
ruleset_read(const char *path, struct diags *d)
{
	struct ruleset *r = ruleset_new();
	struct plan plan;

	plan_init(&plan, r);
	config_read(path, plan.sections, NSECTIONS, &r->settings, d);
	return finish(r, &plan, false, d);
}

struct ruleset *
ruleset_load_text(const char *name, const char *text, struct diags *d)
{
	struct ruleset *r = ruleset_new();
	struct plan plan;

	plan_init(&plan, r);
	config_read_text(name, text, plan.sections, NSECTIONS, &r->settings,
	    d);
	return finish(r, &plan, true, d);
}

struct ruleset *
ruleset_load_as(const char *path, const char *text, struct diags *d)
{
	struct ruleset *r = ruleset_new();
	struct plan plan;

	plan_init(&plan, r);
	config_read_as(path, text, plan.sections, NSECTIONS, &r->settings, d);
	return finish(r, &plan, true, d);
}

const struct rule *
ruleset_next(const struct ruleset *r, const struct rule *rule,
    struct check_ctx *ctx)
{
	for (rule = rule == NULL ? r->rules : rule + 1;
	    rule < r->rules + r->nrules; rule++) {
		if (!rule->active)
			continue;
		ctx->check = rule->check;
		ctx->options = rule->options;
		return rule;
	}
	return NULL;
}

struct ruleset *
ruleset_hold(struct ruleset *r)
{
	atomic_fetch_add_explicit(&r->holders, 1, memory_order_relaxed);
	return r;
}

void
ruleset_release(struct ruleset *r)
{
	if (r != NULL && atomic_fetch_sub(&r->holders, 1) == 1)
		ruleset_free(r);
}

/* The lock covers the moment between reading the pointer and holding it. */
static pthread_mutex_t current_lock = PTHREAD_MUTEX_INITIALIZER;
static struct ruleset *current;

void
ruleset_publish(struct ruleset *r)
{
	struct ruleset *old;

	pthread_mutex_lock(&current_lock);
	old = current;
	current = r;
	pthread_mutex_unlock(&current_lock);
	ruleset_release(old);
}

struct ruleset *
ruleset_current(void)
{
	struct ruleset *r;

	pthread_mutex_lock(&current_lock);
	r = current != NULL ? ruleset_hold(current) : NULL;
	pthread_mutex_unlock(&current_lock);
	return r;
}

static void
each_row(const char *prefix, const struct option *rows,
    void (*fn)(void *arg, const char *path, const struct option *row),
    void *arg)
{
	struct buf path = BUF_INIT;

	for (; rows->name != NULL; rows++) {
		buf_clear(&path);
		buf_printf(&path, "%s%s%s", prefix,
		    *prefix != '\0' ? "." : "", rows->name);
		fn(arg, path.data, rows);
		if (rows->type == OPTION_GROUP)
			each_row(path.data, rows->rows, fn, arg);
	}
	buf_free(&path);
}

void
ruleset_each_option(void (*fn)(void *arg, const char *path,
    const struct option *row), void *arg)
{
	struct ruleset *r = ruleset_new();
	struct plan plan;
	size_t i, j;

	plan_init(&plan, r);
	for (i = 0; i < NSECTIONS; i++)
		for (j = 0; j < plan.sections[i].n; j++)
			each_row(section_names[i],
			    plan.sections[i].tables[j].rows, fn, arg);
	plan_free(&plan);
	ruleset_release(r);
}
