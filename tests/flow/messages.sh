#!/bin/sh
# Mails and SMS over real servers: the whole walk, and what a fault on the other side costs.
. "$(dirname "$0")/lib.sh"

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout server.key -out server.pem -subj /CN=x \
	-addext subjectAltName=DNS:localhost -days 2 2>/dev/null
echo 'correct horse' >password && chmod 600 password

/usr/bin/python3 "$root/tests/server/smtp.py" --cert server.pem --key server.key --out "$work/data/spool/mail" --mode mail-mode \
	--port-file mail-port >mail.log 2>&1 &
smtp_pid=$!
od -An -N16 -tx1 /dev/urandom | tr -d ' \n' >secret && chmod 600 secret
/usr/bin/python3 "$root/tests/server/gateway.py" --cert server.pem --key server.key --secret secret \
	--out "$work/data/spool/sms" --mode sms-mode --port-file sms-port >sms.log 2>&1 &
gateway_pid=$!
servers_end() { kill $smtp_pid $gateway_pid 2>/dev/null; test_end; }
trap servers_end EXIT
demo_wait 10 test -s mail-port && demo_wait 10 test -s sms-port || exit 1

# As server_up, and signetd hands its messages to the servers.
demo_new "$work/data" "$(demo_port_find)"
sed -i '/^\(mail\|sms\)_driver/d' "$demo_data/signetd.conf"
cat >>"$demo_data/signetd.conf" <<END
mail_driver: smtp
mail_server: localhost:$(cat mail-port)
mail_user: signet
mail_password_file: "$work/password"
mail_from: pki@example.test
mail_ca_file: "$work/server.pem"
sms_driver: gateway
sms_url: "https://localhost:$(cat sms-port)/v1/sms?from=test"
sms_secret_file: "$work/secret"
sms_ca_file: "$work/server.pem"
END
{ demo_start && demo_ca && demo_people; } >server.out 2>&1 || {
	echo 'not ok 1 - the service starts'
	tail -30 server.out "$demo_log" | sed 's/^/# /'
	exit 1
}
demo_phone_login subscriber >/dev/null 2>&1

mail_does() { printf '%s\n' "$@" >mail-mode; }
sms_does() { printf '%s\n' "$@" >sms-mode; }
log_has() { grep -q -- "$1" "$demo_log"; }

# What the log says of the messages about application $1.
failed_for() {
	demo_as administrator signet --json audit --event message.failed >failed && grep -q "\"$1\"" failed &&
		grep -q 'mail.reference' failed && grep -q 'field-value' failed
}
sms_came() { [ -n "$(ls "$demo_data/spool/sms")" ]; }
# A mail with a reference number has come.
mail_came() { grep -lq 'Reference number' "$demo_data"/spool/mail/*.eml; }

test_case 'the whole walk: reference number by mail, certificate on the token' '
	demo_submit subscriber && demo_approve "$demo_no" && demo_enrol subscriber &&
	demo_as subscriber signet login && demo_as subscriber signet certs | grep -q active
'
test_case 'the server saw TLS and our name before anything else' '
	grep -q "^tls unknown AUTH" mail.log && grep -q "^tls known MAIL FROM:<pki@example.test>" mail.log &&
	! grep -q "^clear .* \(AUTH\|MAIL\)" mail.log
'
test_case 'a wrong password loses nothing: mended, the mail comes' '
	mail_does "password other" && demo_submit subscriber && demo_approve "$demo_no" &&
	demo_wait 20 log_has "\"kind\":\"message\".*\"fault\":\"config\"" && rm mail-mode && demo_wait 30 mail_came && [ -n "$(demo_reference subscriber)" ]
'
test_case 'an address that the server does not know: given up, and the log says so' '
	mail_does "rcpt 550 5.1.1 unknown" && demo_submit subscriber && demo_approve "$demo_no" &&
	demo_wait 20 failed_for "$demo_no" && rm mail-mode
'
test_case 'a mail server that hangs holds up no SMS and no end' '
	mail_does "greeting hang" && demo_submit subscriber && demo_approve "$demo_no" && [ -n "$(demo_code subscriber)" ] &&
	demo_stop && rm mail-mode && demo_start && demo_ready && demo_wait 40 mail_came
'
test_case 'a gateway that hangs, and a restart meanwhile: the SMS comes when it is well again, once' '
	rm -f "$demo_data"/spool/sms/* && sms_does hang && demo_submit subscriber && demo_approve "$demo_no" &&
	demo_wait 20 log_has "\"channel\":\"sms\".*imeout" && demo_stop && rm sms-mode && demo_start && demo_ready &&
	demo_wait 40 sms_came && [ -n "$(demo_code subscriber)" ] && ! sms_came
'
# The newest message of kind $1 in state $2: its id.
newest() { demo_as operator signet --json outbox list --state "$2" | python3 -c '
import json, sys
print(next(m["id"] for m in json.load(sys.stdin) if m["template"] == sys.argv[1]))' "$1"; }
# says_why ID: it has been tried, and its row says what the server answered.
says_why() { demo_as operator signet outbox show "$1" >out && grep -q "answer" out; }
test_case 'an operator sees why a mail does not leave, mends, and sends it at once' '
	rm -f "$demo_data"/spool/mail/* && demo_as operator signet login && mail_does "rcpt 451 4.2.0 later" && demo_submit subscriber &&
	demo_approve "$demo_no" && demo_wait 20 log_has "RCPT.*reply 451" && id=$(newest mail.reference pending) &&
	demo_wait 30 says_why "$id" && grep -q "z\*\*\*@example.test" out &&
	! grep -q "[0-9]\{10\}" out && rm mail-mode && demo_as operator signet outbox retry "$id" && demo_wait 5 mail_came &&
	[ "$(newest mail.reference sent)" = "$id" ]
'
test_case 'an operator takes back a mail; it never comes' '
	rm -f "$demo_data"/spool/mail/* && mail_does "rcpt 451 4.2.0 later" && demo_submit subscriber && demo_approve "$demo_no" &&
	demo_wait 20 newest mail.reference pending && id=$(newest mail.reference pending) &&
	demo_wait 10 demo_as operator signet outbox void "$id" && rm mail-mode &&
	! demo_as operator signet outbox retry "$id" && ! mail_came &&
	demo_as administrator signet login && demo_as administrator signet audit --event message.voided | grep -q "$id"
'
test_case 'no number, reference or code stands in the log of the service' '
	! grep -E "\+?86138|[^0-9a-f]9[0-9]{9}[^0-9a-f]|@example.test" "$demo_log"
'
test_done
