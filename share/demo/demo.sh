# A test installation with three people, in one folder: for script/server, script/tour and tests/flow. To be read by
# a shell (. share/demo/demo.sh) that has set BUILD; every function fails with a status and words on standard error.
#
#	demo_new DATA PORT     configuration and secrets in DATA; portal PORT, machine PORT+1, plain PORT+2
#	                       (demo_key=KIND demo_ocsp_key=KIND: of which kind its keys shall be, preset ec-p256)
#	demo_start             start signetd, wait until it answers; demo_stop ends it
#	demo_ca                signet ca init; the root key goes to DATA/root
#	demo_people            administrator and operator enrolled and signed in; a token for the subscriber
#	demo_staff WHO ROLE    one more of them (operator2)
#	demo_as WHO COMMAND    run with WHO's token, session and agent
#	demo_enrol WHO         put a certificate on WHO's token with the newest codes in the spool
#	demo_phone_login WHO, demo_submit WHO (the number is in demo_no), demo_approve NO: the way to the codes
#	demo_reference WHO, demo_code WHO, demo_sms_code WHO    from the spools, each message once
# shellcheck shell=sh

demo_root=${demo_root:-$(cd "$(dirname "$0")/.." && pwd)}
demo_pid=
demo_log=
demo_hotline=400-880-9888

demo_fail() {
	echo "demo: $*" >&2
	return 1
}

# Who is who: phone, mail, name, PIN of the software token.
demo_person() {
	case $1 in
	administrator) echo '+8613800000001|admin@example.test|Wang Wei|230001' ;;
	operator) echo '+8613800000002|operator@example.test|Li Na|230002' ;;
	subscriber) echo '+8613800000003|zhang.min@example.test|Zhang Min|230003' ;;
	operator2) echo '+8613800000005|operator2@example.test|Chen Jie|230005' ;;
	supervisor) echo '+8613800000006|supervisor@example.test|Olga Petrova|230006' ;;
	auditor) echo '+8613800000007|auditor@example.test|Zhao Yan|230007' ;;
	other) echo '+8613800000004|ivan@example.test|Ivan Petrov|230004' ;;
	*) demo_fail "nobody is called $1" ;;
	esac
}
demo_of() { demo_person "$1" | cut -d'|' -f"$2"; }
demo_phone() { demo_of "$1" 1; }
demo_address() { demo_of "$1" 2; }
demo_name() { demo_of "$1" 3; }
demo_pin() { demo_of "$1" 4; }

# Is nothing listening on this TCP port of loopback?
demo_port_free() {
	demo_hex=$(printf '%04X' "$1")
	! awk -v p=":$demo_hex" '$4 == "0A" && substr($2, length($2) - 4) == p {found = 1} END {exit !found}' \
		/proc/net/tcp /proc/net/tcp6 2>/dev/null
}
# A port with two free ones behind it.
demo_port_find() {
	demo_try=$((20000 + $(od -An -N2 -tu2 /dev/urandom) % 20000))
	while ! { demo_port_free $demo_try && demo_port_free $((demo_try + 1)) && demo_port_free $((demo_try + 2)); }; do
		demo_try=$((demo_try + 3))
	done
	echo $demo_try
}

# listen PORT: on IPv4 and, where this machine has it, IPv6 loopback.
demo_listen() {
	if grep -q '^00000000000000000000000000000001 ' /proc/net/if_inet6 2>/dev/null; then
		echo "[127.0.0.1:$1, \"[::1]:$1\"]"
	else
		echo "[127.0.0.1:$1]"
	fi
}

demo_place() {
	mkdir -p "$1" && demo_data=$(cd "$1" && pwd) || return
	demo_port=$2
	demo_log=$demo_data/signetd.log
	demo_url=https://localhost:$demo_port
	demo_http=http://localhost:$((demo_port + 2))
	export SIGNET_SERVER="$demo_url" SIGNET_HTTP="$demo_http" SIGNET_CA="$demo_data/root/root.pem"
	export SIGNET_SOCKET="$demo_data/admin.sock"
}

demo_new() {
	demo_place "$1" "$2" || return
	(
		umask 077
		od -An -N32 -tx1 /dev/urandom | tr -d ' \n' >"$demo_data/unlock"
		od -An -N24 -tx1 /dev/urandom | tr -d ' \n' >"$demo_data/root-pass"
	)
	cat >"$demo_data/signetd.conf" <<-END
		environment: test
		public_url: $demo_url
		public_http_url: $demo_http
		data: "$demo_data"
		listen_portal: $(demo_listen "$demo_port")
		listen_machine: $(demo_listen $((demo_port + 1)))
		listen_plain: $(demo_listen $((demo_port + 2)))
		unlock_file: "$demo_data/unlock"
		mail_driver: spool
		sms_driver: spool
		brand: Signet
		hotline: $demo_hotline
		user: $(id -un)
		signer_user: $(id -un)
	END
	# demo_store=postgresql://…: instead of the embedded store.
	[ -z "${demo_store:-}" ] || echo "store: \"$demo_store\"" >>"$demo_data/signetd.conf"
	cat >"$demo_data/plan.yaml" <<-END
		country: CN
		organisation: Signet TEST
		keys: {root: ${demo_key:-ec-p256}, issuing: ${demo_key:-ec-p256}, management: ${demo_key:-ec-p256}, ocsp: ${demo_ocsp_key:-ec-p256}}
		administrators:
		  - name: $(demo_name administrator)
		    phone: "$(demo_phone administrator)"
		    mail: $(demo_address administrator)
		    lang: en
		profiles:
		  - $demo_root/share/profiles/person-signature.yaml
		  - $demo_root/share/profiles/operator.yaml
		  - $demo_root/share/profiles/organisation-signature.yaml
		  - $demo_root/share/profiles/tls-client.yaml
		  - $demo_root/share/profiles/tls-server.yaml
		  - $demo_root/share/profiles/tls-internal.yaml
	END
}

