#!/bin/sh
# Documents: an applicant uploads what the profile asks for; nobody sees it unseen, nobody finds it in the store, and its time ends.
. "$(dirname "$0")/lib.sh"
server_up
demo_phone_login subscriber >/dev/null 2>&1
demo_token other >/dev/null 2>&1

as() { demo_as "$@"; }
value() { sed -n "s/^ *\"$1\": \"\{0,1\}\([^\",]*\)\"\{0,1\},*$/\1/p" "$2" | head -1; }
db() { find "$demo_data" -name signet.db | head -1; }
# files WORD: does any file of the data directory but the spool hold it?
holds() { grep -rqa -- "$1" "$demo_data" --exclude-dir=spool --exclude-dir=people; }
events() { as administrator signet --json audit --event "$1" | grep -c "\"event\": \"$1\""; }
filled="country=CN name=Zhang-Min mail=zhang.min@example.test phone=+8613800000003"

sed -e 's/^version: 1$/version: 2/' "$root/share/profiles/person-signature.yaml" >next.yaml
cat >>next.yaml <<'END'
papers:
  days: 1
  list:
    - name: passport
      title: {en: Passport, zh: 护照, ru: Паспорт}
      required: yes
      types: [pdf, png]
      megabytes: 3
    - name: photo
      title: {en: Photograph, zh: 照片, ru: Фотография}
      required: no
      types: [jpeg]
      megabytes: 1
END
# A small PDF with a word to look for, one of two pieces and more, a picture of another kind, and things that are none of these.
python3 - <<'END'
open("a.pdf", "wb").write(b"%PDF-1.4\nSECRETPASSPORT\n%%EOF\n")
open("large.pdf", "wb").write(b"%PDF-1.7\n" + bytes(range(256)) * 9000 + b"\n%%EOF\n")
open("huge.pdf", "wb").write(b"%PDF-1.7\n" + bytes(3 << 20) + b"\n%%EOF\n")
open("cut.pdf", "wb").write(b"%PDF-1.4\nSECRETPASSPORT\n")
open("photo.jpg", "wb").write(b"\xff\xd8\xff\xe0photograph\xff\xd9")
open("page.pdf", "wb").write(b"<html><script>alert(1)</script>%PDF-1.4 %%EOF")
END

test_case 'a profile asks for documents' '
	as administrator signet apply -f next.yaml --yes && signet profiles person-signature | grep -q "passport *Passport *yes *pdf | png" &&
	signet --lang ru profiles person-signature | grep -q Фотография
'
test_case 'a draft waits for them; without them it is not sent, and the missing one is named' '
	as subscriber signet --json submit person-signature --draft $filled >draft && no=$(value no draft) &&
	expect_refusal document-missing as subscriber signet --json submit "$no" --consent && grep -q "\"field\": \"passport\"" err &&
	expect_exit 65 as subscriber signet --lang zh submit "$no" --consent && grep -q "尚未上传文件“passport”" err
'
test_case 'what a file is, its own octets tell, not its name' '
	expect_refusal document-type as subscriber signet --json document add "$no" passport page.pdf && grep -q "pdf | png" err &&
	expect_refusal document-type as subscriber signet --json document add "$no" passport cut.pdf &&
	expect_refusal document-type as subscriber signet --json document add "$no" passport photo.jpg
'
test_case 'one that is too large, or not asked for, is refused' '
	expect_refusal document-size as subscriber signet --json document add "$no" passport huge.pdf && grep -q "3 MiB" err &&
	expect_refusal field-unknown as subscriber signet --json document add "$no" diploma a.pdf
'
test_case 'the right one is taken, listed, replaced' '
	as subscriber signet document add "$no" passport large.pdf && as subscriber signet document add "$no" passport a.pdf &&
	as subscriber signet document add "$no" photo photo.jpg && as subscriber signet document list "$no" >list &&
	grep -q "passport *Passport .*pdf *30" list && grep -q "photo .*jpeg *16" list && as subscriber signet document drop "$no" photo &&
	! as subscriber signet document list "$no" | grep -q "photo .*16"
'
test_case 'somebody else has no way to it' '
	demo_phone_login other >/dev/null 2>&1 && expect_refusal not-found as other signet --json document list "$no" &&
	expect_refusal not-found as other signet --json document add "$no" passport a.pdf &&
	expect_refusal not-found as other signet --json document drop "$no" passport &&
	expect_refusal auth-required signet --session "$work/none" --json document get "$no" passport -o got
