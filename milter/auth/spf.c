/* spf - may this client send mail for that domain? (RFC 7208) */

#include "auth/spf.h"

#include <stdlib.h>
#include <string.h>

#include "auth/spf_engine.h"
#include "base/mem.h"

const char *const spf_engine_names[] = { "saywhy", "libspf2", NULL };

const char *
spf_result_name(enum spf_result result)
{
	static const char *const names[] = { [SPF_NONE] = "none",
		[SPF_NEUTRAL] = "neutral", [SPF_PASS] = "pass",
		[SPF_FAIL] = "fail", [SPF_SOFTFAIL] = "softfail",
		[SPF_TEMPERROR] = "temperror", [SPF_PERMERROR] = "permerror" };

	return names[result];
}

bool
spf_engine_there(enum spf_engine engine)
{
	return engine == SPF_ENGINE_SAYWHY || spf_libspf2_there();
}

/*
 * Section 4.3: at least two labels, none of them empty or longer than 63
 * bytes. A literal has no record; nor has what is longer than any name.
 */
static bool
is_domain(const char *domain)
{
	size_t label, labels = 0, all = strlen(domain);

	if (all > 253 || *domain == '[')
		return false;
	for (; *domain != '\0'; domain += label + (domain[label] == '.')) {
		label = strcspn(domain, ".");
		if (label == 0 || label > 63)
			return false;
		labels++;
	}
	return labels > 1;
}

void
spf_check(const struct spf_query *q, struct spf *out)
{
	memset(out, 0, sizeof *out);
	out->domain = mem_dup(q->domain);
	if (!is_domain(q->domain))
		return;
	if (q->engine == SPF_ENGINE_LIBSPF2 && spf_libspf2_there())
		spf_libspf2(q, out);
	else
		spf_saywhy(q, out);
}

void
spf_clear(struct spf *spf)
{
	free(spf->domain);
	free(spf->record);
	free(spf->mechanism);
	free(spf->detail);
	free(spf->explanation);
	memset(spf, 0, sizeof *spf);
}
