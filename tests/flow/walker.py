# SPDX-License-Identifier: Apache-2.0
"""A second client of the API: soft keys, its own encodings, nothing of Signet's code.

It walks the main job with many hands at once and repeats what a broken connection left open, as a
careful client does: the same body under the same Idempotency-Key.
"""
import base64
import email
import email.policy
import glob
import hashlib
import http.client
import json
import os
import re
import ssl
import struct
import subprocess
import time
import urllib.parse
import uuid

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

b64 = lambda b: base64.b64encode(b).decode()
unb64 = base64.b64decode


class Refused(Exception):
    def __init__(self, status, problem):
        super().__init__(f"{status} {problem}")
        self.status, self.problem = status, problem


class Service:
    """One installation, reached over HTTPS; patient with a front that is being restarted."""

    def __init__(self, data, url, http_base, ca):
        self.data, self.url, self.http_base = data, url, http_base
        self.tls = ssl.create_default_context(cafile=ca)
        self.origin = url

    def once(self, method, path, body=None, session=None, key=None):
        at = urllib.parse.urlsplit(self.url)
        c = http.client.HTTPSConnection(at.hostname, at.port, context=self.tls, timeout=20)
        headers = {"Accept-Language": "en"}
        if session:
            headers["Authorization"] = "Bearer " + session
        if key:
            headers["Idempotency-Key"] = key
        if body is not None:
            headers["Content-Type"] = "application/json"
            body = json.dumps(body)
        try:
            c.request(method, path, body, headers)
            r = c.getresponse()
            text = r.read()
        finally:
            c.close()
        answer = json.loads(text) if text else {}
        if r.status >= 400:
            raise Refused(r.status, answer)
        return answer

    def ask(self, method, path, body=None, session=None, key=None, patience=90):
        """Repeat on a broken connection, 503 and a lost race, for PATIENCE seconds."""
        end = time.time() + patience
        while True:
            try:
                return self.once(method, path, body, session, key)
            except (OSError, http.client.HTTPException, ValueError):
                if time.time() > end:
                    raise
            except Refused as e:
                if time.time() > end or e.status not in (500, 503) and e.problem.get("code") != "race":
                    raise
            time.sleep(0.1)

    # --- what came out of the spool ---

    def messages(self, channel):
        for path in sorted(glob.glob(f"{self.data}/spool/{channel}/*")):
            try:
                raw = open(path, "rb").read()
            except FileNotFoundError:
                continue
            if channel == "sms":
                m = json.loads(raw)
                yield m["to"], m["text"]
            else:
                m = email.message_from_bytes(raw, policy=email.policy.default)
                yield m["To"], m["Subject"] + "\n" + m.get_content()

    def wait_message(self, channel, to, pattern, seen, patience=60):
        """The first group of PATTERN in a message to TO that is not in SEEN; it is put there."""
        end = time.time() + patience
        while time.time() < end:
            for address, text in self.messages(channel):
                found = re.search(pattern, text, re.S)
                if address == to and found and found.group(1) not in seen:
                    seen.add(found.group(1))
                    return found.group(1)
            time.sleep(0.1)
        raise TimeoutError(f"no {channel} to {to} with {pattern}")


def statement(service, purpose, server_nonce, agent_nonce, spki, certificate=b"", payload=b""):
    h = lambda b: hashlib.sha256(b).digest() if b else b""
    out = b"signet-agent-auth-v1"
    for part in (b"test", service.origin.encode(), purpose.encode(), server_nonce, agent_nonce,
                 h(spki), h(certificate), h(payload)):
        out += struct.pack(">I", len(part)) + part
    return out


class Key:
    def __init__(self):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.spki = self.key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        self.certificate = b""

    def csr(self):
        r = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
        return r.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)

    def sign(self, octets):
        return self.key.sign(octets, ec.ECDSA(hashes.SHA256()))


def enrol(service, reference, code):
    """From the two codes to an active certificate; gives (key, answer)."""
    nonce = os.urandom(32)
    key = Key()
    csr = {"csr": b64(key.csr())}
    ticket = service.ask("POST", "/api/v1/enrolments/check",
                         {"reference": reference, "code": code, "agent_nonce": b64(nonce)})
    path = "/api/v1/enrolments/" + ticket["enrolment"]
    issued = service.ask("POST", path + "/certificate", csr, ticket["session"], str(uuid.uuid4()))
    key.certificate = unb64(issued["certificate"])
    server_nonce = unb64(issued["nonce"])
    octets = statement(service, "installed", server_nonce, nonce, key.spki, key.certificate)
    done = service.ask("POST", path + "/installed",
                       {"nonce": b64(server_nonce), "agent_nonce": b64(nonce), "signature": b64(key.sign(octets))},
                       ticket["session"])
    return key, done


