#!/bin/sh
# start: from exec to the first good answer of a service that has its CA, beside nginx; then after kill -9.
. bench/lib.sh
bench_up
curl -sf "http://localhost:$bench_plain/ca/management-g1.cer" -o "$work/file" || bench_die 'no CA certificate'
bench_nginx "$work/file"
kill "$bench_nginx_pid" && wait "$bench_nginx_pid"
bench_nginx_pid=
# until_answer URL COMMAND...: milliseconds
until_answer() {
	answer_url=$1
	shift
	/usr/bin/python3 bench/until.py "$answer_url" "$@"
}
round() {
	demo_stop || bench_die 'it does not stop'
	echo "nginx $(until_answer "http://127.0.0.1:$nginx_port/file" nginx -p "$work/nginx" -c "$work/nginx/nginx.conf")" &&
		echo "empty $(until_answer "http://localhost:$bench_plain/ca/management-g1.cer" "$BUILD/src/cmd/signetd" --config "$demo_data/signetd.conf")" &&
		echo "killed $(until_answer "http://localhost:$bench_plain/ca/management-g1.cer" "$BUILD/src/cmd/signetd" --config "$demo_data/signetd.conf")"
}
bench_run 3 round
# shellcheck disable=SC2154 # m_*: bench_run
{
	bench_row start start_empty_ms "$m_empty" ms "$(of "$m_empty" "$m_nginx")" nginx 3 '(limit 4.0, aim 1.5)' 'to the first answer'
	bench_row start start_killed_ms "$m_killed" ms "$(of "$m_killed" "$m_nginx")" nginx 3 '' 'the same after kill -9'
}
