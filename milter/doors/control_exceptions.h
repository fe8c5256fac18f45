/*
 * control_exceptions.h - the exceptions of the policy, for `saywhy status`
 */
#ifndef DOORS_CONTROL_EXCEPTIONS_H
#define DOORS_CONTROL_EXCEPTIONS_H

struct json;

/* Appends "exceptions": how often each has changed what is done, since the
 * configuration was loaded. */
void control_put_exceptions(struct json *j);

#endif
