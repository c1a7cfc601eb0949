#!/bin/sh
# One walk per profile and kind of key: asked for, approved, fetched by its door, then looked at by OpenSSL and GnuTLS.
. "$(dirname "$0")/lib.sh"
server_up
demo_phone_login subscriber >/dev/null 2>&1

# ask PROFILE FIELD=VALUE...: submitted and approved; ref and code hold the two codes.
ask() {
	ask_profile=$1
	shift
	no=$(demo_as subscriber signet --json submit "$ask_profile" --consent country=CN mail="$(demo_address subscriber)" \
		phone="$(demo_phone subscriber)" organisation='Example Works' "$@" | sed -n 's/^ *"no": "\(.*\)",*$/\1/p')
	[ -n "$no" ] && demo_approve "$no" && ref=$(demo_reference subscriber) && code=$(demo_code subscriber) && [ -n "$code" ]
}
key() {
	case $1 in
	ec-p256) openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$2" ;;
	ec-p384) openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out "$2" ;;
	ed25519) openssl genpkey -algorithm ED25519 -out "$2" ;;
	rsa-*) openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:"${1#rsa-}" -out "$2" ;;
	esac
}
# csr KEY FILE [OPTIONS]: an empty name; what is issued was decided long ago.
csr() {
	csr_key=$1 csr_file=$2
	shift 2
	openssl req -new -key "$csr_key" -subj / -out "$csr_file" "$@"
}
# fetch CSR OUT
fetch() { printf '%s\n%s\n' "$ref" "$code" | signet --json enrol --request "$1" --out "$2" >answer; }
# says FILE EXTENSION WORDS: an extension's text without blanks, criticality first.
says() {
	got=$(openssl x509 -in "$1" -noout -ext "$2" | sed 's/^X509v3 //' | tr -d '\n ')
	[ "$got" = "$3" ] || { echo "$2: $got, not $3"; return 1; }
}
# sound FILE PURPOSE POLICY: chain, purpose, explicit policy, by both libraries.
sound() {
	oid=$(openssl x509 -in "$1" -noout -ext certificatePolicies | sed -n 's/.*Policy: //p')
	case $oid in *."$3") ;; *) echo "policy $oid"; return 1 ;; esac
	openssl verify -x509_strict -CAfile "$demo_data/root/root.pem" -untrusted "$1" -purpose "$2" \
		-policy "$oid" -explicit_policy "$1" &&
		certtool --verify --load-ca-certificate "$demo_data/root/root.pem" --infile "$1" | grep -q 'Verified\.' &&
		! openssl x509 -in "$1" -noout -ext basicConstraints 2>&1 | grep -q CA:
}
# term FILE SECONDS: both ends belong to it.
term() {
	from=$(date -d "$(openssl x509 -in "$1" -noout -startdate | cut -d= -f2)" +%s)
	to=$(date -d "$(openssl x509 -in "$1" -noout -enddate | cut -d= -f2)" +%s)
	[ $((to - from + 1)) -eq "$2" ] || { echo "$((to - from + 1)) s, not $2"; return 1; }
}
early() { now=$(date +%s) && [ $((now - from)) -ge 3600 ] && [ $((now - from)) -lt 3900 ]; }

server() {
	ask tls-server host=www.example.test host-2=example.test address=192.0.2.7 && key "$1" k.pem && csr k.pem r.pem &&
		fetch r.pem c.pem && grep -q '"state": *"active"' answer && sound c.pem sslserver 5 &&
		says c.pem keyUsage KeyUsage:criticalDigitalSignature &&
		says c.pem extendedKeyUsage 'ExtendedKeyUsage:TLSWebServerAuthentication' &&
		says c.pem subjectAltName 'SubjectAlternativeName:DNS:www.example.test,DNS:example.test,IPAddress:192.0.2.7' &&
		[ "$(openssl x509 -in c.pem -noout -subject)" = 'subject=C = CN, O = Example Works' ] &&
		term c.pem $((199 * 86400)) && early &&
		openssl pkey -in k.pem -pubout | cmp - - <<-END
			$(openssl x509 -in c.pem -noout -pubkey)
		END
}
client() {
	ask tls-client name=billing host=billing.example.test && key "$1" k.pem && csr k.pem r.pem &&
		fetch r.pem c.pem && sound c.pem sslclient 4 &&
		says c.pem keyUsage KeyUsage:criticalDigitalSignature &&
		says c.pem extendedKeyUsage 'ExtendedKeyUsage:TLSWebClientAuthentication' &&
		says c.pem subjectAltName 'SubjectAlternativeName:DNS:billing.example.test' &&
		[ "$(openssl x509 -in c.pem -noout -subject)" = 'subject=C = CN, O = Example Works, CN = billing' ] &&
		{ term c.pem $((365 * 86400)) || term c.pem $((366 * 86400)); } && early
}

