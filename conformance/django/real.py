"""Runs with a real Django: `python real.py`, jobs as JSON lines on standard input, answers as JSON lines.

Every job is run in a fork of its own, because Django's settings are read once a process.
"""

import email.utils
import json
import os
import sys
import time
import types

HOST = "shop.example.org"


def stub_removed_modules():
    """Modules that Python removed and an old Django still imports."""
    try:
        import cgi  # noqa: F401
    except ImportError:
        cgi = types.ModuleType("cgi")
        cgi.parse_header = lambda line: (line.split(";")[0].strip(), {})
        cgi.valid_boundary = lambda _: True
        sys.modules["cgi"] = cgi


def line(text):
    """The attributes of one Set-Cookie line."""
    first, *rest = [it.strip() for it in text.split(";")]
    name, _, value = first.partition("=")
    given = {}
    for part in rest:
        key, _, val = part.partition("=")
        given[key.lower()] = val
    lifetime = None
    if "max-age" in given:
        lifetime = int(given["max-age"])
    elif "expires" in given:
        date = email.utils.parsedate_to_datetime(given["expires"])
        lifetime = round(date.timestamp() - time.time())
    return {
        "line": text,
        "name": name,
        "value": value,
        "secure": "secure" in given,
        "http_only": "httponly" in given,
        "same_site": given["samesite"].lower() if "samesite" in given else None,
        "path": given.get("path"),
        "domain": given.get("domain"),
        "lifetime": None if lifetime is not None and lifetime <= 0 and "max-age" not in given else lifetime,
        "removal": lifetime is not None and lifetime <= 0,
    }


def lines(response):
    """All lines of the response: made by its jar, and written as headers by hand."""
    by_hand = [value for name, value in response.items() if name.lower() == "set-cookie"]
    return [line(it) for it in [morsel.OutputString() for morsel in response.cookies.values()] + by_hand]


class Browser:
    """A test client that says what happened and never raises."""

    def __init__(self, secure=True, csrf=False):
        from django.test import Client

        self.client = Client(HTTP_HOST=HOST, enforce_csrf_checks=csrf)
        self.secure = secure
        self.error = None

    def ask(self, method, path, **data):
        try:
            response = getattr(self.client, method)(path, data, secure=self.secure)
        except Exception as error:  # noqa: BLE001 - whatever the application raises is an answer
            self.error = type(error).__name__
            return None
        return response

    def session_id(self):
        from django.conf import settings

        morsel = self.client.cookies.get(settings.SESSION_COOKIE_NAME)
        return morsel.value if morsel is not None else None


def create_tables():
    from django.apps import apps
    from django.db import connection

    with connection.schema_editor() as editor:
        for model in apps.get_models():
            editor.create_model(model)


def check_ids():
    """What `check --deploy` prints: the ids of messages that are not silenced."""
    from django.core import checks

    found = checks.run_checks(include_deployment_checks=True)
    return sorted({it.id for it in found if it.id and not it.is_silenced()})


def settings_cookies():
    """The cookies that settings govern, each really sent once."""
    sent, errors = {}, []
    for method, path, data in [
        ("get", "/touch/", {}),
        ("get", "/token/", {}),
        ("get", "/message/", {}),
        ("post", "/i18n/setlang/", {"language": "fr", "next": "/"}),
    ]:
        browser = Browser()
        response = browser.ask(method, path, **data)
        if browser.error:
            errors.append(browser.error)
        for it in lines(response) if response is not None else []:
            sent.setdefault(it["name"], it)
    return {"cookies": list(sent.values()), "errors": sorted(set(errors))}


def view_cookies(routes):
    """The lines of each route, over HTTPS and over plain HTTP."""
    answer = {}
    for route in routes:
        both = []
        for secure in (True, False):
            browser = Browser(secure)
            response = browser.ask("get", f"/{route}/")
            both.append({"error": browser.error, "cookies": lines(response) if response is not None else []})
        answer[route] = both
    return {"routes": answer}


def make_user():
    from django.contrib.auth.models import User

    user = User.objects.create_user("ada", "ada@example.org", "right")
    return user


def login_case(case):
    """An anonymous visitor who has a session logs in."""
    make_user()
    browser = Browser()
    browser.ask("get", "/visit/")
    before = browser.session_id()
    response = browser.ask("post", "/signin/", username="ada", password="right")
    after = browser.session_id()
    known = browser.ask("get", "/who/")
    planted = Browser()
    if before:
        from django.conf import settings

        planted.client.cookies[settings.SESSION_COOKIE_NAME] = before
    adopted = planted.ask("get", "/who/")
    return {
        "error": browser.error,
        "status": response.status_code if response is not None else None,
        "rotated": before != after,
        "logged_in": known is not None and known.content != b"nobody",
        "fixed": adopted is not None and adopted.content != b"nobody",
    }


