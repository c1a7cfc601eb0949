#!/bin/sh
# The log as an auditor reads it, and what shows when somebody has been at it.
. "$(dirname "$0")/lib.sh"
server_up
checker=$root/share/audit-check.py
db=$(find "$work/data" -name signet.db | head -1)
audit() { demo_as administrator signet "$@"; }
# change SQL: with the service stopped, past the store.
change() {
	demo_stop && python3 -c "import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as d:
    d.executescript('DROP TRIGGER IF EXISTS log_keeps_update; DROP TRIGGER IF EXISTS log_keeps_delete;' + sys.argv[2])" "$db" "$1" && demo_start && demo_wait 20 signet health
}
# verify_names NUMBER: the server and nobody else finds this record.
pieces() { grep -c "\"route\":\"/api/v1/audit/verify\"" "$demo_log"; }
verify_names() { expect_exit 65 audit audit verify && grep -q "record $1 " err; }
# altered PATTERN SED: the checker finds this in an export that SED has changed.
altered() {
	sed "$2" log.jsonl >altered.jsonl && ! cmp -s log.jsonl altered.jsonl &&
	expect_exit 1 python3 "$checker" altered.jsonl && grep -q "$1" out
}

test_case 'the log is whole, and says so with its head' '
	audit --json audit verify >proof && grep -q "\"whole\": *true" proof
'
test_case 'the log, by event, object, actor and time' '
	audit --json audit >all && audit --json audit --event roster.applied >some && grep -q roster.applied some &&
	! grep -q enrolment.opened some && grep -q enrolment.opened all &&
	object=$(sed -n "s/.*\"object\": *\"\([^\"]\{1,\}\)\".*/\1/p" some | head -1) && audit --json audit --object "$object" | grep -q "$object" &&
	actor=$(sed -n "s/.*\"actor\": *\"\([^\"]\{1,\}\)\".*/\1/p" some | head -1) && audit --json audit --actor "$actor" | grep -q "$actor" &&
	[ "$(audit --json audit --from 2099-01-01T00:00:00Z)" = "[]" ] && [ "$(audit --json audit --until 2020-01-01T00:00:00Z)" = "[]" ]
'
test_case 'a time or word that is none is refused by name' '
	expect_exit 65 audit audit --from yesterday && grep -q since err
'
test_case 'for people it is a table' 'audit audit --event roster.applied >out && grep -q roster.applied out'
test_case 'an operator may not look' 'expect_exit 77 demo_as operator signet audit && expect_exit 77 demo_as operator signet audit verify'
test_case 'a stranger may not look' '
	[ "$(curl -s -o body -w "%{http_code}" --cacert "$SIGNET_CA" "$SIGNET_SERVER/api/v1/audit")" = 401 ]
'
test_case 'an export is whole for a checker that knows nothing of us' '
	audit audit export --out log.jsonl && python3 "$checker" log.jsonl >out && grep -q "^whole: " out && [ ! -e log.jsonl.part ]
'
test_case 'its end is what the server says it is' '
	number=$(sed -n "s/.*\"seq\": *\([0-9]*\).*/\1/p" proof) && hash=$(sed -n "s/.*\"hash\": *\"\([0-9a-f]*\)\".*/\1/p" proof) &&
	python3 "$checker" log.jsonl "$number" "$hash" && sed "$number,\$d" log.jsonl >cut.jsonl &&
	expect_exit 1 python3 "$checker" cut.jsonl "$number" "$hash" && grep -q "record $number is missing" out &&
	expect_exit 1 python3 "$checker" log.jsonl 2 "$hash" && grep -q "computed anew" out
'
test_case 'an altered export is caught, and the record named' '
	altered "record 3 is broken" "3s/\"event\":\"/&x/" && altered "record 4 is broken" "4s/\"time_ms\":1/\"time_ms\":2/" &&
	altered "record 5 is missing" 5d && altered "record 2 is broken" "2s/.*/{}/" && altered "record 6 is missing" "6{h;d};7G" &&
	altered "record 2 is broken" "2s/\"detail\":\"/&x/"
