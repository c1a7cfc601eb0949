#!/bin/sh
# One act on many: numbers typed or from a file, one signature for all, a result for each, and an exit status that says
# whether all of it was done.
. "$(dirname "$0")/lib.sh"
server_up
demo_phone_login subscriber >/dev/null 2>&1

as() { demo_as "$@"; }
# submit N: their numbers, one a line, in the file numbers.
submit() {
	: >numbers
	submit_left=$1
	while [ "$submit_left" -gt 0 ]; do
		demo_submit subscriber && echo "$demo_no" >>numbers || return
		submit_left=$((submit_left - 1))
	done
}
state() { as operator signet --json show "$1" | grep -q "\"state\": \"$2\""; }
# all_in STATE: each number of the file.
all_in() { while read -r all_no; do state "$all_no" "$1" || return; done <numbers; }

test_case 'a dry run says what would be done, and changes nothing' '
	submit 3 && as operator signet approve --dry-run $(cat numbers) >out && [ "$(grep -c "would be done" out)" -eq 3 ] && all_in submitted
'
test_case 'one signature approves them all' '
	as operator signet --json approve $(cat numbers) >out && grep -q "\"done\": 3" out && grep -q "\"refused\": 0" out && all_in open
'
test_case 'they can be issued: the signer finds each on the list' '
	demo_enrol subscriber
'
test_case 'a repeat does nothing twice, and says so' '
	expect_refusal partial as operator signet --json approve $(cat numbers) && grep -q "\"code\": \"state\"" out
'
test_case 'from a file, with one that is not there: the others are done, the exit status tells' '
	submit 2 && { echo "# this morning"; cat numbers; echo "T-2026-999999   # a slip"; } >list &&
	expect_exit 65 as operator signet --json approve --file list && grep -q "\"done\": 2" out && grep -q "\"code\": \"not-found\"" out && all_in open
'
test_case 'more than one window can show are signed by twenties' '
	submit 22 && as operator signet --json approve --file numbers >out && grep -q "\"done\": 22" out && all_in open
'
test_case 'sent back and rejected by the list, each applicant reads why' '
	submit 2 && as operator signet return --file numbers --reason "Look again" --field name="As in the passport" >out && all_in returned &&
	as subscriber signet show "$(head -1 numbers)" | grep -q "name: As in the passport" &&
	as operator signet reject $(cat numbers) --reason "Gone" >out && all_in rejected
'
test_case 'certificates are revoked by the list' '
	as subscriber signet --json certs >certs.json; sed -n "s/.*\"serial\": \"\([0-9a-f]*\)\".*/\1/p" certs.json >serials; echo 0700 >>serials
	expect_exit 65 as operator signet revoke --dry-run --file serials --reason superseded && grep -q "would be done" out &&
	expect_exit 65 as operator signet --json revoke --file serials --reason superseded && grep -q "\"state\": \"revoked\"" out && grep -q "\"code\": \"not-found\"" out
'
test_case 'nothing named is a slip, not a success' '
	expect_exit 64 as operator signet approve && : >empty && expect_exit 64 as operator signet approve --file empty
'
test_done
