#!/bin/sh
# A month of an organisation, day by day, with the clock moved: codes that nobody used, a certificate that was never
# confirmed, a draft, a hold and its end, a revocation, and what the service does by itself. At its end the log is
# compared with a list of what must have happened, and when. Then the year's end.
. "$(dirname "$0")/lib.sh"
time_moves || { echo '1..0 # skip: no other days here'; exit 0; }
server_up
db=$(find "$work/data" -name signet.db | head -1)
began=$(date +%s)

day=0
# The time of this day for a program of ours.
today() { faketime -f "+${day}d" "$@"; }
as() { # as WHO COMMAND...: that day
	as_who=$1
	shift
	demo_as "$as_who" faketime -f "+${day}d" "$@"
}
start_on() {
	demo_stop
	day=$1
	demo_faketime=+${day}d demo_start && demo_wait 30 signet health && demo_wait 30 rested
}
# No work is due any more.
rested() {
	python3 - "$db" "$(today date +%s)" <<-'END'
		import sqlite3, sys
		d = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
		late = d.execute("SELECT kind, object FROM job WHERE due <= ? UNION ALL SELECT channel, template FROM outbox WHERE state = 'pending'", (int(sys.argv[2]),)).fetchall()
		sys.exit(len(late) > 0)
	END
}
operator() { as operator signet login >/dev/null && as operator signet "$@"; }
serial_of() { as "$1" signet --json certs | sed -n 's/.*"serial": "\([0-9a-f]*\)".*/\1/p' | head -1; }
# expect DAY EVENT OBJECT: exactly once, on that day.
expect() { echo "$1 $2 $3" >>expected; }

