#!/bin/sh
# What relying parties ask, in each way they ask it, and what strangers send instead.
. "$(dirname "$0")/lib.sh"
server_up
plain=$SIGNET_HTTP
demo_as operator signet-agent --json certs >certs.json
serial=$(sed -n 's/.*"serial": "\([0-9a-f]*\)".*/\1/p' certs.json | head -1)
demo_as operator signet cert "$serial" --issuer management-g1 --out op.der >/dev/null
openssl x509 -inform der -in op.der -out op.pem 2>/dev/null
curl -sf "$plain/ca/management-g1.cer" -o ca.der && openssl x509 -inform der -in ca.der -out ca.pem
ask() { openssl ocsp -issuer ca.pem "$@" -url "$plain/ocsp" -CAfile "$SIGNET_CA" 2>&1; }
# get FILE: ask by GET, as RFC 6960 A.1 writes it.
get() {
	path=$(openssl base64 -A -in "$1" | sed 's/+/%2B/g; s,/,%2F,g; s/=/%3D/g')
	curl -s -D head -o answer.der "$plain/ocsp/$path"
}
status() { rm -f body && curl -s -o body -D head -w '%{http_code}' "$@"; }

test_case 'POST with a nonce: good, and not to be cached' '
	ask -cert op.pem -nonce >out && grep -q "op.pem: good" out && grep -q "verify OK" out && ! grep -q WARNING out
'
test_case 'POST with SHA-256 in the question' 'ask -sha256 -cert op.pem >out && grep -q "op.pem: good" out'
test_case 'two certificates in one question' '
	curl -sf "$plain/ca/issuing-g1.cer" >/dev/null && ask -cert op.pem -serial 0x$serial >out && [ "$(grep -c ": good" out)" -eq 2 ]
'
test_case 'GET without a nonce: the same answer, cacheable' '
	openssl ocsp -issuer ca.pem -cert op.pem -no_nonce -reqout q.der >/dev/null 2>&1 && get q.der &&
	openssl ocsp -issuer ca.pem -cert op.pem -respin answer.der -CAfile "$SIGNET_CA" >out 2>&1 && grep -q "op.pem: good" out &&
	grep -qi "^cache-control: .*max-age" head && grep -qi "^etag:" head && grep -qi "^content-type: application/ocsp-response" head
'
test_case 'GET with a nonce is not cached' '
	openssl ocsp -issuer ca.pem -cert op.pem -nonce -reqout q.der >/dev/null 2>&1 && get q.der && grep -qi "^cache-control: no-store" head
'
test_case 'a serial that was never issued: unauthorized, unsigned' '
	ask -serial 0x0102030405060708090a0b0c0d0e0f101112 >out; grep -q "unauthorized (6)" out
'
test_case 'another CA'"'"'s certificate: unauthorized' '
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout k.pem -out other.pem -subj /CN=other 2>/dev/null &&
	openssl ocsp -issuer other.pem -cert op.pem -url "$plain/ocsp" >out 2>&1; grep -q "unauthorized (6)" out
'
test_case 'what is no request: malformed, with status 200' '
	printf nonsense >junk && [ "$(status -H "Content-Type: application/ocsp-request" --data-binary @junk "$plain/ocsp")" = 200 ] &&
	[ "$(od -An -tx1 body | tr -d " \n")" = 30030a0101 ]
'
test_case 'a request of another type, too large, by another method' '
	[ "$(status -H "Content-Type: text/plain" --data-binary @junk "$plain/ocsp")" = 415 ] &&
	head -c 20000 /dev/zero >large && [ "$(status -H "Content-Type: application/ocsp-request" --data-binary @large "$plain/ocsp")" = 413 ] &&
	[ "$(status -X DELETE "$plain/ocsp")" = 405 ] && grep -qi "^allow:.*POST" head
