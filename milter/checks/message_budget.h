/*
 * message_budget.h - what looking into this session's message may cost
 */
#ifndef CHECKS_MESSAGE_BUDGET_H
#define CHECKS_MESSAGE_BUDGET_H

#include "base/budget.h"

struct site;
struct slots;

/* Of the message that is on its way; lives as long. Never NULL. */
struct budget *message_budget(struct slots *slots, const struct site *site);

#endif