# Each act of the first day leaves something for later.
draft() { demo_no=$(demo_as subscriber signet --json submit person-signature --draft country=CN name="$(demo_name subscriber)" mail="$(demo_address subscriber)" phone="$(demo_phone subscriber)" | sed -n 's/^ *"no": "\(.*\)",*$/\1/p') && [ -n "$demo_no" ]; }
enrolment_of() { python3 -c "import sqlite3, sys
d = sqlite3.connect('file:' + sys.argv[1] + '?mode=ro', uri=True)
print(d.execute('SELECT enrolment FROM application WHERE number = ?', (sys.argv[2],)).fetchone()[0])" "$db" "$1"; }
# From the two codes to a certificate of which nobody says that it is in place.
half() {
	PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$root/tests/flow python3 - "$demo_data" "$demo_url" "$demo_http" "$SIGNET_CA" "$1" "$2" <<-'END'
		import os, sys, uuid
		from cryptography import x509
		from walker import Key, Service, b64, unb64
		service = Service(*sys.argv[1:5])
		key = Key()
		ticket = service.ask("POST", "/api/v1/enrolments/check", {"reference": sys.argv[5], "code": sys.argv[6], "agent_nonce": b64(os.urandom(32))})
		issued = service.ask("POST", "/api/v1/enrolments/" + ticket["enrolment"] + "/certificate", {"csr": b64(key.csr())}, ticket["session"], str(uuid.uuid4()))
		print("%036x" % x509.load_der_x509_certificate(unb64(issued["certificate"])).serial_number)
	END
}

test_case 'day 0: a draft, codes that nobody uses, a download that is not finished, two certificates' '
	demo_phone_login subscriber >/dev/null && demo_phone_login other >/dev/null &&
	draft && drafted=$demo_no &&
	demo_submit subscriber && demo_approve "$demo_no" >/dev/null && unused=$(enrolment_of "$demo_no") && demo_reference subscriber >/dev/null && demo_code subscriber >/dev/null &&
	demo_submit other && demo_approve "$demo_no" >/dev/null && unfinished=$(enrolment_of "$demo_no") && half "$(demo_reference other)" "$(demo_code other)" >half && halved=$(cat half) && [ ${#halved} -eq 36 ] &&
	demo_submit subscriber && demo_approve "$demo_no" >/dev/null && demo_enrol subscriber >/dev/null && held=$(serial_of subscriber) &&
	demo_submit other && demo_approve "$demo_no" >/dev/null && demo_enrol other >/dev/null && gone=$(serial_of other) && [ "$gone" != "$held" ] &&
	demo_wait 10 rested
'
# What must happen, and nothing else of its kind.
expect 2 certificate.suspended "issuing-g1/$held"
expect 3 certificate.revoked "issuing-g1/$gone"
expect 5 certificate.resumed "issuing-g1/$held"
expect 6 certificate.suspended "issuing-g1/$held"
expect 14 enrolment.expired "$unused"
expect 14 enrolment.expired "$unfinished"
expect 14 certificate.revoked "issuing-g1/$halved"
expect 30 application.expired "$drafted"

# The first signers of OCSP answers live thirty days, from an hour before the set-up; their successors serve by then.
for ca in issuing-g1 management-g1; do
	expect 30 certificate.expired "$ca/$(python3 -c "import sqlite3, sys
d = sqlite3.connect('file:' + sys.argv[1] + '?mode=ro', uri=True)
print(d.execute('SELECT lower(hex(serial)) FROM certificate WHERE profile = ?', ('ocsp-' + sys.argv[2].split('-')[0],)).fetchone()[0])" "$db" $ca)"
done

# On its day each act that people do; the rest is the service's.
acts() {
	case $day in
	2 | 6) operator suspend "$held" >out ;;
	3) operator revoke "$gone" --reason cessation-of-operation >out ;;
	5) operator resume "$held" >out ;;
	esac && demo_wait 20 rested
}
lists() {
	for ca in issuing management; do
		curl -sf "$SIGNET_HTTP/crl/$ca-g1/0.crl" -o $ca.crl &&
			end=$(openssl crl -inform der -in $ca.crl -noout -nextupdate | sed 's/.*=//') &&
			[ "$(date -d "$end" +%s)" -gt "$(today date +%s)" ] || { echo "$ca: CRL until $end"; return 1; }
	done
}
listed() { openssl crl -inform der -in issuing.crl -noout -text | grep -qi "Serial Number: *$1"; }
month() {
	for d in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30; do
		start_on $d && acts && lists || { echo "day $d"; return 1; }
	done
}
test_case 'thirty days pass' month
test_case 'what is revoked or on hold stands in the list, the rest does not' '
	listed "$gone" && listed "$held" && listed "$halved" && [ "$(openssl crl -inform der -in issuing.crl -noout -text | grep -c "Serial Number")" -eq 3 ]
'
cat >compare.py <<'END'
# compare.py DB BEGAN EXPECTED LAST: the log against the list of what must have happened.
import collections, json, sqlite3, sys
d = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
began, last = int(sys.argv[2]), int(sys.argv[4])
watched = ("certificate.suspended", "certificate.resumed", "certificate.revoked", "certificate.expired", "certificate.superseded",
           "enrolment.expired", "enrolment.voided", "application.expired", "message.failed", "certificate.refused")
