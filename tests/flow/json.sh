#!/bin/sh
# With --json each command prints one JSON value of the shape that its manual page promises; a failure is a problem on
# standard error, and the exit status is that of the table.
. "$(dirname "$0")/lib.sh"
server_up
demo_phone_login subscriber >/dev/null 2>&1
mkdir -p "$work/tried"

# promised WHO WORDS... [-- ARGUMENTS]: run it, hold its answer against src/cli/answer.def; the answer stays in "answer".
promised() {
	promised_who=$1 promised_words=
	shift
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		promised_words="${promised_words:+$promised_words }$1"
		shift
	done
	[ $# -eq 0 ] || shift
	# shellcheck disable=SC2086 # two words
	if ! demo_as "$promised_who" signet --json $promised_words "$@" >answer 2>err; then
		cat err
		return 1
	fi
	: >"$work/tried/$promised_words"
	/usr/bin/python3 -B "$root/tests/flow/answer.py" src/cli/answer.def "$promised_words" <answer
}
agent_promised() {
	demo_as subscriber signet-agent --json "$@" >answer 2>err || { cat err; return 1; }
	/usr/bin/python3 -B "$root/tests/flow/answer.py" src/agent/answer.def "$1" <answer
}
value() { sed -n "s/^ *\"$1\": \"\(.*\)\",*\$/\1/p" answer | head -1; }

test_case 'what everybody may ask' '
	promised subscriber profiles && promised subscriber profiles -- person-signature && promised subscriber whoami && promised operator health &&
	promised subscriber ca fetch && promised subscriber ca fetch -- --out ca.cer && [ -s ca.cer ] && promised subscriber crl fetch
'
test_case 'an application, from its draft to its withdrawal' '
	promised subscriber submit -- person-signature --draft country=CN name="Zhang Min" mail=zhang.min@example.test phone=+8613800000003 &&
	no=$(value no) && promised subscriber submit -- "$no" --consent && promised subscriber list && grep -q "$no" answer &&
	promised subscriber show -- "$no" && promised subscriber withdraw -- "$no" && [ "$(value state)" = cancelled ]
'
test_case 'what an operator decides' '
	demo_submit subscriber && first=$demo_no && demo_submit subscriber && second=$demo_no && promised operator list -- --state submitted &&
	demo_submit subscriber && third=$demo_no && demo_submit subscriber &&
	promised operator reject -- "$third" "$demo_no" --reason "Not legible" && grep -q "\"results\"" answer &&
	promised operator return -- "$first" --reason "See the name" --field name="not as in the passport" &&
	demo_submit subscriber && promised operator reject -- "$demo_no" --reason "Not legible" && promised operator approve -- "$second" &&
	demo_reference subscriber >/dev/null && demo_code subscriber >/dev/null && promised operator codes -- "$second"
'
test_case 'the agent' '
	demo_reference subscriber >reference && demo_code subscriber >code && cat reference code >typed &&
	agent_promised tokens && agent_promised enrol --codes-file typed && agent_promised certs && agent_promised diag && agent_promised sign-in
'
test_case 'a certificate, from hold to revocation' '
	promised subscriber certs && serial=$(value serial) && promised subscriber cert -- "$serial" && promised subscriber inquire -- "$serial" &&
	promised operator suspend -- "$serial" && promised operator resume -- "$serial" && promised operator revoke -- "$serial" --reason superseded
'
test_case 'a machine, by one request' '
	no=$(demo_as subscriber signet --json submit tls-client --consent country=CN mail="$(demo_address subscriber)" \
		phone="$(demo_phone subscriber)" organisation="Example Works" name=worker | sed -n "s/^ *\"no\": \"\(.*\)\",*\$/\1/p") &&
	demo_approve "$no" >out && demo_reference subscriber >typed && demo_code subscriber >>typed &&
	openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -subj / -out request.pem 2>/dev/null &&
	promised subscriber enrol -- --request request.pem --out chain.pem <typed
'
test_case 'documents of an application, and what its applicant agrees to' '
	{ sed "s/^version: 1\$/version: 2/" "$root/share/profiles/person-signature.yaml" && cat <<-END
		papers:
		  days: 9
		  list:
		    - {name: passport, title: {en: Passport, zh: 护照, ru: Паспорт}, required: no, types: [pdf], megabytes: 1}
	END
	} >papers.yaml && promised administrator apply -- --yes -f papers.yaml && promised subscriber agreement -- person-signature-1 &&
	printf "%%PDF-1.4\n%%%%EOF\n" >a.pdf && promised subscriber submit -- person-signature --draft name="Zhang Min" && no=$(value no) &&
	promised subscriber document add -- "$no" passport a.pdf && promised subscriber document list -- "$no" &&
	promised operator document get -- "$no" passport --out got.pdf && cmp a.pdf got.pdf && promised subscriber document drop -- "$no" passport
'
test_case 'sessions' '
	promised subscriber logout && promised operator login && grep -q "\"role\": \"operator\"" answer
'
test_case 'what an administrator does' '
	promised administrator operator add -- --yes --name "He Jin" --role auditor --phone +8613800000009 --mail he.jin@example.test --person-lang zh &&
	sed "s/^version: 1\$/version: 3/" "$root/share/profiles/person-signature.yaml" >profile.yaml && promised administrator apply -- --yes -f profile.yaml
'
test_case 'documents' '
	sed "s/^version: 1\$/version: 4/" "$root/share/profiles/person-signature.yaml" >next.yaml &&
	{ demo_as administrator signet --json diff -f next.yaml >answer 2>err; [ $? -le 1 ]; } && /usr/bin/python3 -B "$root/tests/flow/answer.py" src/cli/answer.def diff <answer && : >tried/diff &&
	promised administrator get -- roster && promised administrator profile list && promised administrator profile get -- person-signature
'
test_case 'the outbox; what has left is not sent again, nor taken back' '
	promised operator outbox list && id=$(value id) && promised operator outbox show -- "$id" &&
	expect_refusal state demo_as operator signet --json outbox retry "$id" && expect_refusal state demo_as operator signet --json outbox void "$id" &&
	: >"tried/outbox retry" && : >"tried/outbox void"
'
test_case 'the log' '
	promised administrator crl list && promised administrator audit checkpoint && promised administrator audit checkpoints && promised administrator audit key &&
	promised administrator audit && promised administrator audit verify && promised administrator audit export -- --out log.jsonl && [ -s log.jsonl ]
'
test_case 'set-up, on a machine of its own' '
	demo_stop && demo_new "$work/second" "$(demo_port_find)" && demo_start &&
	signet --json ca init -f "$demo_data/plan.yaml" --root-out "$demo_data/root" --root-pass-file "$demo_data/root-pass" >answer &&
	/usr/bin/python3 -B "$root/tests/flow/answer.py" src/cli/answer.def "ca init" <answer && demo_ready &&
	signet --json operator bootstrap >answer && /usr/bin/python3 -B "$root/tests/flow/answer.py" src/cli/answer.def "operator bootstrap" <answer &&
	: >"tried/ca init" && : >"tried/operator bootstrap"
'
test_case 'a failure is one problem on standard error, and nothing on standard output' '
	for line in "64 frobnicate" "64 list --bogus" "64 revoke AB" "77 --session $work/none list" "75 --server https://localhost:1 profiles"; do
		expect_exit "${line%% *}" signet --json ${line#* } && [ ! -s out ] &&
		/usr/bin/python3 -c "import json, sys; p = json.load(sys.stdin); sys.exit(not all(p[k] for k in (\"code\", \"detail\", \"next\")))" <err || return 1
	done
'
# What has a flow of its own need not be here too.
sed -n 's/^X("\([^"]*\)".*/\1/p' "$root/src/cli/answer.def" | while IFS= read -r words; do
	[ -e "tried/$words" ] || grep -q -e "--json $words" "$root"/tests/flow/*.sh || echo "# never asked for with --json: $words"
done
test_case 'each of the commands above was tried' '[ "$(find tried -type f | wc -l)" -ge 28 ]'
test_done
