#!/bin/sh
# From the application to signing in, on each kind of token that can be had without hardware: SoftHSM, a card by OpenSC
# in a reader of vpcd, the TPM of swtpm by tpm2-pkcs11. In name spaces of its own, for vpcd listens on all interfaces.
if [ "${1:-}" != inside ]; then
	exec unshare $([ "$(id -u)" = 0 ] || echo -r) -n -m "$0" inside
fi
mount -t tmpfs tmpfs /run && mkdir -p /run/pcscd && ip link set lo up || exit 70
unset XDG_RUNTIME_DIR
. "$(dirname "$0")/../flow/lib.sh"

others=
end_all() {
	for other in $others; do
		kill "$other" 2>/dev/null && wait "$other" 2>/dev/null
	done
	test_end
}
trap end_all EXIT

# The profile of a person's signature, and the same with other kinds of keys.
profile() { # profile NAME POLICY KEYS
	sed -e "s/^profile: .*/profile: $1/" -e "s/^policy: .*/policy: $2/" -e "s/^keys: .*/keys: [$3]/" \
		"$root/share/profiles/person-signature.yaml" >"$work/$1.yaml"
	sed -i "s|^profiles:|profiles:\n  - $work/$1.yaml|" "$demo_data/plan.yaml"
}
demo_new "$work/data" "$(demo_port_find)" && profile person-rsa 81 rsa-2048 && profile person-p384 82 ec-p384 &&
	profile person-ed 83 ed25519 && demo_start && demo_ca && demo_people && demo_phone_login subscriber >/dev/null || exit 70
home=$demo_data/people/subscriber

# kit NAME PIN MODULES: the subscriber's agent with other modules.
kit() {
	mkdir -p "$work/$1" && cp "$home/pinentry" "$home/origins.conf" "$work/$1" && echo "$2" >"$work/$1/pin" &&
		printf '%s\n' "$3" >"$work/$1/modules.conf" &&
		sed "s|$home|$work/$1|" "$home/agent.conf" >"$work/$1/agent.conf"
}
# agent NAME ARGUMENTS...
agent() {
	agent_kit=$1
	shift
	"before_$agent_kit"
	demo_as subscriber env SIGNET_AGENT="$work/$agent_kit/agent.conf" signet-agent "$@"
}
# codes PROFILE: an application, approved; its codes.
codes() {
	no=$(demo_as subscriber signet --json submit "$1" --consent country=CN name="$(demo_name subscriber)" \
		mail="$(demo_address subscriber)" phone="$(demo_phone subscriber)" | sed -n 's/^ *"no": "\(.*\)",*$/\1/p') &&
		demo_approve "$no" && reference=$(demo_reference subscriber) && code=$(demo_code subscriber)
}
enrol() { # enrol NAME: with the codes
	printf '%s\n%s\n' "$reference" "$code" | agent "$1" enrol --json
}
newest() { agent "$1" certs | tail -1 | cut -d' ' -f1; }
containers() { agent "$1" certs --json | grep -c '"container"'; }
key_is() { agent "$1" certs --json | grep -q "\"key\": \"$2\""; }

# way NAME PROFILE KEY: the whole way, to signing in with the new certificate.
way() {
	codes "$2" && enrol "$1" >done.json && grep -q '"state": "active"' done.json && key_is "$1" "$3" &&
		agent "$1" sign-in --container "$(newest "$1")" | grep -q "$(demo_name subscriber)"
}
# new_pin NAME PIN: changed, and used from then on.
new_pin() {
	echo "$2" >"$work/$1/new-pin" && agent "$1" pin && cp "$work/$1/new-pin" "$work/$1/pin" &&
		agent "$1" sign-in --container "$(newest "$1")"
}
gone() { # gone NAME: all containers, one by one
	while [ "$(containers "$1")" -gt 0 ]; do
		agent "$1" delete --container "$(newest "$1")" || return
	done
}

# SoftHSM
before_softhsm() { :; }
kit softhsm "$(demo_pin subscriber)" "$(cat "$home/modules.conf")"
test_case 'SoftHSM: P-256, P-384, RSA and Ed25519, each to signing in' '
	way softhsm person-signature P-256 && way softhsm person-p384 P-384 && way softhsm person-rsa RSA && way softhsm person-ed Ed25519 &&
	[ "$(containers softhsm)" -eq 4 ]
'
test_case 'SoftHSM: a new PIN, and containers that are no longer wanted' 'new_pin softhsm 40618253 && gone softhsm'

# A card
before_card() { :; }
pcscd --foreground >"$work/pcscd.log" 2>&1 &
others="$others $!"
demo_wait 10 test -S /run/pcscd/pcscd.comm
/usr/bin/python3 "$root/tests/server/card.py" --keys 1 &
card=$!
others="$others $card"
has_card() { opensc-tool -n 2>&1 | grep -q IsoApplet; }
demo_wait 15 has_card
kit card 1234 'modules:
  - driver: opensc'
