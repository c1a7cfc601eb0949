#!/bin/sh
# The agent's command line when something is in the way: nothing is left on the token, or it can be gone on with.
. "$(dirname "$0")/lib.sh"
server_up
demo_phone_login subscriber >login.out 2>&1 || exit 70
home=$demo_data/people/subscriber

# codes: a new approved application; its two codes are in $reference and $code.
codes() {
	demo_submit subscriber && demo_approve "$demo_no" || return
	reference=$(demo_reference subscriber) && code=$(demo_code subscriber)
}
agent() { demo_as subscriber signet-agent "$@"; }
enrol() { printf '%s\n%s\n' "$reference" "$code" | agent enrol --json "$@"; }
containers() { agent certs --json | grep -c '"container"'; }
pending() { agent certs --json | grep -c '"pending": true'; }
sign_in() { agent sign-in --container "$(agent certs | tail -1 | cut -d" " -f1)"; }
active() { grep -q '"state": "active"' "$1"; }

test_case 'cancelled in the window: nothing on the token, and the codes still work' '
	codes && touch "$home/refuse" && expect_exit 130 enrol && grep -q "\"code\": \"cancelled\"" out &&
	rm "$home/refuse" && [ "$(containers)" -eq 0 ] && enrol >done.json && active done.json && [ "$(containers)" -eq 1 ]
'
test_case 'a wrong PIN is told, nothing is left, and the codes still work' '
	codes && cp "$home/pin" right && echo 99999999 >"$home/pin" && expect_exit 77 enrol &&
	grep -q "\"code\": \"pin-incorrect\"" out && [ "$(containers)" -eq 1 ] &&
	cp right "$home/pin" && enrol >done.json && active done.json
'
test_case 'the server goes away: said, and the key that was made goes on later' '
	codes && ! enrol --stop-after key && [ "$(pending)" -eq 1 ] && demo_stop && expect_exit 75 enrol &&
	[ "$(pending)" -eq 1 ] && demo_start && demo_ready && enrol >done.json && active done.json && [ "$(pending)" -eq 0 ]
'
test_case 'a server that the CA file does not vouch for is not asked' '
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout k.pem -out other.pem -subj /CN=x &&
	expect_exit 76 agent sign-in --json --ca other.pem && grep -q "\"code\": \"tls\"" out
'
test_case 'a site that is not configured is not served' '
	expect_exit 77 agent sign-in --json --server https://localhost:1 && grep -q agent-origin out
'
test_case 'the site of a subscriber cannot ask for an approval' '
	nonce=$(head -c 32 /dev/zero | base64) && hash=$(head -c 32 /dev/zero | base64) &&
	payload=$({ printf "\0\0\0\006roster\0\0\0\0011\0\0\0 "; echo "$hash" | base64 -d; } | base64 -w0) &&
	expect_exit 77 agent sign --json --purpose document --nonce "$nonce" --payload "$payload" --container 00 &&
	grep -q agent-origin out
'
test_case 'what the windows say names site, profile, names and token' '
	grep -F "SETDESC $demo_url asks to make a new key" "$home/seen" | tail -1 | grep -F "Profile: person-signature" |
		grep -F "$(demo_name subscriber)" | grep -F "Token: demo-subscriber"
'
test_case 'the PIN is changed in windows, and the new one works from then on' '
	cp "$home/pin" right && echo 86429753 >"$home/new-pin" && agent pin && cp "$home/new-pin" "$home/pin" &&
	sign_in && cp right "$home/pin" && expect_exit 77 sign_in && cp "$home/new-pin" "$home/pin" &&
	mv right "$home/new-pin" && agent pin && cp "$home/new-pin" "$home/pin" && sign_in
'
test_case 'a real pinentry asks for the PIN and twice for the new one' '
	demo_pinentry subscriber tty && cat >type.exp <<-END
		set timeout 20
		spawn signet-agent pin
		expect "PIN:" {after 300; send "$(demo_pin subscriber)\r"}
		expect "New PIN:" {after 300; send "97318642\r"}
		expect "Once more:" {after 300; send "97318642\r"}
		expect "The PIN is changed." {} timeout {exit 1}
		expect eof
	END
	TERM=xterm demo_as subscriber expect type.exp && demo_pinentry subscriber double && echo 97318642 >"$home/pin" && sign_in &&
	demo_pin subscriber >"$home/new-pin" && agent pin && cp "$home/new-pin" "$home/pin"
'
test_case 'an easy new PIN is refused, and the old one stays' '
	echo 11111111 >"$home/new-pin" && expect_exit 65 agent pin --json && grep -q "\"code\": \"pin-new\"" out && sign_in
'
test_case 'a key that is no longer wanted goes after consent; which one must be said' '
	expect_exit 64 agent delete && before=$(containers) && one=$(agent certs | tail -1 | cut -d" " -f1) &&
	touch "$home/refuse" && expect_exit 130 agent delete --container "$one" && [ "$(containers)" -eq "$before" ] &&
	rm "$home/refuse" && agent delete --container "$one" && [ "$(containers)" -eq $((before - 1)) ] &&
	grep -F "delete a key and its certificate" "$home/seen" | tail -1 | grep -F "Container: $one"
'
test_case 'a report for the hotline has versions, modules, tokens and the last failures, and no PIN' '
	agent diag >report && grep -q "^signet-agent [0-9]" report && grep -q "^module softhsm .* in order" report &&
	grep -q "^token demo-subscriber, .* pin set" report && grep -q "container.delete cancelled" report &&
	! grep -qF "$(cat "$home/pin")" report && agent diag --json | grep -q "\"text\": \"signet-agent"
'
test_case 'two tokens: one must be named' '
	SOFTHSM2_CONF=$home/softhsm2.conf softhsm2-util --init-token --free --label second --so-pin 87654321 --pin 123456 &&
	expect_exit 64 agent certs && agent certs --token second && agent certs --token demo-subscriber | grep -q Zhang
'
test_case 'a second agent waits for nobody: the token is busy' '
	serial=$(agent tokens | sed -n "s/^\([^ ]*\)  demo-subscriber .*/\1/p") &&
	lock=$(ls -d "${XDG_RUNTIME_DIR:-/nonexistent}/signet-agent" "/tmp/signet-agent-$(id -u)" 2>/dev/null | head -1) &&
	lock=$lock/token-$(printf %s "$serial" | od -An -tx1 | tr -d " \n").lock && [ -f "$lock" ] &&
	flock "$lock" env PATH="$PATH" sh -c ". $home/env; signet-agent certs --token demo-subscriber --json" >out
	[ $? -eq 75 ] && grep -q token-busy out
'
test_done
