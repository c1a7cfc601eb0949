# SPDX-License-Identifier: Apache-2.0
"""Completion for bash, zsh and fish."""
from . import tables


def quote(text):
    return "'" + text.replace("'", "'\\''") + "'"


def names(option):
    return [f"--{option.name}"] + ([f"-{option.letter}"] if option.letter else [])


def own(command):
    return [n for o in command.options for n in names(o)]


def heads(program):
    """First words of commands, and for each what may follow it."""
    first = {}
    for c in program.commands:
        for i, word in enumerate(c.words):
            first.setdefault(" ".join(c.words[:i]), [])
            if word not in first[" ".join(c.words[:i])]:
                first[" ".join(c.words[:i])].append(word)
    return first


def bash(p):
    f = "_" + p.name.replace("-", "_")
    everywhere = " ".join(n for o in p.options if o.everywhere for n in names(o))
    taking = "|".join(n for o in p.options if o.value for n in names(o))
    out = ["# SPDX-License-Identifier: Apache-2.0",
           f"# Completion of {p.name} for bash; made by script/pages from the tables of the program.",
           f"{f}()", "{",
           "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} said= i word",
           "\tCOMPREPLY=()",
           '\t# bash makes three words of "--lang=zh".',
           "\tif [[ $cur == = ]]; then",
           "\t\tcur=",
           "\telif [[ $prev == = ]]; then",
           "\t\tprev=${COMP_WORDS[COMP_CWORD-2]}",
           "\tfi",
           "\tcase $prev in"]
    for o in p.options:
        words, place = tables.words_of(o), tables.place_of(o)
        if not o.value:
            continue
        act = f"COMPREPLY=($(compgen -W {quote(' '.join(words))} -- \"$cur\"))" if words else \
            f"compopt -o filenames; mapfile -t COMPREPLY < <(compgen -{'d' if place == 'dir' else 'f'} -- \"$cur\")" if place else ":"
        out.append(f"\t{'|'.join(names(o))}) {act}; return ;;")
    out += ["\tesac",
            "\tfor ((i = 1; i < COMP_CWORD; i++)); do",
            "\t\tword=${COMP_WORDS[i]}",
            "\t\tcase $word in",
            f"\t\t{taking or '--'}) [[ ${{COMP_WORDS[i+1]}} == = ]] && ((i++)); ((i++)) ;;",
            "\t\t-*|=) ;;",
            "\t\t*) said=\"${said:+$said }$word\" ;;",
            "\t\tesac",
            "\tdone",
            "\tif [[ $cur != -* ]]; then",
            "\t\tcase $said in"]
    for head, words in heads(p).items():
        out.append(f"\t\t{quote(head)}) COMPREPLY=($(compgen -W {quote(' '.join(words))} -- \"$cur\")) ;;")
    out += ["\t\tesac", "\t\treturn", "\tfi", "\tcase $said in"]
    # The longest words first: "audit verify" before "audit".
    for c in sorted(p.commands, key=lambda c: -len(c.words)):
        if own(c):
            words = " ".join(c.words)
            out.append(f"\t{quote(words)}|{quote(words + ' ')}*) word={quote(' '.join(own(c)))} ;;")
    out += ["\t*) word= ;;", "\tesac",
            f"\tCOMPREPLY=($(compgen -W \"$word {everywhere}\" -- \"$cur\"))", "}", f"complete -F {f} {p.name}"]
    return out


def zsh_option(o):
    words, place = tables.words_of(o), tables.place_of(o)
    about = o.text.replace("[", "(").replace("]", ")").replace("'", "’").replace(":", "\\:")
    value = ""
    if o.value:
        value = f":{o.value.lower()}:" + (f"({' '.join(words)})" if words else
                                          {"file": "_files", "dir": "_files -/"}.get(place, ""))
    equals = "=" if o.value else ""
    return [quote(f"--{o.name}{equals}[{about}]{value}")] + \
        ([quote(f"-{o.letter}[{about}]{value}")] if o.letter else [])


