#!/bin/sh
# The download is a transaction: whatever breaks between key and confirmation, the holder goes on from there, with one
# key and one certificate. The agent is killed by --stop-after, the server is stopped and started between the halves.
. "$(dirname "$0")/lib.sh"
server_up
demo_phone_login subscriber >login.out 2>&1 || exit 70

# codes: a new approved application; its two codes are in $reference and $code.
codes() {
	demo_submit subscriber && demo_approve "$demo_no" || return
	reference=$(demo_reference subscriber) && code=$(demo_code subscriber)
}
enrol() { printf '%s\n%s\n' "$reference" "$code" | demo_as subscriber signet-agent enrol --json "$@"; }
resume() { printf '%s\n' "$reference" | demo_as subscriber signet-agent enrol --resume --json "$@"; }
restart() { demo_stop && demo_start && demo_ready; }
killed() {
	"$@"
	[ $? -eq 137 ]
}
containers() { demo_as subscriber signet-agent certs --json | grep -c '"container"'; }
pending() { demo_as subscriber signet-agent certs --json | grep -c '"pending": true'; }
questions() { grep -c "$1" "$demo_data/people/subscriber/seen"; }
active() { grep -q '"state": "active"' "$1"; }

test_case 'killed after the key: the codes go on with that key' '
	codes && killed enrol --stop-after key && [ "$(pending)" -eq 1 ] &&
	enrol >done.json && active done.json && [ "$(pending)" -eq 0 ] && [ "$(containers)" -eq 1 ]
'
test_case 'killed after the key, server restarted: the same' '
	codes && killed enrol --stop-after key && restart && demo_as operator true &&
	enrol >done.json && active done.json && [ "$(containers)" -eq 2 ]
'
test_case 'killed after issue, before the write: resume needs no code' '
	codes && killed enrol --stop-after issue && [ "$(pending)" -eq 1 ] &&
	resume >done.json && active done.json && [ "$(pending)" -eq 0 ] && [ "$(containers)" -eq 3 ]
'
test_case 'killed after issue, server restarted: the same' '
	codes && killed enrol --stop-after issue && restart &&
	resume >done.json && active done.json && [ "$(containers)" -eq 4 ]
'
test_case 'killed after the write, before it is confirmed: resume confirms' '
	codes && killed enrol --stop-after write && [ "$(pending)" -eq 0 ] &&
	resume >done.json && active done.json && [ "$(containers)" -eq 5 ]
'
test_case 'killed after the write, server restarted: the same' '
	codes && killed enrol --stop-after write && restart &&
	resume >done.json && active done.json && [ "$(containers)" -eq 6 ]
'
test_case 'resume after the end changes nothing' '
	resume && [ "$(containers)" -eq 6 ]
'
test_case 'the server is away when the certificate is asked for: the key stays and goes on' '
	codes && killed enrol --stop-after key && demo_stop &&
	expect_exit 75 enrol && [ "$(pending)" -eq 1 ] && demo_start && demo_ready &&
	enrol >done.json && active done.json && [ "$(containers)" -eq 7 ]
'
test_case 'cancelled in the window: nothing on the token, and the codes still work' '
	codes && touch "$demo_data/people/subscriber/refuse" && expect_exit 130 enrol &&
	rm "$demo_data/people/subscriber/refuse" && [ "$(containers)" -eq 7 ] &&
	enrol >done.json && active done.json && [ "$(containers)" -eq 8 ]
'
test_case 'a wrong PIN is told, nothing is left, and the codes still work' '
	codes && cp "$demo_data/people/subscriber/pin" right && echo 99999999 >"$demo_data/people/subscriber/pin" &&
	expect_exit 77 enrol && grep -q pin-incorrect err && [ "$(containers)" -eq 8 ] &&
	cp right "$demo_data/people/subscriber/pin" && enrol >done.json && active done.json
'
test_case 'another token cannot resume' '
	codes && killed enrol --stop-after issue && demo_token other &&
	{ printf "%s\n" "$reference" | demo_as other signet-agent enrol --resume --json >out 2>err; [ $? -eq 65 ]; } &&
	grep -q other-token out && resume >done.json && active done.json
'
test_case 'each certificate is there once' '
	demo_as subscriber signet --json certs >certs.json &&
	[ "$(grep -c "\"serial\"" certs.json)" -eq 10 ] &&
	[ "$(grep "\"serial\"" certs.json | sort -u | wc -l)" -eq 10 ] &&
	[ "$(grep -c "\"state\": \"active\"" certs.json)" -eq 10 ]
'
test_done