want = collections.Counter(tuple(line.split()) for line in open(sys.argv[3]))
got, by_day, internal = collections.Counter(), collections.defaultdict(collections.Counter), []
for time_ms, event, object_, detail in d.execute("SELECT time_ms, event, object, detail FROM log ORDER BY seq"):
    day = int((time_ms / 1000 - began) // 86400)
    if event in watched:
        got[(str(day), event, object_)] += 1
    if event in ("crl.signed", "checkpoint.signed"):
        by_day[event, object_ if event == "crl.signed" else ""][day] += 1
    if event == "certificate.internal" and day > 0:
        internal.append((day, json.loads(detail)["profile"]))
wrong = [f"missing: {' '.join(k)}" for k in want - got] + [f"not expected: {' '.join(k)}" for k in got - want]
for what in (("crl.signed", "issuing-g1"), ("crl.signed", "management-g1"), ("checkpoint.signed", "")):
    wrong += [f"{' '.join(what)}: none on day {day}" for day in range(1, last + 1) if not by_day[what][day]]
    wrong += [f"{' '.join(what)}: {n} on day {day}" for day, n in by_day[what].items() if day > 0 and n > 6]
# A third of 30 days is left on day 20: each signer of OCSP answers is renewed once.
if sorted(p for _, p in internal) != ["ocsp-issuing", "ocsp-management"] or any(day not in (20, 21) for day, _ in internal):
    wrong.append(f"own certificates: {internal}")
if d.execute("SELECT COUNT(*) FROM outbox WHERE state IN ('pending', 'failed')").fetchone()[0]:
    wrong.append("messages are left")
print("\n".join(wrong))
sys.exit(len(wrong) > 0)
END
test_case 'the log says what had to happen, on its day, and nothing else' 'python3 compare.py "$db" "$began" expected 30'
test_case 'on every day of it the past is known: held, free, held again, and revoked' '
	at() { python3 -c "import sys, time; print(time.strftime(\"%Y-%m-%dT%H:%M:%SZ\", time.gmtime(int(sys.argv[1]) + int(float(sys.argv[2]) * 86400))))" "$began" "$1"; }
	state() { today curl -sf --cacert "$SIGNET_CA" "$demo_url/api/v1/inquiry/issuing-g1/$1?at=$(at "$2")" | sed -n "s/.*\"state\": *\"\([a-z]*\)\".*/\1/p"; }
	[ "$(state "$held" 1)" = active ] && [ "$(state "$held" 4)" = suspended ] && [ "$(state "$held" 5.9)" = active ] && [ "$(state "$held" 20)" = suspended ] &&
	[ "$(state "$gone" 2)" = active ] && [ "$(state "$gone" 4)" = revoked ] && [ "$(state "$halved" 10)" = unconfirmed ] && [ "$(state "$halved" 15)" = revoked ]
'
test_case 'the chain is whole, and every signed place agrees' '
	as administrator signet login >/dev/null && as administrator signet audit verify >out && cat out && places=$(sed -n "s/^\([0-9]*\) signed.*/\1/p" out) && [ "$places" -ge 30 ] &&
	as administrator signet audit export --out log.jsonl && python3 "$root/share/audit-check.py" log.jsonl --key "$work/data/root/audit-key.pem" --checkpoints "$work/data/checkpoints/checkpoints.jsonl"
'
test_case 'the portal, renewed in the third month, and the end of all certificates after a year' '
	start_on 62 && today curl -sf --cacert "$SIGNET_CA" "$demo_url/api/v1/environment" >out && start_on 367 && lists &&
	python3 - "$db" "$(today date +%s)" <<-"END2"
		import sqlite3, sys
		d = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
		now = int(sys.argv[2])
		left = d.execute("SELECT profile, state FROM certificate WHERE not_after < ? AND state NOT IN ($expired$, $revoked$)".replace("$", chr(39)), (now,)).fetchall()
		ended = {r[0] for r in d.execute("SELECT lower(hex(serial)) FROM certificate WHERE state = $expired$".replace("$", chr(39)))}
		said = {r[0].split("/")[1] for r in d.execute("SELECT object FROM log WHERE event = $certificate.expired$".replace("$", chr(39)))}
		open_holds = d.execute("SELECT COUNT(*) FROM hold WHERE until = 0").fetchone()[0]
		told = d.execute("SELECT COUNT(*) FROM outbox WHERE template IN ($mail.ended$, $sms.ended$) AND state = $sent$".replace("$", chr(39))).fetchone()[0]
		held = d.execute("SELECT COUNT(*) FROM certificate WHERE state = $expired$ AND (account IS NOT NULL OR person IS NOT NULL)".replace("$", chr(39))).fetchone()[0]
		print(left, ended ^ said, open_holds, told, held)
		sys.exit(bool(left or ended != said or len(ended) < 5 or open_holds or told != held or held < 1))
	END2
'
test_done
