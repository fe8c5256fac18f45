/* stage - where in an SMTP session something is so */

#include "model/stage.h"

static const struct {
	const char *name;
	enum scope scope;
} stages[STAGE_COUNT] = {
	[STAGE_CONNECT] = { "connect", SCOPE_CONNECTION },
	[STAGE_HELO] = { "helo", SCOPE_GREETING },
	[STAGE_MAIL] = { "mail", SCOPE_MESSAGE },
	[STAGE_RCPT] = { "rcpt", SCOPE_RECIPIENT },
	[STAGE_DATA] = { "data", SCOPE_MESSAGE },
	[STAGE_HEADERS] = { "headers", SCOPE_MESSAGE },
	[STAGE_MESSAGE] = { "message", SCOPE_MESSAGE },
};

const char *
stage_name(enum stage stage)
{
	return stages[stage].name;
}

enum scope
stage_scope(enum stage stage)
{
	return stages[stage].scope;
}
