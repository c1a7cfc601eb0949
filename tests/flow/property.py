# SPDX-License-Identifier: Apache-2.0
"""The service does what its own document says: property.py DATA URL HTTP CA SIGNET [--rounds N] [--seed N]

Every operation of openapi.yaml is asked with valid and with broken requests: by nobody, by each role, with ids that
exist and ids that do not. Every answer must be one that the document has: status, content type, schema, and for a
refusal a problem with a code that the operation lists. A request that is broken in a known way must be refused, and as
that. Nothing is ever answered with 5xx.
"""
import argparse
import base64
import http.client
import json
import os
import random
import re
import socket
import ssl
import string
import sys
import urllib.parse

import openapi
import walker

SHAPES = {"content-type", "body-size", "json", "field-missing", "field-unknown", "field-duplicate", "field-type",
          "field-length", "field-chars", "field-format", "field-value"}
WORDS = "Zhang Min 王伟 Мария Ёлкина a-b_c.d ñ \u0300 <b>&amp; ' \" ; -- \\ % 0 1e9 ../../etc/passwd {{7*7}}".split(" ")


class Local(http.client.HTTPConnection):
    """HTTP over the administrator's socket."""

    def __init__(self, path):
        super().__init__("localhost", timeout=30)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = {k.lower(): v for k, v in response.getheaders()}
        self.body = response.read()
        self.type = self.headers.get("content-type", "")

    def json(self):
        return json.loads(self.body)


class Checked(walker.Service):
    """The walker's service, each of whose answers is held against the document."""

    def __init__(self, judge, *args):
        super().__init__(*args)
        self.judge = judge

    def once(self, method, path, body=None, session=None, key=None):
        answer = self.judge.send(method, path, body if body is None else json.dumps(body).encode(), session=session, key=key)
        operation = self.judge.operation(method, path)
        self.judge.check(operation, answer, f"{method} {path}")
        if answer.status >= 400:
            raise walker.Refused(answer.status, answer.json())
        made = answer.json() if answer.body else {}
        if operation.name in ("sign_in", "sms_verify"):
            self.judge.sessions.setdefault(made["role"], made["session"])
        if operation.name == "enrolment_check":
            self.judge.sessions["enrolment"] = made["session"]
        return made


