# SPDX-License-Identifier: Apache-2.0
"""The manual pages, in mdoc(7)."""
import os
import re
from datetime import datetime, timezone

from . import tables

# What each exit status says to a script (sysexits(3)); the failures that end with it come from err.def.
STATUS = {
    64: "The command line is wrong.",
    65: "The data are wrong, or the object is not in the right state. Trying again does not help.",
    66: "What was named is not there, or cannot be read.",
    69: "Something on this machine is missing: a token, a module, a program.",
    70: "A fault of ours.",
    73: "It cannot be written.",
    74: "Reading or writing failed.",
    75: "Not now. Try again later.",
    76: "The two programs do not understand each other.",
    77: "Not permitted: sign in, or ask somebody who may.",
    78: "The configuration is wrong.",
    130: "The person did not want it.",
}


def plain(text):
    """TEXT as lines of mdoc: a sentence a line, nothing that roff would take for its own."""
    out = []
    for line in text.split("\n"):
        for sentence in re.split(r"(?<=[.!?]) +(?=[A-Z])", line):
            sentence = sentence.replace("\\", "\\e").rstrip()
            if sentence[:1] in (".", "'"):
                sentence = "\\&" + sentence
            if sentence:
                out += fold(sentence)
    return "\n".join(out)


def fold(sentence, width=78):
    """Lines of at most WIDTH columns; a line end is a blank to roff."""
    lines, line = [], ""
    for word in sentence.split(" "):
        if line and len(f"{line} {word}".encode()) > width and word[:1] not in (".", "'"):
            lines, line = lines + [line], word
        else:
            line = f"{line} {word}" if line else word
    return lines + [line]


def args(text):
    """Words for a macro's line."""
    return " ".join(("\\&" + w if len(w) < 4 or not w[0].isalnum() else w).replace("\\e", "\\e") for w in text.split())


def sentence(text):
    text = text.strip()
    text = text[:1].upper() + text[1:] if text[:1].islower() and not re.match(r"[a-z]+\(", text) else text
    return text if text.endswith((".", "!", "?")) else text + "."


def flag(option):
    letter = f"Fl {option.letter} , " if option.letter else ""
    return f"{letter}Fl \\-{option.name}" + (f" Ar {args(option.value)}" if option.value else "")


def options_list(options):
    if not options:
        return []
    out = [".Bl -tag -width Ds"]
    for o in options:
        out += [f".It {flag(o)}", plain(sentence(o.text))]
        if o.variable and o.variable not in o.text:
            out += [f"Without it, the variable", f".Ev {o.variable}", "counts."]
        words = tables.words_of(o)
        if words and not all(w in o.text or w in o.value for w in words):
            out += plain("One of: " + ", ".join(words) + ".").split("\n")
    return out + [".El"]


def head(name, section, about):
    day = datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH") or datetime.now().timestamp()), timezone.utc)
    return [
        '.\\" SPDX-License-Identifier: Apache-2.0',
        '.\\" Made by script/pages from the tables of the program; do not edit.',
        f".Dd {day.strftime('%B')} {day.day}, {day.year}",
        f".Dt {name.upper()} {section}",
        ".Os",
        ".Sh NAME",
        f".Nm {name}",
        f".Nd {about}",
    ]


def commands(program):
    out = [".Sh COMMANDS", ".Bl -tag -width Ds"]
    for c in program.commands:
        out.append(f".It Cm {' '.join(c.words)}" + (f" Ar {args(c.arguments)}" if c.arguments else ""))
        out.append(plain(sentence(c.text)))
        shape = program.answers.get(" ".join(c.words))
        out += options_list(c.options)
        if shape:
            out += [".Pp", plain("JSON: " + shape_words(shape))]
    return out + [".El"]


def shape_words(shape):
    if "|" in shape:
        return " or ".join(shape.split("|")) + "."
    listed = shape.startswith("[")
    inner = shape.strip("[]")
    if inner == "{}":
        return "an empty object."
    if inner.startswith("{"):
        return ("a list of objects with " if listed else "an object with ") + inner.strip("{}") + "."
    return (f"a list of {inner}." if listed else f"{inner}.")


def resolve(schema, all_):
    if "$ref" in schema:
        return resolve(all_[schema["$ref"].rsplit("/", 1)[1]], all_)
    if "allOf" in schema:
        merged = {"properties": {}, "required": []}
        for part in schema["allOf"]:
            part = resolve(part, all_)
            merged["properties"].update(part.get("properties", {}))
            merged["required"] += part.get("required", [])
        return {**schema, **merged}
    return schema


