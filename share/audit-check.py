#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Check an export of the log (signet audit export) without anything of Signet.

    audit-check.py FILE [NUMBER HASH] [--key KEY.pem [--checkpoints FILE]...]

hash n = SHA-256(hash n-1 || record n); before the first stand 32 zero octets. A record: the words
signet-log-v1 and sha256, number (8 octets), UTC milliseconds (8), then event, actor, object and data,
each with its length (4 octets); data: request and detail, each with its length. Big-endian, UTF-8.

A chain that was computed anew, or cut off at its end, is whole in itself. It is caught by what was kept
elsewhere: NUMBER and HASH, as somebody wrote them down, must be in the chain; and every checkpoint must,
signed with the audit key (audit-key.pem of signet ca init, kept since then). Checkpoints stand in the
export itself and in checkpoints.jsonl, which the service writes as they are made. What is signed: the
words signet-checkpoint-v1 and sha256, then environment, origin, number, hash and UTC milliseconds, each
with its length, numbers as decimal text. The program openssl verifies the signatures.

Exit 0: whole; 1: the first broken record or checkpoint is named; 2: usage.
"""
import base64
import hashlib
import json
import os
import struct
import subprocess
import sys
import tempfile


def field(octets):
    return struct.pack(">I", len(octets)) + octets


def text(row, name):
    return field(row[name].encode("utf-8"))


def link(before, row):
    record = b"signet-log-v1" + b"sha256" + struct.pack(">Qq", row["seq"], row["time_ms"])
    record += text(row, "event") + text(row, "actor") + text(row, "object")
    record += field(text(row, "request") + text(row, "detail"))
    return hashlib.sha256(before + record).digest()


def signed(place):
    octets = b"signet-checkpoint-v1" + b"sha256" + text(place, "environment") + text(place, "origin")
    octets += field(b"%d" % place["seq"]) + field(bytes.fromhex(place["hash"])) + field(b"%d" % place["time_ms"])
    return octets


def verifies(place, key):
    """Is this place signed with KEY (a PEM file)?"""
    with tempfile.TemporaryDirectory() as folder:
        signature, octets = os.path.join(folder, "signature"), os.path.join(folder, "octets")
        with open(signature, "wb") as out:
            out.write(base64.b64decode(place["signature"], validate=True))
        with open(octets, "wb") as out:
            out.write(signed(place))
        done = subprocess.run(["openssl", "dgst", "-sha256", "-verify", key, "-signature", signature, octets],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return done.returncode == 0


class Broken(Exception):
    pass


def check(lines, kept, places):
    """Goes through the chain; gives the last number. PLACES found on the way are put to the others."""
    number, time, before, hashes = 0, 0, bytes(32), {}
    for line in lines:
        try:
            row = json.loads(line)
            if "checkpoint" in row:
                places.append(row["checkpoint"])
                continue
            if row["seq"] != number + 1:
                raise Broken(f"record {number + 1} is missing: record {row['seq']} stands in its place")
            if row["time_ms"] < time:
                raise Broken(f"record {number + 1} is earlier than the one before it")
            after = link(before, row)
            if after.hex() != row["hash"]:
                raise Broken(f"record {number + 1} is broken: its hash is not that of what it says")
        except (ValueError, KeyError, TypeError, AttributeError, struct.error):
            raise Broken(f"record {number + 1} is broken: not a record") from None
        number, time, before = row["seq"], row["time_ms"], after
        hashes[number] = before.hex()
        if kept and kept[0] == number and kept[1] != before.hex():
            raise Broken(f"record {number} is not the one that was kept: the chain was computed anew")
    if kept and kept[0] > number:
        raise Broken(f"record {number + 1} is missing: record {kept[0]} was kept")
    print(f"whole: {number} records, the last has hash {before.hex()}")
    return hashes


def check_places(places, hashes, key):
    good = set()
    for place in sorted(places, key=lambda p: p.get("seq", 0)):
        try:
            name = f"checkpoint {place['seq']}"
            if (place["seq"], place["signature"]) in good:
                continue
            if not verifies(place, key):
                raise Broken(f"{name} is broken: it is not signed with this key")
            if place["seq"] not in hashes:
                raise Broken(f"record {place['seq']} is missing: {name} was signed")
            if hashes[place["seq"]] != place["hash"]:
                raise Broken(f"{name} is broken: the chain says something else, it was computed anew")
            good.add((place["seq"], place["signature"]))
        except (ValueError, KeyError, TypeError, AttributeError):
            raise Broken("a checkpoint is broken: not a checkpoint") from None
    print(f"signed: {len(good)} checkpoints agree")


def read_places(path):
    with open(path, encoding="utf-8", newline="\n") as lines:
        for n, line in enumerate(lines, 1):
            try:
                yield json.loads(line)["checkpoint"]
            except (ValueError, KeyError, TypeError):
                print(f"{path}: line {n} was cut short; left out", file=sys.stderr)


def arguments(args):
    rest, key, files = [], None, []
    args = list(args)
    while args:
        a = args.pop(0)
        if a in ("--key", "--checkpoints") and not args:
            return None
        if a == "--key":
            key = args.pop(0)
        elif a == "--checkpoints":
            files.append(args.pop(0))
        else:
            rest.append(a)
    if len(rest) not in (1, 3) or (len(rest) == 3 and not (rest[1].isdecimal() and int(rest[1]) > 0)):
        return None
    if files and not key:
        return None
    return rest[0], (int(rest[1]), rest[2].lower()) if len(rest) == 3 else None, key, files


def main(args):
    given = arguments(args)
    if given is None:
        print(__doc__, file=sys.stderr)
        return 2
    path, kept, key, files = given
    places = [place for f in files for place in read_places(f)]
    try:
        with open(path, encoding="utf-8", newline="\n", errors="surrogateescape") as lines:
            hashes = check(lines, kept, places)
        if key:
            check_places(places, hashes, key)
        elif places:
            print(f"{len(places)} checkpoints were not looked at: name the key with --key")
    except Broken as e:
        print(e)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