def logout_case(case):
    """A user logs out; a thief has copied the cookie before."""
    from django.conf import settings

    make_user()
    browser = Browser()
    browser.ask("post", "/signin/", username="ada", password="right")
    browser.ask("get", "/visit/")
    copied = browser.session_id()
    at_first = browser.ask("get", "/who/")
    browser.ask("post", "/signout/")
    thief = Browser()
    if copied:
        thief.client.cookies[settings.SESSION_COOKIE_NAME] = copied
    survived = thief.ask("get", "/who/")
    rest = thief.ask("get", "/rest/")
    return {
        "error": browser.error,
        "was_in": at_first is not None and at_first.content != b"nobody",
        # The identity, or what else the record held.
        "survives": (survived is not None and survived.content != b"nobody")
        or (rest is not None and rest.content != b"nothing"),
    }


def update_case(case):
    """A change of the session, looked for at the next request."""
    browser = Browser()
    browser.ask("get", "/start/")
    first = browser.ask("get", "/look/")
    browser.ask("get", "/change/")
    second = browser.ask("get", "/look/")
    return {
        "error": browser.error,
        "kept": first is not None and second is not None and first.content != second.content,
    }


def password_case(case):
    """A user changes the password while a second browser is logged in."""
    make_user()
    own, other = Browser(), Browser()
    for browser in (own, other):
        browser.ask("post", "/signin/", username="ada", password="right")
    before = own.session_id()
    own.ask("post", "/change/", password="fresh")
    after = own.session_id()
    still = own.ask("get", "/who/")
    survived = other.ask("get", "/who/")
    return {
        "error": own.error,
        "rotated": before != after,
        "own": still is not None and still.content != b"nobody",
        "other": survived is not None and survived.content != b"nobody",
    }


def forged_case(case):
    """A form of another site posts to `/act/` with the user's cookie and without a token."""
    make_user()
    browser = Browser(csrf=True)
    page = browser.ask("get", "/form/")
    token = page.cookies.get("csrftoken") if page is not None else None
    browser.client.defaults["HTTP_REFERER"] = f"https://{HOST}/form/"
    if token is not None:
        browser.ask("post", "/signin/", username="ada", password="right", csrfmiddlewaretoken=token.value)
    else:
        browser.ask("post", "/signin/", username="ada", password="right")
    response = browser.ask("post", "/act/")
    return {"error": browser.error, "passes": response is not None and response.status_code == 200}


def removal_case(case):
    """A cookie is set by `/give/` and removed by `/take/`; a browser matches name, domain and path."""
    browser = Browser()
    given = browser.ask("get", "/give/")
    taken = browser.ask("get", "/take/")
    if given is None or taken is None:
        return {"error": browser.error}
    key = lambda it: (it["name"], it["domain"], it["path"])  # noqa: E731
    held = {key(it) for it in lines(given) if not it["removal"]}
    gone = {key(it) for it in lines(taken) if it["removal"]}
    return {"error": browser.error, "remains": bool(held - gone)}


def size_case(case):
    """The longest line that a request makes."""
    browser = Browser()
    response = browser.ask("get", "/fill/")
    sent = lines(response) if response is not None else []
    longest = max((len(it["name"]) + len(it["value"]) for it in sent), default=0)
    return {"error": browser.error, "longest": longest, "dropped": longest > 4096}


PLAYS = {
    "login": login_case,
    "logout": logout_case,
    "update": update_case,
    "password": password_case,
    "forged": forged_case,
    "removal": removal_case,
    "size": size_case,
}


def run(job):
    sys.path.insert(0, job["root"])
    os.environ["DJANGO_SETTINGS_MODULE"] = "site_.settings"
    os.environ.update(job["env"])
    import django

    try:
        django.setup()
        create_tables()
    except Exception as error:  # noqa: BLE001
        return {"start": type(error).__name__}
    if job["kind"] == "settings":
        # A broken value must not keep the other half from being seen.
        try:
            ids = check_ids()
        except Exception as error:  # noqa: BLE001
            ids = [f"error:{type(error).__name__}"]
        return {**settings_cookies(), "checks": ids}
    if job["kind"] == "cookies":
        return view_cookies(job["routes"])
    return PLAYS[job["kind"]](job)


def fork(job):
    """Runs the job in a child and returns its answer."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        try:
            answer = run(job)
        except BaseException as error:  # noqa: BLE001 - the parent wants to hear of everything
            answer = {"crash": f"{type(error).__name__}: {error}"}
        with os.fdopen(writer, "w") as out:
            json.dump(answer, out)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as source:
        text = source.read()
    os.waitpid(child, 0)
    return json.loads(text) if text else {"crash": "no answer"}


def main():
    stub_removed_modules()
    import django

    # Imported before the forks, so that it is done once.
    import django.core.checks
    import django.core.handlers.wsgi
    import django.db.models
    import django.forms
    import django.test.client  # noqa: F401
    import django.urls  # noqa: F401

    print(json.dumps({"django": django.get_version(), "python": sys.version.split()[0]}), flush=True)
    for text in sys.stdin:
        print(json.dumps(fork(json.loads(text))), flush=True)


if __name__ == "__main__":
    main()
