/*
 * version.h - which saywhy this is, and where it looks for its configuration
 *
 * configure decides; the values here serve whoever compiles a file by hand.
 */
#ifndef VERSION_H
#define VERSION_H

#ifndef SAYWHY_VERSION
#define SAYWHY_VERSION "0.1"
#endif

#ifndef SAYWHY_SYSCONFDIR
#define SAYWHY_SYSCONFDIR "/etc"
#endif

#ifndef SAYWHY_USER
#define SAYWHY_USER "saywhy"
#endif

#define SAYWHY_CONFIG SAYWHY_SYSCONFDIR "/saywhy/saywhy.conf"

#endif
