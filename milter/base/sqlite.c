/* sqlite - SQLite, which is loaded when it is needed */

#include "base/sqlite.h"

#include "base/library.h"

struct sqlite_library sqlite_library;

bool
sqlite_is_there(void)
{
	static const struct library_function functions[] = {
#define F(name) { #name, (void **)&sqlite_library.name ## _ },
		SQLITE_FUNCTIONS(F)
#undef F
	};
	static struct library library = LIBRARY(SAYWHY_SQLITE, functions,
	    "no records are kept in a file");

	return library_load(&library);
}
