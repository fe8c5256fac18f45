/* mime_archive_test - names inside archives, and what bombs cost */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "mime/archive.h"
#include "mime/filetype.h"

/* Archives are made by Python, which has no part in reading them. */
static const char python[] = "/usr/bin/python3";

static bool
make(const char *program, struct buf *out)
{
	struct buf command = BUF_INIT;
	char piece[65536];
	size_t n;
	FILE *f;

	buf_printf(&command, "%s -c 'import io,sys,zipfile,tarfile,gzip\n"
	    "out=io.BytesIO()\n"
	    "%s\n"
	    "sys.stdout.buffer.write(out.getvalue())'", python, program);
	f = popen(command.data, "r");
	buf_clear(out);
	while ((n = fread(piece, 1, sizeof piece, f)) > 0)
		buf_put(out, piece, n);
	buf_free(&command);
	return pclose(f) == 0;
}

static void
entry(void *arg, const char *name)
{
	struct buf *names = arg, one = BUF_INIT;

	buf_printf(&one, "%s,", name);
	if (strstr(names->data, one.data) == NULL)
		buf_puts(names, one.data);
	buf_free(&one);
}

static const struct {
	const char *program, *names;
	enum archive_state state;
	size_t cut;		/* bytes left out at the end */
} cases[] = {
	{ "z=zipfile.ZipFile(out,\"w\")\nz.writestr(\"a.txt\",\"x\")\n"
	    "z.writestr(\"d/b.exe\",\"y\")\nz.close()", "a.txt,d/b.exe,",
	    ARCHIVE_LISTED, 0 },
	/* The directory at the end is cut off. */
	{ "z=zipfile.ZipFile(out,\"w\")\nz.writestr(\"a.txt\",\"x\")\n"
	    "z.writestr(\"b.exe\",\"y\")\nz.close()", "a.txt,b.exe,",
	    ARCHIVE_LIMITED, 30 },
	{ "i=io.BytesIO()\nz=zipfile.ZipFile(i,\"w\")\n"
	    "z.writestr(\"in.exe\",\"x\"*1000)\nz.close()\n"
	    "z=zipfile.ZipFile(out,\"w\",zipfile.ZIP_DEFLATED)\n"
	    "z.writestr(\"in.zip\",i.getvalue())\nz.close()",
	    "in.zip,in.exe,", ARCHIVE_LISTED, 0 },
	{ "t=tarfile.open(fileobj=out,mode=\"w:gz\")\n"
	    "f=tarfile.TarInfo(\"c.js\")\nt.addfile(f,io.BytesIO())\nt.close()",
	    "c.js,", ARCHIVE_LISTED, 0 },
	{ "out.write(gzip.compress(b\"MZ\"*100))", "mail.exe,", ARCHIVE_LISTED,
	    0 },
	/* The directory and the file itself call it differently. */
	{ "z=zipfile.ZipFile(out,\"w\")\nz.writestr(\"a.exe\",\"x\")\n"
	    "z.close()\nb=out.getvalue().replace(b\"a.exe\",b\"a.txt\",1)\n"
	    "out.seek(0)\nout.write(b)", "a.txt,a.exe,", ARCHIVE_LISTED, 0 },
	{ "out.write(b\"\\x1f\\x8b\\x08\\x08\"+bytes(6)+b\"own.exe\\0\"+"
	    "gzip.compress(b\"x\")[10:])", "own.exe,mail.exe,",
	    ARCHIVE_LISTED, 0 },
	/* winmail.dat: the name of 8.3, then that of MAPI in two bytes */
	{ "import struct as s\nr=lambda i,d:s.pack(\"<BII\",2,i,len(d))+d+"
	    "bytes(2)\nn=\"long.exe\".encode(\"utf-16le\")+bytes(2)\n"
	    "out.write(s.pack(\"<IH\",0x223e9f78,1)+r(0x18010,b\"A.TXT\\0\")+"
	    "r(0x6800f,b\"MZ\")+r(0x69005,s.pack(\"<IIII\",1,0x3707001f,1,"
	    "len(n))+n+bytes(2)))", "A.TXT,long.exe,", ARCHIVE_LISTED, 0 },
	{ "import struct as s\nout.write(s.pack(\"<IHBII\",0x223e9f78,1,2,"
	    "0x18010,99))", "", ARCHIVE_DAMAGED, 0 },
	{ "out.write(bytes(7)+b\"**ACE**\")", "", ARCHIVE_UNKNOWN, 0 },
	{ "out.write(b\"\\x60\\xea\"+bytes(40))", "", ARCHIVE_UNKNOWN, 0 },
	{ "b=b\"x\"\nfor i in range(4):\n i=io.BytesIO()\n z=zipfile.ZipFile("
	    "i,\"w\")\n z.writestr(\"n.zip\",b)\n z.close()\n b=i.getvalue()\n"
	    "out.write(b)", "n.zip,", ARCHIVE_LIMITED, 0 },
	{ "out.write(gzip.compress(b\"MZ\"*100000)[:60])", "",
	    ARCHIVE_DAMAGED, 0 },
};

