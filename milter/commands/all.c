/* all - the commands of the tool, gathered */

#include "commands/command.h"

#include <stddef.h>

#define COMMAND(name) extern const struct command command_##name;
#include "commands/commands.def"
#undef COMMAND

const struct command *const commands_all[] = {
#define COMMAND(name) &command_##name,
#include "commands/commands.def"
#undef COMMAND
	NULL
};
