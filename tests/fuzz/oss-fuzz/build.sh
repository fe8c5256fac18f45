#!/bin/bash -eu
# Builds every fuzzer of tests/fuzz with the flags of OSS-Fuzz, as its runners
# call it: CC, CFLAGS, LIB_FUZZING_ENGINE and OUT are given. Works anywhere:
#	CC=clang CXX=clang++ OUT=/tmp/out LIB_FUZZING_ENGINE=-fsanitize=fuzzer \
#	CFLAGS="-O1 -g -fsanitize=fuzzer-no-link,address" build.sh
# Libraries are put beside the fuzzers, for the runners have none of ours: those
# that the programs load when they need them, too.
source=$(cd "$(dirname "$0")" && pwd)
[ -d "$source/milter" ] || source=${SRC:+$SRC/saywhy}
[ -d "${source:-}/milter" ] || source=$(cd "$(dirname "$0")/../../.." && pwd)
work=${WORK:-$(mktemp -d)}/saywhy
mkdir -p "$work" "$OUT/lib"
cd "$work"
"$source/configure" -q CC="$CC" CFLAGS="$CFLAGS"
make -j"${JOBS:-$(nproc)}" HARDEN= LINK= obj/any.a

for file in "$source"/tests/fuzz/fuzz_*.c; do
	name=$(basename "$file" .c)
	# Its library may be missing.
	[ "$name" != fuzz_counters ] ||
		[ -f obj/milter/counters/counter_link_hiredis.o ] || continue
	make HARDEN= LINK= "obj/tests/fuzz/$name.o"
	# Words of $LIBS and of the flags are meant to be split.
	# shellcheck disable=SC2086
	${CXX:-$CC} $CFLAGS $LIB_FUZZING_ENGINE -o "$OUT/$name" \
		"obj/tests/fuzz/$name.o" obj/any.a \
		$(sed -n 's/^\(LOADED_\)\{0,1\}LIBS = //p' Makefile) \
		-Wl,-rpath,'$ORIGIN/lib' -Wl,--disable-new-dtags
	ldd "$OUT/$name" | awk '$3 ~ /^\// { print $3 }' |
		grep -v -e '/lib\(c\|m\|pthread\|resolv\)\.so' -e '/ld-linux' |
		xargs -r cp -nL -t "$OUT/lib"
	corpus=$source/tests/fuzz/corpus/${name#fuzz_}
	[ ! -d "$corpus" ] || (cd "$corpus" && zip -q "$OUT/${name}_seed_corpus.zip" -r .)
done
