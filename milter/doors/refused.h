/*
 * refused.h - the filter is shown a recipient that the MTA refuses
 *
 * It may be refused because our own policy service told the MTA so a moment
 * ago; then it has its record already, or will have.
 */
#ifndef DOORS_REFUSED_H
#define DOORS_REFUSED_H

struct engine;
struct registered;

/*
 * The session's joint is locked; status and text as engine_refused_by_mta().
 */
void refused_by_mta(const struct registered *j, struct engine *e,
    const char *status, const char *text);

#endif
