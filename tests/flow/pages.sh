#!/bin/sh
# Manual pages and completion: made from the tables of the programs, and accepted by those who read them.
. "$(dirname "$0")/lib.sh"
pages=$BUILD/docs

# commands PROGRAM: those of --help, one a line.
commands() { "$1" --help | sed -n 's/^  \([a-z][^ ]*\( [a-z][^ ]*\)*\)  .*/\1/p'; }
# complete_bash LINE: what bash offers at the end of LINE, one a line.
complete_bash() {
	bash --norc --noprofile -c '
		source "$1/${2%% *}"
		COMP_LINE=$2 COMP_POINT=${#2}
		# As readline cuts it: at blanks, and around "=".
		read -ra COMP_WORDS <<<"${2//=/ = }"
		[[ $2 == *[\ =] ]] && COMP_WORDS+=("")
		COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
		spec=$(complete -p "${2%% *}") && spec=${spec#*-F } && compopt() { :; } && "${spec%% *}" && printf "%s\n" "${COMPREPLY[@]}"
	' bash "$pages" "$1"
}
# The same by the shell itself, through a terminal: TAB is pressed twice.
complete_typed() {
	expect -c '
		log_user 0
		set timeout 10
		spawn -noecho env PS1=READY> TERM=dumb LC_ALL=C.UTF-8 bash --norc --noprofile -i
		expect "READY>"
		send "bind \"set bell-style none\"; bind \"set page-completions off\"; source '"$pages"'/'"${1%% *}"'\r"
		expect "READY>"
		send "'"$1"'\t\t"
		sleep 1
		send "\003"
		expect {
			-re {.*\^C} { puts $expect_out(buffer) }
			timeout { exit 1 }
		}
	'
}
complete_fish() { fish --no-config -c "source $pages/${1%% *}.fish; complete -C '$1'" | cut -f1; }
cat >zsh-types <<'END'
# zsh-types PAGES LINE: what zsh shows after LINE and TAB, on a terminal of its own.
zmodload zsh/zpty && zpty z zsh -f -i
zpty -w z "PS1= RPS1=; fpath=($1 \$fpath); autoload -Uz compinit; compinit -u -d $PWD/zcompdump; stty columns 200; print READY\\ now"
zpty -r -m z line '*READY now*'
zpty -w -n z $2$'\t'
sleep 1
while zpty -r -t z line; do print -r -- $line; done
zpty -d z
END
complete_zsh() { zsh -f zsh-types "$pages" "$1"; }

test_case 'no page has a fault that mandoc or man finds' '
	for page in signet.1 signet-agent.1 signetd.8 signetd.conf.5; do
		mandoc -Tlint "$pages/$page" | grep -v "referenced manual not found" >lint; cat lint; [ ! -s lint ] || return 1
		MANROFFSEQ= man --warnings -l "$pages/$page" 2>warnings >text; cat warnings; [ ! -s warnings ] && [ -s text ] || return 1
	done
'
test_case 'each command of --help, and each option of it, stands in the page' '
	man -l "$pages/signet.1" >page && commands signet >list && [ "$(wc -l <list)" -gt 20 ] &&
	while read -r words; do
		grep -q "^     $words\( \|\$\)" page || { echo "no $words"; return 1; }
		signet $words --help | sed -n "s/^  *\(-., \)\{0,1\}\(--[a-z-]*\).*/\2/p" >options
		while read -r option; do grep -q -e "$option" page || { echo "no $option"; return 1; }; done <options
	done <list
'
test_case 'each command of the agent too' '
	man -l "$pages/signet-agent.1" >page && commands signet-agent >list && [ -s list ] &&
	while read -r words; do grep -q "^     $words\( \|\$\)" page || { echo "no $words"; return 1; }; done <list
'
test_case 'each key of the configuration stands in signetd.conf(5), each exit status in signet(1)' '
	man -l "$pages/signetd.conf.5" >page && signetd --help | sed "1,/^Keys/d" | sed -n "s/^\([a-z_]*\): .*/\1/p" >keys && [ "$(wc -l <keys)" -gt 20 ] &&
	while read -r key; do grep -q "^     $key" page || { echo "no $key"; return 1; }; done <keys &&
	man -l "$pages/signet.1" >page && cut -d"|" -f4 "$root/docs/errors.md" | tr -d " " | grep "^[0-9]" | sort -u >statuses && [ -s statuses ] &&
	while read -r status; do grep -q "^     $status " page || { echo "no $status"; return 1; }; done <statuses
'
test_case 'bash completes commands, their second words, options and values' '
	complete_bash "signet au" | grep -qx audit && complete_bash "signet ca " | sort | tr "\n" " " | grep -qx "fetch init " &&
	complete_bash "signet revoke abc --" >options && grep -qx -e --reason options && grep -qx -e --server options &&
	! grep -qx -e --draft options && complete_bash "signet list --state sub" | grep -qx submitted &&
	complete_bash "signet --lang=z" | grep -qx zh && complete_bash "signet --lang zh audit ver" | grep -qx verify &&
	: >here-it-is && complete_bash "signet apply --file here" | grep -qx here-it-is &&
	complete_bash "signet-agent enr" | grep -qx enrol && complete_bash "signet-agent enrol --res" | grep -qx -e --resume
'
test_case 'bash offers every command of --help' '
	commands signet >list && while read -r words; do
		begin=${words% *}; [ "$begin" != "$words" ] && begin="signet $begin " || begin="signet "
		complete_bash "$begin" | grep -qx -e "${words##* }" || { echo "not $words"; return 1; }
	done <list
'
test_case 'typed at a terminal, bash does it' '
	complete_typed "signet revoke abc --rea" >typed && grep -q -e "--reason" typed && complete_typed "signet ca " >typed && grep -q "fetch *init" typed
'
test_case 'fish completes them' '
	complete_fish "signet au" | grep -qx audit && complete_fish "signet ca " | grep -qx init &&
	complete_fish "signet revoke abc --rea" | grep -q -e --reason && complete_fish "signet list --state sub" | grep -qx submitted
'
test_case 'zsh completes them' '
	complete_zsh "signet who" >typed && grep -q "whoami" typed && complete_zsh "signet ca " >typed && grep -q fetch typed && grep -q init typed &&
	complete_zsh "signet revoke abc --rea" >typed && grep -q -e "--reason" typed
'
test_done
