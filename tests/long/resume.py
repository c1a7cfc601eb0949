# SPDX-License-Identifier: Apache-2.0
"""The main job with a break between any two of its steps: resume.py DATA URL HTTP CA SIGNET SIGNETD

From the code by SMS to the revocation; at each gap the service is restarted, killed whole, or loses one of its processes,
and at each step the answer gets lost and the same request is sent again. Each time the job ends as if nothing had been:
one certificate, revoked for the reason given, one application that tells of it, and a log that is whole.
"""
import os
import pathlib
import signal
import subprocess
import sys
import time
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "flow"))
sys.dont_write_bytecode = True
import walker  # noqa: E402

BREAKS = ["restart", "kill monitor", "kill front", "kill signer", "kill jobs", "lost answer"]
KILLS = 3  # of one process before a fresh monitor: it waits longer with each


class Patient(walker.Service):
    """Remembers who signed in, and can lose one answer."""

    def __init__(self, *args):
        super().__init__(*args)
        self.lose, self.lost, self.roles = False, 0, {}

    def once(self, method, path, body=None, session=None, key=None):
        if self.lose:
            self.lose = False
            self.lost += 1
            super().once(method, path, body, session, key)  # it was done; nobody heard of it
            raise ConnectionResetError("the answer is lost")
        answer = super().once(method, path, body, session, key)
        if path == "/api/v1/sign-in":
            self.roles[answer["role"]] = answer["session"]
        return answer


class Installation:
    def __init__(self, data, signet, signetd):
        self.data, self.signet, self.signetd, self.kills = data, signet, signetd, 0
        self.log = open(data + "/signetd.log", "ab")
        self.process = None

    def start(self):
        self.process = subprocess.Popen([self.signetd, "--config", self.data + "/signetd.conf"], stderr=self.log,
                                        stdin=subprocess.DEVNULL, start_new_session=True)
        end = time.time() + 60
        while subprocess.run([self.signet, "health"], capture_output=True).returncode != 0:
            if time.time() > end or self.process.poll() is not None:
                raise TimeoutError("the service does not become ready")
            time.sleep(0.05)
        self.kills = 0

    def stop(self):
        self.process.terminate()
        status = self.process.wait(60)
        if status != 0:
            raise RuntimeError(f"a drain that ends with {status}")

    def child(self, role):
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                words = open(f"/proc/{pid}/cmdline", "rb").read().split(b"\0")
                parent = int(open(f"/proc/{pid}/stat").read().rsplit(") ", 1)[1].split()[1])
            except OSError:
                continue
            if parent == self.process.pid and words[1:3] == [b"--child", role.encode()]:
                return int(pid)
        return None

    def breaks(self, how):
        if how == "restart":
            self.stop()
            self.start()
        elif how == "kill monitor":
            self.process.kill()
            self.process.wait()
            self.start()
        elif how.startswith("kill "):
            pid = self.child(how[5:])
            if pid is None:
                raise RuntimeError(f"there is no {how[5:]}")
            os.kill(pid, signal.SIGKILL)
            self.kills += 1
            if self.kills == KILLS:
                self.stop()
                self.start()


