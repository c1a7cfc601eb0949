#!/bin/sh
# tls: new TLS 1.3 connections, and kept ones against plain HTTP (a Nagle trap shows as 40 ms).
. bench/lib.sh
seconds=${BENCH_SECONDS:-4}
bench_up
printf '{}' >"$work/body"
round() {
	tls_from=$(bench_cpu_us "$demo_pid")
	bench_load new --tls --new --connections 4 --seconds "$seconds" localhost "$demo_port" /api/v1/environment
	echo "new_us $(of $(($(bench_cpu_us "$demo_pid") - tls_from)) "$new_requests")"
	bench_load kept --tls --connections 1 --seconds 2 --post "$work/body" --type application/json localhost "$demo_port" /api/v1/sign-in/challenge
	echo "kept_us $kept_p50"
	bench_load plain --connections 1 --seconds 2 --same localhost "$bench_plain" /ca/management-g1.cer
	echo "plain_us $plain_p50"
}
bench_run 3 round
# shellcheck disable=SC2154 # m_*: bench_run
{
	bench_row tls cpu_us_per_connection "$m_new_us" us 1 none 3 '' 'a new connection'
	bench_row tls kept_p50_us "$m_kept_us" us "$(of "$m_kept_us" "$m_plain_us")" plain 3 '(limit 3.0)' 'POST on a kept one, p50'
}
