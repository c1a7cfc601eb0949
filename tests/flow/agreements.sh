#!/bin/sh
# Agreements: what an applicant agrees to is a signed document; each consent is stored with version, language and hash of the text.
. "$(dirname "$0")/lib.sh"
server_up
demo_phone_login subscriber >/dev/null 2>&1

as() { demo_as "$@"; }
value() { sed -n "s/^ *\"$1\": \"\{0,1\}\([^\",]*\)\"\{0,1\},*$/\1/p" "$2" | head -1; }
hash_of() { python3 -c 'import hashlib, json, sys; print(hashlib.sha256(json.load(open(sys.argv[1]))["text"].encode()).hexdigest())' "$1"; }
# submit_version NO VERSION: by the API, as a form does that was opened before the text changed.
submit_version() {
	PYTHONPATH=$root/tests/flow python3 - "$demo_data" "$demo_url" "$demo_data/root/root.pem" "$1" "$2" <<-'END' >out 2>err
		import json, sys, uuid, walker
		data, url, ca, no, version = sys.argv[1:]
		session = json.load(open(f"{data}/people/subscriber/signet/session"))[url]["session"]
		consent = {"text_id": "person-signature-1", "lang": "en", "version": int(version), "given": True}
		try:
		    print(json.dumps(walker.Service(data, url, "", ca).once("POST", f"/api/v1/applications/{no}/submit",
		        {"consent": consent}, session, str(uuid.uuid4()))))
		except walker.Refused as e:
		    print(json.dumps(e.problem, ensure_ascii=False))
		    sys.exit(1)
	END
}
cat >second.yaml <<'END'
agreement: person-signature-1
version: 2
title: {en: Subscriber agreement, zh: 订户协议, ru: Соглашение с подписчиком}
text:
  en: |
    1. The key stays with you.
    2. You tell us at once when it is lost.
  zh: |
    一、私钥由您本人保管。
    二、遗失时请立即告知我们。
  ru: |
    1. Ключ остаётся у вас.
    2. О его потере вы сообщаете сразу.
END

test_case 'the text that comes with the service is version 1' '
	signet --json agreement person-signature-1 >one && [ "$(value version one)" = 1 ] && [ "$(value hash one)" = "$(hash_of one)" ] &&
	signet --lang zh agreement person-signature-1 | grep -q 证书 &&
	expect_refusal not-found signet --json agreement nothing-1 && expect_refusal not-found signet --json agreement person-signature-1 2
'
test_case 'a version that does not follow, and hidden characters, are refused' '
	sed s/^version.*/version:\ 3/ second.yaml >third.yaml && expect_refusal field-value as administrator signet --json apply -f third.yaml --yes &&
	grep -q "\"rule\": \"2\"" err &&
	printf "agreement: x-1\nversion: 1\ntitle: {en: A, zh: A, ru: A}\ntext: {en: a\342\200\256b, zh: A, ru: A}\n" >hidden.yaml &&
	expect_refusal field-chars as administrator signet --json apply -f hidden.yaml --yes
'
test_case 'only an administrator lays one out' '
	expect_refusal role as operator signet --json apply -f second.yaml --yes
'
test_case 'a form opened before the change' '
	as subscriber signet --json submit person-signature --draft country=CN name="Zhang Min" mail=zhang.min@example.test \
		phone=+8613800000003 >draft && no=$(value no draft) && [ -n "$no" ]
'
test_case 'administrators sign the next version; both can be read' '
	as administrator signet apply -f second.yaml --yes && signet --json agreement person-signature-1 >two &&
	[ "$(value version two)" = 2 ] && [ "$(value hash two)" = "$(hash_of two)" ] && signet agreement person-signature-1 | grep -q "tell us at once" &&
	signet --lang ru agreement person-signature-1 | grep -q "О его потере" &&
	signet --json agreement person-signature-1 1 >old && [ "$(value hash old)" = "$(value hash one)" ] && [ "$(value newest old)" = 2 ]
'
test_case 'consent to the version that was read before is refused, naming the one that holds' '
	! submit_version "$no" 1 && grep -q agreement-version out && grep -q "person-signature-1 2" out &&
	as subscriber signet --json show "$no" | grep -q "\"state\": \"draft\""
'
test_case 'consent to the one that holds is stored with its hash' '
	submit_version "$no" 2 && as subscriber signet --json show "$no" >sent && [ "$(value agreement sent)" = person-signature-1 ] &&
	[ "$(value hash sent)" = "$(value hash two)" ] && grep -A9 "\"consent\": {" sent | grep -q "\"version\": 2"
'
test_case 'the command shows the text before it asks' '
	echo yes | as subscriber signet submit person-signature country=CN name="Zhang Min" mail=zhang.min@example.test \
		phone=+8613800000003 >shown && grep -q "tell us at once" shown
'
test_case 'the certificate keeps what its holder agreed to' '
	demo_approve "$no" && demo_enrol subscriber &&
	python3 -c "import sqlite3, sys
d = sqlite3.connect(sys.argv[1])
print(d.execute(\"SELECT hex(consent_hash) || consent_lang FROM certificate WHERE length(consent_hash) > 0\").fetchone()[0].lower())" "$(find "$demo_data" -name signet.db | head -1)" >kept &&
	[ "$(cat kept)" = "$(value hash two)en" ]
'
test_case 'a profile that names an agreement that is not there is refused' '
	sed -e "s/^version: 1$/version: 2/" -e "s/^consent: .*/consent: nothing-1/" "$root/share/profiles/person-signature.yaml" >next.yaml &&
	expect_refusal field-value as administrator signet --json apply -f next.yaml --yes && grep -q "\"field\": \"consent\"" err
'
test_case 'the log says which version holds' '
	as administrator signet audit --event agreement.applied | grep -q agreement.applied && as administrator signet audit verify
'
test_done