class Judge:
    def __init__(self, args):
        self.document, self.failures = openapi.Document(), openapi.failures()
        self.tls = ssl.create_default_context(cafile=args.ca)
        self.at = urllib.parse.urlsplit(args.url)
        self.socket = args.data + "/admin.sock"
        self.found, self.sent, self.seen, self.sessions = {}, 0, {}, {}
        self.lang = "en"  # as the walker reads its messages
        self.patterns = [(re.compile("^" + re.sub(r"\{[a-z]+\}", "[^/]+", o.path) + "$"), o) for o in self.document.operations]
        # The longest literal path first: /enrolments/resume is not /enrolments/{id}.
        self.patterns.sort(key=lambda p: p[1].path.count("{"))

    def operation(self, method, path):
        path = path.split("?")[0]
        return next((o for pattern, o in self.patterns if o.method == method and pattern.match(path)), None)

    def send(self, method, path, body=None, session=None, key=None, kind="application/json", local=False, headers=()):
        c = Local(self.socket) if local else http.client.HTTPSConnection(
            self.at.hostname, self.at.port, context=self.tls, timeout=30)
        lines = {"Accept-Language": self.lang}
        lines.update({"Authorization": "Bearer " + session} if session else {})
        lines.update({"Idempotency-Key": key} if key else {})
        lines.update({"Content-Type": kind} if body is not None and kind else {})
        lines.update(dict(headers))
        try:
            c.request(method, path, body, lines)
            answer = Answer(c.getresponse())
        finally:
            c.close()
        self.sent += 1
        return answer

    def fault(self, what, words):
        """Each kind of fault once; the first example stands for all."""
        self.found.setdefault(what, words)

    def check(self, operation, answer, what):
        """Is this ANSWER one that the document has for OPERATION (None: for no operation at all)?"""
        where = str(operation or "no operation")
        self.seen.setdefault(where, set()).add(answer.status)
        if not re.fullmatch(r"[0-9a-f]{32}", answer.headers.get("x-request-id", "")):
            self.fault(f"{where}: X-Request-Id", f"{what}: {answer.headers}")
        if operation and str(answer.status) in operation.answers:
            return self.check_good(operation, answer, what)
        return self.check_problem(operation, answer, what)

    def check_good(self, operation, answer, what):
        content = operation.answers[str(answer.status)].get("content")
        where = f"{operation} {answer.status}"
        if content is None:
            if answer.body:
                self.fault(f"{where}: has a body", f"{what}: {answer.body[:200]}")
            return None
        if answer.type not in content:
            self.fault(f"{where}: content type {answer.type}", what)
            return None
        for f in self.document.faults(content[answer.type]["schema"], answer.json(), closed=True):
            self.fault(f"{where}: {re.sub(r'[0-9]+', 'N', f)}", f"{what}: {f}")
        return None

    def check_problem(self, operation, answer, what):
        where = str(operation or "no operation")
        if answer.status < 400 or answer.type != "application/problem+json":
            self.fault(f"{where}: {answer.status} {answer.type} is not in the document", f"{what}: {answer.body[:200]}")
            return None
        problem = answer.json()
        code = problem.get("code")
        for f in self.document.faults({"$ref": "#/components/schemas/Problem"}, problem, closed=True):
            self.fault(f"{where}: Problem{f}", what)
        said = f"{what}: {answer.body[:300].decode(errors='replace')}"
        if answer.status >= 500:
            self.fault(f"{where}: {answer.status} {code}", said)
        if problem.get("status") != answer.status or self.failures.get(code) != answer.status:
            self.fault(f"{where}: {code} with {answer.status}", said)
        allowed = operation.errors if operation else {"route", "method", "header", "not-found", "auth-required", "session", "role"}
        if code not in allowed | {"header"}:
            self.fault(f"{where}: {code} is not among its failures", said)
        if problem.get("request_id") != answer.headers.get("x-request-id"):
            self.fault(f"{where}: request id", said)
        spoken = "zh" if re.search("[\u4e00-\u9fff]", problem.get("detail", "")) else "en"
        if problem.get("lang") != self.lang or spoken != self.lang:
            self.fault(f"{where}: not in the language that was asked for", said)
        if answer.status == 401 and answer.headers.get("www-authenticate") != "Bearer":
            self.fault(f"{where}: 401 without WWW-Authenticate", said)
        if answer.status in (429, 503) and not answer.headers.get("retry-after", "").isdigit():
            self.fault(f"{where}: {answer.status} without Retry-After", said)
        if code in SHAPES - {"field-unknown"} and code.startswith("field-") and not problem.get("field"):
            self.fault(f"{where}: {code} without the field's name", said)
        return code

    def refuse(self, operation, answer, codes, what, field=None):
        """ANSWER must be a refusal with one of CODES, about FIELD."""
        code = self.check(operation, answer, what)
        if answer.status < 400 or code not in codes:
            self.fault(f"{operation}: {what.split(': ')[-1]} is not refused as {' or '.join(sorted(codes))}",
                       f"{what}: {answer.status} {answer.body[:300].decode(errors='replace')}")
        elif field and field not in answer.json().get("field", ""):
            self.fault(f"{operation}: {what.split(': ')[-1]} is not refused by its name", f"{what}: {answer.body[:300]}")


