/* milter_socket - where the MTA finds the filter */

#include "doors/milter_socket.h"

#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/handover.h"
#include "base/mem.h"
#include "base/rights.h"
#include "base/sock.h"

static char *socket_path;	/* to be removed at the end, or NULL */

static bool
give(const struct milter_library *library, int fd)
{
	char spec[16];

	snprintf(spec, sizeof spec, "fd:%d", fd);
	return library->set(spec) == 0 && library->open(false) == 0;
}

/* A library that takes no fd: its socket, too, is made with its rights. */
static bool
let_it_open(const struct milter_library *library, const char *spec,
    const struct sock_spec *address, mode_t mode, gid_t gid)
{
	bool is_unix = address->kind == SOCK_KIND_UNIX;
	bool opened;

	if (is_unix)
		rights_to_make(address->path, mode, gid);
	opened = library->set((char *)(uintptr_t)spec) == 0 &&
	    library->open(is_unix) == 0;
	if (is_unix)
		rights_done();
	return opened;
}

static bool
open_or_let(const struct milter_library *library, const char *spec,
    const struct sock_spec *address, mode_t mode, gid_t gid, struct buf *errmsg)
{
	int fd = sock_listen(address, mode, gid, errmsg);

	if (fd < 0)
		return false;
	if (give(library, fd)) {
		handover_keep(fd);
		return true;
	}
	close(fd);
	if (address->kind != SOCK_KIND_FD &&
	    let_it_open(library, spec, address, mode, gid))
		return true;
	buf_printf(errmsg, "%s: libmilter does not listen there", spec);
	return false;
}

bool
milter_socket_open(const struct milter_library *library, const char *spec,
    mode_t mode, gid_t gid, struct buf *errmsg)
{
	struct sock_spec address;

	if (!sock_spec_parse(spec, &address, errmsg) ||
	    !open_or_let(library, spec, &address, mode, gid, errmsg))
		return false;
	if (address.kind == SOCK_KIND_UNIX)
		mem_replace(&socket_path, address.path);
	return true;
}

void
milter_socket_remove(void)
{
	handover_remove(&socket_path);
}
