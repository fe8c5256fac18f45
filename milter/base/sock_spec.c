/* sock_spec - what "unix:/path" and "inet:port@host" mean */

#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#include "base/buf.h"
#include "base/sock.h"
#include "base/sock_address.h"

/* 107 bytes on Linux, 103 on the BSDs. */
#define PATH_BYTES_MAX (sizeof ((struct sockaddr_un *)0)->sun_path - 1)

_Static_assert(sizeof ((struct sock_spec *)0)->path > PATH_BYTES_MAX,
    "the spec has room for any path of a socket");

/* A decimal number from min to max, and nothing else. */
static bool
parse_number(const char *text, size_t n, int least, int max, int *number)
{
	char digits[6];

	if (n == 0 || n >= sizeof digits || strspn(text, "0123456789") < n)
		return false;
	memcpy(digits, text, n);
	digits[n] = '\0';
	*number = atoi(digits);
	return *number >= least && *number <= max;
}

static bool
parse_unix(const char *rest, struct sock_spec *spec, struct buf *errmsg)
{
	if (*rest != '/') {
		buf_printf(errmsg,
		    "\"unix:%.100s\": the path must begin with /", rest);
		return false;
	}
	if (rest[strlen(rest) - 1] == '/') {
		buf_printf(errmsg, "\"unix:%.100s\": that is a folder; the "
		    "socket needs a name in it", rest);
		return false;
	}
	if (strlen(rest) > PATH_BYTES_MAX) {
		buf_printf(errmsg,
		    "\"unix:%.60s...\": the path has %zu bytes, a "
		    "UNIX socket has room for %zu", rest, strlen(rest),
		    PATH_BYTES_MAX);
		return false;
	}
	memcpy(spec->path, rest, strlen(rest) + 1);
	return true;
}

static bool
parse_inet(const char *rest, struct sock_spec *spec, struct buf *errmsg)
{
	const char *tag = spec->kind == SOCK_KIND_INET ? "inet" : "inet6";
	size_t digits = strcspn(rest, "@");
	const char *host = rest + digits + 1;

	if (rest[digits] == '\0') {
		buf_printf(errmsg, "\"%s:%.100s\": write %s:port@host", tag,
		    rest, tag);
		return false;
	}
	if (!parse_number(rest, digits, 0, 65535, &spec->port)) {
		buf_printf(errmsg,
		    "\"%s:%.100s\": the port must be a number up "
		    "to 65535", tag, rest);
		return false;
	}
	if (*host == '\0' || strlen(host) >= sizeof spec->host) {
		buf_printf(errmsg, "\"%s:%.100s\": the host is %s", tag, rest,
		    *host == '\0' ? "missing" : "too long");
		return false;
	}
	memcpy(spec->host, host, strlen(host) + 1);
	return true;
}

/* 0, 1 and 2 are the standard streams of our parent. */
static bool
parse_fd(const char *rest, struct sock_spec *spec, struct buf *errmsg)
{
	if (parse_number(rest, strlen(rest), 3, 65535, &spec->port))
		return true;
	buf_printf(errmsg, "\"fd:%.100s\": the descriptor must be a number "
	    "from 3", rest);
	return false;
}

static const struct {
	const char *tag;
	enum sock_kind kind;
	bool (*parse)(const char *, struct sock_spec *, struct buf *);
} kinds[] = {
	{ "unix:", SOCK_KIND_UNIX, parse_unix },
	{ "inet:", SOCK_KIND_INET, parse_inet },
	{ "inet6:", SOCK_KIND_INET6, parse_inet },
	{ "fd:", SOCK_KIND_FD, parse_fd },
};

bool
sock_spec_parse(const char *text, struct sock_spec *spec, struct buf *errmsg)
{
	size_t i, n;

	memset(spec, 0, sizeof *spec);
	for (i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		n = strlen(kinds[i].tag);
		if (strncmp(text, kinds[i].tag, n) != 0)
			continue;
		spec->kind = kinds[i].kind;
		return kinds[i].parse(text + n, spec, errmsg);
	}
	buf_printf(errmsg, "\"%.100s\" is not a socket: write unix:/path, "
	    "inet:port@host, inet6:port@host or fd:number", text);
	return false;
}

static size_t
unix_address(const struct sock_spec *spec, struct sock_address *a)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };

	memcpy(un.sun_path, spec->path, strlen(spec->path));
	memcpy(&a->sa, &un, sizeof un);
	a->n = sizeof un;
	return 1;
}

static size_t
inet_addresses(const struct sock_spec *spec,
    struct sock_address v[SOCK_ADDRESSES], struct buf *errmsg)
{
	struct addrinfo want = {
		.ai_family = spec->kind == SOCK_KIND_INET ? AF_INET : AF_INET6,
		.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV,
	};
	struct addrinfo *all, *a;
	char port[12];
	size_t n = 0;
	int error;

	snprintf(port, sizeof port, "%d", spec->port);
	error = getaddrinfo(spec->host, port, &want, &all);
	if (error != 0) {
		buf_printf(errmsg, "%s: %s", spec->host, gai_strerror(error));
		return 0;
	}
	for (a = all; a != NULL && n < SOCK_ADDRESSES; a = a->ai_next) {
		memcpy(&v[n].sa, a->ai_addr, a->ai_addrlen);
		v[n++].n = a->ai_addrlen;
	}
	freeaddrinfo(all);
	return n;
}

size_t
sock_addresses(const struct sock_spec *spec,
    struct sock_address v[SOCK_ADDRESSES], struct buf *errmsg)
{
	switch (spec->kind) {
	case SOCK_KIND_UNIX:
		return unix_address(spec, v);
	case SOCK_KIND_INET:
	case SOCK_KIND_INET6:
		return inet_addresses(spec, v, errmsg);
	case SOCK_KIND_FD:
		break;
	}
	buf_printf(errmsg, "fd:%d has no address", spec->port);
	return 0;
}

const char *
sock_spec_path(const struct sock_spec *spec)
{
	return spec->kind == SOCK_KIND_UNIX ? spec->path : NULL;
}
