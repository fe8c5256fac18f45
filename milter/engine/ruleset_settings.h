/*
 * ruleset_settings.h - what a configuration sets, as text to compare
 *
 *	# saywhy config: mx1.example.org, policy 3f2a9c01d4e7, version 0.1
 *	auth.dkim = no
 *	blacklist.dnsbl "zen.example"
 *	# of this host alone:
 *	name = "mx1.example.org"
 *
 * One setting a line (config/settings.h): no comments, no includes, nothing
 * that is as shipped, nothing secret.
 */
#ifndef ENGINE_RULESET_SETTINGS_H
#define ENGINE_RULESET_SETTINGS_H

struct buf;
struct ruleset;

#define RULESET_SETTINGS_MARK "# saywhy config: "
#define RULESET_SETTINGS_HERE "# of this host alone:"

void ruleset_put_settings(const struct ruleset *r, struct buf *out);

#endif
