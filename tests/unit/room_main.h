/*
 * room_main.h - the unit tests of one room in one program
 */
#ifndef ROOM_MAIN_H
#define ROOM_MAIN_H

struct unit_test {
	const char *name;	/* "base_buf", of base_buf_test.c */
	int (*run)(void);	/* its main() */
};

/* Ends with one whose name is NULL; written by make from the names of files. */
extern const struct unit_test unit_tests[];

#endif
