/* list_build - saywhy list build: text lists into a cdb file, signed */

#include <stdio.h>
#include <sysexits.h>

#include "base/diag.h"
#include "commands/arguments.h"
#include "commands/list_more.h"
#include "lists/list_build.h"

int
command_list_build(const struct arguments *args, const struct list_options *o)
{
	struct diags d = DIAGS_INIT;
	struct list_built built;
	bool good;

	if (o->output == NULL)
		arguments_wrong(args, "build wants --output FILE, the cdb file "
		    "to make");
	good = list_build(args->argv + 1, (size_t)args->argc - 1, o->output,
	    o->key, &built, &d);
	diags_print(&d, stderr);
	if (good)
		printf("%s: %zu networks, %zu names%s\n", o->output,
		    built.nets, built.names, o->key != NULL ? "; signed" : "");
	if (good && built.twice > 0)
		printf("%zu entries were there already; the first of each "
		    "stands\n", built.twice);
	diags_free(&d);
	return good ? 0 : EX_DATAERR;
}