# demo_wait SECONDS COMMAND...: until it succeeds.
demo_wait() {
	demo_tries=$(($1 * 10))
	shift
	while ! "$@" >/dev/null 2>&1; do
		demo_tries=$((demo_tries - 1))
		[ $demo_tries -gt 0 ] || return 1
		[ -z "$demo_pid" ] || kill -0 "$demo_pid" 2>/dev/null || return 1
		sleep 0.1
	done
}

demo_start() {
	# demo_faketime=+15d: as on another day. The library itself, for the wrapper would stand between us and signetd.
	demo_days=
	[ -z "${demo_faketime:-}" ] || demo_days="LD_PRELOAD=$(echo /usr/lib/*/faketime/libfaketimeMT.so.1) FAKETIME=$demo_faketime"
	# shellcheck disable=SC2086
	setsid env $demo_days "$BUILD/src/cmd/signetd" --config "$demo_data/signetd.conf" 2>>"$demo_log" </dev/null &
	demo_pid=$!
	demo_wait 30 demo_answers || {
		tail -5 "$demo_log" >&2
		demo_fail 'signetd did not start'
	}
}
demo_answers() { "$BUILD/src/cmd/signet" --json health 2>/dev/null | grep -q '"ready"'; }
# All parts in order, and the portal is open.
demo_ready() {
	demo_wait 30 "$BUILD/src/cmd/signet" health && demo_wait 30 "$BUILD/src/cmd/signet" profiles ||
		demo_fail 'signetd is not ready'
}

demo_stop() {
	[ -n "${demo_pid:-}" ] || return 0
	kill -TERM "$demo_pid" 2>/dev/null
	wait "$demo_pid" 2>/dev/null
	demo_status=$?
	demo_pid=
	return $demo_status
}

demo_ca() {
	"$BUILD/src/cmd/signet" ca init -f "$demo_data/plan.yaml" --root-out "$demo_data/root" \
		--root-pass-file "$demo_data/root-pass" && demo_ready
}

