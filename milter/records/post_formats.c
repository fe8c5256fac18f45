/* post_formats - the formats, gathered */

#include "records/post_format.h"

const struct post_format *const post_formats[] = {
#define FORMAT(name) &post_format_##name,
#include "records/post_formats.def"
#undef FORMAT
	NULL
};

const char *const post_format_names[] = {
#define FORMAT(name) #name,
#include "records/post_formats.def"
#undef FORMAT
	NULL
};
