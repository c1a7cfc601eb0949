#!/bin/sh
# The service keeps its own document: thousands of valid and broken requests for every operation of openapi.yaml, made
# from its schemas. PROPERTY_ROUNDS and PROPERTY_SEED ask more, or the same again.
. "$(dirname "$0")/lib.sh"
if ! { demo_new "$work/data" "$(demo_port_find)" && demo_start && demo_ca; } >"$work/server.out" 2>&1; then
	cat "$work/server.out"
	echo 'not ok 1 - the service starts'
	exit 1
fi

test_case 'every answer is one that the document has, and what is broken is refused by name' '
	PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 "$root/tests/flow/property.py" "$demo_data" "$demo_url" "$demo_http" "$SIGNET_CA" \
		"$BUILD/src/cmd/signet" --rounds "${PROPERTY_ROUNDS:-4}" --seed "${PROPERTY_SEED:-1}"
'
test_case 'the service is still the same processes, and in order' '
	[ "$(grep -c "\"ev\":\"process.start\"" "$demo_log")" -eq 4 ] && signet health
'
test_done
