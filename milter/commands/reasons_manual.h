/*
 * reasons_manual.h - the catalogue as a manual page or a web page, on stdout
 */
#ifndef COMMANDS_REASONS_MANUAL_H
#define COMMANDS_REASONS_MANUAL_H

#include <stdbool.h>

void reasons_manual(bool html);

#endif
