# SPDX-License-Identifier: Apache-2.0
"""src/api/openapi.yaml as data: its operations, and what breaks a schema.

The document is read as an author of a client reads it: nothing here comes from the code of the service.
"""
import base64
import re
from datetime import datetime
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
METHODS = ("get", "post", "put", "delete", "patch")


class Operation:
    def __init__(self, document, path, method, node, shared):
        self.path, self.method, self.name = path, method.upper(), node["operationId"]
        self.who, self.document = node["x-who"], document
        self.parameters = [document.resolve(p) for p in shared + node.get("parameters", [])]
        body = node.get("requestBody")
        self.body = body and body["content"].get("application/json", {}).get("schema")
        self.body_required = bool(body and body.get("required"))
        self.answers = node["responses"]
        self.session = "security" in node
        self.errors = set(node.get("x-errors", [])) | set(document.errors)
        self.errors |= set(document.errors_session) if self.session else set()
        self.errors |= set(document.errors_body) if self.body else set()
        self.errors |= set(document.errors_path) if "{" in path else set()

    def __str__(self):
        return f"{self.method} {self.path}"


class Document:
    def __init__(self):
        self.root = yaml.safe_load((ROOT / "src/api/openapi.yaml").read_text(encoding="utf-8"))
        self.errors = self.root["x-errors"]
        self.errors_session, self.errors_body = self.root["x-errors-session"], self.root["x-errors-body"]
        self.errors_path = self.root["x-errors-path"]
        self.schemas = self.root["components"]["schemas"]
        self.operations = [
            Operation(self, path, method, item[method], item.get("parameters", []))
            for path, item in self.root["paths"].items() for method in METHODS if method in item]

    def resolve(self, node):
        """NODE itself, or what its $ref names; allOf joined into one object."""
        while "$ref" in node:
            at = self.root
            for part in node["$ref"].lstrip("#/").split("/"):
                at = at[part]
            node = at
        if "allOf" in node:
            parts = [self.resolve(p) for p in node["allOf"]]
            node = {"type": "object", "properties": {k: v for p in parts for k, v in p.get("properties", {}).items()},
                    "required": [r for p in parts for r in p.get("required", [])]}
        return node

    def faults(self, schema, value, at="", closed=False):
        """What in VALUE breaks SCHEMA. CLOSED: members that are not named are faults, also where more are allowed."""
        s = self.resolve(schema)
        kinds = {"object": dict, "array": list, "string": str, "integer": int, "number": (int, float), "boolean": bool}
        if "const" in s and (value != s["const"] or type(value) is not type(s["const"])):
            yield f"{at}: {value!r}, not {s['const']!r}"
        if "enum" in s and value not in s["enum"]:
            yield f"{at}: {value!r} is not one of {s['enum']}"
        kind = s.get("type")
        if kind and (not isinstance(value, kinds[kind]) or isinstance(value, bool) and kind != "boolean"):
            yield f"{at}: {type(value).__name__}, not {kind}"
            return
        test = {dict: self.object_faults, list: self.array_faults, str: self.text_faults}.get(type(value))
        if test:
            yield from test(s, value, at, closed)
        elif isinstance(value, int) and not isinstance(value, bool):
            if not s.get("minimum", value) <= value <= s.get("maximum", value):
                yield f"{at}: {value} is out of {s.get('minimum')} to {s.get('maximum')}"

    def object_faults(self, s, value, at, closed):
        members, others = s.get("properties", {}), s.get("additionalProperties", True)
        yield from (f"{at}.{name} is missing" for name in s.get("required", []) if name not in value)
        for name, inner in value.items():
            if name in members:
                yield from self.faults(members[name], inner, f"{at}.{name}", closed)
            elif isinstance(others, dict):
                yield from self.faults(others, inner, f"{at}.{name}", closed)
            elif not others or closed and members:
                yield f"{at}.{name} is not in the document"

    def array_faults(self, s, value, at, closed):
        if not s.get("minItems", 0) <= len(value) <= s.get("maxItems", len(value)):
            yield f"{at}: {len(value)} items"
        for i, inner in enumerate(value):
            yield from self.faults(s.get("items", {}), inner, f"{at}[{i}]", closed)

    def text_faults(self, s, value, at, closed):
        if not s.get("minLength", 0) <= len(value) <= s.get("maxLength", len(value)):
            yield f"{at}: {len(value)} characters"
        if "pattern" in s and not re.search(s["pattern"], value):
            yield f"{at}: {value!r} is not {s['pattern']}"
        try:
            if s.get("format") == "date-time":
                datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ")
            if s.get("contentEncoding") == "base64":
                base64.b64decode(value, validate=True)
        except ValueError as e:
            yield f"{at}: {e}"


def failures():
    """Code → HTTP status, as docs/errors.md says."""
    text = (ROOT / "docs/errors.md").read_text(encoding="utf-8")
    return {code: int(status) for code, status in re.findall(r"^\| `([a-z0-9-]+)` \| (\d+) \|", text, re.M)}
