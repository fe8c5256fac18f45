/* serve - saywhy serve: the page behind the last line of every refusal */

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/process.h"
#include "base/rights.h"
#include "base/sock.h"
#include "commands/command.h"
#include "commands/record_source.h"
#include "engine/ruleset.h"
#include "pages/http.h"
#include "pages/limiter.h"
#include "pages/metrics.h"
#include "pages/site.h"
#include "version.h"

#define SOCKET_MODE 0666	/* the page is for everybody */
#define METRICS_MODE 0660
#define FILES_BESIDE 64
#define ROUND_MS 1000

static const struct argument arguments[] = {
	COMMAND_CONFIG,
	RECORD_SOURCE_HOST,
	{ .name = NULL }
};

struct serving {
	struct ruleset *rules;
	const char *host;	/* --host, or NULL */
	struct pages pages;
	struct metrics metrics;
	struct http *http[2];
	size_t n;
};

static void
give_up(int status, struct buf *errmsg)
{
	log_error("%s", errmsg->data);
	buf_free(errmsg);
	exit(status);
}

/* -1: not wanted. */
static int
open_socket(const char *text, mode_t mode)
{
	struct buf errmsg = BUF_INIT;
	struct sock_spec spec;
	int fd;

	if (text == NULL)
		return -1;
	if (!sock_spec_parse(text, &spec, &errmsg))
		give_up(EX_CONFIG, &errmsg);
	fd = sock_listen(&spec, mode, (gid_t)-1, &errmsg);
	if (fd < 0)
		give_up(EX_UNAVAILABLE, &errmsg);
	return fd;
}

static void
start(struct serving *s, int fd, http_handler *handler, void *arg)
{
	struct buf errmsg = BUF_INIT;

	if (fd < 0)
		return;
	s->http[s->n] = http_open(fd, handler, arg, &errmsg);
	if (s->http[s->n++] == NULL)
		give_up(EX_UNAVAILABLE, &errmsg);
}

/* Sockets first, then no rights that others lack. */
static void
open_all(struct serving *s)
{
	const struct page_options *o = &s->rules->page;
	int page, metrics;
	struct buf errmsg = BUF_INIT;

	rights_account(s->rules->daemon.user);
	page = open_socket(o->listen, SOCKET_MODE);
	metrics = open_socket(o->metrics, METRICS_MODE);
	if (!process_raise_files(HTTP_CONNECTIONS + FILES_BESIDE))
		log_warn("the system lets us open fewer than %d files",
		    HTTP_CONNECTIONS + FILES_BESIDE);
	if (!process_become(s->rules->daemon.user, &errmsg))
		give_up(EX_CONFIG, &errmsg);
	s->pages = (struct pages){ .site = &s->rules->site,
		.wording = s->rules->policy.wording,
		.store = { .path = s->rules->records.store },
		.peers = &s->rules->page.peers,
		.host_number = s->rules->records.host_number,
		.record_file = s->rules->records.file, .host = s->host,
		.limiter = limiter_new(o->rate) };
	s->metrics = (struct metrics){ .control = s->rules->daemon.control };
	start(s, page, pages_answer, &s->pages);
	start(s, metrics, metrics_answer, &s->metrics);
}

static int
run(struct arguments *args)
{
	struct serving s = { .n = 0 };
	const char *path = SAYWHY_CONFIG, *value;
	const struct argument *a;

	while ((a = arguments_next(args, &value)) != NULL)
		if (strcmp(a->name, "host") == 0)
			s.host = value;
		else
			path = value;
	s.rules = command_settings(path);
	if (s.rules->records.store == NULL)
		arguments_wrong(args, "%s names no store to serve from", path);
	log_open("saywhy-serve", false, LOG_LEVEL_INFO);
	process_catch_stop();
	signal(SIGPIPE, SIG_IGN);
	open_all(&s);
	process_notify("READY=1");
	log_info("serving %s%s%s", s.rules->page.listen, s.host != NULL ?
	    ", records of " : "", s.host != NULL ? s.host : "");
	while (!process_stopped())
		http_run(s.http, s.n, ROUND_MS);
	process_notify("STOPPING=1");
	while (s.n > 0)
		http_close(s.http[--s.n]);
	kept_store_close(&s.pages.store);
	limiter_free(s.pages.limiter);
	ruleset_release(s.rules);
	return 0;
}

const struct command command_serve = {
	.name = "serve",
	.words = "[--host NAME]",
	.summary = "Serves the page behind the last line of every refusal",
	.arguments = arguments,
	.run = run
};
