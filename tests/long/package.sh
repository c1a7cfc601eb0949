#!/bin/sh
# The Debian packages in a bare Debian 12: built, installed, configured, started by hand and by systemd, upgraded, removed,
# purged. Needs root, and a mirror of Debian; the bare system lies under TMPDIR and goes at the end.
#
# In the bare system the same file is run again: "package.sh chroot" with no init, "package.sh booted" under systemd.
stage=${1:-outside}
. "$(dirname "$0")/../flow/lib.sh"

log=/var/log/signetd-by-hand.log
conf=/etc/signet/signetd.conf

# Values into the example, as a person would: set_key FILE KEY VALUE
set_key() { sed -i "s|^#\{0,1\}$2:.*|$2: $3|" "$1" && grep -q "^$2: " "$1"; }
ready() { signet health >ready.out 2>&1; }
start_by_hand() {
	demo_log=$log
	env "$@" /usr/sbin/signetd --config $conf 2>>$log </dev/null &
	demo_pid=$!
	demo_wait 30 answers
}
answers() { signet --json health 2>/dev/null | grep -q '"ready"'; }
apt() { DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends -o Dpkg::Use-Pty=0 "$@"; }
# Each child of PID: role, user, effective capabilities, seccomp mode.
children() {
	for status in /proc/[0-9]*/status; do
		grep -qsx "PPid:[[:space:]]$1" "$status" || continue
		role=$(tr '\0' '\n' <"${status%status}cmdline" | tail -1)
		awk -v role="$role" '/^Uid:/ {u = $2} /^CapEff:/ {c = $2} /^Seccomp:/ {s = $2} END {print role, u, c, s}' "$status"
	done
}
child_pid() {
	for line in /proc/[0-9]*/cmdline; do
		[ "$(tr '\0' ' ' <"$line" 2>/dev/null)" = "signetd --child $1 " ] && basename "${line%/cmdline}" && return
	done
	return 1
}
kill_child() { kill -9 "$(child_pid "$1")"; }
make_ca() { signet ca init -f "$1" --root-out "$2" --root-pass-file pass && demo_wait 30 ready; }
# All that has our name, outside of what this test brought along.
traces() {
	find / -xdev -name '*signet*' ! -path "$root*" ! -path "$work*" ! -path '/root/*' ! -path '/proc/*' ! -path '/sys/*' \
		! -path /etc/credstore/signet.unlock ! -path $log
}
# The next stage goes on counting.
hand_over() {
	echo "$test_count $test_bad" >/root/count
	exit 0
}
take_over() { read -r test_count test_bad </root/count; }