static void
test_names(void **state)
{
	struct buf bytes = BUF_INIT, names = BUF_INIT;
	enum archive_state got = ARCHIVE_UNKNOWN;
	size_t i;

	(void)state;
	if (access(python, X_OK) != 0)
		skip();
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		assert_true(make(cases[i].program, &bytes));
		assert_true(archive_is(bytes.data, bytes.len));
		buf_clear(&names);
		got = archive_names(bytes.data, bytes.len - cases[i].cut,
		    cases[i].cut == 0, "mail.exe.gz", NULL, entry, &names);
		if (got == ARCHIVE_UNKNOWN && cases[i].state != got)
			break;
		if (strcmp(names.data, cases[i].names) != 0 ||
		    got != cases[i].state)
			fail_msg("case %zu: %s %d", i, names.data, got);
	}
	buf_free(&bytes);
	buf_free(&names);
	if (got == ARCHIVE_UNKNOWN)
		skip();
}

/* That it stops early is seen by its state; what it costs, by engine_cost. */
static void
test_bombs(void **state)
{
	static const char *const bombs[] = {
		/* 200 MB of zeroes in a tar */
		"t=tarfile.open(fileobj=out,mode=\"w:gz\")\n"
		"f=tarfile.TarInfo(\"zero\")\nf.size=200<<20\n"
		"t.addfile(f,open(\"/dev/zero\",\"rb\"))\nt.close()",
		/* the same in a zip within a zip */
		"i=io.BytesIO()\nz=zipfile.ZipFile(i,\"w\","
		"zipfile.ZIP_DEFLATED)\nz.writestr(\"a.zip\",b\"PK\\3\\4\"+"
		"bytes(200<<20))\nz.close()\nout.write(i.getvalue())",
		/* more names than we read */
		"z=zipfile.ZipFile(out,\"w\")\nfor i in range(6000):"
		" z.writestr(str(i),\"\")\nz.close()",
	};
	struct buf bytes = BUF_INIT, names = BUF_INIT;
	enum archive_state got = ARCHIVE_UNKNOWN;
	size_t i;

	(void)state;
	if (access(python, X_OK) != 0)
		skip();
	for (i = 0; i < sizeof bombs / sizeof bombs[0]; i++) {
		assert_true(make(bombs[i], &bytes));
		buf_clear(&names);
		got = archive_names(bytes.data, bytes.len, true, "bomb.gz",
		    NULL, entry, &names);
		if (got == ARCHIVE_UNKNOWN)
			break;
		assert_int_equal(got, ARCHIVE_LIMITED);
	}
	buf_free(&bytes);
	buf_free(&names);
	if (got == ARCHIVE_UNKNOWN)
		skip();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_bombs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
