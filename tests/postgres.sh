#!/bin/sh
# postgres.sh COMMAND...: run COMMAND with SIGNET_TEST_POSTGRES naming a PostgreSQL of its own: a new cluster in a
# temporary folder, reached by a socket only, gone afterwards.
set -eu
bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)
dir=$(mktemp -d "${TMPDIR:-/tmp}/signet-postgres.XXXXXX")
# The server does not run as root.
if [ "$(id -u)" = 0 ]; then
	chown postgres "$dir"
	as='setpriv --reuid=postgres --regid=postgres --clear-groups'
else
	as=
fi
cd "$dir"
end() {
	$as "$bin/pg_ctl" -D "$dir/data" -m immediate -w stop >/dev/null 2>&1 || :
	cd / && rm -rf "$dir"
}
trap end EXIT
trap 'exit 130' INT TERM
$as "$bin/initdb" -D data -U signet -A trust -E UTF8 --locale=C.UTF-8 --no-instructions >init.log 2>&1 || { cat init.log >&2; exit 70; }
# Nothing here outlives the machine: no waiting for disks.
cat >>data/postgresql.conf <<CONF
listen_addresses = ''
unix_socket_directories = '$dir'
unix_socket_permissions = 0777
max_connections = 200
fsync = off
full_page_writes = off
client_min_messages = warning
autovacuum = off
deadlock_timeout = 50ms
CONF
chmod 755 "$dir"
$as "$bin/pg_ctl" -D data -l "$dir/server.log" -w start >start.log 2>&1 || { cat start.log "$dir/server.log" >&2; exit 70; }
SIGNET_TEST_POSTGRES="postgresql://signet@/postgres?host=$dir"
export SIGNET_TEST_POSTGRES
cd "$OLDPWD"
"$@"
