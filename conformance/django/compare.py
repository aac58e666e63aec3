"""Compares an answer of real Django with what sessionlint says: one `Comparison` an attribute."""

from dataclasses import dataclass

ATTRIBUTES = ["secure", "http_only", "same_site", "path", "domain", "lifetime", "removal"]
# Which rule must speak when a play goes wrong.
RULES = {
    "login": ("fixed", "login-no-cycle"),
    "logout": ("survives", "logout-no-flush"),
    "update": ("lost", "session-lost-update"),
    "password": ("other", "password-change-no-invalidate"),
    "forged": ("passes", ("csrf-exempt", "csrf-protection-missing")),
    "removal": ("remains", "cookie-bad-removal"),
    "size": ("dropped", "session-oversized-payload"),
}
# Ids that static reading is expected to give; others of Django's checks have nothing to do with sessions.
CHECKED = ("security.", "4_0.")


@dataclass
class Comparison:
    what: str
    real: object
    ours: object
    agrees: bool


def same(what, real, ours):
    return Comparison(what, real, ours, real == ours)


def cookie(name, real, ours, plain_http=None):
    """Attribute by attribute. `ours` are the facts that may be this line."""
    if not ours:
        return [Comparison(f"{name}: sent", True, False, False)]
    answer = [Comparison(f"{name}: sent", True, True, True)]
    for key in ATTRIBUTES:
        expected = real[key]
        if plain_http is not None and plain_http[key] != expected:
            expected = "request"
        # A browser forgets the cookie whatever the flags and the lifetime of the removal are.
        if real["removal"] and key in ("lifetime", "http_only", "secure", "same_site"):
            continue
        given = [it[key] for it in ours]
        agrees = any(equal(key, expected, it) for it in given)
        answer.append(Comparison(f"{name}: {key}", expected, given[0] if len(given) == 1 else given, agrees))
    return answer


def equal(key, real, ours):
    if key == "lifetime" and isinstance(real, int) and isinstance(ours, (int, float)):
        return abs(real - ours) <= 5 or (real <= 0 and ours <= 0)
    return real == ours


def settings(case, real, ours):
    if "start" in real:
        return []
    found = [it for it in ours["cookies"] if it["setter"] == "setting"]
    answer = []
    for line in real["cookies"]:
        answer += cookie(line["name"], line, [it for it in found if it["name"] == line["name"]])
    sent = {it["name"] for it in real["cookies"]}
    # Without a host that is allowed nothing is answered.
    if sent and not real["errors"]:
        for it in found:
            if it["name"] not in sent:
                answer.append(Comparison(f"{it['name']}: sent", False, True, False))
    rules = {it["rule"] for it in ours["findings"]}
    if "TypeError" in real["errors"] or "ValueError" in real["errors"] or "AttributeError" in real["errors"]:
        told = bool(rules & {"cookie-bad-attribute", "setting-type-bug", "session-middleware-missing"})
        answer.append(Comparison("a broken value is told", True, told, told))
    if "ImproperlyConfigured" in real["errors"] or "AssertionError" in real["errors"]:
        told = bool(rules & {"session-middleware-order", "session-middleware-missing"})
        answer.append(Comparison("a wrong order is told", True, told, told))
    # A check that fails itself names nothing.
    if any(it.startswith("error:") for it in real["checks"]):
        return answer
    checks = {it for it in real["checks"] if it.startswith(CHECKED)}
    named = {it for it in ours["checks"] if it.startswith(CHECKED)}
    answer += [Comparison(it, it in checks, it in named, it in checks and it in named) for it in sorted(checks | named)]
    if not checks | named:
        answer.append(same("no ids", True, True))
    return answer


def cookies(case, real, ours):
    answer = []
    for route, (secure, plain) in real["routes"].items():
        if secure["error"]:
            told = any(it["rule"] == "cookie-bad-attribute" for it in ours["findings"])
            answer.append(Comparison(f"{route}: a broken value is told", True, told, told))
            continue
        found = [it for it in ours["cookies"] if it["item"].endswith(f".{route}") or it["setter"] in ("handler", "raw-header")]
        http = {it["name"]: it for it in plain["cookies"]}
        for line in secure["cookies"]:
            mine = [it for it in found if it["name"] == line["name"]]
            answer += cookie(line["name"], line, mine, http.get(line["name"]))
        sent = {it["name"] for it in secure["cookies"]}
        answer.append(same(f"{route}: cookies", sorted(sent), sorted({str(it["name"]) for it in found})))
    return answer


def play(case, real, ours):
    fault, rules = RULES[case.kind]
    answer = []
    if real.get("error"):
        return [Comparison(f"the play runs ({real['error']})", True, False, False)]
    told = {it["rule"] for it in ours["findings"] if it["persona"] == "regular"}
    if case.kind == "update":
        wrong = not real["kept"]
    else:
        wrong = real[fault]
    if case.kind == "login":
        answer.append(same("the play logs in", True, real["logged_in"]))
        events = ours["events"].get("signin", [])
        rotates = bool({"rotate-id", "destroy"} & set(events)) or ("login" in events and not wrong)
        answer.append(same("rotated", real["rotated"], rotates))
    if case.kind == "logout":
        answer.append(same("the play was logged in", True, real["was_in"]))
    if case.kind == "password":
        events = ours["events"].get("change", [])
        answer.append(same("rotated", real["rotated"], "rotate-id" in events))
    rules = rules if isinstance(rules, tuple) else (rules,)
    answer.append(same(f"{fault} -> {' or '.join(rules)}", wrong, bool(told & set(rules))))
    return answer


def compare(case, real, ours):
    if "crash" in real:
        return [Comparison(f"Django runs ({real['crash']})", True, False, False)]
    if "start" in real:
        return []
    kinds = {"settings": settings, "cookies": cookies}
    return kinds.get(case.kind, play)(case, real, ours)
