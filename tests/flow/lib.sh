# What every flow test begins with: . "$(dirname "$0")/lib.sh"
#
#	test_case 'a stranger learns nothing' '
#		expect_exit 77 signet list &&
#		grep -q auth-required err
#	'
#	test_done
#
# A case is a piece of shell in one pair of quotes, run in the folder $work; it passes when its last command does.
# Programs come from $BUILD (default build/). All that a test starts is stopped at its end.
# shellcheck shell=sh
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
: "${BUILD:=$root/build}"
case $BUILD in /*) ;; *) BUILD=$root/$BUILD ;; esac
unset SSL_CERT_FILE SSL_CERT_DIR CURL_CA_BUNDLE REQUESTS_CA_BUNDLE
export LC_ALL=C.UTF-8 BUILD
PATH=$BUILD/src/cmd:$PATH

work=$(mktemp -d "${TMPDIR:-/tmp}/signet-flow.XXXXXX")
test_count=0
test_bad=0
cd "$work" || exit 70

demo_root=$root
# shellcheck source=share/demo/demo.sh
. "$root/share/demo/demo.sh"

test_end() {
	demo_stop
	cd / && rm -rf "$work"
}
trap test_end EXIT
trap 'exit 130' INT TERM

# A function of its own, so that "return 1" in a case ends the case and is its result.
test_run() { eval "$1"; }

# test_case WORDS SHELL
test_case() {
	test_count=$((test_count + 1))
	if test_run "$2" >"$work/case.out" 2>&1; then
		echo "ok $test_count - $1"
	else
		test_bad=$((test_bad + 1))
		echo "not ok $test_count - $1"
		sed 's/^/# /' "$work/case.out" | tail -40
		if [ -s "${demo_log:-/dev/null}" ]; then
			echo '# the last lines of signetd:'
			tail -15 "$demo_log" | sed 's/^/# /'
		fi
	fi
	cd "$work" || exit 70
}

# expect_exit CODE COMMAND...: its output goes to the files out and err.
expect_exit() {
	expect_code=$1
	shift
	"$@" >out 2>err
	expect_got=$?
	[ $expect_got -eq "$expect_code" ] && return 0
	echo "exit $expect_got, not $expect_code: $*"
	cat out err
	return 1
}

# expect_refusal SLUG COMMAND...: the command fails, and its --json answer names the failure.
expect_refusal() {
	refusal_slug=$1
	shift
	if "$@" >out 2>err; then
		echo "it was not refused: $*"
		return 1
	fi
	grep -q "\"code\": *\"$refusal_slug\"" out err && return 0
	echo "it was refused, but not as $refusal_slug: $*"
	cat out err
	return 1
}

# A place for the service; with SIGNET_TEST_POSTGRES (tests/postgres.sh) its store is a database of its own there.
place_new() {
	if [ -n "${SIGNET_TEST_POSTGRES:-}" ]; then
		place_base=signet_flow_$$
		psql -qX -d "$SIGNET_TEST_POSTGRES" -c "CREATE DATABASE $place_base" || return
		demo_store=$(echo "$SIGNET_TEST_POSTGRES" | sed "s|/postgres?|/$place_base?|")
	fi
	demo_new "$work/data" "$(demo_port_find)"
}

# A running service with administrator and operator signed in; ends the test when it cannot be had.
server_up() {
	if ! { place_new && demo_start && demo_ca && demo_people; } >"$work/server.out" 2>&1; then
		echo 'not ok 1 - the service starts'
		tail -30 "$work/server.out" | sed 's/^/# /'
		tail -15 "$demo_log" | sed 's/^/# /'
		exit 1
	fi
}

# Can a program be shown another day? The sanitizers do not bear with faketime.
time_moves() { ! grep -q __asan_init "$BUILD/src/cmd/signetd"; }

# The end of every flow test.
test_done() {
	echo "1..$test_count"
	[ $test_bad -eq 0 ]
	exit
}
