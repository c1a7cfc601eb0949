#!/bin/sh
# Applications by the command line: what is taken, what is refused, in which words, and that a refusal changes nothing.
. "$(dirname "$0")/lib.sh"
server_up
demo_phone_login subscriber >/dev/null 2>&1
demo_token other

as() { demo_as "$@"; }
count() { as "$1" signet --json list | grep -c '"no"'; }
submit() { # submit WHO FIELD=VALUE...
	submit_who=$1
	shift
	as "$submit_who" signet --json submit person-signature --consent "$@"
}
good='country=CN mail=zhang.min@example.test phone=+8613800000003'

test_case 'a stranger learns nothing' '
	expect_exit 77 signet --session "$work/none" --json list && grep -q auth-required err
'
test_case 'a wrong SMS code does not sign in, the right one does, once' '
	phone=$(demo_phone other) && as other signet login --phone "$phone" --send && code=$(demo_sms_code other) &&
	expect_refusal sms-wrong as other signet --json login --phone "$phone" --code "$(echo "$code" | tr 0-9 1-90)" &&
	as other signet login --phone "$phone" --code "$code" &&
	expect_exit 64 as other signet login --phone "$phone" --code "$code"
'
test_case 'codes are not sent every second' '
	expect_refusal rate as other signet --json login --phone "$(demo_phone other)" --send
'
test_case 'a field that the form does not have is refused by name' '
	expect_refusal field-unknown submit subscriber name="Zhang Min" $good shoe=44 && grep -q shoe err
'
test_case 'a field that is missing is refused by name' '
	expect_refusal field-missing submit subscriber $good && grep -q "\"field\": \"name\"" err
'
test_case 'a word of two scripts is refused' '
	expect_refusal name-script submit subscriber name="Zhаng Min" $good
'
test_case 'a name that is too long is refused, not cut' '
	expect_refusal name-long submit subscriber name="$(printf "%065d" 1 | tr 0-9 A)" $good
'
test_case 'an unknown profile is refused' '
	expect_refusal profile-unknown as subscriber signet --json submit no-such-profile --consent name=x
'
test_case 'without consent nothing is sent' '
	echo no | expect_exit 130 as subscriber signet submit person-signature name="Zhang Min" $good
'
test_case 'a draft waits, and is sent by its number' '
	as subscriber signet --json submit person-signature --draft name="Zhang Min" $good >draft &&
	no=$(sed -n "s/^ *\"no\": \"\(.*\)\",*$/\1/p" draft) &&
	grep -q "\"state\": \"draft\"" draft &&
	as subscriber signet --json submit "$no" --consent >sent && grep -q "\"state\": \"submitted\"" sent
'
test_case 'somebody else'"'"'s application is not there' '
	demo_submit subscriber && expect_refusal not-found as other signet --json show "$demo_no"
'
test_case 'a phone session cannot approve' '
	as subscriber signet --json approve "$demo_no" >out 2>err; [ $? -eq 77 ]
'
test_case 'the applicant withdraws; then it cannot be approved' '
	as subscriber signet --json withdraw "$demo_no" | grep -q cancelled &&
	expect_refusal state as operator signet --json approve "$demo_no"
'
test_case 'a rejection carries its reason to the applicant, and to the mailbox' '
	demo_submit subscriber &&
	as operator signet reject "$demo_no" --reason "The photo is of somebody else" &&
	as subscriber signet show "$demo_no" | grep -q "somebody else" &&
	demo_wait 15 sh -c "grep -rqs somebody \"$demo_data/spool/mail\" || grep -rlqs $demo_no \"$demo_data/spool/mail\""
'
test_case 'what is sent back says why, field by field; corrected it is sent and approved' '
	demo_submit subscriber && expect_refusal field-unknown as operator signet --json return "$demo_no" --reason "Look again" --field shoe=44 &&
	as operator signet return "$demo_no" --reason "Look again" --field name="As in the passport" --field mail="It bounced" &&
	as subscriber signet show "$demo_no" >out && grep -q "Look again" out && grep -q "name: As in the passport" out && grep -q "mail: It bounced" out &&
	demo_take mail "$(demo_address subscriber)" "Full name: As in the passport" >out && grep -q "Look again" out &&
	expect_refusal state as operator signet --json approve "$demo_no" &&
	as subscriber signet --json submit "$demo_no" --consent name="Zhang Min Li" | grep -q "\"state\": \"submitted\"" &&
	demo_approve "$demo_no" | grep -q "Zhang Min Li"
'
test_case 'what was approved is not approved again' '
	demo_submit subscriber && demo_approve "$demo_no" &&
	expect_refusal state as operator signet --json approve "$demo_no"
'
test_case 'refusals speak Chinese and Russian' '
	expect_exit 66 as subscriber signet --lang zh show T-2026-999999 && grep -q "没有这项内容" err &&
	expect_exit 66 as subscriber signet --lang ru show T-2026-999999 && grep -q "Такого нет" err
'
test_case 'an operator sees all, a subscriber only their own' '
	[ "$(count other)" -eq 0 ] && [ "$(count operator)" -ge "$(count subscriber)" ]
'
test_case 'a session that was ended is no session' '
	cp "$demo_data/people/other/signet/session" kept && as other signet logout &&
	cp kept "$demo_data/people/other/signet/session" &&
	expect_refusal session as other signet --json whoami
'
test_case 'an administrator is not an operator' '
	demo_submit subscriber && as administrator signet --json approve "$demo_no" >out 2>err; [ $? -eq 77 ]
'
test_case 'the window that is cancelled signs nothing' '
	: >"$demo_data/people/operator/refuse"
	as operator signet --json approve "$demo_no" >out 2>err; status=$?
	rm "$demo_data/people/operator/refuse"
	[ $status -eq 130 ] && as operator signet --json show "$demo_no" | grep -q "\"state\": \"submitted\""
'
test_done