for kind in ec-p256 ec-p384 rsa-2048 rsa-3072 rsa-4096; do
	test_case "a TLS server with an $kind key (V9)" "server $kind"
done
for kind in ec-p256 ec-p384 rsa-2048 rsa-3072 rsa-4096 ed25519; do
	test_case "a TLS client with an $kind key (V8)" "client $kind"
done
test_case 'a server of the house, by the management CA' '
	ask tls-internal host=ra.example.test && key ed25519 k.pem && csr k.pem r.pem && fetch r.pem c.pem &&
	sound c.pem sslserver 6 && term c.pem $((90 * 86400)) && grep -q "\"ca\": *\"management-g1\"" answer
'
test_case 'an organisation on a token (V7)' '
	ask organisation-signature agent="Zhang Min" unit=Sales && printf "%s\n%s\n" "$ref" "$code" >typed &&
	demo_as subscriber signet-agent enrol --codes-file typed &&
	serial=$(demo_as subscriber signet --json certs | grep -B9 organisation-signature | sed -n "s/.*\"serial\": *\"\(.*\)\".*/\1/p" | tail -1) &&
	demo_as subscriber signet cert "$serial" --out c.der >/dev/null && openssl x509 -inform DER -in c.der -out leaf.pem &&
	signet ca fetch --out ca.der && { cat leaf.pem; openssl x509 -inform DER -in ca.der; } >c.pem && sound c.pem smimesign 3 &&
	says c.pem keyUsage "KeyUsage:criticalDigitalSignature,NonRepudiation" &&
	says c.pem extendedKeyUsage "ExtendedKeyUsage:TLSWebClientAuthentication,E-mailProtection,1.3.6.1.5.5.7.3.36" &&
	says c.pem subjectAltName "SubjectAlternativeName:email:$(demo_address subscriber)" &&
	openssl x509 -in c.pem -noout -subject | grep -q "^subject=C = CN, O = Example Works, OU = Sales, CN = Example Works, serialNumber = [0-9]\{12\}$"
'

test_case 'an answer that got lost is given again; another key is not' '
	ask tls-client name=again && key ec-p256 k.pem && csr k.pem r.pem && fetch r.pem one.pem && fetch r.pem two.pem &&
	cmp one.pem two.pem && key ec-p256 k2.pem && csr k2.pem r2.pem &&
	printf "%s\n%s\n" "$ref" "$code" | expect_refusal code-used signet --json enrol --request r2.pem
'
test_case 'the wrong code learns nothing, and a key is not bound by it' '
	old=$code && ask tls-client name=wrong && printf "%s\n%s\n" "$ref" "$old" | expect_refusal code-wrong signet --json enrol --request r2.pem &&
	fetch r2.pem c.pem
'
# refuse SLUG CSR: by this failure, without a certificate.
refuse() {
	printf '%s\n%s\n' "$ref" "$code" | expect_refusal "$1" signet --json enrol --request "$2" && ! grep -q '"certificate"' out
}
ask tls-server host=weak.example.test >/dev/null 2>&1
test_case 'weak and unwanted keys are refused by name, and cost nothing' '
	openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 -out k.pem && csr k.pem r.pem && refuse key-size r.pem &&
	openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -pkeyopt rsa_keygen_pubexp:3 -out k.pem && csr k.pem r.pem &&
	refuse key-exponent r.pem &&
	key ed25519 k.pem && csr k.pem r.pem && refuse key-type r.pem && grep -q "ec-p256 | ec-p384" out err
'
test_case 'a request may ask for the same or less, not for more (S30)' '
	key ec-p256 k.pem && csr k.pem r.pem -addext subjectAltName=DNS:evil.example.org && refuse csr-more r.pem &&
	csr k.pem r.pem -addext basicConstraints=critical,CA:TRUE && refuse csr-more r.pem &&
	csr k.pem r.pem -addext subjectAltName=DNS:weak.example.test -addext extendedKeyUsage=serverAuth && fetch r.pem c.pem
'
test_case 'a TLS server is never on hold (S29)' '
	serial=$(sed -n "s/.*\"serial\": *\"\(.*\)\".*/\1/p" answer) &&
	expect_refusal profile-rule demo_as subscriber signet --json suspend "$serial" && openssl x509 -in c.pem -outform DER | cmp - "$(
		demo_as subscriber signet cert "$serial" --out now.der >/dev/null; echo now.der)"
'
test_case 'each certificate by its own door (S20)' '
	ask tls-client name=door && printf "%s\n%s\n" "$ref" "$code" >typed &&
	! demo_as subscriber signet-agent enrol --codes-file typed >out 2>err && grep -q "\[entrance, " out err &&
	demo_submit subscriber && demo_approve "$demo_no" && ref=$(demo_reference subscriber) && code=$(demo_code subscriber) &&
	refuse entrance r.pem
