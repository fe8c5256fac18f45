/*
 * refused.h - the MTA shows the filter a recipient that it refuses
 *
 * The cause may be an answer of our own policy service a moment ago; then the
 * record exists already, or will.
 */
#ifndef DOORS_REFUSED_H
#define DOORS_REFUSED_H

struct engine;
struct registered;

/*
 * The registered session is locked; status and text as engine_refused_by_mta().
 */
void refused_by_mta(const struct registered *j, struct engine *e,
    const char *status, const char *text);

#endif
