#!/bin/sh
# memory: what all processes of the service hold (PSS, so that what they share counts once), idle and after a load of
# status answers and pages.
. bench/lib.sh
bench_up
pss() {
	for p in "$demo_pid" $(pgrep -P "$demo_pid"); do cat "/proc/$p/smaps_rollup"; done |
		awk '/^Pss:/ {n += $2} END {printf "%.1f\n", n / 1024}'
}
sleep 3
idle=$(pss)
bench_load pages --tls --connections 64 --seconds 4 localhost "$demo_port" /api/v1/profiles
bench_load crl --connections 64 --seconds 4 --same localhost "$bench_plain" /crl/issuing-g1/0.crl
load=$(pss)
bench_row memory idle_mb "$idle" MB "$(of "$idle" 24)" limit 1 '(limit 24 MB, aim 20)' 'all processes, idle'
bench_row memory load_mb "$load" MB "$(of "$load" 64)" limit 1 '(limit 64 MB, aim 48)' 'all processes, after a load'
