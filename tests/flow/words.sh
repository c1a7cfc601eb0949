#!/bin/sh
# What the command line says when something is wrong names the next step, in English, Chinese and Russian.
. "$(dirname "$0")/lib.sh"
server_up
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout other.key -out other.pem -subj /CN=Other -days 2 2>/dev/null
mkdir -p bogus && printf '{"%s": {"session": "bogus", "role": "operator", "name": "x", "expires": "2026-01-01T00:00:00Z"}}\n' "$demo_url" >bogus/session
chmod 600 bogus/session

# says EXIT WORDS SIGNET...: it fails with this status, and in each language WORDS stand in the line of the next step.
says() {
	says_exit=$1 says_words=$2
	shift 2
	for says_lang in en zh ru; do
		expect_exit "$says_exit" signet --lang "$says_lang" "$@" && [ ! -s out ] || return 1
		sed -n 2p err | grep -qF -e "$says_words" || { echo "$says_lang: no '$says_words'"; cat err; return 1; }
		case $says_lang in
		zh) sed 1,2!d err | grep -qP "\p{Han}" || { cat err; return 1; } ;;
		ru) sed 1,2!d err | grep -qP "\p{Cyrillic}" || { cat err; return 1; } ;;
		esac
	done
}
test_case 'an unknown command: the nearest one' 'says 64 "audit verify" aduit verfy && says 64 "signet --help" xyzzy'
test_case 'half a command: the whole ones' 'says 64 "signet operator add" operator'
test_case 'an unknown option: the nearest one; one of another command: where the right ones are' '
	says 64 "--json" list --jsno && says 64 "signet list --help" list --reason x
'
test_case 'a missing option: what it is' 'says 64 "--reason WORDS" revoke 00AB'
test_case 'a missing argument: where it is explained' 'says 64 "signet show --help" show'
test_case 'no server named: which option and variable do' '
	SIGNET_SERVER= && export SIGNET_SERVER && says 64 SIGNET_SERVER list
	said=$?; export SIGNET_SERVER="$demo_url"; [ $said -eq 0 ]
'
test_case 'no server there: what to look at' '
	says 75 SIGNET_SERVER --server https://localhost:1 profiles && says 75 systemctl --socket "$work/none" health
'
test_case 'nobody is signed in, or no longer: how to' '
	says 77 "signet login" --session "$work/none" list && says 77 "signet login" --session "$work/bogus/session" list
'
test_case 'another CA: which option names the right one, and not to go on' '
	says 76 SIGNET_CA --ca "$work/other.pem" profiles && says 66 "" --ca "$work/none.pem" profiles
'
test_case 'each option is in its place in each language of the help' '
	for lang in en zh ru; do
		signet --lang $lang --help >help && [ "$(grep -c "^  [a-z]" help)" -gt 20 ] && ! grep -q "cli\." help || return 1
	done
'
test_case 'a table with Chinese in it keeps its columns' '
	demo_phone_login other >/dev/null && for name in "王伟" "Ivan Petrov"; do
		demo_as other signet submit person-signature --consent country=CN name="$name" mail="$(demo_address other)" \
			phone="$(demo_phone other)" >/dev/null || return 1
	done
	demo_as other signet --lang zh list >table && cat table && /usr/bin/python3 - <<-END
		import re, unicodedata
		columns = lambda s: sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in s)
		begins = lambda row: [columns(row[:m.start(1)]) for m in re.finditer(r"(?:^|  )(\S)", row)]
		head, *rows = open("table", encoding="utf-8").read().rstrip("\n").split("\n")
		assert len(rows) == 2 and all(set(begins(row)) <= set(begins(head)) for row in rows), [begins(r) for r in (head, *rows)]
	END
'
test_done
