/* ruleset_settings - what a configuration sets, as text to compare */

#include "engine/ruleset_settings.h"

#include "base/buf.h"
#include "engine/ruleset.h"
#include "version.h"

static void
put_part(const struct ruleset *r, bool here, struct buf *out)
{
	size_t i;

	for (i = 0; i < r->settings.n; i++)
		if (r->settings.v[i].here == here)
			setting_put(&r->settings.v[i], out);
}

void
ruleset_put_settings(const struct ruleset *r, struct buf *out)
{
	char fingerprint[SETTINGS_FINGERPRINT];

	settings_fingerprint(&r->settings, fingerprint);
	buf_printf(out, RULESET_SETTINGS_MARK "%s, policy %s, version %s\n",
	    r->site.name, fingerprint, SAYWHY_VERSION);
	put_part(r, false, out);
	buf_puts(out, RULESET_SETTINGS_HERE "\n");
	put_part(r, true, out);
}
