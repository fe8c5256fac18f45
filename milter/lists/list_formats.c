/* list_formats - how local lists are kept, gathered */

#include "lists/list_format.h"

#define LIST_FORMAT(name) extern const struct list_format list_format_##name;
#include "lists/list_formats.def"
#undef LIST_FORMAT

const struct list_format *const list_formats[] = {
#define LIST_FORMAT(name) &list_format_##name,
#include "lists/list_formats.def"
#undef LIST_FORMAT
	NULL
};
