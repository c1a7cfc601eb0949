#!/bin/sh
# Four eyes: a profile that wants two approvals gets them from two people, each with a token of their own; the signer
# counts for itself.
. "$(dirname "$0")/lib.sh"
server_up
demo_staff operator2 operator >/dev/null 2>&1
demo_phone_login subscriber >/dev/null 2>&1
sed 's/^version: 1$/version: 2/; s/^  count: 1$/  count: 2/' "$root/share/profiles/person-signature.yaml" >two.yaml

as() { demo_as "$@"; }
has() { as "$1" signet --json show "$demo_no" | tr -d ' \n' | grep -q "$2"; }

test_case 'the administrator lays down: two approvals' '
	as administrator signet apply --yes -f two.yaml >out && as subscriber signet --json profiles | grep -q "\"version\": 2"
'
test_case 'the first signature is one of two, and nothing leaves yet' '
	demo_submit subscriber && as operator signet --json approve "$demo_no" >out && tr -d " \n" <out | grep -q "\"approvals\":1,\"approvals_needed\":2" &&
	has subscriber "\"state\":\"submitted\"" && has operator2 "\"approvers\":\[{\"name\":\"LiNa\""
'
test_case 'the same person does not count twice, and is not offered to' '
	expect_refusal approved as operator signet --json approve "$demo_no" &&
	! has operator "\"approve\"" && has operator2 "\"approve\""
'
test_case 'what its applicant may see names no operator' '
	! has subscriber "approvers" && has subscriber "\"approvals\":1"
'
test_case 'the second person opens it; the certificate is issued and installed' '
	as operator2 signet --json approve "$demo_no" >out && grep -q "\"state\": \"open\"" out && grep -q "\"approvals\": 2" out &&
	demo_enrol subscriber && has subscriber "\"state\":\"installed\""
'
test_case 'a change in between voids the first signature' '
	demo_submit subscriber && as operator signet approve "$demo_no" >/dev/null &&
	as subscriber signet submit "$demo_no" --consent name="Zhang Min Li" >/dev/null && has operator "\"approvals\":0" &&
	as operator2 signet approve "$demo_no" >/dev/null && has operator "\"approvals\":1" && has operator "\"state\":\"submitted\"" &&
	as operator signet --json approve "$demo_no" | grep -q "\"state\": \"open\""
'
test_case 'sent back after one signature, it needs both again' '
	demo_submit subscriber && as operator signet approve "$demo_no" >/dev/null &&
	as operator2 signet return "$demo_no" --reason "Look again" >/dev/null && as subscriber signet submit "$demo_no" --consent >/dev/null &&
	has operator "\"approvals\":0" && as operator signet --json approve "$demo_no" | grep -q "\"state\": \"submitted\""
'
test_case 'what one person alone may do is in the log, by name' '
	as administrator signet --json audit --event application.approved >out && [ "$(grep -c "\"actor\": \"person:" out)" -ge 6 ]
'
test_done
