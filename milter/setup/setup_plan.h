/*
 * setup_plan.h - what to set in Postfix so that it uses saywhy; pure
 *
 * From what the MTA is and where saywhyd listens to settings of main.cf, and to
 * notes for the admin: what saywhy can see and change there, what it cannot,
 * and what is odd. Never set are non_smtpd_milters (mail that came in by no
 * connection cannot be refused) and the milter_default_action of all filters.
 */
#ifndef SETUP_SETUP_PLAN_H
#define SETUP_SETUP_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "setup/setup_mta.h"

struct setup_setting {
	const char *name;
	char *value;
};

#define SETUP_SETTINGS_MAX 24
#define SETUP_WAYS_MAX 8
#define SETUP_NOTES_MAX 32

struct setup_plan {
	struct setup_setting settings[SETUP_SETTINGS_MAX];
	size_t nsettings;
	struct setup_setting ways[SETUP_WAYS_MAX];	/* ways back in from a
					content filter: service of master.cf,
					its receive_override_options */
	size_t nways;
	char *notes[SETUP_NOTES_MAX];
	size_t nnotes;
};

/* Specs of saywhy.conf ("unix:/…", "inet:…"); NULL: not set there. */
struct setup_doors {
	const char *listen;
	const char *reply_map;
	const char *policy_service;
	bool adopted;	/* what main.cf refuses is taken over */
	bool whole;	/* … and all who may relay are known */
};

/* Fills an empty plan; names of ways point into `mta`. */
void setup_plan_make(struct setup_plan *plan, const struct setup_mta *mta,
    const struct setup_doors *doors);
void setup_plan_clear(struct setup_plan *plan);

#endif
