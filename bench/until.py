"""until.py URL COMMAND...: milliseconds from the start of COMMAND until URL answers 200; then it is killed with its children."""
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

url, command = sys.argv[1], sys.argv[2:]
begin = time.monotonic()
child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
try:
    while True:
        try:
            with urllib.request.urlopen(url, timeout=1) as answer:
                if answer.status == 200:
                    break
        except (urllib.error.URLError, OSError):
            pass
        if child.poll() is not None or time.monotonic() - begin > 30:
            sys.exit(f"{command[0]} does not answer")
        time.sleep(0.0005)
    print(f"{(time.monotonic() - begin) * 1000:.1f}")
finally:
    os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    # What it held is free again: the next start needs the same ports and locks.
    time.sleep(0.3)
