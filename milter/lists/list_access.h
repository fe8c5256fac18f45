/* list_access.h - what an action of access(5) does */
#ifndef LISTS_LIST_ACCESS_H
#define LISTS_LIST_ACCESS_H

/*
 * "REJECT Go away", "550 5.7.1 Go away": the words for whom it refuses for
 * good, "" none, before them a code and a status that are not 550 5.7.1. It
 * points into `action`. NULL: it does something else.
 */
const char *list_access_refuses(const char *action);

#endif