def kind(schema, all_):
    """A member's type in words."""
    name = schema.get("$ref", "").rsplit("/", 1)[-1]
    target = resolve(schema, all_)
    if target.get("type") == "array":
        return "list of " + kind(target["items"], all_)
    if name and target.get("type") == "object":
        return name
    if target.get("format") == "date-time":
        return "time"
    if target.get("contentEncoding"):
        return "base64"
    if "enum" in target:
        return " | ".join(map(str, target["enum"]))
    if "const" in target:
        return str(target["const"]).lower()
    return {"string": "text", "integer": "number", "boolean": "true | false"}.get(target.get("type"), "object")


def members(schema, all_):
    """Every member with its type; those of objects inside behind their own name."""
    target = resolve(schema, all_)
    for name, member in target.get("properties", {}).items():
        inner = resolve(member, all_)
        must = name in target.get("required", [])
        yield name, kind(member, all_), must, member.get("description") or inner.get("description", "")
        if inner.get("type") == "array":
            inner = resolve(inner["items"], all_)
            if "$ref" not in member.get("items", {}):
                yield from ((f"{name}[].{n}", *rest) for n, *rest in members(inner, all_))
        elif inner.get("properties") and "$ref" not in member:
            yield from ((f"{name}.{n}", *rest) for n, *rest in members(inner, all_))


def answers(program):
    """The schemas that the answers of --json name, and those that they name in turn."""
    all_ = tables.schemas()
    shapes = [one.strip("[]") for s in program.answers.values() for one in s.split("|")]
    wanted = [s for s in shapes if not s.startswith("{")] + ["Problem"]
    out = [
        ".Sh JSON",
        "With",
        ".Fl \\-json",
        "each command prints one JSON value on standard output, and a failure is",
        "an object",
        ".Em Problem",
        "on standard error." if program.name == "signet" else "on standard output too.",
        "Keys keep their names and meanings; later versions may add some.",
        "Octets are base64, times are RFC 3339 in UTC.",
        "A key without a value is left out; those marked with an asterisk are always there.",
    ]
    seen = []
    while wanted:
        name = wanted.pop(0)
        if name in seen:
            continue
        seen.append(name)
        out += [f".Ss {name}", ".Bl -tag -width Ds -compact"]
        for member, type_, must, about in members({"$ref": f"#/components/schemas/{name}"}, all_):
            out += [f".It Li {args(member + ('*' if must else ''))} Pq {args(type_)}"]
            if about:
                out += [plain(sentence(about))]
            for word in re.findall(r"\b[A-Z]\w+", type_):
                if word in all_:
                    wanted.append(word)
        out.append(".El")
    return out


def exit_status(program):
    out = [".Sh EXIT STATUS", ".Bl -tag -width Ds", ".It 0", "It was done."]
    if program.name == "signet":
        out += [".It 1", "It was done, and there is a difference"]
        out += [".Pq Cm diff", "or somebody would be refused", ".Pq Cm apply Fl \\-dry\\-run ."]
    for status, slugs in tables.exits().items():
        out += [f".It {status}", plain(STATUS[status])]
        out += plain("Codes: " + ", ".join(slugs) + ".").split("\n")
    return out + [".El", plain("The code stands in brackets at the end of each message, and as code in JSON. "
                               "What each means and its next step: docs/errors.md.")]


def environment(program):
    out = [".Sh ENVIRONMENT", ".Bl -tag -width Ds"]
    for o in program.options:
        if o.variable:
            out += [f".It Ev {o.variable}", "Stands for", f".Fl \\-{o.name} ."]
    out += [".It Ev LC_ALL , LC_MESSAGES , LANG", "Language of messages: en, zh or ru.", ".El"]
    return out


def see_also(*pages):
    names = sorted((p for p in (("signet", 1), ("signet-agent", 1), ("signetd.conf", 5), ("signetd", 8)) if p not in pages),
                   key=lambda p: (p[1], p[0]))
    return [".Sh SEE ALSO"] + [f".Xr {n} {s}" + (" ," if (n, s) != names[-1] else "") for n, s in names]


