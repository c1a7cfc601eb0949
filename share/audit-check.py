#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Check an export of the log (signet audit export) without anything of Signet.

    audit-check.py FILE [NUMBER HASH]

hash n = SHA-256(hash n-1 || record n); before the first stand 32 zero octets. A record: the words
signet-log-v1 and sha256, number (8 octets), UTC milliseconds (8), then event, actor, object and data,
each with its length (4 octets); data: request and detail, each with its length. Big-endian, UTF-8.
NUMBER and HASH, as somebody else kept them, must be in the chain: an end that was cut off, or a chain
that was computed anew, is caught only so. Exit 0: whole; 1: the first broken record is named; 2: usage.
"""
import hashlib
import json
import struct
import sys


def field(octets):
    return struct.pack(">I", len(octets)) + octets


def text(row, name):
    return field(row[name].encode("utf-8"))


def link(before, row):
    record = b"signet-log-v1" + b"sha256" + struct.pack(">Qq", row["seq"], row["time_ms"])
    record += text(row, "event") + text(row, "actor") + text(row, "object")
    record += field(text(row, "request") + text(row, "detail"))
    return hashlib.sha256(before + record).digest()


def check(lines, kept):
    number, time, before = 0, 0, bytes(32)
    for line in lines:
        try:
            row = json.loads(line)
            if row["seq"] != number + 1:
                return f"record {number + 1} is missing: record {row['seq']} stands in its place"
            if row["time_ms"] < time:
                return f"record {number + 1} is earlier than the one before it"
            after = link(before, row)
            if after.hex() != row["hash"]:
                return f"record {number + 1} is broken: its hash is not that of what it says"
        except (ValueError, KeyError, TypeError, AttributeError, struct.error):
            return f"record {number + 1} is broken: not a record"
        number, time, before = row["seq"], row["time_ms"], after
        if kept and kept[0] == number and kept[1] != before.hex():
            return f"record {number} is not the one that was kept: the chain was computed anew"
    if kept and kept[0] > number:
        return f"record {number + 1} is missing: record {kept[0]} was kept"
    print(f"whole: {number} records, the last has hash {before.hex()}")
    return None


def main(args):
    if len(args) not in (1, 3) or (len(args) == 3 and not (args[1].isdecimal() and int(args[1]) > 0)):
        print(__doc__, file=sys.stderr)
        return 2
    with open(args[0], encoding="utf-8", newline="\n", errors="surrogateescape") as lines:
        broken = check(lines, (int(args[1]), args[2].lower()) if len(args) == 3 else None)
    if broken:
        print(broken)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
