# SPDX-License-Identifier: Apache-2.0
"""Holds what a command printed with --json against its row of answer.def: answer.py DEF WORDS <answer

The answer must be one JSON value, have what the shape names, and nothing that the shape does not.
"""
import json
import re
import sys

import openapi


def shape_of(table, words):
    text = (openapi.ROOT / table).read_text(encoding="utf-8")
    found = re.search(rf'^X\("{re.escape(words)}", *"([^"]*)"\)', text, re.M)
    return found and found[1]


def faults(shape, value):
    document = openapi.Document()
    if "|" in shape:
        tried = [faults(one, value) for one in shape.split("|")]
        return min(tried, key=len)
    if shape.startswith("["):
        if not isinstance(value, list):
            return ["not a list"]
        return [f for i, one in enumerate(value) for f in faults(shape[1:-1], one)]
    if shape.startswith("{"):
        keys = {k for k in shape.strip("{}").split(", ") if k}
        if not isinstance(value, dict):
            return ["not an object"]
        return [f"{k} is not in {shape}" for k in value if k not in keys] + \
            ([] if value or not keys else [f"empty, not {shape}"])
    if shape not in document.schemas:
        return [f"{shape} is no schema of openapi.yaml"]
    return list(document.faults({"$ref": f"#/components/schemas/{shape}"}, value, closed=True))


def main(table, words):
    shape = shape_of(table, words)
    if shape is None:
        print(f"{table}: no row for {words}")
        return 1
    try:
        value = json.load(sys.stdin)
    except ValueError as e:
        print(f"{words}: not one JSON value: {e}")
        return 1
    found = faults(shape, value)
    for f in found:
        print(f"{words}: {f}")
    return 1 if found else 0


sys.exit(main(*sys.argv[1:]))