class Maker:
    """Values of a schema, and values that break it."""

    def __init__(self, document, chance, pools):
        self.document, self.chance, self.pools = document, chance, pools
        self.honest = False  # only what an honest client would send

    def sound(self, schema):
        self.honest = True
        made = self.value(schema)
        self.honest = False
        return made

    def text(self, s, name):
        least, most = s.get("minLength", 0), s.get("maxLength", 60)
        if s.get("contentEncoding") == "base64":
            n = self.chance.randint((least + 3) // 4, max((least + 3) // 4, min(most // 4, 400)))
            octets = self.chance.randbytes(max(0, 3 * n - self.chance.choice((0, 1, 2) if least < 4 * n or least % 4 else (1,))))
            made = base64.b64encode(octets).decode()
            return made if least <= len(made) <= most else base64.b64encode(bytes(least * 3 // 4 - (1 if least == 44 else 0))).decode()
        if s.get("format") == "date-time":
            return f"20{self.chance.randint(20, 37)}-{self.chance.randint(1, 12):02}-{self.chance.randint(1, 28):02}T00:00:00Z"
        if "enum" in s:
            return self.chance.choice(s["enum"])
        if s.get("pattern") == "^[0-9a-f]{32}$":
            return self.chance.randbytes(16).hex()
        if s.get("pattern"):
            return "".join(self.chance.choices(string.ascii_letters + string.digits, k=max(least, 12)))
        if name in self.pools and (self.honest or self.chance.random() < 0.7):
            return self.pools[name][0] if self.honest else self.chance.choice(self.pools[name])
        words = " ".join(self.chance.choices(WORDS, k=self.chance.randint(1, 6)))
        return (words if least <= len(words) else words + "x" * least)[:most]

    def value(self, schema, name=""):
        s = self.document.resolve(schema)
        kind = s.get("type")
        if "const" in s:
            return s["const"]
        if kind == "object":
            made = {k: self.value(v, k) for k, v in s.get("properties", {}).items()
                    if k in s.get("required", []) or self.chance.random() < 0.5}
            if isinstance(s.get("additionalProperties"), dict):
                names = ["name", "country", "mail", "phone"]
                for k in names if self.honest else self.chance.sample(names + ["organisation", "shoe"], self.chance.randint(0, 5)):
                    made[k] = self.value(s["additionalProperties"], k)
            return made
        if kind == "array":
            n = self.chance.randint(s.get("minItems", 0), min(s.get("maxItems", 3), 3))
            some = [self.value(s["items"], name) for _ in range(max(n, s.get("minItems", 0)))]
            return [v for i, v in enumerate(some) if not s.get("uniqueItems") or v not in some[:i]]
        if kind == "integer":
            return self.chance.randint(s.get("minimum", 0), min(s.get("maximum", 9), s.get("minimum", 0) + 9))
        if kind == "boolean":
            return self.chance.random() < 0.8
        return self.text(s, name)

    def broken(self, schema):
        """(words, octets, codes, field): bodies that break SCHEMA in one known way each."""
        s = self.document.resolve(schema)
        good = self.sound(schema)
        whole = lambda v: json.dumps(v, ensure_ascii=False).encode()
        yield "no JSON", b"{", {"json"}, None
        yield "no UTF-8", b'{"a":"\xff\xfe"}', {"json", "field-unknown"}, None
        yield "an array", b"[]", {"json", "field-type"}, None
        yield "a number", b"1", {"json", "field-type"}, None
        yield "two values", whole(good) + b"{}", {"json"}, None
        yield "deep", b'{"a":' + b"[" * 5000 + b"]" * 5000 + b"}", {"json", "field-unknown", "body-size"}, None
        yield "an unknown member", whole({**good, "frobnicate": 1}), {"field-unknown"}, "frobnicate"
        yield "an unknown empty member", whole({**good, "": ""}), {"field-unknown"}, None
        yield "of another content type", whole(good), {"content-type"}, None
        for k, v in s.get("properties", {}).items():
            v = self.document.resolve(v)
            with_ = lambda x, k=k: whole({**good, k: x})
            if k in s.get("required", []):
                yield f"without {k}", whole({a: b for a, b in good.items() if a != k}), {"field-missing"}, k
            double = whole({**good, k: self.value(v, k)}).rstrip(b"}") + b"," + whole({k: self.value(v, k)})[1:]
            yield f"{k} twice", self.twice({**good, k: self.value(v, k)}, k), {"field-duplicate", "json"}, None
            yield f"{k} null", with_(None), {"field-type", "field-missing"}, k
            for other in (7, True, "x" * v.get("minLength", 1), [], {}):
                kinds = {"string": str, "integer": int, "boolean": bool, "array": list, "object": dict}
                if type(other) is not kinds[v.get("type", "string")]:
                    yield f"{k} as {type(other).__name__}", with_(other), {"field-type", "field-length"}, k
            if v.get("type") == "string":
                yield from self.broken_text(k, v, with_)
            if "maxItems" in v:
                yield f"{k} too many", with_([self.value(v["items"])] * (v["maxItems"] + 1)), {"field-length", "body-size"}, k
            if v.get("minItems"):
                yield f"{k} empty", with_([]), {"field-length", "field-missing"}, k
            if v.get("additionalProperties") is False:
                yield f"{k} with an unknown member", with_({**self.value(v), "frobnicate": 1}), {"field-unknown"}, "frobnicate"

    def broken_text(self, k, v, with_):
        most = v.get("maxLength")
        if most and most <= 60000:
            yield f"{k} too long", with_("A" * (most + 4)), {"field-length", "field-format", "body-size"}, k
        if v.get("minLength"):
            yield f"{k} too short", with_("A" * (v["minLength"] - 1)), {"field-length", "field-format", "field-missing"}, k
        if v.get("contentEncoding") == "base64":
            n = max(v.get("minLength", 4), 4)
            yield f"{k} no base64", with_("*" * n), {"field-format", "field-chars"}, k
            yield f"{k} base64url", with_("-_" * (n // 2)), {"field-format", "field-chars"}, k
            yield f"{k} base64 with a line end", with_("A" * (n - 1) + "\n"), {"field-format", "field-chars", "field-length"}, k
        elif v.get("minLength", 1) <= 20:
            yield f"{k} with NUL", with_("x" * max(v.get("minLength", 1), 2) + "\0"), \
                {"field-chars", "field-format", "field-value", "field-length", "json"}, None
        if v.get("format") == "date-time":
            for bad in ("2026-11-24", "2026-13-45T00:00:00Z", "2026-11-24T08:00:00", "2026-11-24T08:00:00+25:00"):
                yield f"{k} {bad}", with_(bad), {"field-format", "field-value"}, k

    @staticmethod
    def twice(value, k):
        pair = json.dumps({k: value[k]}, ensure_ascii=False)[1:-1]
        return (json.dumps(value, ensure_ascii=False)[:-1] + "," + pair + "}").encode()


class Walk:
    """What must exist so that requests have something to be about: people, applications, a certificate."""

    def __init__(self, judge, args):
        self.judge = judge
        self.service = Checked(judge, args.data, args.url, args.http, args.ca)
        s = self.service
        operator = walker.first_people(s, args.signet)
        judge.sessions["operator"] = walker.sign_in(s, operator)
        applicant = walker.Applicant(s, 77)
        numbers = [applicant.submit() for _ in range(5)]
        walker.approve(s, operator, judge.sessions["operator"], numbers[0])
        key, done = walker.enrol(s, *applicant.codes(numbers[0]))
        judge.sessions["holder"] = walker.sign_in(s, key)
        at = f"/api/v1/certificates/{done['ca']}/{done['serial']}"
        s.ask("GET", at, session=applicant.session)
        for verb in ("suspend", "resume"):
            s.ask("POST", f"{at}/{verb}", {}, judge.sessions["operator"], os.urandom(8).hex())
        for what in ("applications", "certificates"):
            self.pages(what)
        walker.approve(s, operator, judge.sessions["operator"], numbers[3])
        reference, code = applicant.codes(numbers[3])
        ticket = s.ask("POST", "/api/v1/enrolments/check", {"reference": reference, "code": code, "agent_nonce": walker.b64(bytes(32))})
        self.resumed(reference, ticket, bytes(32))
        self.operator, self.applicant, self.at = operator, applicant, at
        s.ask("POST", f"/api/v1/applications/{numbers[1]}/withdraw", {}, applicant.session, os.urandom(8).hex())
        s.ask("POST", f"/api/v1/applications/{numbers[4]}/reject", {"reason": "unread"}, judge.sessions["operator"], "k-1")
        self.pools = {
            "yaml": [(openapi.ROOT / "share/profiles/person-signature.yaml").read_text(encoding="utf-8").replace(
                "\nversion: 1\n", "\nversion: 2\n")],
            "no": numbers[2:3] + numbers[:2] + numbers[4:] + ["T-2026-9999", "A-1", "%00", "%C3%A9", "x" * 33, "..", "-"],
            "serial": [done["serial"], done["serial"].upper(), "00", "zz", "0" * 41, "1", "%2e%2e"],
            "ca": [done["ca"], "management-g1", "root-g1", "issuing-g9", "x" * 33, "%F0%9F%92%A9"],
            "id": [ticket["enrolment"], "0" * 32, "f" * 31, "G" * 32],
            "kind": ["roster", "profile:person-signature", "profile:", "profile:" + "x" * 90, "shoe", "x"],
            "version": ["1", "2", "0", "-1", "99999999999999999999", "x"],
            "profile": ["person-signature", "operator", "shoe"], "phone": ["+8613800000042", "13800000042", "+1", "x"],
            "mail": ["a@example.test", "a@b", "x"], "name": ["Zhang Min", "王伟", "Zhаng"], "country": ["CN", "RU", "xx"],
            "lang": ["en", "zh", "ru", "de"], "reason": ["superseded", "key-compromise", "shoe"], "purpose": ["sign-in", "shoe"],
            "text_id": ["person-signature-1", "shoe"], "role": ["operator", "auditor", "shoe"],
            "reference": ["9000000001", "0", "A" * 10], "code": ["ABCDEFGHJKLM", "000000"], "state": ["draft", "open", "shoe"],
            "event": ["certificate.issued", "shoe"], "cursor": ["x", "AAAA"],
        }

    def resumed(self, reference, ticket, agent_nonce):
        """A download that breaks off behind the certificate, and goes on with the pending key."""
        s, key = self.service, walker.Key()
        path = "/api/v1/enrolments/" + ticket["enrolment"]
        s.ask("POST", path + "/certificate", {"csr": walker.b64(key.csr())}, ticket["session"], "k-2")
        nonce = walker.unb64(s.ask("POST", "/api/v1/enrolments/resume", {"reference": reference})["nonce"])
        octets = walker.statement(s, "resume", nonce, agent_nonce, key.spki)
        s.ask("POST", path + "/resume", {"agent_nonce": walker.b64(agent_nonce), "spki": walker.b64(key.spki),
                                         "nonce": walker.b64(nonce), "signature": walker.b64(key.sign(octets))})

    def finish(self):
        """What ends something: after everything else."""
        s, sessions = self.service, self.judge.sessions
        no = self.applicant.submit()
        s.ask("POST", f"/api/v1/applications/{no}/return", {"reason": "unread"}, sessions["operator"], "k-3")
        no = self.applicant.submit()
        walker.approve(s, self.operator, sessions["operator"], no)
        s.ask("POST", f"/api/v1/applications/{no}/codes", {}, sessions["operator"], "k-4")
        if s.ask("GET", self.at, session=sessions["operator"])["state"] != "revoked":
            s.ask("POST", self.at + "/revoke", {"reason": "superseded"}, sessions["operator"], "k-5")
        s.ask("DELETE", "/api/v1/session", session=sessions["subscriber"])

    def pages(self, what):
        session = self.judge.sessions["operator"]
        page = self.service.ask("GET", f"/api/v1/{what}?limit=1", session=session)
        while page.get("next"):
            page = self.service.ask(
                "GET", f"/api/v1/{what}?limit=1&cursor=" + urllib.parse.quote(page["next"]), session=session)


class Asker:
    """All questions about one operation."""

    def __init__(self, judge, maker, chance):
        self.judge, self.maker, self.chance = judge, maker, chance

    def path(self, operation, odd=False):
        """With ids that exist; ODD: with others too, such as no honest client sends."""
        def word(m):
            pool = self.maker.pools[m[1]]
            # What no request line can hold is encoded; what looks encoded stays as it is.
            return urllib.parse.quote(self.chance.choice(pool) if odd else pool[0], safe="%/:@!$&'()*+,;=-._~")
        return re.sub(r"\{([a-z]+)\}", word, operation.path)

    def query(self, operation):
        given = [p for p in operation.parameters if p["in"] == "query" and self.chance.random() < 0.4]
        pairs = [(p["name"], str(self.maker.value(p["schema"], p["name"]))) for p in given]
        return "?" + urllib.parse.urlencode(pairs) if pairs else ""

    def key(self, operation):
        return os.urandom(12).hex() if any(p["name"] == "Idempotency-Key" for p in operation.parameters) else None

    def ask(self, operation, session, body=None, **more):
        more.setdefault("key", self.key(operation))
        path = more.pop("path", None) or self.path(operation)
        answer = self.judge.send(operation.method, path, body, session=session, local=operation.who == "local", **more)
        return answer, f"{operation.method} {path}"

    def right(self, operation, session, honest=False):
        """A request that the document allows: any answer that the document has."""
        body = None
        if operation.body and (operation.body_required or self.chance.random() < 0.5):
            made = self.maker.sound(operation.body) if honest else self.maker.value(operation.body)
            body = json.dumps(made, ensure_ascii=False).encode()
        path = self.path(operation) if honest else self.path(operation, odd=True) + self.query(operation)
        answer, what = self.ask(operation, session, body, path=path)
        # A way with ".." or octets that are no UTF-8 in it is another way, or none.
        known = not re.search(r"/\.\.|%2e%2e|%00", path)
        code = self.judge.check(operation if known or answer.status < 400 else None, answer, f"{what} {body or b''!r}"[:400])
        if answer.status >= 400 and code in ("json", "content-type"):
            self.judge.fault(f"{operation}: a valid request is refused as {code}", f"{what} {body!r} {answer.body!r}")

    def wrong(self, operation, session):
        """Requests that are broken in one known way each."""
        judge = self.judge
        sound = json.dumps(self.maker.sound(operation.body)).encode() if operation.body else None
        if operation.session:
            for bad in (None, "x", "A" * 43, "\u00e9"):
                answer, what = self.ask(operation, bad and bad.encode().decode("latin-1"), sound)
                judge.refuse(operation, answer, {"auth-required", "session", "header"}, f"{what}: no such session")
        if self.key(operation):
            for bad in (None, "", "a b", "x" * 65, "\u00e9"):
                answer, what = self.ask(operation, session, sound, key=None, headers={"Idempotency-Key": bad} if bad is not None else {})
                judge.refuse(operation, answer, {"idempotency-key", "header"}, f"{what}: Idempotency-Key {bad!r}")
        for p in operation.parameters:
            if p["name"] == "limit":
                for bad in ("0", "201", "x", "", "-1", "1e1", "99999999999999999999"):
                    answer, what = self.ask(operation, session, path=f"{operation.path}?limit={bad}")
                    judge.refuse(operation, answer, SHAPES, f"{what}: limit", "limit")
        if "{" not in operation.path and operation.method == "GET" and operation.session:
            for bad, codes in (("?frobnicate=1", SHAPES), ("?limit=1&limit=2", SHAPES), ("?limit=%zz", SHAPES | {"header"})):
                answer, what = self.ask(operation, session, path=operation.path + bad)
                judge.refuse(operation, answer, codes, f"{what}: {bad}")
        if operation.body:
            self.bodies(operation, session)

    def bodies(self, operation, session):
        for words, octets, codes, field in self.maker.broken(operation.body):
            kind = "text/plain" if words.startswith("of another") else "application/json"
            answer, what = self.ask(operation, session, octets, kind=kind)
            if answer.status in (404, 409, 429) and self.judge.check(operation, answer, what) in ("not-found", "state", "rate"):
                continue  # what the path names is looked up first
            self.judge.refuse(operation, answer, codes, f"{what}: {words}", field)
        answer, what = self.ask(operation, session, b'{"x":"' + b"x" * (3 << 20) + b'"}')
        self.judge.refuse(operation, answer, {"body-size"}, f"{what}: 3 MiB")

    def others(self, operation):
        """Methods that the path does not have."""
        for method in ("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "FROB"):
            path = self.path(operation)
            if self.judge.operation(method, path) is None:
                answer = self.judge.send(method, path, local=operation.who == "local")
                self.judge.refuse(None, answer, {"method", "route", "header"}, f"{method} {path}: method")


def run(judge, walk, rounds, chance):
    maker = Maker(judge.document, chance, walk.pools)
    asker = Asker(judge, maker, chance)
    # What ends sessions or certificates comes last.
    operations = sorted(judge.document.operations, key=lambda o: o.name in ("certificate_revoke", "session_end", "document_apply"))
    may = {"none": [None], "local": [None], "enrolment": ["enrolment"], "person": ["subscriber", "holder", "operator"],
           "operator": ["operator"], "administrator": ["administrator"]}
    for o in operations:
        roles = may.get(o.who, ["administrator"])
        for role in roles:
            if o.name == "session_end":
                continue
            for turn in range(rounds):
                asker.right(o, role and judge.sessions[role], honest=turn == 0)
        if o.name != "session_end":
            asker.wrong(o, roles[0] and judge.sessions[roles[0]])
        asker.others(o)
        for role in set(judge.sessions) - set(roles):  # who may not: refused, or told nothing
            if o.session and o.name != "session_end":
                asker.right(o, judge.sessions[role])
    for o in operations:  # at last, so that nothing else misses its session
        if o.name == "session_end":
            asker.wrong(o, judge.sessions["holder"])
    for path in ("/", "/api", "/api/v2/applications", "/api/v1/applications/", "//api/v1/profiles", "/api/v1/../v1/profiles",
                 "/api/v1/profiles%00", "/api/v1/%70rofiles/x", "/" + "x" * 4000, "/api/v1/frobnicate"):
        answer = judge.send("GET", path)
        judge.refuse(None, answer, {"route", "method", "header"}, f"GET {path[:60]}: route")


def main():
    p = argparse.ArgumentParser()
    for name in ("data", "url", "http", "ca", "signet"):
        p.add_argument(name)
    p.add_argument("--rounds", type=int, default=6)
    p.add_argument("--seed", type=int, default=1)
    args = p.parse_args()
    judge = Judge(args)
    walk = Walk(judge, args)
    judge.lang = "zh"
    run(judge, walk, args.rounds, random.Random(args.seed))
    judge.lang = "en"
    walk.finish()
    never = [str(o) for o in judge.document.operations if str(o) not in judge.seen]
    good = [str(o) for o in judge.document.operations
            if not any(s < 400 for s in judge.seen.get(str(o), ())) and o.who != "local"]
    print(f"{judge.sent} requests, {len(judge.document.operations)} operations, seed {args.seed}")
    print("answered well by none of them: " + ", ".join(good) if good else "each operation also answered well")
    for what, words in sorted(judge.found.items()):
        print(f"FAULT {what}\n      {words[:600]}")
    for o in never:
        print(f"FAULT {o}: was never asked")
    return 1 if judge.found or never else 0


sys.exit(main())
