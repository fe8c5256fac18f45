/* library - a shared library that is loaded when it is needed */

#include "base/library.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>

#include "base/log.h"

bool
library_load(const char *file, const struct library_function *functions,
    size_t n, char *missing, size_t size)
{
	/* Lazy, as what a program is linked to: libpq has twenty others. */
	void *library = dlopen(file, RTLD_LAZY | RTLD_LOCAL);
	size_t i;

	for (i = 0; library != NULL && i < n; i++) {
		*functions[i].slot = dlsym(library, functions[i].name);
		if (*functions[i].slot == NULL)
			break;
	}
	if (library != NULL && i == n)
		return true;
	snprintf(missing, size, "%s", dlerror());
	return false;
}

enum { UNKNOWN, THERE, MISSING };

bool
library_is_there(struct library *l)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	char missing[160];

	if (l->state != UNKNOWN)
		return l->state == THERE;
	pthread_mutex_lock(&lock);
	if (l->state == UNKNOWN) {
		if (library_load(l->file, l->functions, l->n, missing,
		    sizeof missing)) {
			l->state = THERE;
		} else {
			log_error("%s: %s", l->without, missing);
			l->state = MISSING;
		}
	}
	pthread_mutex_unlock(&lock);
	return l->state == THERE;
}
