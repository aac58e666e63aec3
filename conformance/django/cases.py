"""The cases. One list: settings cases, cookies that views set, and plays of several requests.

A case is laid out as a small project (`project.py`), run with real Django (`real.py`) and read by sessionlint
(`ours.py`). To add one, add a line here; nothing else knows how many there are.
"""

from dataclasses import dataclass, field


@dataclass
class Case:
    name: str
    # settings | cookies | login | logout | update | password | forged | removal | size
    kind: str
    # Appended to the settings of `project.py`.
    settings: str = ""
    views: str = ""
    files: dict = field(default_factory=dict)
    env: dict = field(default_factory=dict)
    # Versions of Django as (least, below); None is no bound.
    versions: tuple = (None, None)
    # What is known not to agree: name of the comparison -> why. Fails the run on the day it agrees.
    limits: dict = field(default_factory=dict)

    def routes(self):
        return [it.split("(")[0].removeprefix("def ").removeprefix("async def ") for it in self.views.splitlines()
                if it.startswith(("def ", "async def ")) and "(request" in it]


CASES = []


def settings(name, text="", **more):
    CASES.append(Case(name, "settings", text, **more))


def cookies(name, body, text="", head="", **more):
    """`body` is a view's body that works on `response`."""
    lines = "".join(f"    {it}\n" if it else "\n" for it in body.splitlines())
    views = (
        f"from django.http import HttpResponse\n{head}\n\ndef give(request):\n    response = HttpResponse('ok')\n{lines}"
        "    return response\n"
    )
    CASES.append(Case(name, "cookies", text, views, **more))


def play(kind, name, views, text="", **more):
    CASES.append(Case(name, kind, text, views, **more))


# Settings: one value at a time, each read by every cookie that follows it.

settings("defaults")

SWITCHES = ["True", "False", "1", "0", "None", "''", "'True'", "'False'"]
for value in SWITCHES:
    settings(f"session secure {value}", f"SESSION_COOKIE_SECURE = {value}\n")
    settings(f"csrf secure {value}", f"CSRF_COOKIE_SECURE = {value}\n")
for value in ["True", "False", "1", "0", "'False'"]:
    settings(f"session httponly {value}", f"SESSION_COOKIE_HTTPONLY = {value}\n")
    settings(f"csrf httponly {value}", f"CSRF_COOKIE_HTTPONLY = {value}\n")
for value in ["'Lax'", "'Strict'", "'None'", "'lax'", "'STRICT'", "None", "False", "''"]:
    settings(f"samesite {value}", f"SESSION_COOKIE_SAMESITE = {value}\nCSRF_COOKIE_SAMESITE = {value}\n")
    settings(f"language samesite {value}", f"LANGUAGE_COOKIE_SAMESITE = {value}\n")
for value in ["'Laxx'", "True", "'strict;'"]:
    settings(f"samesite {value}", f"SESSION_COOKIE_SAMESITE = {value}\n")
for value in ["60", "0", "-1", "3600.9", "60 * 60 * 24 * 365", "None", "'3600'", "timedelta(days=1)",
              "timedelta(days=2).total_seconds()"]:
    head = "from datetime import timedelta\n" if "timedelta" in value else ""
    settings(f"age {value}", f"{head}SESSION_COOKIE_AGE = {value}\n")
for value in ["60", "None", "0"]:
    settings(f"csrf age {value}", f"CSRF_COOKIE_AGE = {value}\n")
    settings(f"language age {value}", f"LANGUAGE_COOKIE_AGE = {value}\n")
for value in ["True", "False", "1", "'False'"]:
    settings(f"browser session {value}", f"SESSION_EXPIRE_AT_BROWSER_CLOSE = {value}\n")
for value in ["'.example.org'", "'shop.example.org'", "''", "None"]:
    settings(f"domain {value}", f"SESSION_COOKIE_DOMAIN = {value}\nCSRF_COOKIE_DOMAIN = {value}\nLANGUAGE_COOKIE_DOMAIN = {value}\n")
for value in ["'/app'", "'/'", "''", "None"]:
    settings(f"path {value}", f"SESSION_COOKIE_PATH = {value}\nCSRF_COOKIE_PATH = {value}\nLANGUAGE_COOKIE_PATH = {value}\n")
