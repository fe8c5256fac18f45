/* list_fetch - saywhy list fetch: lists from where they are made */

#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "commands/command.h"
#include "commands/list_more.h"
#include "engine/ruleset.h"
#include "lists/list_fetch.h"
#include "lists/list_source.h"

static const char *
what_stays(const struct list_source *src)
{
	return access(list_source_path(src), F_OK) == 0 ?
	    "the list as it was stays" : "and there is none yet";
}

/* One line on each; a visit that brought nothing new is worth none. */
static int
fetch(const struct list_source *src, bool quiet)
{
	struct buf words = BUF_INIT;
	const char *name = src->item.title;
	int status = 0;

	switch (list_fetch(src, &words)) {
	case LIST_FETCH_NEW:
		log_info("%s: a new list is in %s", name,
		    list_source_path(src));
		break;
	case LIST_FETCH_SAME:
		if (!quiet)
			log_info("%s: nothing new", name);
		break;
	case LIST_FETCH_BUSY:
		log_info("%s: %s", name, words.data);
		break;
	case LIST_FETCH_FAILED:
		log_error("%s: not fetched, %s: %s", name, what_stays(src),
		    words.data);
		status = EX_UNAVAILABLE;
		break;
	case LIST_FETCH_REFUSED:
		log_error("%s: not taken, %s: %s", name, what_stays(src),
		    words.data);
		status = EX_DATAERR;
		break;
	}
	buf_free(&words);
	return status;
}

/* What was refused weighs more than what did not come. */
static int
worse(int a, int b)
{
	return a == EX_DATAERR || b == 0 ? a : b;
}

static int
fetch_all(const struct list_sources *all, bool due)
{
	const struct list_source *src;
	int status = 0;
	size_t i;

	for (i = 0; i < all->blocks.n; i++) {
		src = all->blocks.v[i];
		if (!due || list_fetch_is_due(src, clock_epoch_ms() / 1000))
			status = worse(status, fetch(src, due));
	}
	return status;
}

static int
fetch_named(const struct list_sources *all, const struct arguments *args)
{
	const struct list_source *src;
	int status = 0, i;

	for (i = 1; i < args->argc; i++) {
		src = list_source_find(all, args->argv[i]);
		if (src == NULL) {
			log_error("the configuration has no list-source "
			    "\"%s\"", args->argv[i]);
			return EX_CONFIG;
		}
		status = worse(status, fetch(src, false));
	}
	return status;
}

int
command_list_fetch(const struct arguments *args, const struct list_options *o)
{
	struct ruleset *rules = command_settings(o->config);
	int status;

	command_as_account(rules);
	log_open("saywhy-list", false, LOG_LEVEL_INFO);
	status = args->argc > 1 ? fetch_named(&rules->lists, args) :
	    fetch_all(&rules->lists, o->due);
	ruleset_release(rules);
	return status;
}
