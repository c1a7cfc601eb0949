#!/bin/sh
# script/check finds what it is there to find: each rule is broken once in a copy of the tree.
. "$(dirname "$0")/lib.sh"

cp -a "$root/script" "$root/.clang-format" "$root/po" "$work/"
mkdir -p "$work/src/core" "$work/src/api" "$work/tests/unit"
cp -a "$root/src/base" "$work/src/"

# broken RULE WORDS: the rule fails and names them; then the file is taken away again.
broken() {
	"$work/script/check" "$1" >found && return 1
	grep -q "^not ok" found && grep -qF "$2" found
	broken_status=$?
	rm -f "$work/src/core/bad."* "$work/src/api/bad.c"
	return $broken_status
}
licence='/* SPDX-License-Identifier: Apache-2.0 */'

test_case 'a clean tree passes' '
	"$work/script/check" includes libraries words sizes format texts scripts
'
test_case 'an include up the house is found' '
	printf "%s\n#include \"service/call.h\"\n" "$licence" >src/core/bad.c
	broken includes "core may not include service/call.h"
'
test_case 'the API that looks into the store is found' '
	printf "%s\n#include \"store/store.h\"\n" "$licence" >src/api/bad.c
	broken includes "api may not include store/store.h"
'
test_case 'a library through another door is found' '
	printf "%s\n#include <openssl/evp.h>\n" "$licence" >src/core/bad.c
	broken libraries "<openssl/evp.h> has another door"
'
test_case 'a banned function is found' '
	printf "%s\nvoid f(char *a, char *b) { strcpy(a, b); }\n" "$licence" >src/core/bad.c
	broken words strcpy
'
test_case 'memory beside the arena is found' '
	printf "%s\nvoid *f(void) { return malloc(1); }\n" "$licence" >src/core/bad.c
	broken words "memory comes from the arena"
'
test_case 'a missing licence line is found' '
	echo "int x;" >src/core/bad.c
	broken words "the first line is not the licence"
'
test_case 'a function of 71 lines is found' '
	{ echo "$licence"; echo "void f(void)"; echo "{"; yes "	;" | head -71; echo "}"; } >src/core/bad.c
	broken sizes "a function of 71 lines"
'
test_case 'a header that needs another before it is found' '
	printf "%s\nstruct str f(void);\nstruct bytes g(uint8_t x);\n" "$licence" >src/core/bad.h
	broken headers bad.h
'
test_case 'a file with a layout of its own is found' '
	printf "%s\nint f(int x){return x;}\n" "$licence" >src/core/bad.c
	broken format bad.c
'
test_case 'a folder without a word about itself is found' '
	broken readmes "src/core/README.md: is missing"
'
test_case 'a command that does not say what it prints is found' '
	mkdir -p src/cli src/agent && echo "X(list, \"list\", \"\", 0, 0, 0)" >src/cli/command.def && : >src/agent/command.def &&
	: >src/cli/answer.def && : >src/agent/answer.def && broken answers "no row for \"list\""
'
test_case 'a key without a text is found' '
	printf "%s\nconst char *k = \"error.no-such-thing\";\n" "$licence" >src/core/bad.c
	broken texts "error.no-such-thing"
'
test_done