def zsh(p):
    f = "_" + p.name.replace("-", "_")
    out = [f"#compdef {p.name}", "# SPDX-License-Identifier: Apache-2.0",
           f"# Completion of {p.name} for zsh; made by script/pages from the tables of the program.",
           "local -a said options next", "local i word",
           "for ((i = 2; i < CURRENT; i++)); do", "\tword=$words[i]", "\tcase $word in"]
    taking = "|".join(n for o in p.options if o.value for n in names(o))
    out += [f"\t({taking or '--'}) ((i++)) ;;", "\t(-*) ;;", "\t(*) said+=($word) ;;", "\tesac", "done", "options=("]
    for o in p.options:
        out += [f"\t{line}" for line in zsh_option(o)] if o.everywhere else []
    out += [")", "case \"$said\" in"]
    for c in sorted(p.commands, key=lambda c: -len(c.words)):
        if c.options:
            words = " ".join(c.words)
            lines = [line for o in c.options for line in zsh_option(o)]
            out += [f"({quote(words)}|{quote(words + ' ')}*)", "\toptions+=("] + [f"\t\t{l}" for l in lines] + ["\t) ;;"]
    out += ["esac", "case \"$said\" in"]
    texts = {tuple(c.words): c.text for c in p.commands}
    for head, words in heads(p).items():
        lines = []
        for w in words:
            about = texts.get(tuple(head.split() + [w]), "")
            lines.append("\t\t" + quote(w + (":" + about.replace(":", "\\:") if about else "")))
        out += [f"({quote(head)})", "\tnext=("] + lines + ["\t)", "\t_arguments -S $options '*::: :->word' && return 0",
                                                      f"\t_describe -t commands {quote(p.name + ' command')} next ;;"]
    return out + ["(*) _arguments -S $options '*:argument:_default' ;;", "esac"]


def fish(p):
    f = "__" + p.name.replace("-", "_") + "_said"
    taking = " ".join(n for o in p.options if o.value for n in names(o)) or "--"
    out = ["# SPDX-License-Identifier: Apache-2.0",
           f"# Completion of {p.name} for fish; made by script/pages from the tables of the program.",
           f"# {f} WORDS: are these the words so far? {f}_begin WORDS: do they begin so?",
           f"function {f}_all", "\tset -l said", "\tset -l value 0", "\tfor word in (commandline -opc)[2..-1]",
           "\t\tif test $value = 1", "\t\t\tset value 0",
           f"\t\telse if contains -- $word {taking}", "\t\t\tset value 1",
           "\t\telse if not string match -q -- '-*' $word", "\t\t\tset -a said $word", "\t\tend", "\tend",
           "\techo \"$said\"", "end",
           f"function {f}", f"\ttest \"$({f}_all)\" = \"$argv\"", "end",
           f"function {f}_begin", f"\tstring match -q -- \"$argv *\" \"$({f}_all) \"", "end", f"complete -c {p.name} -f"]
    texts = {tuple(c.words): c.text for c in p.commands}
    for head, words in heads(p).items():
        for w in words:
            about = texts.get(tuple(head.split() + [w]), "")
            out.append(f"complete -c {p.name} -n {quote(f + ' ' + head if head else f)} -a {w}" +
                       (f" -d {quote(about)}" if about else ""))
    def option(o, condition=""):
        words, place = tables.words_of(o), tables.place_of(o)
        line = f"complete -c {p.name}{condition} -l {o.name}" + (f" -s {o.letter}" if o.letter else "")
        if o.value:
            line += " -r" + (f" -a {quote(' '.join(words))}" if words else " -F" if place else "")
        return line + f" -d {quote(o.text)}"
    out += [option(o) for o in p.options if o.everywhere]
    for c in p.commands:
        for o in c.options:
            out.append(option(o, f" -n {quote(f + '_begin ' + ' '.join(c.words))}"))
    return out