def sign_in(service, key):
    while True:
        challenge = service.ask("POST", "/api/v1/sign-in/challenge", {})
        nonce, agent = unb64(challenge["nonce"]), os.urandom(32)
        octets = statement(service, "sign-in", nonce, agent, key.spki, key.certificate)
        try:
            return service.ask("POST", "/api/v1/sign-in",
                               {"certificate": b64(key.certificate), "nonce": b64(nonce), "agent_nonce": b64(agent),
                                "signature": b64(key.sign(octets))})["session"]
        except Refused as e:
            if e.problem.get("code") != "nonce":  # used by an answer that got lost: ask anew
                raise


def signature_of(service, key, purpose, nonce, payload):
    agent = os.urandom(32)
    octets = statement(service, purpose, nonce, agent, key.spki, key.certificate, payload)
    return {"spki_hash": b64(hashlib.sha256(key.spki).digest()),
            "certificate_hash": b64(hashlib.sha256(key.certificate).digest()),
            "server_nonce": b64(nonce), "agent_nonce": b64(agent), "signature": b64(key.sign(octets))}


def first_people(service, signet):
    """Administrator by the bootstrap codes, operator by a roster that he signs: (operator's key)."""
    shown = json.loads(subprocess.run([signet, "--json", "operator", "bootstrap"], check=True,
                                      capture_output=True, text=True).stdout)
    first = (shown.get("people") or shown.get("codes") or shown.get("administrators"))[0]
    admin, _ = enrol(service, first["reference"], first["code"])
    session = sign_in(service, admin)
    phone, mail = "+8613900000000", "operator@walker.test"
    p = service.ask("POST", "/api/v1/documents/people",
                    {"name": "Walker Operator", "role": "operator", "phone": phone, "mail": mail, "lang": "en"}, session)
    payload = b""
    for part in (b"roster", str(p["version"]).encode(), hashlib.sha256(unb64(p["octets"])).digest()):
        payload += struct.pack(">I", len(part)) + part
    service.ask("POST", f"/api/v1/documents/roster/{p['version']}/apply",
                {"signatures": [signature_of(service, admin, "document", unb64(p["nonce"]), payload)]},
                session, str(uuid.uuid4()))
    reference = service.wait_message("mail", mail, r"number: ([0-9 ]{10,14})", set())
    code = service.wait_message("sms", phone, r"code ([A-Z0-9-]{12,})", set())
    operator, _ = enrol(service, reference, code)
    return operator


class Applicant:
    def __init__(self, service, number):
        self.service = service
        self.phone = f"+86138{number:08d}"
        self.mail = f"applicant{number}@walker.test"
        self.seen = set()
        secret = b64(os.urandom(24))
        service.ask("POST", "/api/v1/sign-in/sms", {"phone": self.phone, "client_secret": secret})
        code = service.wait_message("sms", self.phone, r"code ([0-9]{6}) ", set())
        self.session = service.ask("POST", "/api/v1/sign-in/sms/verify",
                                   {"phone": self.phone, "code": code, "client_secret": secret})["session"]

    def submit(self):
        s = self.service
        no = s.ask("POST", "/api/v1/applications",
                   {"profile": "person-signature",
                    "fields": {"name": "Walker Applicant", "country": "CN", "mail": self.mail, "phone": self.phone}},
                   self.session, str(uuid.uuid4()))["no"]
        s.ask("POST", f"/api/v1/applications/{no}/submit",
              {"consent": {"text_id": "person-signature-1", "lang": "en", "given": True}},
              self.session, str(uuid.uuid4()))
        return no

    def codes(self, no):
        reference = self.service.wait_message(
            "mail", self.mail, re.escape(no) + r"\n.*?number: ([0-9 ]{10,14})", self.seen)
        code = self.service.wait_message("sms", self.phone, r"authorization code ([A-Z0-9-]{12,})", self.seen)
        return reference, code


def approve(service, operator, session, no):
    path = f"/api/v1/applications/{no}"
    while True:
        look = service.ask("GET", path + "/approval", session=session)
        body = signature_of(service, operator, "approve", unb64(look["nonce"]), unb64(look["payload"]))
        try:
            return service.ask("POST", path + "/approve", body, session, str(uuid.uuid4()))
        except Refused as e:
            if e.problem.get("code") == "state":  # an earlier answer got lost: it is approved already
                return None
            raise