'
test_case 'the CRL, its type, its validators, and 304' '
	[ "$(status "$plain/crl/issuing-g1/0.crl")" = 200 ] && grep -qi "^content-type: application/pkix-crl" head &&
	tag=$(sed -n "s/^[Ee][Tt][Aa][Gg]: *//p" head | tr -d "\r") && cp body crl.der &&
	[ "$(status -H "If-None-Match: $tag" "$plain/crl/issuing-g1/0.crl")" = 304 ] && [ ! -e body ] &&
	openssl crl -inform der -in crl.der -noout -text | grep -q "No Revoked Certificates"
'
test_case 'HEAD gives the length and no body' '
	curl -sI "$plain/crl/issuing-g1/0.crl" >head && grep -qi "^content-length: [1-9]" head
'
test_case 'a CRL or CA that is not ours' '
	[ "$(status "$plain/crl/other-g1/0.crl")" = 404 ] && [ "$(status "$plain/ca/other-g1.cer")" = 404 ] &&
	[ "$(status "$plain/crl/issuing-g1/1.crl")" = 404 ]
'
test_case 'the plain listener offers nothing else' '
	for p in / /api/v1/environment /api/v1/certificates /readyz; do [ "$(status "$plain$p")" = 404 ] || { echo "$p"; return 1; }; done
'
test_case 'root, issuing and management CA can be fetched, and fit together' '
	for c in root issuing management; do curl -sf "$plain/ca/$c-g1.cer" | openssl x509 -inform der -out $c.pem || return 1; done
	openssl verify -x509_strict -CAfile root.pem issuing.pem management.pem
'
test_case 'an answer without a nonce is signed once for everybody' '
	openssl ocsp -issuer ca.pem -cert op.pem -no_nonce -reqout q.der >/dev/null 2>&1 && get q.der && cp answer.der first.der &&
	sleep 1 && get q.der && cmp answer.der first.der
'
test_case 'a hold shows in OCSP at once, also where an answer was ready' '
	demo_as administrator signet suspend "$serial" --issuer management-g1 >out 2>err &&
	ask -cert op.pem -nonce >out && grep -q "op.pem: revoked" out && grep -q "Reason: certificateHold" out &&
	get q.der && ! cmp -s answer.der first.der && openssl ocsp -issuer ca.pem -cert op.pem -respin answer.der -CAfile "$SIGNET_CA" >out 2>&1 && grep -q "op.pem: revoked" out
'
test_case 'whose certificate is on hold does not sign in, and the log names it once' '
	demo_as operator signet login >out 2>err; cat err; grep -q "certificate-state" err &&
	demo_as administrator signet --json audit --event session.refused >log && grep -q "management-g1/$serial" log && grep -q "certificate-state" log && [ "$(grep -c "\"seq\"" log)" -eq 1 ]
'
inquire() { signet --json inquire "$serial" --issuer management-g1 "$@"; }
test_case 'the status at a time, for anybody: good before the hold, on hold since, and no times that are none' '
	before=$(openssl x509 -in op.pem -noout -startdate | sed "s/.*=//") && before=$(date -u -d "$before" +%Y-%m-%dT%H:%M:%SZ) &&
	inquire >now && grep -q "\"state\": \"suspended\"" now && since=$(sed -n "s/.*\"revoked_at\": \"\([^\"]*\)\".*/\1/p" now) &&
	inquire --at "$since" | grep -q "\"state\": \"suspended\"" &&
	inquire --at "$before" >then && grep -q "\"at\": \"$before\"" then && grep -qE "\"state\": \"(active|unconfirmed)\"" then && ! grep -q revoked_at then &&
	expect_exit 65 inquire --at 2020-01-01T00:00:00Z && expect_exit 65 inquire --at 2099-01-01T00:00:00Z && expect_exit 65 inquire --at yesterday
'
test_case 'what is refused costs the service nothing: it still answers' 'ask -cert ca.pem -nonce >out; ask -cert op.pem >out && grep -q "op.pem: revoked" out'
test_done
