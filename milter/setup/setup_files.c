/* setup_files - main.cf and master.cf, with us and without us */

#include "setup/setup_files.h"

#include <stdio.h>
#include <string.h>

#include "base/diag.h"
#include "setup/setup_block.h"
#include "setup/setup_file.h"
#include "setup/setup_run.h"

static const char *const names[SETUP_FILES] = {
	[SETUP_MAIN] = "main.cf",
	[SETUP_MASTER] = "master.cf",
};

/* Removes our blocks; false: one was changed, and this is reported. */
static bool
make_bare(struct setup_text *t)
{
	struct diags d = DIAGS_INIT;
	bool good;

	buf_put(&t->bare, t->old.data, t->old.len);
	good = setup_block_undo(&t->bare, t->path.data, &d);
	buf_put(&t->text, t->bare.data, t->bare.len);
	diags_print(&d, stderr);
	diags_free(&d);
	return good;
}

bool
setup_files_read(struct setup_files *f, const char *folder, struct buf *errmsg)
{
	struct setup_text *t;
	bool good = true;
	size_t i;

	f->folder = folder;
	for (i = 0; i < SETUP_FILES; i++) {
		t = &f->v[i];
		*t = (struct setup_text){ BUF_INIT, BUF_INIT, BUF_INIT,
			BUF_INIT };
		buf_printf(&t->path, "%s/%s", folder, names[i]);
		good = setup_file_read(t->path.data, &t->old, errmsg) &&
		    make_bare(t) && good;
	}
	return good;
}

bool
setup_files_have_blocks(const struct setup_files *f)
{
	return setup_block_is_there(&f->v[SETUP_MAIN].old) ||
	    setup_block_is_there(&f->v[SETUP_MASTER].old);
}

static bool
is_set(const struct setup_text *t)
{
	return strcmp(t->text.data, t->old.data) == 0;
}

bool
setup_files_are_set(const struct setup_files *f)
{
	return is_set(&f->v[SETUP_MAIN]) && is_set(&f->v[SETUP_MASTER]);
}

/* master.cf last: without main.cf it would change nothing that matters. */
static bool
write_all(const struct setup_files *f, struct buf *errmsg)
{
	bool good = true;
	size_t i;

	for (i = 0; i < SETUP_FILES && good; i++)
		good = is_set(&f->v[i]) || setup_file_write(
		    f->v[i].path.data, &f->v[i].text, errmsg);
	return good;
}

static void
write_back(const struct setup_files *f, struct buf *errmsg)
{
	size_t i;

	for (i = 0; i < SETUP_FILES; i++)
		if (!is_set(&f->v[i]))
			setup_file_write(f->v[i].path.data, &f->v[i].old,
			    errmsg);
}

/* A running Postfix reads it again; one that does not run will. */
static void
reload(const struct setup_files *f)
{
	const char *status[] = { "postfix", "-c", f->folder, "status", NULL };
	const char *again[] = { "postfix", "-c", f->folder, "reload", NULL };
	struct buf out = BUF_INIT;

	if (!setup_run(status, &out))
		puts("Postfix does not run; it takes effect when it does.");
	else if (setup_run(again, &out))
		puts("Postfix has read it again.");
	else
		printf("Postfix cannot be reloaded: %s\n", out.data);
	buf_free(&out);
}

bool
setup_files_put(const struct setup_files *f, struct buf *errmsg)
{
	const char *check[] = { "postfix", "-c", f->folder, "check", NULL };

	if (!write_all(f, errmsg) || !setup_run(check, errmsg)) {
		write_back(f, errmsg);
		return false;
	}
	reload(f);
	return true;
}

void
setup_files_clear(struct setup_files *f)
{
	size_t i;

	for (i = 0; i < SETUP_FILES; i++) {
		buf_free(&f->v[i].path);
		buf_free(&f->v[i].old);
		buf_free(&f->v[i].bare);
		buf_free(&f->v[i].text);
	}
}
