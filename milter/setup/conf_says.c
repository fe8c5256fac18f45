/* conf_says - what saywhy.conf says already */

#include "setup/conf_says.h"

#include <string.h>

#include "base/buf.h"
#include "setup/setup_file.h"

/* Lines that begin with # say nothing. */
bool
conf_says_read(const char *config, struct buf *text, struct buf *errmsg)
{
	struct buf conf = BUF_INIT;
	bool good = setup_file_read(config, &conf, errmsg);
	const char *line;
	size_t n;

	for (line = conf.data; *line != '\0'; line += n) {
		n = strcspn(line, "\n");
		n += line[n] == '\n';
		if (line[strspn(line, " \t")] != '#')
			buf_put(text, line, n);
	}
	buf_free(&conf);
	return good;
}

bool
conf_says(const struct buf *text, const char *what)
{
	size_t n = strlen(what);
	const char *at = text->data, *end;

	for (; (at = strstr(at, what)) != NULL; at = end) {
		end = at + n;
		if (what[n - 1] == '"')
			return true;
		if ((at == text->data || strchr(" \t\n{", at[-1]) != NULL) &&
		    end[strspn(end, " \t")] == '=')
			return true;
	}
	return false;
}
