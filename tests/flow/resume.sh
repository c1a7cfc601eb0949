#!/bin/sh
# The plug is pulled, or the service restarted, at each step of a download (N3): with the same token it goes on to the
# same end, with one certificate and no key left over.
. "$(dirname "$0")/lib.sh"
server_up
demo_phone_login subscriber >/dev/null 2>&1

# New codes for the subscriber, in the file codes.
new_codes() {
	demo_submit subscriber && demo_approve "$demo_no" && demo_reference subscriber >reference &&
		demo_code subscriber >code && cat reference code >codes
}
enrol() { demo_as subscriber signet-agent enrol "$@"; }
restart() { demo_stop; demo_start && demo_ready; }
active() { demo_as subscriber signet --json certs | grep -c '"state": "active"'; }

done_so_far=0
for step in key issue write; do
	for also in nothing restart; do
		test_case "agent stopped after $step, $also: it goes on" '
			new_codes && ! enrol --codes-file codes --stop-after $step >out 2>err &&
			{ [ $also = nothing ] || restart; } &&
			enrol $([ $step = key ] || echo --resume) --codes-file codes >out 2>err || { cat out err; false; } &&
			[ "$(active)" -eq $((done_so_far + 1)) ]
		'
		done_so_far=$((done_so_far + 1))
	done
done
test_case 'the service restarted before the codes are typed' '
	new_codes && restart && enrol --codes-file codes >out 2>err || { cat out err; false; }
	[ "$(active)" -eq $((done_so_far + 1)) ]
'
test_case 'each certificate is on the token once, with its key' '
	demo_as subscriber signet-agent --json certs >certs.json &&
	[ "$(grep -c "\"serial\"" certs.json)" -eq 7 ] && ! grep -q "\"private\": false" certs.json
'
test_case 'going on with what is done already changes nothing' '
	enrol --resume --codes-file codes >out 2>err || { cat out err; false; } &&
	[ "$(active)" -eq 7 ] && demo_as subscriber signet-agent --json certs >again.json && cmp certs.json again.json
'
test_case 'another token cannot go on for this one' '
	new_codes && ! enrol --codes-file codes --stop-after issue >out 2>err && demo_token other &&
	! demo_as other signet-agent enrol --resume --codes-file codes >out 2>err && [ -s err ] &&
	enrol --resume --codes-file codes >out 2>err && [ "$(active)" -eq 8 ]
'
test_done
