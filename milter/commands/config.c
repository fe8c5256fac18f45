/* config - saywhy config: what is set, and where hosts differ */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/buf.h"
#include "base/mem.h"
#include "commands/command.h"
#include "commands/config_dump.h"
#include "version.h"

static const struct argument arguments[] = {
	{ .name = "all", .help = "diff: also what is of one host alone" },
	{ .name = NULL }
};

struct dumps {
	struct config_dump *v;
	size_t n;
	bool all;	/* look at what is of one host alone, too */
};

static int
show(const char *from)
{
	struct buf text = BUF_INIT, errmsg = BUF_INIT;
	bool good = config_dump_text(from, &text, &errmsg);

	if (good)
		fputs(text.data, stdout);
	else
		fprintf(stderr, "saywhy config: %s\n", errmsg.data);
	buf_free(&text);
	buf_free(&errmsg);
	return good ? 0 : EX_NOINPUT;
}

/* Each fingerprint, and whose it is. Returns how many there are. */
static size_t
print_policies(const struct dumps *d)
{
	size_t i, j, policies = 0;

	for (i = 0; i < d->n; i++) {
		for (j = 0; j < i && strcmp(d->v[j].policy,
		    d->v[i].policy) != 0; j++)
			;
		if (j < i)
			continue;
		policies++;
		printf("policy %s: %s", d->v[i].policy, d->v[i].host);
		for (j = i + 1; j < d->n; j++)
			if (strcmp(d->v[j].policy, d->v[i].policy) == 0)
				printf(", %s", d->v[j].host);
		putchar('\n');
	}
	return policies;
}

static const char *
value_of(const struct dumps *d, size_t i, const char *path)
{
	const struct setting *s = config_dump_get(&d->v[i], path);

	return s == NULL ? "as shipped" : s->value == NULL ? "there" :
	    s->value;
}

/* A value, and which hosts have it; only for the first of them. */
static void
print_value(const struct dumps *d, size_t i, const char *path)
{
	const char *value = value_of(d, i, path);
	size_t j;

	for (j = 0; j < i; j++)
		if (strcmp(value_of(d, j, path), value) == 0)
			return;
	printf("    %s:", value);
	for (j = i; j < d->n; j++)
		if (strcmp(value_of(d, j, path), value) == 0)
			printf("%s %s", j > i ? "," : "", d->v[j].host);
	putchar('\n');
}

/* True when some host has another value. */
static bool
print_path(const struct dumps *d, const char *path)
{
	bool differs = false;
	size_t i;

	for (i = 1; i < d->n; i++)
		differs |= strcmp(value_of(d, i, path),
		    value_of(d, 0, path)) != 0;
	if (!differs)
		return false;
	printf("%s\n", path);
	for (i = 0; i < d->n; i++)
		print_value(d, i, path);
	return true;
}

/* Each path once: at the first host that sets it. */
static bool
is_first(const struct dumps *d, size_t i, const char *path)
{
	size_t j;

	for (j = 0; j < i; j++)
		if (config_dump_get(&d->v[j], path) != NULL)
			return false;
	return true;
}

static int
print_differences(const struct dumps *d)
{
	size_t policies = print_policies(d), shown = 0, i, j;
	const struct setting *s;

	for (i = 0; i < d->n; i++)
		for (j = 0; j < d->v[i].all.n; j++) {
			s = &d->v[i].all.v[j];
			if ((d->all || !s->here) && is_first(d, i, s->path))
				shown += print_path(d, s->path);
		}
	if (policies > 1 && shown == 0)
		puts("blocks that are alike stand in another order");
	return policies > 1 || shown > 0;
}

static int
diff(struct dumps *d, char *const *from)
{
	struct buf errmsg = BUF_INIT;
	bool good = true;
	int status = EX_NOINPUT;
	size_t i, n = d->n;

	d->v = mem_array(n, sizeof *d->v);
	for (i = 0, d->n = 0; i < n && good; i++) {
		good = config_dump_read(&d->v[i], from[i], &errmsg);
		d->n += good;
	}
	if (good)
		status = print_differences(d);
	else
		fprintf(stderr, "saywhy config: %s\n", errmsg.data);
	for (i = 0; i < d->n; i++)
		config_dump_free(&d->v[i]);
	free(d->v);
	buf_free(&errmsg);
	return status;
}

static int
run(struct arguments *args)
{
	struct dumps d = { .all = false };
	const char *value, *verb;

	while (arguments_next(args, &value) != NULL)
		d.all = true;
	verb = args->argv[0];
	if (strcmp(verb, "show") == 0 && args->argc <= 2)
		return show(args->argc == 2 ? args->argv[1] : SAYWHY_CONFIG);
	if (strcmp(verb, "diff") != 0 || args->argc < 3)
		arguments_wrong(args, "show [FROM], or diff FROM FROM...");
	d.n = (size_t)args->argc - 1;
	return diff(&d, args->argv + 1);
}

const struct command command_config = {
	.name = "config",
	.words = "show [FROM] | diff [--all] FROM FROM...",
	.min_words = 1,
	.max_words = COMMAND_ANY,
	.summary = "Shows what a configuration sets, and where hosts differ",
	.arguments = arguments,
	.run = run
};
