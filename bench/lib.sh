# What the benches that need a running service begin with: . bench/lib.sh, with BUILD set by script/bench.
#
#	bench_up                     a service with a CA and people, in a folder of its own; gone at the end
#	bench_nginx FILE             nginx on loopback that serves a copy of FILE as /file; its port in nginx_port
#	bench_cpu_us PID             CPU that PID and its children have used so far, in microseconds
#	bench_load NAME ARG...       bench-load; sets NAME_requests NAME_rate NAME_p50 NAME_p99, and fails on any error
#	bench_run ROUNDS FUNCTION    calls it ROUNDS times; each call prints "metric value" lines; medians in m_METRIC
#	bench_row BENCH METRIC VALUE UNIT RATIO RATIO_TO RUNS LIMIT WORDS
# shellcheck shell=sh
set -u
root=$(pwd)
export LC_ALL=C.UTF-8 BUILD
work=$(mktemp -d "${TMPDIR:-/tmp}/signet-bench.XXXXXX")
demo_root=$root
# shellcheck source=share/demo/demo.sh
. share/demo/demo.sh
bench_nginx_pid=

bench_end() {
	demo_stop
	[ -z "$bench_nginx_pid" ] || kill "$bench_nginx_pid" 2>/dev/null
	cd / && rm -rf "$work"
}
trap bench_end EXIT
trap 'exit 130' INT TERM

bench_die() {
	echo "bench: $*" >&2
	exit 1
}

bench_up() {
	if ! { demo_new "$work/data" "$(demo_port_find)" && demo_start && demo_ca && demo_people; } >"$work/up.log" 2>&1; then
		tail -20 "$work/up.log" >&2
		bench_die 'the service does not start'
	fi
	bench_host=localhost
	bench_plain=$((demo_port + 2))
}

bench_nginx() {
	nginx_port=$(demo_port_find)
	mkdir -p "$work/nginx/html" && cp "$1" "$work/nginx/html/file" || bench_die 'nginx'
	cat >"$work/nginx/nginx.conf" <<-END
		daemon off; worker_processes 2; pid $work/nginx/pid; error_log $work/nginx/error.log;
		events { worker_connections 4096; }
		http {
			access_log off; keepalive_requests 100000000; default_type application/octet-stream; sendfile on;
			server { listen 127.0.0.1:$nginx_port reuseport; root $work/nginx/html; error_page 405 =200 \$uri; }
		}
	END
	[ "$(id -u)" != 0 ] || sed -i '1i user root;' "$work/nginx/nginx.conf"
	nginx -p "$work/nginx" -c "$work/nginx/nginx.conf" 2>"$work/nginx/start.log" &
	bench_nginx_pid=$!
	demo_wait 5 curl -sf -o /dev/null "http://127.0.0.1:$nginx_port/file" || bench_die "nginx: $(cat "$work/nginx/start.log")"
}

# Ticks of the process and its children, which are few and live long.
bench_cpu_us() {
	for bench_pid in "$1" $(pgrep -P "$1"); do
		cat "/proc/$bench_pid/stat" 2>/dev/null
	done | sed 's/.*) //' | awk -v hz="$(getconf CLK_TCK)" '{n += $12 + $13} END {printf "%d\n", n * 1000000 / hz}'
}

bench_number() { sed -n "s/.*\"$1\":\\([0-9.]*\\).*/\\1/p" "$work/load.json"; }
bench_load() {
	bench_name=$1
	shift
	"$BUILD/bench/bench-load" "$@" >"$work/load.json" 2>"$work/load.err" || bench_die "load: $(cat "$work/load.err")"
	[ "$(bench_number errors)" = 0 ] || bench_die "$bench_name: $(bench_number errors) wrong answers: $(sort "$work/load.err" | uniq -c | head -3)"
	eval "${bench_name}_requests=$(bench_number requests) ${bench_name}_rate=$(bench_number rate) ${bench_name}_p50=$(bench_number p50_us) ${bench_name}_p99=$(bench_number p99_us)"
}

bench_run() {
	: >"$work/rounds"
	bench_rounds=$1
	while [ "$bench_rounds" -gt 0 ]; do
		"$2" >>"$work/rounds" || exit 1
		bench_rounds=$((bench_rounds - 1))
	done
	eval "$(sort -k1,1 -k2,2n "$work/rounds" | awk '
		function out() {if (n) print "m_" name "=" v[int((n + 1) / 2)]}
		$1 != name {out(); name = $1; n = 0}
		{v[++n] = $2}
		END {out()}')"
}

# of A B: A / B, or A B C: A * B / C, with three digits.
of() { awk -v a="$1" -v b="$2" -v c="${3:-}" 'BEGIN {printf "%.3f\n", c == "" ? a / b : a * b / c}'; }

bench_row() {
	if [ "${BENCH_JSON:-}" = 1 ]; then
		printf '{"bench":"%s","metric":"%s","value":%s,"unit":"%s","ratio":%s,"ratio_to":"%s","runs":%s}\n' "$1" "$2" "$3" "$4" "$5" "$6" "$7"
	else
		printf '%-8s %-28s %12s %-4s %8s × %-8s %s\n' "$1" "$9" "$3" "$4" "$5" "$6" "$8"
	fi
}
