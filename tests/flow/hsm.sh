#!/bin/sh
# CA keys on a token: made there, found again, and whatever happens to the module, nothing that was granted is lost.
# The module is SoftHSM behind the fault module of the unit tests.
. "$(dirname "$0")/lib.sh"
fault=$work/fault
kind=${HSM_KIND:-ec-p256}

# token_new LABEL PIN: in the folder of the p11 process.
token_new() {
	SOFTHSM2_CONF=$demo_data/p11/softhsm2.conf softhsm2-util --init-token --free --label "$1" --so-pin 87654321 --pin "$2" >/dev/null
}
objects() { find "$demo_data/p11/tokens" -name '*.object' ! -name token.object | wc -l; }
health() { signet --json health 2>/dev/null | tr -d '\n '; }
token_is() { health | grep -q "\"name\":\"token\",\"ok\":$1"; }
mend() { signet --json health 2>/dev/null || true; }
p11_pid() { pgrep -P "$demo_pid" -f -- '--child p11'; }
plan() { printf '%s\n' "$1" >"$fault"; }
another_crl() { [ "$(crl_number)" != "$1" ]; }
crl_number() { curl -sf "$SIGNET_HTTP/crl/issuing-g1/0.crl" | openssl crl -inform der -noout -crlnumber; }

demo_key=$kind
demo_new "$work/data" "$(demo_port_find)"
mkdir -m 700 "$demo_data/p11"
mkdir -m 700 "$demo_data/p11/tokens"
printf 'directories.tokendir = %s/p11/tokens\nobjectstore.backend = file\nlog.level = ERROR\n' "$demo_data" >"$demo_data/p11/softhsm2.conf"
plan ''
(umask 077 && echo 24681357 >"$demo_data/hsm-pin")
cat >>"$demo_data/signetd.conf" <<-END
	hsm_module: $BUILD/tests/unit/token/p11fault.so
	hsm_token: signet-ca
	hsm_environment: "SOFTHSM2_CONF=$demo_data/p11/softhsm2.conf FAULT_MODULE=$(demo_module) FAULT_FILE=$fault"
END

test_case 'without the token the service starts, says what to do, and makes no CA' '
	demo_start && token_is false && mend >out && grep -q "connect the token" out &&
	{ signet ca init -f "$demo_data/plan.yaml" --root-out "$demo_data/root" --root-pass-file "$demo_data/root-pass" >out 2>err; got=$?; [ $got -eq 75 ] || [ $got -eq 69 ]; }
'
test_case 'the token is connected: the same command makes the CA, its keys on the token' '
	token_new signet-ca 24681357 && token_new other 24681357 &&
	demo_wait 40 token_is true && demo_ca && [ "$(objects)" -eq 4 ] &&
	[ ! -e "$demo_data/signer/keys/issuing.pem" ] && [ ! -e "$demo_data/signer/keys/management.pem" ] &&
	[ -e "$demo_data/signer/keys/issuing.token" ]
'
test_case 'people enrol, and OpenSSL verifies what the token signed' '
	demo_people && demo_phone_login subscriber && demo_submit subscriber && demo_approve "$demo_no" && demo_enrol subscriber &&
	demo_as subscriber signet-agent --json certs >certs.json &&
	serial=$(sed -n "s/.*\"serial\": \"\([0-9a-f]*\)\".*/\1/p" certs.json | head -1) &&
	demo_as operator signet cert "$serial" --issuer issuing-g1 --out person.der >/dev/null && openssl x509 -inform der -in person.der -out person.pem &&
	curl -sf "$SIGNET_HTTP/ca/issuing-g1.cer" | openssl x509 -inform der -out issuing.pem &&
	curl -sf "$SIGNET_HTTP/crl/issuing-g1/0.crl" | openssl crl -inform der -out issuing.crl &&
	openssl verify -x509_strict -crl_check -CRLfile issuing.crl -CAfile "$SIGNET_CA" -untrusted issuing.pem person.pem
