/*
 * db_name.h - what the name of a database says: a file, or a server
 */
#ifndef RECORDS_DB_NAME_H
#define RECORDS_DB_NAME_H

#include <stdbool.h>

struct buf;

/* Does the name mean a server: "postgresql://host/db"? NULL: no. */
bool db_is_server(const char *name);

/* The name as it may be shown: without user, password and parameters. */
void db_put_name(struct buf *out, const char *name);

#endif
