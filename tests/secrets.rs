//! The value of a secret is in no output, whatever the format and wherever the secret stands.

#[expect(dead_code, reason = "other test programs use the rest")]
mod common;

use sessionlint::report::Format;

use common::{project, sessionlint};

/// Each secret is `SECRET` and a number, so that a leak names its place.
const FILES: &[(&str, &str)] = &[
    (
        "Cargo.toml",
        "[package]\nname = \"shop\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[dependencies]\ncookie = \"0.18\"\n\
         axum-extra = { version = \"0.10\", features = [\"cookie-private\"] }\ntower-sessions = \"0.14\"\n",
    ),
    (
        "src/main.rs",
        "use axum_extra::extract::cookie::{Cookie, CookieJar, Key};\n\n\
         const PASSWORD: &str = \"SECRET01-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\";\n\n\
         fn key() -> Key {\n    Key::from(b\"SECRET02-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\")\n}\n\n\
         fn raw() -> Key {\n    Key::from(br#\"SECRET03-aaaaaaaaaaaaaaaaa\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"#)\n}\n\n\
         fn named() -> Key {\n    Key::from(PASSWORD.as_bytes())\n}\n\n\
         fn fallback() -> Key {\n    let text = std::env::var(\"KEY\").unwrap_or_else(|_| \"SECRET04-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\".into());\n    \
         Key::from(text.as_bytes())\n}\n\n\
         async fn login(jar: CookieJar) -> CookieJar {\n    let password = \"SECRET05\"; jar.add(Cookie::new(\"password\", password))\n}\n\n\
         async fn session(jar: CookieJar) -> CookieJar {\n    // password: SECRET06\n    jar.add(Cookie::new(\"token\", \"SECRET07\"))\n}\n",
    ),
    (
        "config.toml",
        "[session]\nsecret = \"SECRET08-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"\nsecure = false\n\
         database_url = \"postgres://shop:SECRET09@db/shop\"\n",
    ),
    ("manage.py", "import os\nos.environ.setdefault(\"DJANGO_SETTINGS_MODULE\", \"shop.settings\")\n"),
    ("requirements.txt", "Django==5.2\ndjango-environ==0.12\n"),
    ("shop/__init__.py", ""),
    (
        "shop/settings.py",
        "import environ\n\nenv = environ.Env()\nenviron.Env.read_env('.env')\n\
         DEBUG = True\nSECRET_KEY = 'django-insecure-SECRET10'\nSESSION_COOKIE_SECURE = False\n\
         SECRET_KEY_FALLBACKS = ['SECRET11', env('OLD', default='SECRET12')]\nSESSION_COOKIE_HTTPONLY = False\n\
         EMAIL_HOST_PASSWORD = 'SECRET13'\nSESSION_COOKIE_SAMESITE = None\nDATABASES = {'default': {'PASSWORD': 'SECRET14'}}\n\
         CSRF_COOKIE_SECURE = False\nSIGNING_KEY = env('SIGNING_KEY')\n\
         SESSION_SERIALIZER = 'django.contrib.sessions.serializers.PickleSerializer'\nMIDDLEWARE = []\n\
         INSTALLED_APPS = ['django.contrib.sessions']\n",
    ),
    (".env", "SIGNING_KEY=SECRET15\nDEBUG=True\nDATABASE_URL=postgres://shop:SECRET16@db/shop\n"),
    (
        "shop/views.py",
        "from django.core.signing import Signer\n\n\ndef login(request):\n    signer = Signer(key='SECRET17')\n    \
         request.session['password'] = 'SECRET18'\n    response = redirect('/')\n    \
         response.set_cookie('auth_token', 'SECRET19')\n    return response\n",
    ),
];

#[test]
fn no_output_holds_a_secret() {
    let root = project("secrets", FILES);
    let mut runs: Vec<(String, Vec<&str>)> = Format::ALL
        .iter()
        .map(|it| it.word())
        .map(|it| (it.to_owned(), vec!["check", "--format", it, "--persona", "auditor", "--verbose"]))
        .collect();
    for format in ["html", "markdown", "json"] {
        runs.push((format!("audit as {format}"), vec!["audit", "--format", format]));
    }
    runs.push(("sarif with the silenced".into(), vec!["check", "--format", "sarif", "--sarif-suppressed"]));
    runs.push(("facts".into(), vec!["facts"]));
    runs.push(("facts as json".into(), vec!["facts", "--format", "json"]));
    for (name, arguments) in runs {
        let run = sessionlint(&root, &arguments);
        for rule in ["session-hardcoded-key", "cookie-no-secure"] {
            assert!(name.starts_with("facts") || run.out.contains(rule), "{name} does not report {rule}");
        }
        for (kind, text) in [("output", &run.out), ("talk", &run.err)] {
            let leak = text.lines().find(|it| it.contains("SECRET0") || it.contains("SECRET1"));
            assert!(leak.is_none(), "{kind} of {name}: {}", leak.unwrap_or_default());
        }
    }
}