settings("names", "SESSION_COOKIE_NAME = 'sid'\nCSRF_COOKIE_NAME = 'xsrf'\nLANGUAGE_COOKIE_NAME = 'lang'\n")
settings("host prefix", "SESSION_COOKIE_NAME = '__Host-sid'\nSESSION_COOKIE_SECURE = True\nCSRF_COOKIE_NAME = '__Secure-csrf'\nCSRF_COOKIE_SECURE = True\n")
settings("host prefix without secure", "SESSION_COOKIE_NAME = '__Host-sid'\n")
settings("language flags", "LANGUAGE_COOKIE_SECURE = True\nLANGUAGE_COOKIE_HTTPONLY = True\n")
settings("all hardened", """SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
SECURE_SSL_REDIRECT = True
SECURE_HSTS_SECONDS = 31536000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
""")

# Where tokens and messages are kept.
settings("csrf in session", "CSRF_USE_SESSIONS = True\n")
settings("csrf in session, cookie settings without effect", "CSRF_USE_SESSIONS = True\nCSRF_COOKIE_SECURE = False\nSESSION_COOKIE_SECURE = True\n")
for storage in ["fallback.FallbackStorage", "session.SessionStorage", "cookie.CookieStorage"]:
    settings(f"messages {storage}", f"MESSAGE_STORAGE = 'django.contrib.messages.storage.{storage}'\nSESSION_COOKIE_SECURE = True\n")
settings("messages and session path", "SESSION_COOKIE_PATH = '/app'\nSESSION_COOKIE_DOMAIN = 'shop.example.org'\n")

# Engines.
for engine in ["db", "cache", "cached_db", "file", "signed_cookies"]:
    settings(f"engine {engine}", f"SESSION_ENGINE = 'django.contrib.sessions.backends.{engine}'\n")
settings("save every request", "SESSION_SAVE_EVERY_REQUEST = True\n")

# Idioms: the environment, DEBUG, copies, mappings.
settings("env text default off", "import os\nSESSION_COOKIE_SECURE = os.environ.get('COOKIES_SECURE', 'False') == 'True'\n")
settings("env text default on", "import os\nSESSION_COOKIE_SECURE = os.environ.get('COOKIES_SECURE', 'True') == 'True'\n")
settings("env text without comparison", "import os\nSESSION_COOKIE_SECURE = os.environ.get('COOKIES_SECURE', 'False')\n")
settings("env not one of", "import os\nSESSION_COOKIE_SECURE = os.getenv('COOKIES', 'secure').lower() not in ('0', 'off', 'no')\n")
settings("env number", "import os\nSESSION_COOKIE_AGE = int(os.environ.get('SESSION_MINUTES', '30')) * 60\n")
settings("env bool of int", "import os\nCSRF_COOKIE_SECURE = bool(int(os.environ.get('TLS', 0)))\n")
settings("not debug", "DEBUG = False\nSESSION_COOKIE_SECURE = not DEBUG\nCSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE\n")
settings("if not debug", "DEBUG = False\nif not DEBUG:\n    SESSION_COOKIE_SECURE = True\n    CSRF_COOKIE_SECURE = True\n")
settings("conditional expression", "HTTPS = True\nSESSION_COOKIE_NAME = '__Host-id' if HTTPS else 'id'\nSESSION_COOKIE_SECURE = HTTPS\n")
settings("helper", "import os\n\n\ndef flag(name, default=False):\n    return os.environ.get(name, str(default)).lower() in ('1', 'true')\n\n\nSESSION_COOKIE_SECURE = flag('SECURE', default=True)\nCSRF_COOKIE_SECURE = flag('SECURE_CSRF')\n")
settings("scheme of the address", "SITE = 'https://shop.example.org'\nif SITE.startswith('https://'):\n    SESSION_COOKIE_SECURE = True\n")
settings("globals update", "globals().update(SESSION_COOKIE_SECURE=True, CSRF_COOKIE_NAME='t')\n")
settings("loop over names", "for _name in ('SESSION', 'CSRF'):\n    globals()[_name + '_COOKIE_SECURE'] = True\n")
settings("chained and annotated", "SESSION_COOKIE_SECURE: bool = True\nSESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True\n")
settings("tuple assignment", "SESSION_COOKIE_SECURE, CSRF_COOKIE_SECURE = True, False\n")
settings("try local settings", "try:\n    from .local_settings import *  # noqa\nexcept ImportError:\n    pass\n", files={"site_/local_settings.py": "SESSION_COOKIE_SECURE = True\nSESSION_COOKIE_AGE = 600\n"})
settings("star import before", "from .defaults import *  # noqa\nSESSION_COOKIE_AGE = 700\n", files={"site_/defaults.py": "SESSION_COOKIE_SECURE = True\nSESSION_COOKIE_AGE = 600\n"})
settings("attribute of a module", "from . import common\nSESSION_COOKIE_SECURE = common.HTTPS\n", files={"site_/common.py": "HTTPS = True\n"})
settings("delta in seconds", "from datetime import timedelta\nSESSION_COOKIE_AGE = int(timedelta(hours=8).total_seconds())\n")
settings("match statement", "import os\nmatch os.environ.get('STAGE', 'live'):\n    case 'live':\n        SESSION_COOKIE_SECURE = True\n    case _:\n        SESSION_COOKIE_SECURE = False\n", versions=("4.2", None))
settings("f-string name", "BRAND = 'shop'\nSESSION_COOKIE_NAME = f'{BRAND}_session'\nCSRF_COOKIE_NAME = '%s_csrf' % BRAND\nLANGUAGE_COOKIE_NAME = '{}_lang'.format(BRAND)\n")