'
test_case 'the log is signed where it stands, on demand' '
	audit --json audit checkpoint >place && number=$(sed -n "s/.*\"seq\": *\([0-9]*\).*/\1/p" place) && [ "$number" -gt 1 ] &&
	audit --json audit checkpoints >places && grep -q "\"seq\": $number" places &&
	audit --json audit --event checkpoint.signed --object "$number" | grep -q checkpoint.signed &&
	audit audit verify >out && grep -q "signed places agree" out
'
test_case 'signed places leave the machine: a line of the log and a line of a file' '
	file=$work/data/checkpoints/checkpoints.jsonl && demo_wait 10 grep -q "^{\"checkpoint\":{\"seq\":$number," "$file" &&
	grep -q "log.checkpoint.*$number" "$demo_log" && [ "$(sort "$file" | uniq -d | wc -l)" -eq 0 ]
'
test_case 'the checker takes the places of the export and of the file, with the key kept since the set-up' '
	audit audit key --out key.pem && cmp key.pem "$work/data/root/audit-key.pem" && audit audit export --out signed.jsonl &&
	python3 "$checker" signed.jsonl --key key.pem --checkpoints "$file" >out && cat out && grep -q "^signed: [1-9]" out
'
test_case 'a place signed by another key, a forged one and a log cut short behind one are caught' '
	openssl ecparam -name prime256v1 -genkey -noout -out other.key && openssl ec -in other.key -pubout -out other.pem 2>/dev/null &&
	expect_exit 1 python3 "$checker" signed.jsonl --key other.pem && grep -q "checkpoint [0-9]* is broken" out &&
	sed "s/\(\"checkpoint\".*\"seq\":$number,.*\"time_ms\":1\)/\12/" signed.jsonl >forged.jsonl && ! cmp -s signed.jsonl forged.jsonl &&
	expect_exit 1 python3 "$checker" forged.jsonl --key key.pem && grep -q "checkpoint $number is broken" out &&
	sed "$((number - 1)),\$d" signed.jsonl >cut.jsonl &&
	expect_exit 1 python3 "$checker" cut.jsonl --key key.pem --checkpoints "$file" && grep -q "record [0-9]* is missing: checkpoint" out
'
cat >flood.py <<'END'
# 3,000 requests of a stranger with an invented session, over a few connections that are kept.
import http.client, ssl, sys
tls = ssl.create_default_context(cafile=sys.argv[1])
for _ in range(6):
    c = http.client.HTTPSConnection(sys.argv[2], int(sys.argv[3]), context=tls, timeout=20)
    for n in range(500):
        c.request("GET", "/api/v1/certificates", headers={"Authorization": "Bearer " + "A" * 43})
        r = c.getresponse()
        r.read()
        assert r.status == 401, r.status
        if r.getheader("Connection", "").lower() == "close":
            c.close()
    c.close()
