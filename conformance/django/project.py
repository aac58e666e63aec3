"""The mini-project that a case is laid out as."""

import pathlib

MANAGE = '''import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
'''

SETTINGS = '''SECRET_KEY = "q8Zr3vXw1Tn6Lp0Ks9Jd2Hf5Gy7Bc4Ma-Ue_Ro+Ix=Wt(Nq)Yz%Pe"
ALLOWED_HOSTS = ["shop.example.org"]
ROOT_URLCONF = "site_.urls"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
USE_TZ = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("fr", "French")]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
'''

URLS = '''from django.urls import path

from . import views

urlpatterns = [
'''

# What every project has, so that each cookie of the settings is really sent.
PROBES = '''from django.contrib import messages
from django.http import HttpResponse
from django.middleware.csrf import get_token


def touch(request):
    request.session["seen"] = 1
    return HttpResponse("ok")


def token(request):
    get_token(request)
    return HttpResponse("ok")


def message(request):
    messages.info(request, "saved")
    return HttpResponse("ok")
'''

PROBE_URLS = '''from django.urls import include, path

from . import probes

urlpatterns = [
    path("touch/", probes.touch),
    path("token/", probes.token),
    path("message/", probes.message),
    path("i18n/", include("django.conf.urls.i18n")),
]
'''


def write(case, version, root: pathlib.Path) -> None:
    """Lays the case out below `root`, for one version of Django."""
    site = root / "site_"
    site.mkdir(parents=True)
    files = {
        "manage.py": MANAGE,
        "requirements.txt": f"Django=={version}\n",
        "site_/__init__.py": "",
        "site_/settings.py": SETTINGS + case.settings,
    }
    if case.views:
        files["site_/views.py"] = case.views
        routes = [f'    path("{it}/", views.{it}),\n' for it in case.routes()]
        files["site_/urls.py"] = URLS + "".join(routes) + "]\n"
    else:
        files["site_/probes.py"] = PROBES
        files["site_/urls.py"] = PROBE_URLS
    files.update(case.files)
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