# `check --deploy`: every id, on and off.
SECURITY = "django.middleware.security.SecurityMiddleware"
SESSION = "django.contrib.sessions.middleware.SessionMiddleware"
CSRF = "django.middleware.csrf.CsrfViewMiddleware"
FRAMES = "django.middleware.clickjacking.XFrameOptionsMiddleware"
AUTH = "django.contrib.auth.middleware.AuthenticationMiddleware"
MESSAGES = "django.contrib.messages.middleware.MessageMiddleware"
for short, dotted in [("security", SECURITY), ("csrf", CSRF), ("frames", FRAMES)]:
    settings(f"without {short} middleware", f"MIDDLEWARE.remove('{dotted}')\n")
settings("without session middleware", f"for _it in ('{SESSION}', '{AUTH}', '{MESSAGES}'):\n    MIDDLEWARE.remove(_it)\n")
settings("without session middleware, readable", f"MIDDLEWARE = [it for it in MIDDLEWARE if it not in ('{SESSION}', '{AUTH}', '{MESSAGES}')]\nSESSION_COOKIE_HTTPONLY = False\n")
settings("without session app", "SESSION_ENGINE = 'django.contrib.sessions.backends.signed_cookies'\nINSTALLED_APPS.remove('django.contrib.sessions')\nSESSION_COOKIE_HTTPONLY = False\n")
settings("without sessions", f"INSTALLED_APPS.remove('django.contrib.sessions')\nfor _it in ('{SESSION}', '{AUTH}', '{MESSAGES}'):\n    MIDDLEWARE.remove(_it)\n")
settings("own subclass of the session middleware", f"MIDDLEWARE[MIDDLEWARE.index('{SESSION}')] = 'site_.middleware.OwnSessionMiddleware'\n", files={"site_/middleware.py": "from django.contrib.sessions.middleware import SessionMiddleware\n\n\nclass OwnSessionMiddleware(SessionMiddleware):\n    pass\n"})
settings("own subclass of the csrf middleware", f"MIDDLEWARE[MIDDLEWARE.index('{CSRF}')] = 'site_.middleware.OwnCsrfViewMiddleware'\n", files={"site_/middleware.py": "from django.middleware.csrf import CsrfViewMiddleware\n\n\nclass OwnCsrfViewMiddleware(CsrfViewMiddleware):\n    pass\n"})
for value in ["0", "3600", "31536000", "None", "'3600'"]:
    settings(f"hsts {value}", f"SECURE_HSTS_SECONDS = {value}\n")
for value in ["True", "1", "'True'", "False"]:
    settings(f"hsts subdomains {value}", f"SECURE_HSTS_SECONDS = 60\nSECURE_HSTS_INCLUDE_SUBDOMAINS = {value}\n")
    settings(f"hsts preload {value}", f"SECURE_HSTS_SECONDS = 60\nSECURE_HSTS_PRELOAD = {value}\n")
    settings(f"redirect {value}", f"SECURE_SSL_REDIRECT = {value}\n")
    settings(f"nosniff {value}", f"SECURE_CONTENT_TYPE_NOSNIFF = {value}\n")
settings("hsts without the middleware", f"MIDDLEWARE.remove('{SECURITY}')\nSECURE_HSTS_SECONDS = 60\nSECURE_SSL_REDIRECT = True\n")
for value in ["'DENY'", "'SAMEORIGIN'", "'deny'"]:
    settings(f"frames {value}", f"X_FRAME_OPTIONS = {value}\n")
for value in ["'same-origin'", "None", "'no-referrer'", "'nowhere'", "'no-referrer, same-origin'", "['origin', 'nowhere']", "['origin', 'unsafe-url']", "''"]:
    settings(f"referrer {value}", f"SECURE_REFERRER_POLICY = {value}\n")