def signet():
    p = tables.signet()
    out = head(p.name, p.section, p.about)
    out += [".Sh SYNOPSIS", ".Nm", ".Ar command", ".Op Ar argument ...", ".Op Ar option ...", ".Sh DESCRIPTION", ".Nm",
            "applies for certificates, decides on applications, asks for the status of certificates",
            "and looks after a service, over the API that the portal uses too.",
            "Options and arguments may stand in any order;", ".Fl \\-", "ends the options.",
            "Questions are asked on standard error; answers go to standard output."]
    out += [".Pp", "These options belong to every command:"] + options_list([o for o in p.options if o.everywhere])
    out += commands(p) + environment(p)
    out += [".Sh FILES", ".Bl -tag -width Ds", ".It Pa ~/.config/signet/session",
            "The sessions, a secret each, of mode 0600.", ".El"]
    out += exit_status(p)
    out += [".Sh EXAMPLES", "Set up a demo's service, and ask whether it is in order:",
            ".Bd -literal -offset indent", "signet ca init -f plan.yaml --root-out /media/stick --root-pass-file pass",
            "signet health", ".Ed", ".Pp", "The numbers of the applications that wait for a decision:",
            ".Bd -literal -offset indent", "signet --json list --state submitted | jq -r '.[].no'", ".Ed"]
    return out + answers(p) + see_also(("signet", 1))


def agent():
    p = tables.agent()
    out = head(p.name, p.section, p.about)
    out += [".Sh SYNOPSIS", ".Nm", ".Ar command", ".Op Ar option ...", ".Sh DESCRIPTION", ".Nm",
            "makes keys on a person's token, puts certificates beside them and signs with them.",
            "A browser starts it without a command, for the portal.",
            "It asks for PIN and consent in a window of its own.",
            ".Pp", "The options:"] + options_list(p.options)
    out += commands(p) + environment(p)
    out += [".Sh FILES", ".Bl -tag -width Ds", ".It Pa /etc/signet/agent.conf",
            "The configuration; it names the files of the modules and of the services.",
            "Nobody but root may write any of them.", ".El"]
    return out + exit_status(p) + answers(p) + see_also(("signet-agent", 1))


def daemon():
    p = tables.daemon()
    out = head(p.name, p.section, p.about)
    out += [".Sh SYNOPSIS", ".Nm", ".Op Fl \\-config Ar FILE", ".Op Fl \\-check | Fl \\-print\\-config", ".Sh DESCRIPTION",
            ".Nm", "is the service: a monitor that starts and watches the signer, which holds the keys,",
            "the front, which answers requests, and the jobs, which do everything with a clock.",
            "Each has a user, a Landlock rule and a seccomp filter of its own.",
            "It is started by root, or for a demo by anybody, and stays in the foreground.",
            ".Pp", "The options:"] + options_list(p.options)
    out += [".Sh SIGNALS", ".Bl -tag -width Ds", ".It Dv SIGTERM , SIGINT",
            "Finish the requests that are under way, and end.", ".It Dv SIGHUP",
            "Read again what may change while it runs.", ".El", ".Sh ENVIRONMENT", ".Bl -tag -width Ds",
            ".It Ev CREDENTIALS_DIRECTORY",
            "Where systemd hands over the unlock secret, as", ".Pa unlock .", ".El",
            ".Sh FILES", ".Bl -tag -width Ds", ".It Pa /etc/signet/signetd.conf", "The configuration.", ".El",
            ".Sh EXIT STATUS", ".Bl -tag -width Ds", ".It 0", "It was told to end, and all was finished.", ".It 64",
            "The command line is wrong.", ".It 78", "The configuration is wrong; the message names the key.", ".El"]
    return out + see_also(("signetd", 8))


def configuration(data):
    out = head("signetd.conf", 5, "configuration of the Signet certificate service")
    out += [".Sh DESCRIPTION", "The file is YAML: a line", ".Ql key: value", "for each key, comments after", ".Ql # .",
            "A key that is unknown, or there twice, is refused by name.",
            "No secret belongs here.", ".Ql signetd --check", "reads the file and changes nothing;",
            ".Ql signetd --print-config", "prints it with every preset.", ".Sh KEYS", ".Bl -tag -width Ds"]
    for key, type_, preset, least, most, words, text, *_ in tables.rows("src/monitor/conf.def", SIGNET_DATA=data):
        out += [f".It Ic {key}", plain(sentence(text))]
        rule = words.replace("|", " | ") if words else f"{least} to {most}" if type_ == "INT" else \
            "no | yes" if type_ == "BOOL" else ""
        said = [f"One of: {rule}." if words or type_ == "BOOL" else f"From {rule}."] if rule else []
        said += ["It must be given."] if preset is None else [f"Preset: {preset}"] if preset else []
        out += plain(" ".join(said)).split("\n") if said else []
    return out + [".El", ".Sh FILES", ".Bl -tag -width Ds", ".It Pa /etc/signet/signetd.conf", ".El"] + \
        see_also(("signetd.conf", 5))


def page(make):
    """The lines of a page; those of ours that are too long for mandoc's taste are folded."""
    return [part for line in make() for piece in line.split("\n")
            for part in ([piece] if piece.startswith(".") else fold(piece))]
