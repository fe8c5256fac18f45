/* country_maxminddb - in which country an address is */

#include "lists/country.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <sys/socket.h>
#include <netinet/in.h>

#include <maxminddb.h>

#include "base/buf.h"
#include "base/library.h"
#include "base/mem.h"
#include "base/net.h"
#include "base/regular_file.h"

#define FUNCTIONS(F) \
	F(MMDB_close) F(MMDB_get_value) F(MMDB_lookup_sockaddr) F(MMDB_open) \
	F(MMDB_strerror)

LIBRARY_OF(FUNCTIONS, SAYWHY_LIBMAXMINDDB, "limits cannot count countries")

/* Written by country_use() alone. */
static struct {
	pthread_rwlock_t lock;
	MMDB_s *database;	/* NULL: none */
} self = { .lock = PTHREAD_RWLOCK_INITIALIZER };

bool
country_built(void)
{
	return true;
}

static MMDB_s *
open_file(const char *path, struct buf *errmsg)
{
	struct buf words = BUF_INIT;
	MMDB_s *m;
	int status;

	if (!is_there()) {
		buf_printf(errmsg, "%s: cannot be read without libmaxminddb",
		    path);
		return NULL;
	}
	if (!regular_file_or_none(path, &words)) {
		buf_printf(errmsg, "%s: %s", path, words.data);
		buf_free(&words);
		return NULL;
	}
	m = mem_alloc(sizeof *m);
	status = lib.MMDB_open(path, MMDB_MODE_MMAP, m);
	if (status == MMDB_SUCCESS)
		return m;
	buf_printf(errmsg, "%s: %s", path, lib.MMDB_strerror(status));
	free(m);
	return NULL;
}

bool
country_use(const char *path, struct buf *errmsg)
{
	MMDB_s *next = path != NULL ? open_file(path, errmsg) : NULL;
	MMDB_s *before;

	if (path != NULL && next == NULL)
		return false;
	pthread_rwlock_wrlock(&self.lock);
	before = self.database;
	self.database = next;
	pthread_rwlock_unlock(&self.lock);
	if (before != NULL)
		lib.MMDB_close(before);
	free(before);
	return true;
}

bool
country_known(void)
{
	bool known;

	pthread_rwlock_rdlock(&self.lock);
	known = self.database != NULL;
	pthread_rwlock_unlock(&self.lock);
	return known;
}

/* IPv4 as itself: a database of IPv4 alone refuses the mapped form. */
static MMDB_lookup_result_s
entry_of(const struct ip *ip, int *status)
{
	static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
	const struct sockaddr *address = (const void *)&v6;

	if (memcmp(ip->b, mapped, sizeof mapped) == 0) {
		memcpy(&v4.sin_addr, ip->b + sizeof mapped, 4);
		address = (const void *)&v4;
	} else
		memcpy(&v6.sin6_addr, ip->b, sizeof v6.sin6_addr);
	return lib.MMDB_lookup_sockaddr(self.database, address, status);
}

bool
country_of(const struct ip *ip, char text[COUNTRY_TEXT])
{
	MMDB_lookup_result_s found;
	MMDB_entry_data_s code;
	int status;

	text[0] = '\0';
	pthread_rwlock_rdlock(&self.lock);
	if (self.database != NULL && ip->known) {
		found = entry_of(ip, &status);
		if (status == MMDB_SUCCESS && found.found_entry &&
		    lib.MMDB_get_value(&found.entry, &code, "country",
		    "iso_code", NULL) == MMDB_SUCCESS && code.has_data &&
		    code.type == MMDB_DATA_TYPE_UTF8_STRING &&
		    code.data_size == COUNTRY_TEXT - 1) {
			memcpy(text, code.utf8_string, COUNTRY_TEXT - 1);
			text[COUNTRY_TEXT - 1] = '\0';
		}
	}
	pthread_rwlock_unlock(&self.lock);
	return text[0] != '\0';
}