for value in ["'same-origin'", "None", "'unsafe-none'", "'anything'"]:
    settings(f"opener {value}", f"SECURE_CROSS_ORIGIN_OPENER_POLICY = {value}\n")
for value in ["{}", "{'default-src': []}", "'none'", "None"]:
    settings(f"csp {value}", f"SECURE_CSP = {value}\n")
LONG = "n4Zc8Qw1Vb6Mx0Lk9Pj2Hg5Fd7Sa3Yt-Re_Uo+Iw=Xp(Cv)Bz%Kq7Jm"
for name, value in [("short", "'n4Zc8Qw1Vb6Mx0Lk9'"), ("few letters", "'abcd' * 20"), ("insecure", f"'django-insecure-{LONG}'"),
                    ("long", f"'{LONG}'"), ("bytes", f"b'{LONG}'"), ("fifty of five", "'abcde' * 10"), ("forty-nine", f"'{LONG[:49]}'")]:
    settings(f"key {name}", f"SECRET_KEY = {value}\n")
    settings(f"old key {name}", f"SECRET_KEY_FALLBACKS = [{value}]\n")
settings("old keys, one short", f"SECRET_KEY_FALLBACKS = ['{LONG}', 'short']\n")
settings("debug", "DEBUG = True\nALLOWED_HOSTS = ['*']\n")
settings("debug text", "DEBUG = 'False'\n")
settings("no hosts", "ALLOWED_HOSTS = []\n")
settings("any host", "ALLOWED_HOSTS = ['*']\n")
settings("silenced", "SILENCED_SYSTEM_CHECKS = ['security.W004', 'security.W008', 'security.W012', 'security.W016']\n")
settings("silenced and more", "SILENCED_SYSTEM_CHECKS = ['security.W004']\nSILENCED_SYSTEM_CHECKS += ['security.W012']\n")
settings("origins without scheme", "CSRF_TRUSTED_ORIGINS = ['shop.example.org', 'https://*.example.org']\n")
settings("origins with scheme", "CSRF_TRUSTED_ORIGINS = ['https://shop.example.org', 'https://*.example.org']\n")
settings("hashing algorithm", "DEFAULT_HASHING_ALGORITHM = 'sha1'\n")
settings("hashing algorithm unknown", "DEFAULT_HASHING_ALGORITHM = 'md5'\n", versions=(None, "4.0"))
settings("csrf failure view missing", "CSRF_FAILURE_VIEW = 'site_.nowhere.failure'\n")
settings("csrf failure view wrong", "CSRF_FAILURE_VIEW = 'site_.failures.failure'\n", files={"site_/failures.py": "def failure(request):\n    return None\n"})
settings("csrf failure view", "CSRF_FAILURE_VIEW = 'site_.failures.failure'\n", files={"site_/failures.py": "def failure(request, reason=''):\n    return None\n"})
settings("several at once", "SESSION_COOKIE_SECURE = True\nSESSION_COOKIE_HTTPONLY = False\nCSRF_COOKIE_SECURE = True\nSECURE_HSTS_SECONDS = 60\nX_FRAME_OPTIONS = 'SAMEORIGIN'\nSECURE_REFERRER_POLICY = None\n")

# Cookies that views set.

cookies("plain", "response.set_cookie('c', 'v')")
cookies("all keywords", "response.set_cookie('c', 'v', max_age=60, path='/a', domain='shop.example.org', secure=True, httponly=True, samesite='Strict')")
cookies("positional", "response.set_cookie('c', 'v', 60, None, '/a', None, True, True, 'Lax')")
for value in ["'Lax'", "'lax'", "'None'", "None", "''", "False", "'STRICT'"]:
    cookies(f"samesite {value}", f"response.set_cookie('c', 'v', samesite={value})")
for value in ["True", "1", "'False'", "0", "None", "''"]:
    cookies(f"flags {value}", f"response.set_cookie('c', 'v', secure={value}, httponly={value})")
for value in ["3600", "0", "None", "90.5", "60 * 60 * 24", "int('7') * 3600"]:
    cookies(f"max_age {value}", f"response.set_cookie('c', 'v', max_age={value})")
