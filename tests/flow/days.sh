#!/bin/sh
# Other days: the service, started anew on each, has renewed its own certificates and lists by itself (N20), and what
# has ended is said to have ended.
. "$(dirname "$0")/lib.sh"
time_moves || { echo '1..0 # skip: no other days here'; exit 0; }
server_up
demo_phone_login subscriber >/dev/null 2>&1
demo_submit subscriber >/dev/null && idle=$demo_no # nobody will decide it
demo_submit subscriber >/dev/null && demo_approve "$demo_no" >/dev/null && demo_enrol subscriber >/dev/null 2>&1
demo_as subscriber signet --json certs >certs.json
serial=$(sed -n 's/.*"serial": "\([0-9a-f]*\)".*/\1/p' certs.json | head -1)
demo_as subscriber signet cert "$serial" --out person.der >/dev/null && openssl x509 -inform der -in person.der -out person.pem
curl -sf "$SIGNET_HTTP/ca/issuing-g1.cer" | openssl x509 -inform der -out issuing.pem

day= # as faketime takes it
on() { faketime -f "$day" "$@"; }
start_on() { # start_on DAYS: stop, and start so many days after today
	demo_stop
	day=+$1d
	demo_faketime=$day demo_start && demo_wait 30 signet health && demo_wait 10 settled_down
}
# The jobs of this start are done: a new list of each CA lies in the store.
settled_down() { lists; }
# The portal's own certificate is one that this day's client accepts.
portal() { on curl -sf --cacert "$SIGNET_CA" "$demo_url/api/v1/environment" | grep -q '"environment": *"test"'; }
# Both CAs' lists and answers hold on this day.
lists() {
	for ca in issuing management; do
		curl -sf "$SIGNET_HTTP/crl/$ca-g1/0.crl" -o $ca.crl &&
			end=$(openssl crl -inform der -in $ca.crl -noout -nextupdate | sed 's/.*=//') &&
			[ "$(date -d "$end" +%s)" -gt "$(on date +%s)" ] || { echo "$ca: CRL until $end"; return 1; }
	done
}
ocsp() { on openssl ocsp -issuer issuing.pem -cert person.pem -url "$SIGNET_HTTP/ocsp" -CAfile "$SIGNET_CA" -nonce >out 2>&1 && grep -q "person.pem: $1" out && grep -q 'verify OK' out; }

for days in 9 25 45 100 200; do
	test_case "after $days days: portal, lists and answers are in order" "start_on $days && portal && lists && ocsp good"
done
test_case 'an application that nobody has moved for the days of its profile has lapsed, and its applicant was told' '
	demo_take mail "$(demo_address subscriber)" "Your application $idle was not finished in time"
'
test_case 'after a year and a day: what has ended is expired, and still answered for' '
	start_on 367 && portal && lists && ocsp good &&
	on curl -sf --cacert "$SIGNET_CA" "$demo_url/api/v1/inquiry/issuing-g1/$serial" >out; cat out; grep -q "\"state\": *\"expired\"" out
'
test_done
