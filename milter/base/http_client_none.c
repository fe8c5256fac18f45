/* http_client_none - stands in where libcurl or zlib was not found */

#include "base/http_client.h"

#include <stdlib.h>

bool
http_client_built(void)
{
	return false;
}

struct http_client *
http_client_new(struct buf *errmsg)
{
	buf_puts(errmsg, "HTTP cannot be spoken: configure did not find "
	    "libcurl and zlib");
	return NULL;
}

void
http_client_free(struct http_client *c)
{
	(void)c;
}

bool
http_client_call(struct http_client *c, const struct http_call *call,
    struct http_reply *reply, struct buf *errmsg)
{
	(void)c;
	(void)call;
	(void)reply;
	(void)errmsg;
	return false;
}

void
http_reply_free(struct http_reply *reply)
{
	buf_free(&reply->body);
	free(reply->etag);
	reply->etag = NULL;
}