cookies("max_age delta", "response.set_cookie('c', 'v', max_age=timedelta(days=1))", head="from datetime import timedelta\n", versions=("4.1", None))
cookies("max_age delta seconds", "response.set_cookie('c', 'v', max_age=int(timedelta(days=1).total_seconds()))", head="from datetime import timedelta\n")
cookies("expires", "response.set_cookie('c', 'v', expires=timezone.now() + timedelta(days=3))", head="from datetime import timedelta\nfrom django.utils import timezone\n")
cookies("expires variable", "end = timezone.now() + timedelta(hours=2)\nresponse.set_cookie('c', 'v', expires=end)", head="from datetime import timedelta\nfrom django.utils import timezone\n")
cookies("signed", "response.set_signed_cookie('c', 'v', salt='s', max_age=60, secure=True)")
cookies("signed plain", "response.set_signed_cookie('c', 'v')")
cookies("deleted", "response.delete_cookie('c')")
cookies("deleted with path", "response.delete_cookie('c', path='/a', domain='shop.example.org')")
cookies("deleted samesite none", "response.delete_cookie('c', samesite='None')")
cookies("deleted prefix", "response.delete_cookie('__Secure-c')")
cookies("deleted by hand", "response.set_cookie('c', '', max_age=0)")
cookies("mapping", "options = {'secure': True, 'httponly': True, 'samesite': 'Lax'}\nresponse.set_cookie('c', 'v', **options)")
cookies("mapping over keywords", "response.set_cookie('c', 'v', path='/a', **dict(secure=True, max_age=5))")
cookies("constant mapping", "response.set_cookie('c', 'v', **OPTIONS)", head="OPTIONS = {'secure': True, 'samesite': 'Strict', 'max_age': 60}\n")
cookies("mapping changed", "options = dict(OPTIONS)\noptions['secure'] = False\noptions.update(path='/b')\nresponse.set_cookie('c', 'v', **options)", head="OPTIONS = {'secure': True, 'samesite': 'Strict', 'max_age': 60}\n")
cookies("loop", "for name in ('a', 'b'):\n    response.set_cookie(name, 'v', secure=True)")
cookies("two", "response.set_cookie('a', 'v', secure=True)\nresponse.set_cookie('b', 'v', httponly=True)")
cookies("same name twice", "response.set_cookie('a', 'v')\nresponse.set_cookie('a', 'w', secure=True)")
cookies("morsel", "response.cookies['c'] = 'v'")
cookies("morsel flags", "response.cookies['c'] = 'v'\nresponse.cookies['c']['secure'] = True\nresponse.cookies['c']['httponly'] = True\nresponse.cookies['c']['max-age'] = 60\nresponse.cookies['c']['path'] = '/'\nresponse.cookies['c']['samesite'] = 'Lax'")
cookies("morsel after set", "response.set_cookie('c', 'v')\nresponse.cookies['c']['samesite'] = 'Strict'")
cookies("morsel update", "response.set_cookie('c', 'v')\nresponse.cookies['c'].update({'secure': True, 'path': '/a'})")
cookies("follows settings", "response.set_cookie('c', 'v', secure=settings.SESSION_COOKIE_SECURE, httponly=settings.SESSION_COOKIE_HTTPONLY, samesite=settings.SESSION_COOKIE_SAMESITE, max_age=settings.SESSION_COOKIE_AGE, domain=settings.SESSION_COOKIE_DOMAIN, path=settings.SESSION_COOKIE_PATH)", "SESSION_COOKIE_SECURE = True\nSESSION_COOKIE_AGE = 77\n", head="from django.conf import settings\n")
cookies("follows debug", "response.set_cookie('c', 'v', secure=not settings.DEBUG)", head="from django.conf import settings\n")
cookies("own setting", "response.set_cookie(settings.BASKET_COOKIE, 'v', secure=settings.BASKET_SECURE, max_age=settings.BASKET_AGE)", "BASKET_COOKIE = 'basket'\nBASKET_SECURE = True\nBASKET_AGE = 60 * 60\n", head="from django.conf import settings\n")
cookies("getattr of settings", "response.set_cookie('c', 'v', secure=getattr(settings, 'NOT_THERE', True))", head="from django.conf import settings\n")
cookies("follows the request", "response.set_cookie('c', 'v', secure=request.is_secure())")
cookies("helper", "remember(response, 'c')", head="def remember(response, name, secure=True):\n    response.set_cookie(name, 'v', secure=secure, httponly=True)\n")
cookies("helper overridden", "remember(response, 'c', secure=False)", head="def remember(response, name, secure=True):\n    response.set_cookie(name, 'v', secure=secure, httponly=True)\n")
cookies("helper with keywords", "remember(response, 'c', samesite='Strict')", head="def remember(response, name, **more):\n    more.setdefault('secure', True)\n    response.set_cookie(name, 'v', **more)\n")
cookies("helper in another module", "jar.remember(response)", head="from . import jar\n", files={"site_/jar.py": "NAME = 'c'\n\n\ndef remember(response):\n    response.set_cookie(NAME, 'v', secure=True, samesite='Lax')\n    return response\n"})
cookies("constant name", "response.set_cookie(NAME, 'v', max_age=DAY)", head="NAME = 'pref' + 's'\nDAY = 24 * 3600\n")
cookies("other response", "response = JsonResponse({'a': 1})\nresponse.set_cookie('c', 'v', httponly=True)", head="from django.http import JsonResponse\n")
cookies("redirect", "response = redirect('/a/')\nresponse.set_cookie('c', 'v', httponly=True)", head="from django.shortcuts import redirect\n")
cookies("bad samesite", "response.set_cookie('c', 'v', samesite='Loose')")
cookies("branch both", "if request.method == 'GET':\n    response.set_cookie('c', 'v', secure=True)\nelse:\n    response.set_cookie('c', 'v', secure=True)")
cookies("header assignment", "response['Set-Cookie'] = 'c=v; Secure; HttpOnly; Path=/'")