cases_chroot() {
	take_over
	umask 022
	(umask 077 && echo 0123456789abcdefgh >pass)
	plan=/usr/share/doc/signet/examples/plan.yaml

	test_case 'both install in a bare system with nothing but what they name' '
		apt update && apt install /root/deb/*.deb pinentry-tty && [ -z "$(dpkg --verify signet signet-agent)" ]
	'
	test_case 'no library is missing, and nobody but root may write the programs' '
		for p in /usr/sbin/signetd /usr/bin/signet /usr/bin/signet-agent; do
			ldd $p >libraries && ! grep "not found" libraries && [ "$(stat -c "%U %a" $p)" = "root 755" ] || return 1
		done
	'
	test_case 'front and signer have users of their own, without a shell' '
		[ "$(id -u signet)" -ne "$(id -u signet-signer)" ] && [ "$(grep -c "^signet.*:/usr/sbin/nologin$" /etc/passwd)" -eq 2 ]
	'
	test_case 'the unit is without fault and exposes little' '
		systemd-analyze verify --man=no signetd.service >out 2>&1; cat out; [ ! -s out ] &&
		systemd-analyze security --offline=yes --threshold=30 signetd.service
	'
	test_case 'the untouched configuration is refused, and the refusal names the first key' '
		expect_exit 78 signetd --check && grep -q "environment" err
	'
	test_case 'the example has a line for each key, with the preset that counts' '
		cp $conf example && set_key example environment test && set_key example public_url https://localhost:8443 &&
		set_key example public_http_url http://localhost:8445 && signetd --config example --print-config >keys &&
		[ "$(wc -l <keys)" -gt 20 ] &&
		while IFS= read -r line; do
			grep -q "^#\{0,1\}${line%%:*}:" example || { echo "no line for $line"; return 1; }
		done <keys &&
		sed "s/^#\([a-z_]*: \)/\1/" example >plain && signetd --config plain --print-config | diff keys -
	'
	test_case 'configured, it starts as root and says what is missing' '
		for pair in environment=test public_url=https://localhost:8443 public_http_url=http://localhost:8445 \
			mail_driver=spool sms_driver=spool; do
			set_key $conf ${pair%%=*} "${pair#*=}" || return 1
		done
		(umask 077 && head -c 24 /dev/urandom | base64 >/var/lib/signet/unlock)
		signetd --check && start_by_hand && expect_exit 75 signet health && grep -q "ca init" out
	'
	test_case 'each of its processes has the rights of its row' '
		children $demo_pid | sort >got
		{
			echo "front $(id -u signet) 0000000000000000 2"
			echo "jobs $(id -u signet) 0000000000000000 2"
			echo "signer $(id -u signet-signer) 0000000000000000 2"
		} | diff - got
	'
	! grep -q sandbox.warn $log || : >/root/warned # a kernel that cannot, not our unit
	test_case 'signet ca init by the example of a plan; then it is healthy' 'make_ca $plan /root/ca'
	test_case 'the agent of a person without rights puts a certificate on a token, by the files of root' '
		apt install softhsm2 && useradd -m person && install -d /opt/window && install -m 755 "$root/share/demo/pinentry-demo" /opt/window/pinentry &&
		echo 230001 >/opt/window/pin && install -m 666 /dev/null /opt/window/seen &&
		install -d -o person /home/person/tokens && printf "directories.tokendir = /home/person/tokens\n" >/etc/signet/person-token.conf &&
		su person -c "SOFTHSM2_CONF=/etc/signet/person-token.conf softhsm2-util --init-token --free --label person --so-pin 87654321 --pin 230001" &&
		sed -i "s|^pinentry:.*|pinentry-double: /opt/window/pinentry|" /etc/signet/agent.conf &&
		sed -i -e "/^modules: /d" -e "s/^#modules/modules/" -e "/driver: softhsm/,/SOFTHSM2_CONF/s/^#//" \
			-e "s|/etc/softhsm/softhsm2.conf|/etc/signet/person-token.conf|" /etc/signet/modules.conf &&
		sed -i -e "1,/^origins: /d" -e "s/^#//" -e "s|https://pki.example.org|https://localhost:8443|" -e "s/production/test/" \
			-e "s|role: user|role: ra|" \
			-e "s|job-key:.*|job-key: $(sed /^-/d /root/ca/job-key.pem | tr -d "\n")|" /etc/signet/origins.conf &&
		install -m 644 /root/ca/root.pem /opt/window/root.pem && signet --json operator bootstrap >codes &&
		for half in reference code; do sed -n "s/.*\"$half\": \"\([^\"]*\)\".*/\1/p" codes; done >typed && [ "$(wc -l <typed)" -eq 2 ] &&
		su person -c "signet-agent enrol --server https://localhost:8443 --ca /opt/window/root.pem" <typed &&
		su person -c "signet-agent --json certs" >certs.json && grep -q "\"serial\": \"[0-9a-f]\{36\}\"" certs.json
	'
	sed -n 's/.*"serial": "\([0-9a-f]*\)".*/\1/p' certs.json 2>/dev/null | head -1 >/root/serial
	known='expect_exit 0 signet --server https://localhost:8443 --ca /root/ca/root.pem inquire "$(cat /root/serial)" --issuer management-g1'
	test_case 'an upgrade under the running service keeps configuration and data' '
		cp $conf before && dpkg -i --force-confold /root/newer/*.deb && cmp before $conf && grep -qx "# next" $conf.dpkg-dist &&
		[ "$(dpkg-query -W -f "\${Version}" signet)" = "$(cat /root/next)" ] && ready
	'
	test_case 'what must start again before the restart is of the version that runs' 'kill_child front && sleep 1 && demo_wait 30 ready'
	test_case 'a drain ends with 0; the new version takes the secret as systemd hands it over, and knows what was issued' '
		demo_stop && install -d -m 700 /run/given && mv /var/lib/signet/unlock /run/given/unlock && chmod 400 /run/given/unlock &&
		start_by_hand CREDENTIALS_DIRECTORY=/run/given && demo_wait 30 ready && eval "$known"
	'
	test_case 'removed: no program is left, configuration and data are' '
		demo_stop && apt remove signet signet-agent && ! ls /usr/bin/signet* /usr/sbin/signet* && [ ! -e /lib/systemd/system/signetd.service ] &&
		cmp before $conf && [ -s /var/lib/signet/store/signet.db ] && [ -s /etc/signet/origins.conf ]
	'
	test_case 'installed again: the same CA, the same certificates' '
		apt install /root/newer/*.deb && cmp before $conf && start_by_hand CREDENTIALS_DIRECTORY=/run/given && demo_wait 30 ready && eval "$known"
	'
	test_case 'purged: a test installation is gone without a trace' '
		demo_stop && rm -f /etc/signet/person-token.conf && apt purge signet signet-agent && traces >left && ! grep . left
	'
	test_case 'a production CA is made' '
		apt install /root/deb/*.deb && for pair in environment=production public_url=https://pki.example.org \
			public_http_url=http://pki.example.org policy_arc=2.25.1234567890 soft_keys=yes; do
			set_key $conf ${pair%%=*} "${pair#*=}" || return 1
		done
		sed "s/ TEST$//; /^profiles:/i\\  - name: Li Na\n    phone: \"+8613800000002\"\n    mail: second@example.org\n    lang: zh" $plan >plan.yaml &&
		start_by_hand CREDENTIALS_DIRECTORY=/run/given && signet ca init -f plan.yaml --root-out production-ca --root-pass-file pass
	'
	test_case 'purged: its keys, journal and log stay, and the words say so' '
		demo_stop && apt purge signet signet-agent >out 2>&1 && grep -q "it stays" out && [ ! -e $conf ] &&
		[ -s /var/lib/signet/signer/house ] && [ -s /var/lib/signet/store/signet.db ] && [ -d /var/lib/signet/signer/keys ]
	'
	rm -rf /var/lib/signet
	test_case 'a package that was never configured purges too' '
		apt install /root/deb/*.deb && apt purge signet signet-agent && traces >left && ! grep . left
	'
	apt install /root/deb/*.deb >/dev/null 2>&1
	hand_over
}

cases_booted() {
	take_over
	(umask 077 && echo 0123456789abcdefgh >pass)
	property() { systemctl show -P "$1" signetd.service; }

	test_case 'installed, it is neither enabled nor started' '
		[ "$(systemctl is-enabled signetd)" = disabled ] && [ "$(systemctl is-active signetd)" = inactive ]
	'
	test_case 'not configured, it does not start, and is not tried again' '
		! systemctl start signetd && sleep 6 && [ "$(property ExecMainStatus)" = 78 ] && [ "$(property NRestarts)" = 0 ]
	'
	test_case 'systemd starts it with the credential, and waits until it is ready' '
		set_key $conf environment test && set_key $conf public_url https://localhost:8443 &&
		set_key $conf public_http_url http://localhost:8445 &&
		(umask 077 && head -c 24 /dev/urandom | base64 >/etc/credstore/signet.unlock) && systemctl reset-failed signetd &&
		systemctl enable --now signetd && expect_exit 75 signet health
	'
	test_case 'under the hardening of the unit it makes a CA and is healthy' 'make_ca /usr/share/doc/signet/examples/plan.yaml /root/booted-ca'
	test_case 'the unit takes no sandbox of ours away' '[ -e /root/warned ] || ! journalctl -u signetd | grep sandbox.warn'
	test_case 'each of its processes has the rights of its row' '
		children "$(property MainPID)" | sort >got
		{
			echo "front $(id -u signet) 0000000000000000 2"
			echo "jobs $(id -u signet) 0000000000000000 2"
			echo "signer $(id -u signet-signer) 0000000000000000 2"
		} | diff - got
	'
	test_case 'a killed signer comes back, and gets its secret again' 'kill_child signer && sleep 1 && demo_wait 30 ready && [ "$(property NRestarts)" = 0 ]'
	test_case 'reload, and longer than the watchdog waits' 'systemctl reload signetd && sleep 35 && [ "$(property NRestarts)" = 0 ] && ready'
	test_case 'a killed monitor takes all with it, and systemd starts them anew' '
		old=$(property MainPID) && kill -9 "$old" && sleep 7 && demo_wait 30 ready && [ "$(property MainPID)" != "$old" ] && [ "$(property NRestarts)" = 1 ]
	'
	test_case 'an upgrade starts the new version' '
		old=$(property MainPID) && dpkg -i --force-confold /root/newer/*.deb && [ "$(property MainPID)" != "$old" ] && demo_wait 30 ready &&
		[ "$(readlink "/proc/$(property MainPID)/exe")" = /usr/sbin/signetd ]
	'
	test_case 'stopping is a drain that ends with 0' 'systemctl stop signetd && [ "$(property Result) $(property ExecMainStatus)" = "success 0" ]'
	test_case 'removing stops it; purging leaves nothing' '
		systemctl start signetd && dpkg -r signet signet-agent && ! child_pid signer && dpkg -P signet signet-agent && traces >left && ! grep . left
	'
	hand_over
}

# Commands in the bare system, in name spaces that end with them; no mount is ever seen outside.
in_bare() {
	unshare -m -p -f --mount-proc sh -c '
		bare=$1 && shift &&
		mount --bind "$bare" "$bare" && mount -t proc proc "$bare/proc" && mount --rbind /dev "$bare/dev" &&
		mount -t tmpfs tmpfs "$bare/tmp" && mount -t tmpfs tmpfs "$bare/run" &&
		exec chroot "$bare" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 "$@"
	' in_bare "$bare" "$@"
}
make_bare() {
	# shellcheck disable=SC2016 # apt-get fills these in
	chmod 755 "$bare"
	mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Codename: bookworm' | head -1)
	debootstrap --variant=minbase bookworm "$bare" "${mirror:-http://deb.debian.org/debian}" &&
		apt-config dump Acquire >"$bare/etc/apt/apt.conf.d/50machine" &&
		cp -L /etc/resolv.conf /etc/hosts "$bare/etc/" && mkdir "$bare/root/signet" &&
		cp -R "$root/tests" "$root/share" "$bare/root/signet/" && cp -R deb newer next "$bare/root/"
}
# The same contents under a later version, with another preset configuration.
make_newer() {
	mkdir newer
	for deb in deb/*.deb; do
		dpkg-deb -R "$deb" parts && sed -i 's/^Version: .*/&+next/' parts/DEBIAN/control || return
		[ ! -e parts/etc/signet/signetd.conf ] || echo '# next' >>parts/etc/signet/signetd.conf
		dpkg-deb --root-owner-group -b parts newer && dpkg-deb -f "$deb" Version | sed 's/$/+next/' >next && rm -r parts || return
	done
}
run_stage() {
	echo "$test_count $test_bad" >"$bare/root/count"
	"$@"
	read -r count bad <"$bare/root/count"
	[ "$count" -gt "$test_count" ] || return
	test_count=$count test_bad=$bad
}
boot() {
	cat >"$bare/etc/systemd/system/package-test.service" <<-'END'
		[Unit]
		SuccessAction=exit-force
		FailureAction=exit-force
		Requires=sysinit.target
		After=sysinit.target
		[Service]
		Type=oneshot
		Environment=LC_ALL=C.UTF-8 HOME=/root
		ExecStart=/root/signet/tests/long/package.sh booted
		StandardOutput=file:/root/booted.out
	END
	# nspawn's own filter knows no Landlock.
	timeout 600 systemd-nspawn -q -D "$bare" --register=no --keep-unit --private-network --link-journal=no \
		--system-call-filter='landlock_create_ruleset landlock_add_rule landlock_restrict_self' \
		/lib/systemd/systemd systemd.unit=package-test.service </dev/null >boot.out 2>&1
	[ ! -e "$bare/root/booted.out" ] || cat "$bare/root/booted.out"
}