demo_module() {
	for demo_so in /usr/lib/*/softhsm/libsofthsm2.so /usr/lib/softhsm/libsofthsm2.so; do
		[ -e "$demo_so" ] && echo "$demo_so" && return
	done
	demo_fail 'SoftHSM is not installed (script/setup)'
}

# demo_token WHO: a software token with its PIN, and an agent that knows it and this service.
demo_token() {
	demo_home=$demo_data/people/$1
	mkdir -p "$demo_home/tokens" && chmod 700 "$demo_data/people" "$demo_home" || return
	printf 'directories.tokendir = %s/tokens\nobjectstore.backend = file\nlog.level = ERROR\n' "$demo_home" >"$demo_home/softhsm2.conf"
	SOFTHSM2_CONF=$demo_home/softhsm2.conf softhsm2-util --init-token --free --label "demo-$1" \
		--so-pin 87654321 --pin "$(demo_pin "$1")" >/dev/null || return
	cp "$demo_root/share/demo/pinentry-demo" "$demo_home/pinentry" && chmod 755 "$demo_home/pinentry" || return
	(umask 077 && demo_pin "$1" >"$demo_home/pin")
	demo_pinentry "$1" double || return
	cat >"$demo_home/modules.conf" <<-END
		modules:
		  - name: softhsm
		    path: $(demo_module)
		    kind: software
		    environment:
		      SOFTHSM2_CONF: $demo_home/softhsm2.conf
	END
	cat >"$demo_home/origins.conf" <<-END
		origins:
		  - origin: $demo_url
		    environment: test
		    role: $(case $1 in administrator | operator* | supervisor | auditor) echo ra ;; *) echo user ;; esac)
		    job-key: $(sed '/^-/d' "$demo_data/root/job-key.pem" | tr -d '\n')
	END
	cat >"$demo_home/env" <<-END
		# $(demo_name "$1"), $1 of the demo: . $demo_home/env
		export SIGNET_SERVER=$demo_url SIGNET_HTTP=$demo_http SIGNET_CA=$demo_data/root/root.pem
		export SIGNET_SOCKET=$SIGNET_SOCKET SIGNET_AGENT=$demo_home/agent.conf XDG_CONFIG_HOME=$demo_home
		PATH=$BUILD/src/cmd:\$PATH
	END
}

# demo_pinentry WHO double|tty: who answers for PIN and consent.
demo_pinentry() {
	demo_home=$demo_data/people/$1
	cat >"$demo_home/agent.conf" <<-END
		$([ "$2" = tty ] && echo 'pinentry: /usr/bin/pinentry-tty' || echo "pinentry-double: $demo_home/pinentry")
		modules: $demo_home/modules.conf
		origins: $demo_home/origins.conf
	END
}

demo_as() {
	demo_who=$1
	shift
	(
		# shellcheck disable=SC1090
		. "$demo_data/people/$demo_who/env" && exec "$@"
	)
}

# demo_take mail|sms TO WORDS: the newest message to TO with these words, its text; waits for the jobs process to hand it
# over. It is taken out of the spool, so that the next question waits for the next message.
demo_take() {
	demo_wait 15 demo_newest "$1" "$2" "$3" || demo_fail "no $1 to $2 with '$3'" || return
	demo_file=$(demo_newest "$1" "$2" "$3")
	mkdir -p "$demo_data/taken" && mv "$demo_file" "$demo_data/taken/$1-${demo_file##*/}" || return
	/usr/bin/python3 - "$demo_data/taken/$1-${demo_file##*/}" <<-'END'
		import email, email.policy, json, sys
		with open(sys.argv[1], 'rb') as f: raw = f.read()
		if sys.argv[1].endswith('.json'): print(json.loads(raw)['text'])
		else: print(email.message_from_bytes(raw, policy=email.policy.default).get_body(('plain',)).get_content())
	END
}
demo_newest() {
	demo_found=$(grep -lF -- "$3" "$demo_data/spool/$1"/* 2>/dev/null | xargs -r grep -lF -- "$2" | sort -V | tail -1)
	[ -n "$demo_found" ] && echo "$demo_found"
}
# The next reference number, authorization code, sign-in code for WHO.
demo_reference() { demo_take mail "$(demo_address "$1")" 'Reference number' | sed -n 's/^Reference number: *//p' | tr -d ' \r-'; }
demo_code() {
	demo_take sms "$(demo_phone "$1")" 'authorization code' | sed -n 's/.*authorization code \([A-Z0-9 -]*\),.*/\1/p' | tr -d ' -'
}
demo_sms_code() { demo_take sms "$(demo_phone "$1")" "${2:-to sign in}" | sed -n 's/.*code \([0-9]*\) .*/\1/p'; }

# demo_enrol_with WHO REFERENCE CODE
demo_enrol_with() {
	printf '%s\n%s\n' "$2" "$3" | demo_as "$1" signet-agent enrol
}
demo_enrol() {
	demo_ref=$(demo_reference "$1") && demo_auth=$(demo_code "$1") && demo_enrol_with "$1" "$demo_ref" "$demo_auth"
}

demo_people() {
	demo_token administrator && demo_token operator && demo_token subscriber || return
	demo_codes=$("$BUILD/src/cmd/signet" --json operator bootstrap) || return
	demo_ref=$(echo "$demo_codes" | sed -n 's/.*"reference": "\([^"]*\)".*/\1/p')
	demo_auth=$(echo "$demo_codes" | sed -n 's/.*"code": "\([^"]*\)".*/\1/p')
	demo_enrol_with administrator "$demo_ref" "$demo_auth" || return
	demo_as administrator signet login || return
	demo_staff operator operator
}
# demo_staff WHO ROLE [OPTION...]: one person more in the roster, with a token, signed in.
demo_staff() {
	demo_new_one=$1 demo_role=$2
	shift 2
	[ -d "$demo_data/people/$demo_new_one" ] || demo_token "$demo_new_one" || return
	demo_as administrator signet operator add --yes --name "$(demo_name "$demo_new_one")" --role "$demo_role" \
		--phone "$(demo_phone "$demo_new_one")" --mail "$(demo_address "$demo_new_one")" --person-lang en "$@" || return
	demo_enrol "$demo_new_one" && demo_as "$demo_new_one" signet login
}

# Sign in with the phone; the token is made when there is none yet.
demo_phone_login() {
	[ -d "$demo_data/people/$1" ] || demo_token "$1" || return
	demo_as "$1" signet login --phone "$(demo_phone "$1")" --send &&
		demo_as "$1" signet login --phone "$(demo_phone "$1")" --code "$(demo_sms_code "$1")"
}
# demo_submit WHO [FIELD=VALUE...]: an application for a person's signature.
demo_submit() {
	demo_who_asks=$1
	shift
	demo_no=$(demo_as "$demo_who_asks" signet --json submit person-signature --consent country=CN \
		name="$(demo_name "$demo_who_asks")" mail="$(demo_address "$demo_who_asks")" \
		phone="$(demo_phone "$demo_who_asks")" "$@" | sed -n 's/^ *"no": "\(.*\)",*$/\1/p')
	[ -n "$demo_no" ]
}
demo_approve() { demo_as operator signet approve "$1"; }
