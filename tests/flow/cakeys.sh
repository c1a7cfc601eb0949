#!/bin/sh
# CA keys of every kind: a store of its own for each, and OpenSSL verifies certificates, CRLs and OCSP answers.
. "$(dirname "$0")/lib.sh"

# The algorithms by which a file of this kind is signed, inner and outer, as openssl calls them.
signed_by() { openssl "$1" -in "$2" -noout -text | sed -n 's/^ *Signature Algorithm: //p' | sort -u; }
# up KIND OCSP-KIND: a service whose CA keys are of that kind.
up() {
	demo_key=$1 demo_ocsp_key=$2
	demo_new "$work/$1" "$(demo_port_find)" && demo_start && demo_ca && demo_people
}
# The chain, then the lists of all three.
chain_good() {
	for c in root issuing management; do
		curl -sf "$SIGNET_HTTP/ca/$c-g1.cer" | openssl x509 -inform der -out $c.pem || return
		[ "$(signed_by x509 $c.pem)" = "$1" ] || { signed_by x509 $c.pem; return 1; }
	done
	openssl verify -x509_strict -CAfile root.pem issuing.pem management.pem || return
	for c in issuing management; do
		curl -sf "$SIGNET_HTTP/crl/$c-g1/0.crl" | openssl crl -inform der -out $c.crl || return
		[ "$(signed_by crl $c.crl)" = "$1" ] || return
		openssl crl -in $c.crl -CAfile $c.pem -noout 2>&1 | grep -q "verify OK" || return
	done
	openssl crl -in "$demo_data/root/root-crl.pem" -CAfile root.pem -noout 2>&1 | grep -q "verify OK"
}
# One person gets a certificate by all the steps.
person_good() {
	demo_phone_login subscriber && demo_submit subscriber && demo_approve "$demo_no" && demo_enrol subscriber || return
	demo_as subscriber signet-agent --json certs >certs.json || return
	serial=$(sed -n 's/.*"serial": "\([0-9a-f]*\)".*/\1/p' certs.json | head -1)
	demo_as operator signet cert "$serial" --issuer issuing-g1 --out person.der >/dev/null || return
	openssl x509 -inform der -in person.der -out person.pem && [ "$(signed_by x509 person.pem)" = "$1" ] &&
		openssl verify -x509_strict -crl_check -CRLfile issuing.crl -CAfile root.pem -untrusted issuing.pem person.pem
}
# ocsp_is WORDS ALGORITHM
ocsp_is() {
	openssl ocsp -issuer issuing.pem -cert person.pem -url "$SIGNET_HTTP/ocsp" -CAfile root.pem -resp_text >ocsp.out 2>&1
	grep -q "person.pem: $1" ocsp.out && grep -q 'Response verify OK' ocsp.out &&
		[ "$(sed -n 's/^ *Signature Algorithm: //p' ocsp.out | head -1)" = "$2" ]
}

revoked_in_list() {
	curl -sf "$SIGNET_HTTP/crl/issuing-g1/0.crl" | openssl crl -inform der -out issuing.crl &&
		openssl crl -in issuing.crl -CAfile issuing.pem -noout 2>&1 | grep -q 'verify OK' &&
		openssl verify -crl_check -CRLfile issuing.crl -CAfile root.pem -untrusted issuing.pem person.pem 2>&1 | grep -q revoked
}

while read -r kind name ocsp ocsp_name; do
	test_case "$kind: a CA is made, people enrol and sign in" 'up $kind $ocsp'
	test_case "$kind: CAs and lists are signed with $name" 'chain_good $name'
	test_case "$kind: a person gets a certificate" 'person_good $name'
	test_case "$kind: its OCSP answer is signed with $ocsp_name by a key of $ocsp" 'ocsp_is good $ocsp_name'
	test_case "$kind: after a restart it is revoked, and list and answer say so" '
		demo_stop; demo_start && demo_ready && demo_as operator signet login &&
		demo_as operator signet revoke "$serial" --reason superseded && ocsp_is revoked $ocsp_name &&
		demo_wait 20 revoked_in_list
	'
	demo_stop
done <<-END
	ec-p384 ecdsa-with-SHA384 ec-p384 ecdsa-with-SHA384
	rsa-3072 sha256WithRSAEncryption rsa-2048 sha256WithRSAEncryption
	rsa-4096 sha256WithRSAEncryption ec-p256 ecdsa-with-SHA256
	ed25519 ED25519 ed25519 ED25519
END

test_case 'a CA of 2048 bits and a kind that is none are refused with line and choice' '
	demo_key= demo_ocsp_key=
	demo_new "$work/refused" "$(demo_port_find)" && demo_start || return 1
	sed -i "s/issuing: ec-p256/issuing: rsa-2048/" "$demo_data/plan.yaml"
	expect_exit 65 signet ca init -f "$demo_data/plan.yaml" --root-out "$demo_data/root" --root-pass-file "$demo_data/root-pass" &&
	grep -q "line 3, column .*issuing" err && grep -q "rsa-3072" err && [ ! -e "$demo_data/root" ] &&
	sed -i "s/issuing: rsa-2048/issuing: dsa/" "$demo_data/plan.yaml" &&
	expect_exit 65 signet ca init -f "$demo_data/plan.yaml" --root-out "$demo_data/root" --root-pass-file "$demo_data/root-pass" &&
	grep -q "ed25519" err
'
test_case 'a root key of another kind is kept, not replaced' '
	sed -i "s/issuing: dsa/issuing: ec-p256/" "$demo_data/plan.yaml" && mkdir -m 700 "$demo_data/root" &&
	openssl genpkey -quiet -algorithm ed25519 -aes256 -pass "file:$demo_data/root-pass" -out "$demo_data/root/root.key" &&
	chmod 600 "$demo_data/root/root.key" && cp "$demo_data/root/root.key" kept.key &&
	expect_exit 65 signet ca init -f "$demo_data/plan.yaml" --root-out "$demo_data/root" --root-pass-file "$demo_data/root-pass" &&
	grep -q "ed25519" err && cmp kept.key "$demo_data/root/root.key"
'
test_done
