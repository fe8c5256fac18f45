/*
 * ruleset_options.h - the options that belong to no check: site and daemon
 */
#ifndef ENGINE_RULESET_OPTIONS_H
#define ENGINE_RULESET_OPTIONS_H

#include "base/option.h"

extern const struct option site_options[];		/* top; struct site */
extern const struct option site_relay_options[];	/* relay */
extern const struct option site_auth_options[];
extern const struct option site_content_options[];
extern const struct option site_blacklist_options[];		/* auth */
extern const struct option daemon_options[];		/* top */

#endif