'
test_case 'private halves are sensitive and cannot be taken out' '
	SOFTHSM2_CONF=$demo_data/p11/softhsm2.conf pkcs11-tool --module "$(demo_module)" --token-label signet-ca --login --pin 24681357 \
		--list-objects --type privkey >out 2>&1 && [ "$(grep -c "Private Key Object" out)" -eq 2 ] &&
	[ "$(grep -c "sensitive, always sensitive, never extractable, local" out)" -eq 2 ] && grep -q "signet issuing-g1" out
'
test_case 'after a restart the keys are found again' '
	demo_stop; demo_start && demo_ready && token_is true
'
test_case 'the module is killed: it is started again, and signs' '
	was=$(p11_pid) && kill -KILL "$was" && before=$(crl_number) && demo_wait 20 token_is true && [ "$(p11_pid)" != "$was" ] &&
	demo_as operator signet login && demo_as operator signet suspend "$serial" --issuer issuing-g1 && demo_wait 20 another_crl "$before"
'
# A module that goes wrong at the next signature, each in its own way: the list comes late, but it comes.
while read -r what after; do
	test_case "a module that does $what at a signature loses nothing" '
		before=$(crl_number) && plan "C_Sign 1 $what" && demo_as operator signet $after "$serial" --issuer issuing-g1 &&
		demo_wait 40 token_is false && mend >out && ! another_crl "$before" && plan "" &&
		demo_wait 60 another_crl "$before" && token_is true
	'
done <<-END
	crash resume
	hang suspend
	pull resume
END
test_case 'while the token is away OCSP goes on, and who enrols is told to come back' '
	plan "* 1 fail 0x30" && demo_wait 40 token_is false && [ "$(curl -s -o /dev/null -w "%{http_code}" "$demo_url/readyz" --cacert "$SIGNET_CA")" = 200 ] &&
	openssl ocsp -issuer issuing.pem -cert person.pem -url "$SIGNET_HTTP/ocsp" -CAfile "$SIGNET_CA" >out 2>&1 && grep -q "person.pem: good" out &&
	demo_phone_login other && demo_submit other && demo_approve "$demo_no" &&
	demo_ref=$(demo_reference other) && demo_auth=$(demo_code other) && ! demo_enrol_with other "$demo_ref" "$demo_auth" >out 2>&1 && cat out
'
test_case 'the token is back: the same codes give one certificate' '
	plan "" && demo_wait 60 token_is true && printf "%s\n%s\n" "$demo_ref" "$demo_auth" >codes && chmod 600 codes &&
	demo_as other signet-agent enrol --resume --codes-file codes && demo_as other signet-agent --json certs >certs.json &&
	[ "$(grep -c "\"serial\"" certs.json)" -eq 1 ]
'
test_case 'a token that holds other keys is not ours' '
	demo_stop; sed -i "s/^hsm_token: signet-ca/hsm_token: other/" "$demo_data/signetd.conf"; demo_start && demo_wait 20 token_is false &&
	mend >out && grep -q "does not hold our CA keys" out
'
test_case 'a wrong PIN is tried once, not until the token locks' '
	demo_stop; sed -i "s/^hsm_token: other/hsm_token: signet-ca/" "$demo_data/signetd.conf" && echo 11111111 >"$demo_data/hsm-pin"
	plan "C_Login 2 crash" && demo_start && demo_wait 20 token_is false && mend >out && grep -q "correct the PIN" out &&
	was=$(p11_pid) && for i in 1 2 3; do health; sleep 1; done >/dev/null && [ "$(p11_pid)" = "$was" ]
'
test_case 'with the right PIN all is well, and no key was made anew' '
	demo_stop; echo 24681357 >"$demo_data/hsm-pin"; plan ""; demo_start && demo_ready && token_is true && [ "$(objects)" -eq 4 ]
'
test_case 'without the configuration of the token the signer says where the keys are' '
	demo_stop; sed -i "/^hsm_/d" "$demo_data/signetd.conf"; ! demo_start && grep -q "the issuing key lies on a token: set hsm_module" "$demo_log"
'
test_done
