"""What sessionlint says, in the words of `real.py`."""

import json
import re
import subprocess

CHECK_ID = re.compile(r"\b(?:security|admin|auth|caches|4_0)\.[EW]\d{3}\b")


def ask(binary, root, command, *flags):
    done = subprocess.run(
        [binary, command, "--format", "json", *flags, "."], cwd=root, capture_output=True, text=True, timeout=60, check=False
    )
    if done.returncode not in (0, 1) or not done.stdout:
        raise RuntimeError(f"{command} in {root} ended with {done.returncode}: {done.stderr[-2000:]}")
    return json.loads(done.stdout)


def plain(value):
    """What is sent when no variable is set: a scalar, or a word for what is not known."""
    kind = value["kind"]
    if kind == "known":
        return value["is"]
    if kind == "unset":
        return None
    if kind == "request":
        return "request"
    if kind in ("environment", "setting"):
        inner = value["fallback"] if kind == "environment" else value["value"]
        return plain(inner) if inner else "unknown"
    if kind == "build":
        return plain(value["release"])
    return kind


def attribute(fact, name):
    found = fact["attributes"].get(name)
    return plain(found["value"]) if found else None


def switch(fact, name):
    """Any true value sends a flag, text too."""
    found = fact["attributes"].get(name)
    if found is None:
        return False
    known = plain(found["value"])
    return known if known in ("request", "unknown", "one-of", "parameter") else bool(known)


def cookie(fact):
    lifetime = attribute(fact, "lifetime")
    return {
        "name": attribute(fact, "name"),
        "secure": switch(fact, "secure"),
        "http_only": switch(fact, "http_only"),
        "same_site": attribute(fact, "same_site"),
        "path": attribute(fact, "path"),
        "domain": attribute(fact, "domain"),
        "lifetime": lifetime,
        "removal": attribute(fact, "removal") or (isinstance(lifetime, (int, float)) and lifetime <= 0),
        "setter": attribute(fact, "setter"),
        "item": fact["item"],
    }


def read(binary, root):
    facts = ask(binary, root, "facts")["facts"]
    report = ask(binary, root, "check", "--exit-zero", "--persona", "pedantic")
    findings = report["findings"]
    named = set()
    for finding in findings:
        named.update(CHECK_ID.findall(json.dumps(finding)))
    return {
        "cookies": [cookie(it) for it in facts if it["kind"] == "cookie" and not it["test"]],
        "findings": findings,
        "checks": named,
        "events": {it["name"]: [event["kind"] for event in it.get("events", [])] for it in facts if it["kind"] == "handler"},
    }
