#!/bin/sh
# kill -9 of front, signer and jobs while certificates are issued: every acknowledged one is in store, inquiry, log and
# journal, none twice, and none is signed that the store does not know.
. "$(dirname "$0")/lib.sh"
if ! { place_new && demo_start && demo_ca; } >"$work/server.out" 2>&1; then
	echo 'not ok 1 - the service starts'
	sed 's/^/# /' "$work/server.out" | tail -20
	exit 1
fi
test_case '40 issues survive kills of every process' '
	timeout 300 /usr/bin/python3 "$root/tests/flow/crash.py" "$demo_data" "$demo_url" "$demo_http" "$SIGNET_CA" \
		"$BUILD/src/cmd/signet" "$demo_pid" 40 ${demo_store:+"$demo_store"}
'
test_done
