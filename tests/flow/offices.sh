#!/bin/sh
# Service centres: an application belongs to one, its operators see and decide its cases only; supervisors hand over,
# auditors look at all.
. "$(dirname "$0")/lib.sh"
server_up
demo_token auditor >/dev/null 2>&1
demo_phone_login subscriber >/dev/null 2>&1

as() { demo_as "$@"; }
office() { # office NAME VERSION TITLE
	printf 'office: %s\nversion: %s\ntitle:\n  en: %s\n  zh: %s\n  ru: %s\naddress: 1 Main Street\n' "$1" "$2" "$3" "$3" "$3" >"$1.yaml"
	as administrator signet --json apply --yes -f "$1.yaml"
}
count() { as "$1" signet --json list | grep -c '"no"'; }

test_case 'the administrator lays down two offices; anybody may read them' '
	office north 1 "North Office" && office south 1 "South Office" &&
	signet office list >out && grep -q "North Office" out && grep -q "South Office" out
'
test_case 'a version follows its predecessor, and what is no office is refused' '
	expect_refusal field-value office north 3 "North Office" && office north 2 "Northern Office" >/dev/null &&
	signet --json office list | grep -q "Northern Office" &&
	expect_refusal field-format office North 1 "North Office" && expect_refusal role as operator signet --json apply --yes -f south.yaml
'
test_case 'an operator of the north, and a supervisor of both, join the roster' '
	expect_refusal field-value as administrator signet --json operator add --yes --name "Chen Jie" --phone "$(demo_phone operator2)" --mail x@example.test --office west &&
	expect_refusal field-value as administrator signet --json operator add --yes --role auditor --name "Chen Jie" --phone "$(demo_phone operator2)" --mail x@example.test --office north &&
	demo_staff operator2 operator --office north && demo_staff supervisor operator --office south,north --supervisor && demo_staff auditor auditor
'
test_case 'an applicant chooses the office; one that is not there is refused' '
	expect_refusal field-value as subscriber signet --json submit person-signature --consent --office west name="Zhang Min" country=CN mail=z@example.test phone="$(demo_phone subscriber)" &&
	demo_submit subscriber --office north && north=$demo_no && demo_submit subscriber --office south && south=$demo_no && demo_submit subscriber && none=$demo_no &&
	as subscriber signet --json show "$south" | grep -q "\"office\": \"south\""
'
test_case 'the operator of the north sees the north only, and is refused by name elsewhere' '
	[ "$(count operator2)" -eq 1 ] && as operator2 signet show "$north" | grep -q north &&
	expect_refusal office as operator2 signet --json show "$south" && grep -q "\"field\": \"south\"" err &&
	expect_refusal office as operator2 signet --json approve "$south" && expect_refusal office as operator2 signet --json reject "$none" --reason "Not mine" &&
	expect_refusal office as operator2 signet --lang ru --json return "$south" --reason "Not mine" && grep -q "другого сервисного центра" err
'
test_case 'in bulk too: their own is done, the other is not' '
	expect_exit 65 as operator2 signet --json approve "$north" "$south" && grep -q "\"done\": 1" out && grep -q "\"code\": \"office\"" out &&
	demo_enrol subscriber
'
test_case 'nor are certificates of other offices seen or revoked' '
	demo_approve "$south" >/dev/null && rm -rf "$demo_data/people/subscriber/tokens" && demo_token subscriber >/dev/null 2>&1 && demo_phone_login subscriber >/dev/null 2>&1
	demo_enrol subscriber >/dev/null 2>&1; as operator signet --json certs >all.json; as operator2 signet --json certs >own.json
	[ "$(grep -c "\"profile\": \"person-signature\"" all.json)" -eq 2 ] && [ "$(grep -c "\"profile\": \"person-signature\"" own.json)" -eq 1 ] &&
	mine=$(grep -B1 -A1 person-signature own.json | sed -n "s/.*\"serial\": \"\([0-9a-f]*\)\".*/\1/p") &&
	grep -B1 -A1 person-signature all.json | sed -n "s/.*\"serial\": \"\([0-9a-f]*\)\".*/\1/p" | grep -v "$mine" >other &&
	expect_refusal office as operator2 signet --json revoke "$(cat other)" --reason superseded && as operator2 signet --json cert "$mine" >/dev/null