'

test_case 'the documents in force are listed and written out as they were signed' '
	demo_as operator signet --json profile list >out && for name in person-signature organisation-signature tls-client tls-server tls-internal operator; do
		grep -q "\"$name\"" out || { echo "without $name"; return 1; }
		demo_as operator signet profile get $name >got && cmp got "$root/share/profiles/$name.yaml" || return
	done
	demo_as operator signet get roster --out roster && grep -q "Wang Wei" roster &&
	expect_refusal not-found demo_as operator signet --json get profile nobody &&
	expect_exit 77 demo_as subscriber signet profile list
'
sed 's/^version: 1/version: 2/; s/^days: 199/days: 90/; s/^keys: .*/keys: [ec-p256, ec-p384]/; s/^    field: host$/&\n    within: [example.test]/' \
	"$root/share/profiles/tls-server.yaml" | awk '/within/ {n++} !/within/ || n == 1 {if (/within/) {held = $0; next} print} /required: yes/ && held {print held; held = ""}' >v2.yaml
test_case 'diff says key by key what a document would change' '
	expect_exit 0 demo_as operator signet diff -f "$root/share/profiles/tls-server.yaml" && [ ! -s out ] &&
	expect_exit 1 demo_as administrator signet diff -f v2.yaml && grep -q "^keys .*rsa-4096\] .*\[ec-p256, ec-p384\]" out &&
	grep -q "^days *199 *90" out && grep -q "^san.host.within" out && [ "$(wc -l <out)" -eq 5 ] &&
	printf "profile: x\n" >bad.yaml && expect_refusal field-missing demo_as operator signet --json diff -f bad.yaml
'
test_case 'a rehearsal names whom the new version would refuse, with field and rule (N40)' '
	ask tls-server host=www.elsewhere.example && expect_exit 1 demo_as administrator signet --json apply -f v2.yaml --dry-run --last 100 &&
	[ "$(grep -c "\"code\": \"key-type\"" out)" -eq 3 ] && [ "$(grep -c "\"no\":" out)" -eq 4 ] &&
	grep -A4 "\"no\": \"$no\"" out | grep -q "\"field\": \"host\"" && grep -q "\"rule\": \"example.test\"" out &&
	expect_exit 1 demo_as administrator signet apply -f v2.yaml --dry-run && grep -q "$no.*host.*example.test" out &&
	expect_exit 0 demo_as administrator signet apply -f v2.yaml --dry-run --last 0 &&
	expect_exit 1 demo_as operator signet diff -f v2.yaml
'
test_case 'then it is signed and in force, and what was pinned before goes on by its own version' '
	old_ref=$ref old_code=$code && demo_as administrator signet apply -f v2.yaml --yes && expect_exit 0 demo_as operator signet diff -f v2.yaml &&
	key rsa-2048 k.pem && csr k.pem r.pem && fetch r.pem c.pem && term c.pem $((199 * 86400)) &&
	! ask tls-server host=www.elsewhere.example && ask tls-server host=www.example.test && refuse key-type r.pem &&
	key ec-p256 k.pem && csr k.pem r.pem && fetch r.pem c.pem && term c.pem $((90 * 86400))
'

sed 's/^profile: .*/profile: tls-node/; s/^policy: .*/policy: 7/; s/^  count: 1/  count: 0/; s/^    field: country/    fixed: CN/;
	s/^    field: organisation/    fixed: Example Works/; s/^    field: name/    fixed: node/;
	s/^    field: host/&\n    within: [nodes.example.test]/' "$root/share/profiles/tls-client.yaml" >node.yaml
test_case 'without approvals the codes come at once, for names that the document bounds (S2)' '
	demo_as administrator signet apply -f node.yaml --yes &&
	node() {
		demo_as subscriber signet --json submit tls-node --consent name=n country=CN organisation=x mail="$(demo_address subscriber)" \
			phone="$(demo_phone subscriber)" host="$1"
	} &&
	expect_refusal field-value node www.example.test && grep -q "nodes.example.test" out err &&
	node a.nodes.example.test >out && grep -q "\"state\": \"open\"" out && ref=$(demo_reference subscriber) && code=$(demo_code subscriber) &&
	key ec-p256 k.pem && csr k.pem r.pem && fetch r.pem c.pem && sound c.pem sslclient 7 &&
	says c.pem subjectAltName "SubjectAlternativeName:DNS:a.nodes.example.test" &&
	[ "$(openssl x509 -in c.pem -noout -subject)" = "subject=C = CN, O = Example Works, CN = node" ]
'
test_done