case $stage in
chroot) cases_chroot ;;
booted) cases_booted ;;
outside) ;;
*) exit 64 ;;
esac
if [ "$(id -u)" != 0 ]; then
	echo 'not ok 1 - a bare system can be made (needs root)'
	echo 1..1
	exit 1
fi
bare=$(mktemp -d "${TMPDIR:-/tmp}/signet-bare.XXXXXX")
trap 'test_end; rm -rf --one-file-system "$bare"' EXIT

test_case 'the packages build' '"$root/packaging/build-deb" "$work/deb" && rm deb/build.log && make_newer'
test_case 'a second build gives the same octets' '
	"$root/packaging/build-deb" "$work/again" && for deb in deb/*.deb; do cmp "$deb" "again/${deb##*/}" || return 1; done
'
test_case 'a bare Debian 12 is made' 'make_bare'
[ $test_bad -eq 0 ] || test_done
run_stage in_bare /root/signet/tests/long/package.sh chroot || { test_bad=1 && echo 'not ok - the cases in the bare system ran to their end'; }
if command -v systemd-nspawn >/dev/null && [ -w /sys/fs/cgroup ]; then
	run_stage boot || { test_bad=1 && echo 'not ok - the cases under systemd ran to their end' && tail -20 boot.out | sed 's/^/# /'; }
else
	echo '# systemd cannot be booted in a container here; its unit was only verified'
fi
test_done