# Logging in: does the session get a new id?

VIEWS = """from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.http import HttpResponse


def visit(request):
    request.session["basket"] = 1
    return HttpResponse("ok")


def rest(request):
    return HttpResponse(str(request.session.get("basket", "nothing")))


"""
WHO_USER = """def who(request):
    return HttpResponse(request.user.username if request.user.is_authenticated else "nobody")


"""
WHO_KEY = """def who(request):
    return HttpResponse(str(request.session.get("user_id", "nobody")))


"""
CREDENTIALS = """def signin(request):
    user = authenticate(request, username=request.POST["username"], password=request.POST["password"])
    if user is None:
        return HttpResponse("no", status=401)
"""
DB_ENGINES = ["db", "cache", "cached_db", "file"]


def engine(name):
    return f"SESSION_ENGINE = 'django.contrib.sessions.backends.{name}'\n"


def enter(*lines):
    return CREDENTIALS + "".join(f"    {it}\n" for it in lines) + '    return HttpResponse("ok")\n\n\n'


# What makes the view accept a form without a token, so that only the session is looked at.
PLAIN = f"MIDDLEWARE.remove('{CSRF}')\n"

for store in DB_ENGINES:
    play("login", f"login() with {store}", VIEWS + WHO_USER + enter("login(request, user)"), PLAIN + engine(store))
    play("login", f"own key with {store}", VIEWS + WHO_KEY + enter('request.session["user_id"] = user.pk'), PLAIN + engine(store))
    play("login", f"own key and cycle_key with {store}", VIEWS + WHO_KEY + enter("request.session.cycle_key()", 'request.session["user_id"] = user.pk'), PLAIN + engine(store))
play("login", "cycle_key afterwards", VIEWS + WHO_KEY + enter('request.session["user_id"] = user.pk', "request.session.cycle_key()"), PLAIN)
play("login", "flush before", VIEWS + WHO_KEY + enter("request.session.flush()", 'request.session["user_id"] = user.pk'), PLAIN)
play("login", "create before", VIEWS + WHO_KEY + enter("request.session.create()", 'request.session["user_id"] = user.pk'), PLAIN)
play("login", "clear before", VIEWS + WHO_KEY + enter("request.session.clear()", 'request.session["user_id"] = user.pk'), PLAIN)
play("login", "setdefault", VIEWS + WHO_KEY + enter('request.session.setdefault("user_id", user.pk)'), PLAIN)
play("login", "update", VIEWS + WHO_KEY + enter('request.session.update({"user_id": user.pk})'), PLAIN)
play("login", "login() and own key", VIEWS + WHO_KEY + enter("login(request, user)", 'request.session["user_id"] = user.pk'), PLAIN)
play("login", "own key, then login()", VIEWS + WHO_KEY + enter('request.session["user_id"] = user.pk', "login(request, user)"), PLAIN)
play("login", "helper that rotates", VIEWS + WHO_KEY + "def begin(request, user):\n    request.session.cycle_key()\n    request.session['user_id'] = user.pk\n\n\n" + enter("begin(request, user)"), PLAIN)
play("login", "helper that does not rotate", VIEWS + WHO_KEY + "def begin(request, user):\n    request.session['user_id'] = user.pk\n\n\n" + enter("begin(request, user)"), PLAIN)
CONDITION = "a rotation under a condition counts, since most conditions ask whether there is a session at all"
play("login", "rotation on the other branch", VIEWS + WHO_KEY + enter("if user.is_staff:", "    request.session.cycle_key()", 'request.session["user_id"] = user.pk'), PLAIN, limits={"rotated": CONDITION, "fixed": CONDITION})
play("login", "alias of the session", VIEWS + WHO_KEY + enter("session = request.session", 'session["user_id"] = user.pk'), PLAIN)
play("login", "alias of the session, rotated", VIEWS + WHO_KEY + enter("session = request.session", "session.cycle_key()", 'session["user_id"] = user.pk'), PLAIN)
play("login", "check_password by hand", VIEWS.replace("\n\n\n", "\nfrom django.contrib.auth.models import User\n\n\n", 1) + WHO_KEY + "def signin(request):\n    user = User.objects.filter(username=request.POST['username']).first()\n    if user is not None and user.check_password(request.POST['password']):\n        request.session['user_id'] = user.pk\n    return HttpResponse('ok')\n", PLAIN)

