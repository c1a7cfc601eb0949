#!/bin/sh
# ocsp: what a status answer costs the service over kept connections, beside nginx serving a file of the same size under
# the same load: ready answers by POST and by GET, then with a nonce, each signed.
. bench/lib.sh
seconds=${BENCH_SECONDS:-4}
bench_up
base=http://localhost:$bench_plain
curl -sf "$base/ca/management-g1.cer" | openssl x509 -inform der -out "$work/ca.pem" || bench_die 'no CA certificate'
serial=$(demo_as operator signet-agent --json certs | sed -n 's/.*"serial": *"\([0-9a-f]*\)".*/\1/p' | head -1)
openssl ocsp -no_nonce -issuer "$work/ca.pem" -serial "0x$serial" -reqout "$work/ready" >/dev/null 2>&1 || bench_die 'no request'
openssl ocsp -nonce -issuer "$work/ca.pem" -serial "0x$serial" -reqout "$work/nonce" >/dev/null 2>&1 || bench_die 'no request'
path=/ocsp/$(base64 -w0 "$work/ready" | sed 's/+/%2B/g; s,/,%2F,g; s/=/%3D/g')
curl -sf -H 'Content-Type: application/ocsp-request' --data-binary "@$work/ready" "$base/ocsp" -o "$work/answer" || bench_die 'no answer'
openssl ocsp -respin "$work/answer" -issuer "$work/ca.pem" -serial "0x$serial" -noverify 2>/dev/null | grep -q good || bench_die 'the answer is not good'
# Until what has just been installed has settled, answers are still signed anew.
ask() { curl -sf -H 'Content-Type: application/ocsp-request' --data-binary "@$work/ready" "$base/ocsp" -o "$1"; }
same() { ask "$work/one" && sleep 0.3 && ask "$work/two" && cmp -s "$work/one" "$work/two"; }
demo_wait 10 same || bench_die 'no answer is ready'
bench_nginx "$work/answer"
post() { printf '%s\n' --connections 16 --seconds "$seconds" --post "$1" --type application/ocsp-request; }
# cost METRIC PID ARG...: CPU a request, in microseconds
cost() {
	cost_name=$1 cost_pid=$2
	shift 2
	cost_from=$(bench_cpu_us "$cost_pid")
	bench_load cost "$@"
	echo "$cost_name $(of $(($(bench_cpu_us "$cost_pid") - cost_from)) "$cost_requests")"
}
round() {
	# shellcheck disable=SC2046 # words
	cost nginx "$bench_nginx_pid" --connections 16 --seconds "$seconds" --same 127.0.0.1 "$nginx_port" /file &&
		cost post "$demo_pid" $(post "$work/ready") --same localhost "$bench_plain" /ocsp &&
		cost get "$demo_pid" --connections 16 --seconds "$seconds" --same localhost "$bench_plain" "$path" &&
		cost signed "$demo_pid" $(post "$work/nonce") localhost "$bench_plain" /ocsp &&
		echo "sign $("$BUILD/bench/bench-sign")"
}
bench_run 3 round
# shellcheck disable=SC2154 # m_*: bench_run
{
	bench_row ocsp cpu_us_per_answer "$m_post" us "$(of "$m_post" "$m_nginx")" nginx 3 '(limit 2.0, aim 1.0)' 'ready answer, POST'
	bench_row ocsp cpu_us_per_get "$m_get" us "$(of "$m_get" "$m_nginx")" nginx 3 '(limit 2.0, aim 1.0)' 'ready answer, GET'
	bench_row ocsp cpu_us_per_signed_answer "$m_signed" us "$(of "$m_signed" "$m_sign")" sign 3 '(limit 2.5, aim 1.7)' 'with nonce, signed each'
}
