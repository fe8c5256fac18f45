/* replay_main - plays the files of a folder to a fuzzer, once each */

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void
play(const char *path)
{
	FILE *f = fopen(path, "rb");
	uint8_t *bytes = malloc(1 << 20);
	size_t n;

	if (f == NULL || bytes == NULL) {
		perror(path);
		exit(1);
	}
	n = fread(bytes, 1, 1 << 20, f);
	fclose(f);
	LLVMFuzzerTestOneInput(bytes, n);
	free(bytes);
}

int
main(int argc, char **argv)
{
	struct dirent *entry;
	char path[4096];
	DIR *dir;

	LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
	dir = argc == 2 ? opendir(argv[1]) : NULL;
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		snprintf(path, sizeof path, "%s/%s", argv[1], entry->d_name);
		if (entry->d_name[0] != '.')
			play(path);
	}
	if (dir != NULL)
		closedir(dir);
	return 0;
}