class Job:
    """One person's way, a method a step; each uses what the ones before it left here."""

    STEPS = ["arrive", "draft", "submit", "approve", "codes", "check", "certificate", "installed", "sign_in", "hold", "lift", "revoke"]

    def __init__(self, service, operator, number):
        self.service, self.operator, self.number = service, operator, number
        self.keys = {step: str(uuid.uuid4()) for step in self.STEPS}
        self.nonce = os.urandom(32)

    def operator_session(self):
        return self.service.roles["operator"]

    def arrive(self):
        self.applicant = walker.Applicant(self.service, self.number)

    def draft(self):
        a = self.applicant
        self.no = self.service.ask(
            "POST", "/api/v1/applications",
            {"profile": "person-signature",
             "fields": {"name": "Walker Applicant", "country": "CN", "mail": a.mail, "phone": a.phone}},
            a.session, self.keys["draft"])["no"]

    def submit(self):
        self.service.ask("POST", f"/api/v1/applications/{self.no}/submit",
                         {"consent": {"text_id": "person-signature-1", "lang": "en", "given": True}},
                         self.applicant.session, self.keys["submit"])

    def approve(self):
        walker.approve(self.service, self.operator, self.operator_session(), self.no)

    def codes(self):
        self.reference, self.code = self.applicant.codes(self.no)

    def check(self):
        self.ticket = self.service.ask("POST", "/api/v1/enrolments/check",
                                       {"reference": self.reference, "code": self.code, "agent_nonce": walker.b64(self.nonce)})
        self.key = walker.Key()
        self.csr = walker.b64(self.key.csr())
        self.path = "/api/v1/enrolments/" + self.ticket["enrolment"]

    def certificate(self):
        self.issued = self.service.ask("POST", self.path + "/certificate", {"csr": self.csr}, self.ticket["session"])
        self.key.certificate = walker.unb64(self.issued["certificate"])

    def installed(self):
        nonce = walker.unb64(self.issued["nonce"])
        octets = walker.statement(self.service, "installed", nonce, self.nonce, self.key.spki, self.key.certificate)
        try:
            done = self.service.ask("POST", self.path + "/installed",
                                    {"nonce": walker.b64(nonce), "agent_nonce": walker.b64(self.nonce),
                                     "signature": walker.b64(self.key.sign(octets))}, self.ticket["session"])
        except walker.Refused as e:
            # Heard of the second time only: the enrolment is done and its session over.
            if not self.service.lost or e.problem["code"] not in ("session", "state", "nonce"):
                raise
            page = self.service.ask("GET", "/api/v1/certificates", session=self.applicant.session)
            done = page["certificates"][0]
        self.at = f"/api/v1/certificates/{done['ca']}/{done['serial']}"

    def sign_in(self):
        self.session = walker.sign_in(self.service, self.key)

    def act(self, step, verb, body):
        return self.service.ask("POST", f"{self.at}/{verb}", body, self.operator_session(), self.keys[step])

    def hold(self):
        self.act("hold", "suspend", {})

    def lift(self):
        self.act("lift", "resume", {})

    def revoke(self):
        self.act("revoke", "revoke", {"reason": "superseded"})

    def faults(self):
        """What is not as it must be at the end."""
        s = self.service
        mine = s.ask("GET", "/api/v1/certificates", session=self.applicant.session)["certificates"]
        if [(c["state"], c.get("reason")) for c in mine] != [("revoked", "superseded")]:
            yield f"certificates {mine}"
        forms = s.ask("GET", "/api/v1/applications", session=self.applicant.session)["applications"]
        if [(f["no"], f["state"]) for f in forms] != [(self.no, "installed")]:
            yield f"applications {forms}"
        chain = s.ask("GET", "/api/v1/audit/verify", session=s.roles["administrator"])
        if not chain["whole"]:
            yield f"log {chain}"


def run(house, service, operator, number, how, gap):
    """The job with break HOW at GAP: before its step, or of its step's first answer."""
    job = Job(service, operator, number)
    service.lost = 0
    for i, step in enumerate(Job.STEPS):
        if i == gap:
            house.breaks(how)
            service.lose = how == "lost answer"
        getattr(job, step)()
        if service.lose:
            return f"{step} asks nothing"
    return "; ".join(job.faults())


def main(data, url, http, ca, signet, signetd):
    house = Installation(data, signet, signetd)
    house.start()
    service = Patient(data, url, http, ca)
    operator = walker.first_people(service, signet)
    walker.sign_in(service, operator)
    number = bad = 0
    for how in BREAKS:
        for gap, step in enumerate(Job.STEPS):
            # A code by SMS works once and comes once a minute; the wait for messages asks nothing of the service.
            if how == "lost answer" and step in ("arrive", "codes"):
                continue
            number += 1
            try:
                wrong = run(house, service, operator, number, how, gap)
            except Exception as e:  # the test names each way that did not get through
                wrong = f"{type(e).__name__}: {e}"
            service.lose = False
            words = f"{how} {'of' if how == 'lost answer' else 'before'} {step}: it ends the same"
            print(f"{'not ok' if wrong else 'ok'} {number} - {words}", flush=True)
            if wrong:
                bad += 1
                print(f"# {wrong}"[:600])
                house.process.poll() is None or house.start()
    print(f"1..{number}")
    house.stop()
    return 1 if bad else 0


sys.exit(main(*sys.argv[1:]))