test_case 'a card that was never set up is not "no token"' '
	expect_exit 69 agent card certs --json && cat out && grep -q "token-unknown" out && grep -q "Virtual PCD" out
'
test_case 'a card: set up, seen through OpenSC' '
	pkcs15-init --create-pkcs15 -p pkcs15+onepin --label card --pin 1234 --puk 1234567890123456 --so-pin 1234 \
		--so-puk 1234567890123456 && agent card tokens | grep "card (User PIN).*opensc.*pin: set"
'
test_case 'a card: its EC keys cannot sign as we do: said before a key is made' '
	codes person-signature && expect_exit 69 enrol card && grep -q "\"code\": \"alg-unsupported\"" out && [ "$(containers card)" -eq 0 ]
'
test_case 'a card: RSA, to signing in' 'way card person-rsa RSA'
test_case 'a card with room for one key: full is said, nothing is left behind, and the codes still work elsewhere' '
	codes person-rsa && expect_exit 73 enrol card && grep -q "\"code\": \"token-full\"" out && [ "$(containers card)" -eq 1 ] &&
	enrol softhsm >done.json && grep -q "\"state\": \"active\"" done.json
'
test_case 'a card: a wrong PIN is asked for again, before the last try by a question of its own, and then it is locked' '
	cp card/pin right && echo 9999 >card/pin && : >card/seen && one=$(newest card) &&
	expect_exit 77 agent card sign-in --json --container "$one" && grep -q "\"code\": \"pin-locked\"" out && cp right card/pin &&
	[ "$(grep -c "^GETPIN" card/seen)" -eq 3 ] && grep -q "locks the token" card/seen &&
	expect_exit 77 agent card sign-in --json --container "$one" && grep -q "\"code\": \"pin-locked\"" out
'
test_case 'a card that is locked has its PIN again after its tool unblocked it' '
	pkcs15-tool --unblock-pin --puk 1234567890123456 --new-pin 1234 -a 01 && agent card sign-in --container "$(newest card)"
'
test_case 'a card: a new PIN' 'new_pin card 48261937'
test_case 'a card that is pulled out and plugged in again is told by tokens --watch' '
	: >watch.out
	demo_as subscriber env SIGNET_AGENT="$work/card/agent.conf" signet-agent tokens --watch >watch.out 2>&1 &
	watcher=$!
	demo_wait 10 grep -q "User PIN" watch.out && kill -USR1 "$card" && demo_wait 5 sh -c "[ \$(grep -c ^-- watch.out) -eq 1 ]" &&
	expect_exit 69 agent card certs --json && grep -q token-absent out &&
	kill -USR2 "$card" && demo_wait 5 sh -c "[ \$(grep -c \"User PIN\" watch.out) -ge 2 ]"
	status=$?
	kill "$watcher"
	[ $status -eq 0 ]
'
test_case 'a card: key and certificate are deleted, and there is room again' 'gone card && way card person-rsa RSA'

# A TPM. Without the kernel between, whoever comes next clears what the last one left loaded.
export TPM2_PKCS11_STORE="$work/store" TPM2_PKCS11_TCTI=swtpm:host=127.0.0.1,port=2321 TSS2_LOG=all+NONE
export TPM2TOOLS_TCTI=$TPM2_PKCS11_TCTI
mkdir -p "$work/nv" "$work/store"
swtpm socket --tpm2 --tpmstate dir="$work/nv" --server type=tcp,port=2321,bindaddr=127.0.0.1 \
	--ctrl type=tcp,port=2322,bindaddr=127.0.0.1 --flags not-need-init,startup-clear >"$work/swtpm.log" 2>&1 &
others="$others $!"
before_tpm() {
	for what in -t -l -s; do
		tpm2_flushcontext $what
	done >/dev/null 2>&1
}
demo_wait 10 tpm2_getcap properties-fixed
kit tpm 230003 'modules:
  - driver: tpm2
    environment:
      TSS2_LOG: all+NONE'
tpm_tool() {
	before_tpm
	pkcs11-tool --module "$(echo /usr/lib/*/libtpm2_pkcs11.so.1)" --slot-index 0 "$@"
}
test_case 'a TPM: set up, seen by its label' '
	tpm_tool --init-token --label tpm --so-pin 87654321 &&
	tpm_tool --login --login-type so --so-pin 87654321 --init-pin --new-pin 230003 && agent tpm tokens | grep " tpm .*pin: set"
'
test_case 'a TPM: P-256 and RSA, each to signing in' 'way tpm person-signature P-256 && way tpm person-rsa RSA'
test_case 'a TPM: Ed25519 it cannot: said before a key is made' '
	codes person-ed && expect_exit 69 enrol tpm && grep -q "\"code\": \"alg-unsupported\"" out && [ "$(containers tpm)" -eq 2 ]
'
test_case 'a TPM: a new PIN, and containers that are no longer wanted' 'new_pin tpm 40618253 && gone tpm'
test_done