END
test_case 'a flood of a stranger is a few sums in the log, written also when the service ends' '
	python3 flood.py "$SIGNET_CA" localhost "$demo_port" && expect_exit 77 demo_as operator signet audit && demo_stop && demo_start && demo_wait 20 signet health &&
	audit --json audit --event refused >sums && rows=$(grep -c "\"seq\"" sums) && [ "$rows" -ge 1 ] && [ "$rows" -le 8 ] &&
	[ "$(grep -o "rule[^,]*session[^,]*,[^,]*count[^0-9]*[0-9]*" sums | sed "s/.*[^0-9]//" | awk "{n += \$1} END {print n}")" -eq 3000 ] &&
	audit --json audit --event access.refused | grep -q "audit_list"
'
test_case 'who reads the log, exports it or has it proven stands in it' '
	audit --json audit --event log.read >some && grep -q "roster.applied" some && audit --json audit --event log.verified | grep -q "whole"
'
cat >longer.py <<'END'
# 5,500 records more, chained by the checker's own arithmetic, so that an export takes several pages.
import importlib.util, sqlite3, sys
spec = importlib.util.spec_from_file_location("checker", sys.argv[2])
checker = importlib.util.module_from_spec(spec)
spec.loader.exec_module(checker)
with sqlite3.connect(sys.argv[1]) as d:
    seq, time, last = d.execute("SELECT seq, time_ms, hash FROM head").fetchone()
    for n in range(seq + 1, seq + 5501):
        row = dict(seq=n, time_ms=time, request="", actor="测试", event="refused", object=str(n), detail="{}")
        last = checker.link(bytes(last), row)
        d.execute("INSERT INTO log (seq, time_ms, request, actor, event, object, detail, hash) VALUES (:seq, :time_ms, :request, :actor, :event, :object, :detail, :hash)", dict(row, hash=last))
    d.execute("UPDATE head SET seq = ?, hash = ?", (seq + 5500, last))
END
test_case 'a log of several pages: the server agrees with the chain of the checker' '
	demo_stop && PYTHONDONTWRITEBYTECODE=1 python3 longer.py "$db" "$checker" && demo_start && demo_wait 20 signet health && walked=$(pieces) && audit audit verify && [ $(($(pieces) - walked)) -eq 2 ] &&
	audit audit export --out long.jsonl && python3 "$checker" long.jsonl >out && grep -q "^whole: " out && [ "$(wc -l <long.jsonl)" -gt 5500 ] &&
	audit --json audit --actor 测试 >some && [ "$(grep -c "\"seq\"" some)" -eq 5500 ]
'
test_case 'a record changed in the store is named' '
	change "UPDATE log SET actor = '"'"'nobody'"'"' WHERE seq = 7" && verify_names 7 &&
	audit audit export --out bad.jsonl && expect_exit 1 python3 "$checker" bad.jsonl && grep -q "record 7 is broken" out
'
test_case 'a record taken out of the store is named' 'change "DELETE FROM log WHERE seq = 5" && verify_names 5'
cat >anew.py <<'END'
# The whole chain from record N on, computed anew after a change: whole in itself, with the head to it.
import importlib.util, sqlite3, sys
spec = importlib.util.spec_from_file_location("checker", sys.argv[2])
checker = importlib.util.module_from_spec(spec)
spec.loader.exec_module(checker)
n = int(sys.argv[3])
with sqlite3.connect(sys.argv[1]) as d:
    d.row_factory = sqlite3.Row
    for t in ("log_keeps_update", "log_keeps_delete", "checkpoint_keeps_update", "checkpoint_keeps_delete"):
        d.execute(f"DROP TRIGGER IF EXISTS {t}")
    d.execute("UPDATE log SET actor = 'nobody' WHERE seq = ?", (n,))
    last = bytes(32)
    for row in d.execute("SELECT * FROM log ORDER BY seq").fetchall():
        last = checker.link(last, row)
        d.execute("UPDATE log SET hash = ? WHERE seq = ?", (last, row["seq"]))
    d.execute("UPDATE head SET hash = ?", (last,))
    if len(sys.argv) > 4:
        d.execute("DELETE FROM checkpoint")
END
# A new installation: the one above has lost a record.
demo_stop
rm -rf "$work/data"
server_up
db=$(find "$work/data" -name signet.db | head -1)
file=$work/data/checkpoints/checkpoints.jsonl
anew() { demo_stop && PYTHONDONTWRITEBYTECODE=1 python3 anew.py "$db" "$checker" "$@" && demo_start && demo_wait 20 signet health; }
rewritten() { expect_exit 65 audit audit verify && grep -q "log-rewritten" err && grep -q "record $1 " err; }
test_case 'a chain computed anew from the first change on is caught at the first signed place behind it' '
	audit audit checkpoint >out && audit audit verify && first=$(audit --json audit checkpoints | sed -n "s/.*\"seq\": *\([0-9]*\).*/\1/p" | sort -n | head -1) &&
	anew 3 && rewritten "$first" &&
	audit audit export --out anew.jsonl && python3 "$checker" anew.jsonl && expect_exit 1 python3 "$checker" anew.jsonl --key "$work/data/root/audit-key.pem" &&
	grep -q "checkpoint $first is broken" out
'
test_case 'with the signed places taken out of the store the signer itself remembers the last one' '
	last=$(sed -n "s/.*\"seq\":\([0-9]*\).*/\1/p" "$file" | tail -1) && anew 4 all && rewritten "$last" &&
	audit audit export --out anew.jsonl && expect_exit 1 python3 "$checker" anew.jsonl --key "$work/data/root/audit-key.pem" --checkpoints "$file" && grep -q "checkpoint $first is broken" out
'
test_done
