/* library - a shared library that is loaded when it is needed */

#include "base/library.h"

#include <dlfcn.h>
#include <stdio.h>

#include "base/log.h"

static bool
fill_slots(struct library *l)
{
	/* Lazy, as what a program is linked to: libpq has twenty others. */
	void *library = dlopen(l->file, RTLD_LAZY | RTLD_LOCAL);
	size_t i;

	for (i = 0; library != NULL && i < l->n; i++) {
		*l->functions[i].slot = dlsym(library, l->functions[i].name);
		if (*l->functions[i].slot == NULL)
			break;
	}
	if (library != NULL && i == l->n)
		return true;
	snprintf(l->missing, sizeof l->missing, "%s", dlerror());
	if (l->without != NULL)
		log_warn("%s: %s", l->without, l->missing);
	return false;
}

bool
library_load(struct library *l)
{
	bool loaded;

	pthread_mutex_lock(&l->lock);
	if (!l->tried)
		l->loaded = fill_slots(l);
	l->tried = true;
	loaded = l->loaded;
	pthread_mutex_unlock(&l->lock);
	return loaded;
}
