# SPDX-License-Identifier: Apache-2.0
"""kill -9 of front, signer and jobs under issues: nothing that was acknowledged is lost, nothing is twice.

usage: crash.py DATA URL HTTP CA SIGNET SIGNETD_PID ISSUES
"""
import hashlib
import os
import random
import signal
import sqlite3
import struct
import subprocess
import sys
import threading
import time

from cryptography import x509

import walker

HANDS = 4
KILLS = 5  # of each process: the monitor waits longer with each, up to 10 s


def children(parent):
    """role → pid of the monitor's processes."""
    found = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            stat = open(f"/proc/{pid}/stat").read()
            words = open(f"/proc/{pid}/cmdline", "rb").read().split(b"\0")
        except OSError:
            continue
        if int(stat.rsplit(") ", 1)[1].split()[1]) == parent and b"--child" in words:
            found[words[words.index(b"--child") + 1].decode()] = int(pid)
    return found


def killer(parent, finished, killed):
    order = ["front", "signer", "jobs"]
    turn = 0
    while turn < 3 * KILLS:
        time.sleep(random.uniform(0.3, 0.9))
        role = order[turn % 3]
        pid = children(parent).get(role)
        if pid:
            try:
                os.kill(pid, signal.SIGKILL)
                killed[role] = killed.get(role, 0) + 1
                turn += 1
            except ProcessLookupError:
                pass
    finished.set()


def hand(service, operator, session, number, share, finished, done, faults):
    """SHARE issues, and more until every kill has been made."""
    try:
        applicant = walker.Applicant(service, number)
        issued = 0
        while issued < share or not finished.is_set() and issued < 10 * share:
            issued += 1
            no = applicant.submit()
            walker.approve(service, operator, session, no)
            key, answer = walker.enrol(service, *applicant.codes(no))
            done.append((key, answer))
    except Exception as e:  # the test names every hand that did not get through
        faults.append(f"hand {number}: {type(e).__name__}: {e}")


def journal(path):
    """Serial → how often, from the signer's journal; the hash chain is verified on the way."""
    data, at, before, serials, sequence = open(path, "rb").read(), 0, bytes(32), {}, 0
    while at < len(data):
        assert data[at:at + 4] == b"SJRN" and data[at + 4] == 1, f"frame at {at}"
        kind, length = data[at + 6], struct.unpack(">I", data[at + 8:at + 12])[0]
        number = struct.unpack(">Q", data[at + 12:at + 20])[0]
        whole = data[at:at + 92 + length]
        assert len(whole) == 92 + length, "torn frame"
        assert whole[28:60] == before, f"chain at {number}"
        before = hashlib.sha256(whole[:-32]).digest()
        assert whole[-32:] == before and number == sequence + 1, f"hash at {number}"
        sequence = number
        if kind == 2:
            start = whole.find(b"\x30\x82", 60)
            while start >= 0:
                size = 4 + struct.unpack(">H", whole[start + 2:start + 4])[0]
                try:
                    c = x509.load_der_x509_certificate(whole[start:start + size])
                    serials[f"{c.serial_number:036x}"] = serials.get(f"{c.serial_number:036x}", 0) + 1
                    break
                except ValueError:
                    start = whole.find(b"\x30\x82", start + 1)
        at += 92 + length
    return serials


def ask(data, store, query):
    """Rows of the store, octets in hexadecimal: of the PostgreSQL database STORE, or of the file in DATA."""
    if store:
        out = subprocess.run(["psql", "-qXAt", "-F", "\t", "-d", store, "-c", query], capture_output=True, text=True, check=True)
        return [tuple(v.removeprefix("\\x") for v in line.split("\t")) for line in out.stdout.splitlines()]
    with sqlite3.connect(f"file:{data}/store/signet.db?mode=ro", uri=True) as db:
        return [tuple(v.hex() if isinstance(v, bytes) else v for v in row) for row in db.execute(query)]


def main():
    data, url, http_base, ca, signet, parent, issues = sys.argv[1:8]
    store = sys.argv[8] if len(sys.argv) > 8 else None
    service = walker.Service(data, url, http_base, ca)
    operator = walker.first_people(service, signet)
    session = walker.sign_in(service, operator)
    finished, killed, done, faults = threading.Event(), {}, [], []
    hands = [threading.Thread(target=hand, args=(service, operator, session, 10 + i, int(issues) // HANDS, finished, done, faults))
             for i in range(HANDS)]
    threading.Thread(target=killer, args=(int(parent), finished, killed), daemon=True).start()
    for h in hands:
        h.start()
    for h in hands:
        h.join()
    assert not faults, "; ".join(faults)
    assert len(done) >= int(issues), len(done)
    assert all(killed.get(r, 0) == KILLS for r in ("front", "signer", "jobs")), killed
    time.sleep(2)

    serials = [a["serial"] for _, a in done]
    assert len(set(serials)) == len(serials), "a serial twice"
    rows = ask(data, store, "select serial, state, key_hash from certificate where profile = 'person-signature'")
    stored = {r[0]: r for r in rows}
    keys = [r[2] for r in rows]
    assert len(set(keys)) == len(keys), "a key certified twice"
    log = {r[0] for r in ask(data, store, "select object from log where event = 'certificate.issued' or event = 'certificate.settled'")}
    every = {r[0] for r in ask(data, store, "select serial from certificate")}
    written = journal(f"{data}/signer/journal")
    for key, answer in done:
        serial = answer["serial"]
        assert serial in stored and stored[serial][1] == "active", f"{serial} in the store: {stored.get(serial)}"
        seen = service.ask("GET", f"/api/v1/inquiry/issuing-g1/{serial}")
        assert seen["state"] == "active", seen
        assert any(serial in o for o in log), f"{serial} is not in the log"
        assert written.get(serial) == 1, f"{serial} in the journal {written.get(serial)} times"
    unknown = [s for s in written if s not in every]
    assert not unknown, f"signed but not stored: {unknown}"
    print(f"{len(done)} issues, killed {killed}, {len(written)} in the journal, {len(stored)} in the store")


main()