'
test_case 'a session by SMS reads no identity paper back, an administrator none at all' '
	expect_refusal assurance as subscriber signet --json document get "$no" passport -o got &&
	expect_refusal role as administrator signet --json document get "$no" passport -o got && [ ! -e got ]
'
test_case 'the application is sent; then its documents stand still' '
	as subscriber signet submit "$no" --consent && expect_refusal state as subscriber signet --json document add "$no" passport a.pdf &&
	expect_refusal state as subscriber signet --json document drop "$no" passport
'
test_case 'the operator sees it, and each view is in the log before' '
	before=$(events document.viewed); as operator signet document get "$no" passport -o got && cmp got a.pdf &&
	[ "$(events document.viewed)" = $((before + 1)) ]
'
test_case 'one of several pieces comes back whole' '
	as subscriber signet --json submit person-signature --draft $filled >second && two=$(value no second) &&
	as subscriber signet document add "$two" passport large.pdf && as operator signet document get "$two" passport -o got && cmp got large.pdf
'
test_case 'a browser is told to show nothing of it as a page' '
	PYTHONPATH=$root/tests/flow python3 - "$demo_data" "$demo_url" "$demo_data/root/root.pem" "$no" <<-END >headers
		import http.client, json, ssl, sys, urllib.parse
		data, url, ca, no = sys.argv[1:]
		session = json.load(open(f"{data}/people/operator/signet/session"))[url]["session"]
		at = urllib.parse.urlsplit(url)
		c = http.client.HTTPSConnection(at.hostname, at.port, context=ssl.create_default_context(cafile=ca))
		c.request("GET", f"/api/v1/applications/{no}/documents/passport", headers={"Authorization": "Bearer " + session})
		r = c.getresponse()
		print(r.status)
		print(r.headers)
	END
	grep -qx 200 headers && grep -q "Content-Type: application/pdf" headers && grep -q "nosniff" headers && grep -q "no-store" headers &&
	grep -q "Content-Security-Policy: sandbox; default-src .none." headers && [ "$(grep -c Content-Security-Policy headers)" = 1 ] &&
	grep -q "Content-Disposition: attachment; filename=\"$no-passport.pdf\"" headers
'
test_case 'nothing of it lies in the store, in the journal or in a log' '
	! holds SECRETPASSPORT && python3 -c "import sqlite3, sys
d = sqlite3.connect(sys.argv[1])
assert d.execute(\"SELECT COUNT(*) FROM paper_piece\").fetchone()[0] >= 4
assert not d.execute(\"SELECT 1 FROM paper_piece WHERE instr(octets, ?)\", (b\"%PDF\",)).fetchall()" "$(db)"
'
test_case 'a piece put in the place of another is not shown' '
	demo_stop && python3 -c "import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as d:
    a, b = [d.execute(\"SELECT id FROM paper WHERE pieces = ?\", (n,)).fetchone()[0] for n in (1, 3)]
    d.execute(\"UPDATE paper_piece SET octets = (SELECT octets FROM paper_piece WHERE paper = ? AND n = 0) WHERE paper = ? AND n = 1\", (a, b))" "$(db)" &&
	demo_start && expect_refusal seal as operator signet --json document get "$two" passport -o other && [ ! -e other ]
'
test_case 'an application that was sent back takes another one' '
	as operator signet return "$no" --reason "The scan is blurred" && as subscriber signet document add "$no" passport large.pdf &&
	as subscriber signet submit "$no" --consent && as operator signet document get "$no" passport -o got && cmp got large.pdf
'
test_case 'days after the end of its application it is erased, and the list says so' '
		as operator signet reject "$no" --reason "Somebody else" && demo_stop &&
		python3 -c "import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as d:
    d.execute(\"UPDATE application SET changed = changed - 200000 WHERE state = \x27rejected\x27\")
    d.execute(\"UPDATE job SET due = 0 WHERE kind = \x27papers\x27\")" "$(db)" && demo_start &&
		demo_wait 30 sh -c ". \"$demo_data/people/operator/env\" && signet --json document list $no | grep -q erased" &&
		expect_refusal document-erased as operator signet --json document get "$no" passport -o gone && [ ! -e gone ] &&
		[ "$(events document.erased)" = 1 ] && python3 -c "import sqlite3, sys
d = sqlite3.connect(sys.argv[1])
assert d.execute(\"SELECT length(sealed_key) FROM paper WHERE erased > 0\").fetchall() == [(0,)]
assert not d.execute(\"SELECT 1 FROM paper_piece WHERE paper IN (SELECT id FROM paper WHERE erased > 0)\").fetchall()" "$(db)"
'
test_case 'the log holds' '
	as administrator signet audit verify
'
test_done
