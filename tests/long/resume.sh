#!/bin/sh
# The main job with a break between any two of its steps, of every kind; the cases are those of resume.py.
. "$(dirname "$0")/../flow/lib.sh"
if ! { demo_new "$work/data" "$(demo_port_find)" && demo_start && demo_ca && demo_stop; } >"$work/server.out" 2>&1; then
	echo 'not ok 1 - the service starts'
	sed 's/^/# /' "$work/server.out"
	exit 1
fi
setsid /usr/bin/python3 "$root/tests/long/resume.py" "$demo_data" "$demo_url" "$demo_http" "$SIGNET_CA" "$BUILD/src/cmd/signet" \
	"$BUILD/src/cmd/signetd"
status=$?
[ $status -eq 0 ] || grep -h '"level":"error"' "$demo_log" | tail -20 | sed 's/^/# /'
exit $status