# Logging out: does the copied cookie still work, be it for the identity or for what else the record held?

LEAVE = 'def signout(request):\n{}    return HttpResponse("ok")\n\n\n'


def leave(*lines):
    return LEAVE.format("".join(f"    {it}\n" for it in lines))


SIGNED = engine("signed_cookies")
for store in DB_ENGINES:
    play("logout", f"logout() with {store}", VIEWS + WHO_USER + enter("login(request, user)") + leave("logout(request)"), PLAIN + engine(store))
    play("logout", f"flush() with {store}", VIEWS + WHO_USER + enter("login(request, user)") + leave("request.session.flush()"), PLAIN + engine(store))
OWN = enter("request.session.cycle_key()", 'request.session["user_id"] = user.pk')
play("logout", "clear()", VIEWS + WHO_KEY + OWN + leave("request.session.clear()"), PLAIN)
play("logout", "del key", VIEWS + WHO_KEY + OWN + leave('del request.session["user_id"]'), PLAIN)
play("logout", "pop key", VIEWS + WHO_KEY + OWN + leave('request.session.pop("user_id", None)'), PLAIN)
COOKIE_ONLY = 'def signout(request):\n    response = HttpResponse("ok")\n    response.delete_cookie("sessionid")\n    return response\n\n\n'
play("logout", "only the cookie", VIEWS + WHO_USER + enter("login(request, user)") + COOKIE_ONLY, PLAIN)
play("logout", "only the cookie, own key", VIEWS + WHO_KEY + OWN + COOKIE_ONLY, PLAIN)
play("logout", "helper", VIEWS + WHO_USER + enter("login(request, user)") + "def finish(request):\n    logout(request)\n\n\n" + leave("finish(request)"), PLAIN)

# Changes inside of a value: are they there at the next request?

START = """from django.http import HttpResponse


def start(request):
    request.session["cart"] = {"a": 1, "list": []}
    return HttpResponse("ok")


def look(request):
    return HttpResponse(repr(request.session.get("cart")))


def change(request):
"""


def change(*lines):
    return START + "".join(f"    {it}\n" for it in lines) + '    return HttpResponse("ok")\n'


S = "request.session"
UPDATES = [
    ("item of item", [f'{S}["cart"]["b"] = 2']),
    ("append", [f'{S}["cart"]["list"].append(1)']),
    ("update", [f'{S}["cart"].update(b=2)']),
    ("augmented", [f'{S}["cart"]["a"] += 1']),
    ("del item", [f'del {S}["cart"]["a"]']),
    ("get and change", [f'cart = {S}.get("cart", {{}})', 'cart["b"] = 2']),
    ("index and change", [f'cart = {S}["cart"]', 'cart["b"] = 2']),
    ("setdefault and change", [f'cart = {S}.setdefault("cart", {{}})', 'cart["b"] = 2']),
    ("pop of item", [f'{S}["cart"].pop("a")']),
    ("clear of item", [f'{S}["cart"].clear()']),
    ("written back", [f'cart = {S}["cart"]', 'cart["b"] = 2', f'{S}["cart"] = cart']),
    ("modified", [f'{S}["cart"]["b"] = 2', f"{S}.modified = True"]),
    ("modified before", [f"{S}.modified = True", f'{S}["cart"]["b"] = 2']),
    ("save()", [f'{S}["cart"]["b"] = 2', f"{S}.save()"]),
    ("other key written", [f'{S}["cart"]["b"] = 2', f'{S}["seen"] = True']),
    ("set_expiry", [f'{S}["cart"]["b"] = 2', f"{S}.set_expiry(300)"]),
    ("top level", [f'{S}["cart"] = {{"b": 2}}']),
    ("copy written back", [f'cart = dict({S}["cart"])', 'cart["b"] = 2', f'{S}["cart"] = cart']),
    ("new object", [f'{S}["cart"] = cart = {{}}', 'cart["b"] = 2']),
    ("cycle_key", [f'{S}["cart"]["b"] = 2', f"{S}.cycle_key()"]),
    ("alias", [f"session = {S}", 'session["cart"]["b"] = 2']),
    ("alias marked", [f"session = {S}", 'session["cart"]["b"] = 2', "session.modified = True"]),
    ("delete key", [f'del {S}["cart"]']),
    ("session replaced", [f'{S} = {{"cart": 2}}']),
]
for name, body in UPDATES:
    limits = {"lost": "a session that is replaced as a whole is not followed"} if name == "session replaced" else {}
    play("update", name, change(*body), limits=limits)
