/*
 * sqlite.h - SQLite, which is loaded when it is needed (dlopen(3))
 *
 * saywhyd is linked to it; of the commands of the tool only some need it. Its
 * functions are called by their own names, as in sqlite3ext.h, once
 * sqlite_is_there() was true.
 */
#ifndef BASE_SQLITE_H
#define BASE_SQLITE_H

#include <sqlite3.h>
#include <stdbool.h>

#define SQLITE_FUNCTIONS(F) \
	F(sqlite3_bind_blob) F(sqlite3_bind_int64) F(sqlite3_bind_text) \
	F(sqlite3_busy_timeout) F(sqlite3_changes) F(sqlite3_close) \
	F(sqlite3_column_blob) F(sqlite3_column_bytes) \
	F(sqlite3_column_int64) F(sqlite3_column_text) \
	F(sqlite3_create_function) F(sqlite3_errcode) F(sqlite3_errmsg) \
	F(sqlite3_exec) F(sqlite3_file_control) F(sqlite3_finalize) \
	F(sqlite3_get_auxdata) F(sqlite3_last_insert_rowid) \
	F(sqlite3_open_v2) F(sqlite3_prepare_v2) F(sqlite3_reset) \
	F(sqlite3_result_error) F(sqlite3_result_error_nomem) \
	F(sqlite3_result_int) F(sqlite3_set_auxdata) F(sqlite3_step) \
	F(sqlite3_value_bytes) F(sqlite3_value_text)

struct sqlite_library {
#define F(name) __typeof__(name) *name ## _;
	SQLITE_FUNCTIONS(F)
#undef F
};

extern struct sqlite_library sqlite_library;

/* Any thread; if it is not, the log says so once. */
bool sqlite_is_there(void);

#define sqlite3_bind_blob sqlite_library.sqlite3_bind_blob_
#define sqlite3_bind_int64 sqlite_library.sqlite3_bind_int64_
#define sqlite3_bind_text sqlite_library.sqlite3_bind_text_
#define sqlite3_busy_timeout sqlite_library.sqlite3_busy_timeout_
#define sqlite3_changes sqlite_library.sqlite3_changes_
#define sqlite3_close sqlite_library.sqlite3_close_
#define sqlite3_column_blob sqlite_library.sqlite3_column_blob_
#define sqlite3_column_bytes sqlite_library.sqlite3_column_bytes_
#define sqlite3_column_int64 sqlite_library.sqlite3_column_int64_
#define sqlite3_column_text sqlite_library.sqlite3_column_text_
#define sqlite3_create_function sqlite_library.sqlite3_create_function_
#define sqlite3_errcode sqlite_library.sqlite3_errcode_
#define sqlite3_errmsg sqlite_library.sqlite3_errmsg_
#define sqlite3_exec sqlite_library.sqlite3_exec_
#define sqlite3_file_control sqlite_library.sqlite3_file_control_
#define sqlite3_finalize sqlite_library.sqlite3_finalize_
#define sqlite3_get_auxdata sqlite_library.sqlite3_get_auxdata_
#define sqlite3_last_insert_rowid sqlite_library.sqlite3_last_insert_rowid_
#define sqlite3_open_v2 sqlite_library.sqlite3_open_v2_
#define sqlite3_prepare_v2 sqlite_library.sqlite3_prepare_v2_
#define sqlite3_reset sqlite_library.sqlite3_reset_
#define sqlite3_result_error sqlite_library.sqlite3_result_error_
#define sqlite3_result_error_nomem sqlite_library.sqlite3_result_error_nomem_
#define sqlite3_result_int sqlite_library.sqlite3_result_int_
#define sqlite3_set_auxdata sqlite_library.sqlite3_set_auxdata_
#define sqlite3_step sqlite_library.sqlite3_step_
#define sqlite3_value_bytes sqlite_library.sqlite3_value_bytes_
#define sqlite3_value_text sqlite_library.sqlite3_value_text_

#endif
