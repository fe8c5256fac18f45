/* http_none - built without libmicrohttpd */

#include "pages/http.h"

#include <unistd.h>

struct http *
http_open(int fd, http_handler *handler, void *arg, struct buf *errmsg)
{
	(void)handler;
	(void)arg;
	close(fd);
	buf_puts(errmsg, "built without libmicrohttpd, so there is nothing to "
	    "serve with");
	return NULL;
}

void
http_close(struct http *h)
{
	(void)h;
}

void
http_run(struct http *const *all, size_t n, int ms)
{
	(void)all;
	(void)n;
	(void)ms;
}