play("update", "save every request", change(f'{S}["cart"]["b"] = 2'), "SESSION_SAVE_EVERY_REQUEST = True\n")
for store in ["cache", "cached_db", "file", "signed_cookies"]:
    play("update", f"item of item with {store}", change(f'{S}["cart"]["b"] = 2'), engine(store))
    play("update", f"written back with {store}", change(f'cart = {S}["cart"]', 'cart["b"] = 2', f'{S}["cart"] = cart'), engine(store))

# Changing a password: the stock user ends other sessions by itself.

CHANGE = 'def change(request):\n    user = request.user\n    user.set_password(request.POST["password"])\n    user.save()\n{}    return HttpResponse("ok")\n'
play("password", "set_password", VIEWS + WHO_USER + enter("login(request, user)") + CHANGE.format(""), PLAIN)
play("password", "set_password and new hash", VIEWS + WHO_USER + enter("login(request, user)") + CHANGE.format("    update_session_auth_hash(request, user)\n"), PLAIN)

# A form of another site.

FORM = VIEWS.replace("\n\n\n", "\nfrom django.contrib.auth.decorators import login_required\nfrom django.contrib.auth.models import User\nfrom django.middleware.csrf import get_token\nfrom django.views.decorators.csrf import csrf_exempt\n\n\n", 1) + "def form(request):\n    get_token(request)\n    return HttpResponse('ok')\n\n\n" + enter("login(request, user)")
ACT = "{}def act(request):\n    User.objects.filter(pk=request.user.pk).update(first_name='changed')\n    return HttpResponse('ok')\n"
play("forged", "protected", FORM + ACT.format("@login_required\n"))
play("forged", "exempt", FORM + ACT.format("@csrf_exempt\n@login_required\n"))
play("forged", "exempt inside", FORM + ACT.format("@login_required\n@csrf_exempt\n"))
play("forged", "without the middleware", FORM + ACT.format("@login_required\n"), PLAIN)
play("forged", "token in the session", FORM + ACT.format("@login_required\n"), "CSRF_USE_SESSIONS = True\n")

# Removing a cookie that was set.

TAKE = "from django.http import HttpResponse\n\n\ndef give(request):\n    response = HttpResponse('ok')\n    response.set_cookie('basket', 'v'{})\n    return response\n\n\ndef take(request):\n    response = HttpResponse('ok')\n    {}\n    return response\n"
for name, given, taken in [
    ("same", "", "response.delete_cookie('basket')"),
    ("path left out", ", path='/shop'", "response.delete_cookie('basket')"),
    ("path given", ", path='/shop'", "response.delete_cookie('basket', path='/shop')"),
    ("path too many", "", "response.delete_cookie('basket', path='/shop')"),
    ("domain left out", ", domain='example.org'", "response.delete_cookie('basket')"),
    ("domain given", ", domain='example.org'", "response.delete_cookie('basket', domain='example.org')"),
    ("by hand", "", "response.set_cookie('basket', '', max_age=0)"),
    ("by hand, other path", ", path='/shop'", "response.set_cookie('basket', '', max_age=0)"),
    ("None", "", "response.set_cookie('basket', None)"),
]:
    play("removal", f"removed: {name}", TAKE.format(given, taken))

# Payloads that do not fit into a cookie.

FILL = "import secrets\n\nfrom django.http import HttpResponse\n\n\ndef fill(request):\n    {}\n    return HttpResponse('ok')\n"
for name, body in [("small", "request.session['a'] = 'x'"), ("number", "request.session['a'] = 12345")]:
    play("size", f"payload {name}", FILL.format(body), SIGNED)
