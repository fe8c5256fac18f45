/*
 * dns_liar_main - dns_liar as a program
 *
 *	dns-liar [-H] [-d MS] [-a ADDRESS] [-p PORT] [FILE]
 *
 * Records are read from FILE, one a line; it prints its port and serves until
 * it is ended.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dns_liar.h"

int
main(int argc, char **argv)
{
	const char *address = "127.0.0.1";
	int c, port = 0, delay = 0;
	bool hijack = false;
	char line[8192];
	struct liar *l;
	FILE *f;

	while ((c = getopt(argc, argv, "Ha:d:p:")) != -1)
		switch (c) {
		case 'H':
			hijack = true;
			break;
		case 'a':
			address = optarg;
			break;
		case 'd':
			delay = atoi(optarg);
			break;
		case 'p':
			port = atoi(optarg);
			break;
		default:
			return 64;
		}
	l = liar_start(address, port);
	if (l == NULL) {
		perror("dns-liar");
		return 1;
	}
	if (optind < argc) {
		f = fopen(argv[optind], "r");
		while (f != NULL && fgets(line, sizeof line, f) != NULL)
			if (*line != '#' && *line != '\n' &&
			    !liar_tell(l, line))
				fprintf(stderr, "dns-liar: %s", line);
	}
	liar_delay(l, delay);
	if (hijack)
		liar_hijack(l);
	printf("%d\n", liar_port(l));
	fflush(stdout);
	for (;;)
		pause();
}
