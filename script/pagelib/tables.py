# SPDX-License-Identifier: Apache-2.0
"""The programs' own tables as data: .def files, the English catalogue, the schemas of the API's document."""
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def text_of(path):
    return (ROOT / path).read_text(encoding="utf-8")


def literal(token, macros):
    """A C string literal, or several joined, with MACROS standing for literals; None for another token."""
    parts = re.findall(r'"((?:[^"\\]|\\.)*)"|([A-Z_]+)', token)
    if not parts or not ('"' in token or token in macros):
        return None
    joined = "".join(macros.get(word, "") if word else value for value, word in parts)
    return re.sub(r"\\(.)", r"\1", joined)


def rows(path, name="X", **macros):
    """Each NAME(…) of a .def as a list: strings unquoted, numbers and words as they are, NULL as None."""
    text = re.sub(r"/\*.*?\*/", "", text_of(path), flags=re.S)
    found = []
    for start in re.finditer(rf"^{name}\(", text, re.M):
        depth, cells, cell, quoted, i = 1, [], "", False, start.end()
        while depth:
            c = text[i]
            if quoted:
                cell += c
                if c == "\\":
                    i += 1
                    cell += text[i]
                quoted = c != '"'
            elif c == "," and depth == 1:
                cells, cell = cells + [cell], ""
            else:
                quoted = c == '"'
                depth += (c == "(") - (c == ")")
                cell += c if depth else ""
            i += 1
        cells = [c.strip() for c in cells + [cell]]
        found.append([None if c == "NULL" else c if (s := literal(c, macros)) is None else s for c in cells])
    return found


def catalogue(lang="en"):
    """The texts of po/LANG.po by key."""
    texts, key = {}, None
    for line in text_of(f"po/{lang}.po").splitlines():
        quoted = re.match(r'(?:(msgid|msgstr) )?"(.*)"$', line)
        if not quoted:
            continue
        value = re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], quoted[2])
        if quoted[1] == "msgid":
            key = value
            texts[key] = ""
        else:
            texts[key] += value
    return texts


class Option:
    """One option: flag, its letter, the name of its value, what it is, the variable that stands for it."""

    def __init__(self, name, letter, value, everywhere, text):
        self.name, self.letter, self.value, self.everywhere = name, letter, value, everywhere
        self.text = text
        said = re.search(r"\(or ([A-Z][A-Z_]+)\)", text)
        self.variable = said and said[1]


class Command:
    def __init__(self, words, arguments, text, options):
        self.words, self.arguments, self.text, self.options = words.split(), arguments, text, options


class Program:
    def __init__(self, name, section, about, options, commands, answers):
        self.name, self.section, self.about = name, section, about
        self.options, self.commands, self.answers = options, commands, answers


def signet():
    texts = catalogue()
    options = {
        symbol: Option(name, None if letter == "0" else letter.strip("'"), value, everywhere == "true",
                       texts[f"cli.option.{name}"])
        for symbol, name, letter, value, everywhere, *_ in rows("src/cli/option.def")
    }
    commands = []
    for _, words, arguments, *_, taken in rows("src/cli/command.def"):
        own = [options[o] for o in re.findall(r"O\((\w+)\)", taken)]
        commands.append(Command(words, arguments, texts["cli.command." + words.replace(" ", "-")], own))
    return Program("signet", 1, "command line of the Signet certificate service", list(options.values()),
                   commands, answers("src/cli/answer.def"))


def agent():
    options = []
    for _, flag, takes, variable, text, *_ in rows("src/agent/option.def"):
        if text is None:
            continue
        value = None
        if takes == "true":
            value, text = text.split(": ", 1)
        o = Option(flag.lstrip("-"), None, value, True, text)
        o.variable = variable
        options.append(o)
    commands = [Command(words, "", text, []) for words, _, _, text, *_ in rows("src/agent/command.def")]
    return Program("signet-agent", 1, "token agent of the Signet certificate service", options, commands,
                   answers("src/agent/answer.def"))


def daemon():
    options = [Option(name, None, value, True, text) for _, name, value, text, *_ in rows("src/cmd/option.def", CONF_PATH="/etc/signet/signetd.conf")
               if text]
    return Program("signetd", 8, "Signet certificate service", options, [], {})


def answers(path):
    """Shape of each command's --json answer: a schema, [schema], or the keys themselves in braces."""
    return {words: shape for words, shape, *_ in rows(path)}


def schemas():
    import yaml

    return yaml.safe_load(text_of("src/api/openapi.yaml"))["components"]["schemas"]


def exits():
    """Exit status: the codes of the failures that end with it."""
    found = {}
    for _, slug, _, status, *_ in rows("src/base/err.def"):
        found.setdefault(int(status), []).append(slug)
    return dict(sorted(found.items()))


def words_of(option):
    """What may stand behind an option, where that is a list of words."""
    if option.value and re.fullmatch(r"[a-z]+(\|[a-z]+)+", option.value):
        return option.value.split("|")
    lists = {
        "lang": ["en", "zh", "ru"],
        "person-lang": ["en", "zh", "ru"],
        "state": [r[1] for r in rows("src/core/application.def", "STATE")],
        "role": [r[1] for r in rows("src/core/role.def") if r[1] in ("operator", "administrator", "auditor")],
        "reason": [r[1] for r in rows("src/core/reason.def") if "true" in r[2:5]],
    }
    return lists.get(option.name)


def place_of(option):
    """file or dir, where the value is a place on this machine."""
    return {"FILE": "file", "PATH": "file", "DIR": "dir"}.get(option.value or "")