'
test_case 'only a supervisor gives a case to another office, of those that they see' '
	expect_refusal role as operator signet --json reassign "$none" --office north &&
	expect_refusal office as supervisor signet --json reassign "$none" --office north &&
	demo_submit subscriber --office south && expect_refusal field-value as supervisor signet --json reassign "$demo_no" --office west &&
	as supervisor signet --json reassign "$demo_no" --office north | grep -q "\"office\": \"north\"" && as operator2 signet --json approve "$demo_no" | grep -q "\"state\": \"open\"" &&
	as administrator signet --json audit --event application.reassigned | grep -q "$demo_no"
'
test_case 'auditors look at all and decide nothing' '
	[ "$(count auditor)" -eq "$(count operator)" ] && as auditor signet --json show "$none" >/dev/null &&
	expect_refusal role as auditor signet --json approve "$none" && expect_refusal role as auditor signet --json reassign "$none" --office north
'
test_case 'the roster is there to read: names and offices for the staff, numbers for administrators' '
	as operator signet operator list >out && grep -q "Olga Petrova" out && grep -q "north, south" out && ! grep -q "$(demo_phone supervisor)" out &&
	as administrator signet operator show "Olga Petrova" | grep -q "$(demo_phone supervisor)" &&
	expect_refusal role as subscriber signet --json operator list
'
test_case 'the queue is filtered by state, profile, office, name and age, within the scope' '
	queue() { as "$@" | grep -c "\"no\""; }
	demo_no=$(as subscriber signet --json submit person-signature --consent --office south name="Anna Adler" country=CN mail=z@example.test phone="$(demo_phone subscriber)" | sed -n "s/^ *\"no\": \"\(.*\)\",*$/\1/p") && [ "$demo_no" ] && [ "$(queue operator signet --json list --state submitted --name "ANNA A")" -eq 1 ] &&
	[ "$(queue operator signet --json list --name "adler")" -eq 0 ] && [ "$(queue operator2 signet --json list --name anna)" -eq 0 ] &&
	[ "$(queue operator signet --json list --office south)" -ge 2 ] && [ "$(queue operator signet --json list --office south --profile no-such)" -eq 0 ] &&
	[ "$(queue operator signet --json list --until 2020-01-01T00:00:00Z)" -eq 0 ] && [ "$(queue operator signet --json list --state submitted --until 2099-01-01T00:00:00Z)" -ge 1 ] &&
	expect_refusal office as operator2 signet --json list --office south && expect_refusal role as subscriber signet --json list --name anna &&
	expect_refusal field-value as operator signet --json list --until yesterday
'
test_case 'another scope holds at once, signed like the roster' '
	expect_refusal role as supervisor signet --json operator scope --yes "Chen Jie" &&
	expect_refusal field-value as administrator signet --json operator scope --yes "Chen Jie" --office west &&
	as administrator signet operator scope --yes "Chen Jie" --office south >/dev/null &&
	expect_refusal office as operator2 signet --json show "$north" && as operator2 signet --json show "$south" >/dev/null &&
	as administrator signet operator scope --yes "Chen Jie" >/dev/null && as operator2 signet --json show "$none" >/dev/null
'
test_case 'who is taken out of the roster has no session, no certificate, no vote' '
	demo_submit subscriber && waiting=$demo_no && as administrator signet operator remove --yes "Chen Jie" >/dev/null &&
	expect_refusal session as operator2 signet --json approve "$waiting" && ! as operator2 signet login >/dev/null 2>&1 &&
	! as operator signet operator list | grep -q "Chen Jie" && as administrator signet --json audit --event person.removed | grep -q person.removed
'
test_case 'the last administrator stays' '
	expect_refusal field-value as administrator signet --json operator remove --yes "$(demo_name administrator)"
'
test_done
