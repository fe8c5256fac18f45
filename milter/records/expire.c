/* expire - the retention of record files */

#include "records/expire.h"

#include <dirent.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "records/rotated.h"

/* An hour more than a day: a daily logrotate comes first. */
#define ROTATED_AFTER (25 * 3600)

static void
remove_if_old(const char *dir, const char *name, time_t oldest)
{
	struct buf path = BUF_INIT;
	struct stat st;

	buf_printf(&path, "%s/%s", dir, name);
	if (lstat(path.data, &st) == 0 && S_ISREG(st.st_mode) &&
	    st.st_mtime < oldest) {
		if (unlink(path.data) == 0)
			log_info("retention: removed %s", path.data);
		else
			log_warn("retention: cannot remove %s: %m", path.data);
	}
	buf_free(&path);
}

static void
remove_old_rotated(const char *path, time_t oldest)
{
	char *for_dir = mem_dup(path), *for_base = mem_dup(path);
	const char *dir = dirname(for_dir), *base = basename(for_base);
	const struct dirent *entry;
	DIR *d = opendir(dir);

	while (d != NULL && (entry = readdir(d)) != NULL)
		if (rotated_is(entry->d_name, base))
			remove_if_old(dir, entry->d_name, oldest);
	if (d != NULL)
		closedir(d);
	free(for_dir);
	free(for_base);
}

/* When the first record of the file was written; 0: there is none. */
static time_t
first_time(const char *path)
{
	char head[128] = "", *p;
	struct tm tm = { .tm_year = 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	ssize_t n;

	if (fd < 0)
		return 0;
	n = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ?
	    read(fd, head, sizeof head - 1) : 0;
	close(fd);
	if (n <= 0)
		return 0;
	p = strstr(head, "\"time\":\"");
	if (p == NULL || strptime(p + 8, "%Y-%m-%dT%H:%M:%S", &tm) == NULL)
		return 0;
	return timegm(&tm);
}

static bool
disable(const char *path, time_t now)
{
	struct buf to = BUF_INIT;
	struct tm tm;
	char stamp[32];
	bool moved;

	gmtime_r(&now, &tm);
	strftime(stamp, sizeof stamp, "%Y%m%dT%H%M%SZ", &tm);
	buf_printf(&to, "%s-%s", path, stamp);
	moved = access(to.data, F_OK) != 0 && rename(path, to.data) == 0;
	buf_free(&to);
	return moved;
}

bool
expire_files(const char *path, long long retention)
{
	time_t now = time(NULL), keep = (time_t)(retention / 1000);
	time_t first = first_time(path);
	time_t rotated = keep < ROTATED_AFTER ? keep : ROTATED_AFTER;

	remove_old_rotated(path, now - keep);
	return first != 0 && now - first > rotated && disable(path, now);
}
