/* all - the checks of checks.def, gathered */

#include "checks/check.h"

#define CHECK(name) extern const struct check check_##name;
#include "checks/checks.def"
#undef CHECK

const struct check *const checks_all[] = {
#define CHECK(name) &check_##name,
#include "checks/checks.def"
#undef CHECK
	NULL
};
