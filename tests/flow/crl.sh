#!/bin/sh
# Revocation lists: when they are made, what joins, who may list them, and what health says of them and of the rest.
. "$(dirname "$0")/lib.sh"
server_up
db=$(find "$work/data" -name signet.db | head -1)
demo_as operator signet-agent --json certs >certs.json
serial=$(sed -n 's/.*"serial": "\([0-9a-f]*\)".*/\1/p' certs.json | head -1)
crls() { demo_as administrator signet --json crl list >lists; }
count() { crls && grep -c "\"ca\": \"$1\"" lists; }
newest() { crls && sed -n "/\"ca\": \"$1\"/,/}/s/.*\"number\": \([0-9]*\).*/\1/p" lists | head -1; }
health() { signet --json health >parts 2>err; }
# part NAME: what health says of it, on one line.
part() { health; tr -d '\n' <parts | sed 's/} *, *{/}\n{/g' | grep "\"name\": *\"$1\""; }
# sql TEXT: with the service stopped.
sql() { demo_stop && python3 -c "import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as d: d.executescript(sys.argv[2])" "$db" "$1" && demo_start && demo_wait 20 signet health; }
act() { demo_as administrator signet "$1" "$serial" --issuer management-g1 >out; }
many_acts() { for n in 1 2 3 4 5 6; do act suspend && act resume || break; done; }
signed() { part log | grep -q '"since"'; }
held() { curl -sf "$SIGNET_HTTP/crl/management-g1/0.crl" | openssl crl -inform der -noout -text | grep -q 'Certificate Hold'; }
free() { ! held; }
failing() { part "crl issuing-g1" | grep -q '"last_error": *"gate"'; }
mended() { ! failing; }

test_case 'the lists that were made, for any row of the roster' '
	crls && grep -q "\"ca\": \"issuing-g1\"" lists && grep -q "\"ca\": \"management-g1\"" lists && grep -q this_update lists &&
	demo_as operator signet crl list >out && grep -q issuing-g1 out
'
test_case 'not for strangers' '[ "$(curl -s -o body -w "%{http_code}" --cacert "$SIGNET_CA" "$SIGNET_SERVER/api/v1/crls")" = 401 ]'
test_case 'a hold makes a list at once, and so does its end' '
	before=$(count management-g1) && act suspend && demo_wait 10 held && act resume && demo_wait 10 free && [ "$(count management-g1)" -gt "$before" ]
'
test_case 'what is revoked within a second stands in one list' '
	before=$(count management-g1) && start=$(date +%s) && many_acts && sleep 2 && seconds=$(($(date +%s) - start)) &&
	made=$(($(count management-g1) - before)) && echo "$made lists in $seconds s" && [ "$made" -ge 1 ] && [ "$made" -le $((seconds + 1)) ] &&
	last=$(sed -n "s/.*\"this_update\": \"\(.*\)\".*/\1/p" lists | head -1) && [ "$(date -d "$last" +%s)" -le $(($(date +%s) + 1)) ]
'
test_case 'health tells age, end and lag of each part, and nothing is wrong' '
	health && part "crl issuing-g1" >one && grep -q "\"until\"" one && grep -q "\"age\"" one && ! grep -q "\"mend\"\|\"warning\"" one &&
	part "ocsp issuing-g1" | grep -q "\"until\"" && part "portal certificate" | grep -q "\"until\"" && part "ca management-g1" | grep -q "\"until\"" &&
	demo_wait 10 signed && signet health >out && grep -q "crl issuing-g1" out
'
test_case 'a list that cannot be made: health says why, and it is made when that is over' '
	sql "UPDATE ca SET this_update = this_update + 100000 WHERE label = '"'"'issuing-g1'"'"'; UPDATE job SET due = 0 WHERE kind = '"'"'crl'"'"'" &&
	demo_wait 20 failing && part "crl issuing-g1" >one && grep -q "\"warning\"" one && grep -q "\"last_error\": *\"gate\"" one &&
	before=$(newest issuing-g1) && sql "UPDATE ca SET this_update = this_update - 100000 WHERE label = '"'"'issuing-g1'"'"'; UPDATE job SET due = 0 WHERE kind = '"'"'crl'"'"'" &&
	demo_wait 20 mended && [ "$(newest issuing-g1)" -gt "$before" ]
'
test_case 'a list that is over: not ready, with the mend' '
	sql "UPDATE crl SET next_update = 1000 WHERE ca = 2; UPDATE job SET due = due + 100000 WHERE kind = '"'"'crl'"'"'" || true
	part "crl issuing-g1" >one && grep -q "\"mend\"" one && expect_exit 75 signet health
'
test_done
