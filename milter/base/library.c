/* library - a shared library that is loaded when it is needed */

#include "base/library.h"

#include <dlfcn.h>
#include <stdio.h>

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
