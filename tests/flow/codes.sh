#!/bin/sh
# The two codes, refused: each mistake in its own words with the number that help desks know, before any key is made.
. "$(dirname "$0")/lib.sh"
server_up
demo_phone_login subscriber >/dev/null 2>&1

new_codes() {
	demo_submit subscriber && demo_approve "$demo_no" && ref=$(demo_reference subscriber) && code=$(demo_code subscriber)
}
# refuse SLUG NUMBER REFERENCE CODE: by this failure and old number; the token has no new key.
refuse() {
	printf '%s\n%s\n' "$3" "$4" >typed
	before=$(keys)
	if demo_as subscriber signet-agent enrol --codes-file typed >out 2>err; then
		echo 'it was not refused'
		return 1
	fi
	grep -q "\[$1, " out err || { echo "not as $1:"; cat out err; return 1; }
	[ -z "$2" ] || grep -q "$2" out err || { echo "without the number $2:"; cat out err; return 1; }
	[ "$(keys)" = "$before" ] || { echo 'a key was made'; return 1; }
}
keys() {
	SOFTHSM2_CONF=$demo_data/people/subscriber/softhsm2.conf pkcs11-tool --module "$(demo_module)" \
		--token-label demo-subscriber -O 2>/dev/null | grep -c 'Public Key Object'
}
# Another character of the same kind at place $2 of $1.
other() { printf '%s' "$1" | awk -v at="$2" '{c = substr($0, at, 1); print substr($0, 1, at - 1) (c == "7" ? "8" : "7") substr($0, at + 1)}'; }

# A reference number as production makes them: the ten digits of which the check digit fits.
production() {
	for n in 0 1 2 3 4 5 6 7 8 9; do
		printf '%s\n%s\n' "100017178$n" "$code" >typed
		demo_as subscriber signet-agent enrol --codes-file typed 2>&1 | grep -q '\[ref-check' || { echo "100017178$n"; return; }
	done
}

new_codes >/dev/null
test_case 'a mistyped reference number (C10)' 'refuse ref-check 600101 "$(other "$ref" 4)" "$code"'
test_case 'a mistyped authorization code (C11)' 'refuse code-check 600101 "$ref" "$(other "$code" 3)"'
test_case 'the two in each other'"'"'s place (C13)' 'refuse codes-swapped 600215 "$code" "$ref"'
test_case 'a reference number of production (C14)' 'refuse code-environment "@902403" "$(production)" "$code"'
test_case 'half a reference number' 'refuse ref-format 600101 12345 "$code"'
test_case 'half an authorization code' 'refuse code-format 600101 "$ref" ABC'
test_case 'blanks, dashes and small letters are no mistake' '
	printf "%s\n%s\n" "$(echo "$ref" | sed "s/...../& - /")" "$(echo "$code" | tr A-Z a-z | sed "s/..../&-/g")" >typed &&
	[ "$(keys)" = 0 ] && demo_as subscriber signet-agent enrol --codes-file typed >out 2>err || { cat out err; false; } &&
	[ "$(keys)" = 1 ]
'
test_case 'codes that have done their work (C21, C22)' 'refuse code-used "@900208" "$ref" "$code"'
test_case 'a download that has begun goes on with its own key, not with the codes' '
	new_codes && printf "%s\n%s\n" "$ref" "$code" >typed &&
	! demo_as subscriber signet-agent enrol --codes-file typed --stop-after issue >out 2>err &&
	demo_token other && ! demo_as other signet-agent enrol --codes-file typed >out 2>err && grep -q code-started out err
'
old_code=$code
new_codes >/dev/null
guess() { for n in 1 2 3 4 5; do refuse code-wrong 600101 "$ref" "$old_code" || return; done; }
test_case 'a right form that fits nothing, five times: locked' 'guess && refuse code-locked 600101 "$ref" "$code"'
new_codes >/dev/null
test_case 'no token is plugged in (C12)' '
	printf "%s\n%s\n" "$ref" "$code" >typed &&
	! demo_as subscriber signet-agent enrol --token no-such-token --codes-file typed >out 2>err && grep -q token-absent out err
'
time_moves && test_case 'the codes'"'"' fourteen days are over (C19, C20)' '
	demo_stop; demo_faketime=+15d demo_start && demo_ready && refuse code-expired "@900211" "$ref" "$code"
'
test_done
