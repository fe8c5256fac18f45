/* checks_sleepy - all checks, and one that waits at MAIL: for burst tests */

#include <time.h>

#include "checks/check.h"
#include "words/reason.h"

#define WAIT_MS 500

/* As a slow service would: the thread of this session waits, no other. */
static void
run(const struct check_ctx *ctx, struct findings *found)
{
	const struct timespec wait = { .tv_nsec = WAIT_MS * 1000000L };

	(void)ctx;
	(void)found;
	nanosleep(&wait, NULL);
}

static const int reasons[] = { REASON_FILTER_ERROR, REASON_NONE };

/* It might speak at MAIL, so the MTA waits for the answer there. */
static const struct check check_sleepy = {
	.name = "sleepy",
	.section = "auth",
	.stages = STAGE_BIT(STAGE_MAIL),
	.issued_at = STAGE_MAIL,
	.reasons = reasons,
	.run = run
};

#define CHECK(name) extern const struct check check_##name;
#include "checks/checks.def"
#undef CHECK

const struct check *const checks_all[] = {
	&check_sleepy,
#define CHECK(name) &check_##name,
#include "checks/checks.def"
#undef CHECK
	NULL
};
