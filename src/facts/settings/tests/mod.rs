//! One small project an idiom.

use std::sync::OnceLock;

use crate::facts::{Fact, FactKind, Origin, Scalar, Value};
use crate::flow::Units;
use crate::model::{Models, Scope};
use crate::workspace::Workspace;

mod checks;
mod idioms;

const SHAPE: &str = "INSTALLED_APPS = []\nROOT_URLCONF = 'shop.urls'\nDATABASES = {}\nMIDDLEWARE = [\n    'django.contrib.sessions.middleware.SessionMiddleware',\n    'django.middleware.csrf.CsrfViewMiddleware',\n]\n";

struct Project {
    workspace: Workspace,
    facts: Vec<Fact>,
}

fn project(files: &[(&str, &str)]) -> Project {
    static MODELS: OnceLock<Models> = OnceLock::new();
    let workspace = Workspace::from_texts(files);
    let models = MODELS.get_or_init(|| Models::load(&Scope::All, &[]).0);
    let facts = {
        let units = Units::new(&workspace);
        super::read(&workspace, models, &units).facts
    };
    Project { workspace, facts }
}

/// A project with one settings module.
fn single(body: &str) -> Project {
    project(&[("shop/settings.py", &format!("{SHAPE}{body}"))])
}

impl Project {
    fn of(&self, kind: FactKind) -> impl Iterator<Item = &Fact> {
        self.facts.iter().filter(move |it| it.kind == kind)
    }

    fn setting(&self, name: &str) -> String {
        self.attribute(FactKind::Setting, name, "value")
    }

    fn fault(&self, name: &str) -> String {
        self.attribute(FactKind::Setting, name, "fault")
    }

    fn attribute(&self, kind: FactKind, name: &str, attribute: &str) -> String {
        let fact = self.of(kind).find(|it| it.name.as_deref() == Some(name) || name.is_empty());
        let Some(fact) = fact else { return "no fact".into() };
        fact.attribute(attribute).map_or_else(|| "-".into(), |it| shown(&it.value))
    }

    /// Where an attribute was written: path and text.
    fn place(&self, kind: FactKind, name: &str, attribute: &str) -> String {
        let fact = self.of(kind).find(|it| it.name.as_deref() == Some(name) || name.is_empty());
        match fact.and_then(|it| it.attribute(attribute)).map(|it| &it.origin) {
            Some(Origin::Written(span) | Origin::Inherited(span)) => {
                let path = &self.workspace.files[span.file.0 as usize].path;
                let text = self.workspace.text(span.file).unwrap().slice(*span).to_owned();
                format!("{path}: {text}")
            }
            Some(Origin::Default { package, version, .. }) => format!("default of {package} {version}"),
            other => format!("{other:?}"),
        }
    }
}

/// A value in short.
fn shown(value: &Value) -> String {
    match value {
        Value::Unset => "unset".into(),
        Value::Known(Scalar::Bool(true)) => "on".into(),
        Value::Known(Scalar::Bool(false)) => "off".into(),
        Value::Known(Scalar::Null) => "null".into(),
        Value::Known(Scalar::Int(it)) => it.to_string(),
        Value::Known(Scalar::Float(it)) => it.to_string(),
        Value::Known(Scalar::Text(it)) => format!("'{it}'"),
        Value::Known(Scalar::List(it)) => {
            format!("[{}]", it.iter().map(shown).collect::<Vec<_>>().join(", "))
        }
        Value::OneOf(it) => it.iter().map(shown).collect::<Vec<_>>().join(" or "),
        Value::Env { name, fallback: Some(it) } => format!("${name} else {}", shown(it)),
        Value::Env { name, fallback: None } => format!("${name}"),
        Value::Setting { key, value: Some(it) } => format!("{key} else {}", shown(it)),
        Value::Setting { key, value: None } => key.to_string(),
        Value::Debug { in_debug, in_release } => {
            format!("debug {}, release {}", shown(in_debug), shown(in_release))
        }
        Value::Request => "request".into(),
        Value::Param(it) => format!("param {it}"),
        Value::Opaque(_) => "?".into(),
    }
}

#[test]
fn faults_of_types() {
    let table = [
        ("import os\nDEBUG = os.environ.get('DEBUG', False)", "DEBUG", true),
        ("import os\nDEBUG = bool(os.environ.get('DEBUG'))", "DEBUG", true),
        ("import os\nDEBUG = bool(os.environ.get('VERCEL'))", "DEBUG", false),
        ("import os\nDEBUG = bool(os.environ.get('DEBUG', True))", "DEBUG", true),
        ("import os\nDEBUG = True if os.environ.get('DEBUG') else False", "DEBUG", true),
        ("import os\nDEBUG = os.environ.get('DEBUG', '') == '1'", "DEBUG", false),
        ("from decouple import config\nDEBUG = config('DEBUG', default=True)", "DEBUG", true),
        ("from decouple import config\nDEBUG = config('DEBUG', default=True, cast=bool)", "DEBUG", false),
        ("from environs import Env\nenv = Env()\nDEBUG = env('DEBUG', True)", "DEBUG", true),
        ("import environ\nenv = environ.Env()\nDEBUG = env('DEBUG', default=True)", "DEBUG", false),
        ("SESSION_COOKIE_SECURE = 'False'", "SESSION_COOKIE_SECURE", true),
        ("SESSION_COOKIE_AGE = '3600'", "SESSION_COOKIE_AGE", true),
        (
            "from datetime import timedelta\nSESSION_COOKIE_AGE = timedelta(days=1)",
            "SESSION_COOKIE_AGE",
            true,
        ),
        (
            "from datetime import timedelta\nSESSION_COOKIE_AGE = timedelta(days=1).total_seconds()",
            "SESSION_COOKIE_AGE",
            false,
        ),
        ("import os\nSESSION_COOKIE_AGE = os.environ.get('AGE', 3600)", "SESSION_COOKIE_AGE", true),
        ("import os\nSESSION_COOKIE_AGE = int(os.environ.get('AGE', 3600))", "SESSION_COOKIE_AGE", false),
        ("SESSION_COOKIE_SAMESITE = True", "SESSION_COOKIE_SAMESITE", true),
        ("SESSION_COOKIE_SAMESITE = 'Laxx'", "SESSION_COOKIE_SAMESITE", true),
        ("SESSION_COOKIE_SAMESITE = None", "SESSION_COOKIE_SAMESITE", false),
        ("SESSION_COOKIE_SAMESITE = 'none'", "SESSION_COOKIE_SAMESITE", false),
        ("ALLOWED_HOSTS = 'example.org'", "ALLOWED_HOSTS", true),
    ];
    for (code, name, faulty) in table {
        let fault = single(code).fault(name);
        assert_eq!(fault != "-", faulty, "{code}: {fault}");
    }
}

#[test]
fn the_session_cookie() {
    let it = single(
        "SESSION_COOKIE_SAMESITE = None\nSESSION_COOKIE_AGE = 60 * 60 * 24\nSESSION_COOKIE_DOMAIN = '.shop.org'\nSESSION_COOKIE_NAME = '__Host-s'\n",
    );
    let cookie = |attribute| it.attribute(FactKind::Cookie, "__Host-s", attribute);
    assert_eq!(cookie("same_site"), "unset");
    assert_eq!(cookie("lifetime"), "86400");
    assert_eq!(cookie("domain"), "'.shop.org'");
    assert_eq!(cookie("path"), "'/'");
    assert_eq!(cookie("http_only"), "on");
    assert_eq!(cookie("role"), "'session'");
    assert_eq!(it.place(FactKind::Cookie, "__Host-s", "same_site"), "shop/settings.py: None");
    assert_eq!(it.place(FactKind::Cookie, "__Host-s", "secure"), "default of django of unknown version");

    let it = single("SESSION_COOKIE_SAMESITE = 'None'\nSESSION_EXPIRE_AT_BROWSER_CLOSE = True");
    assert_eq!(it.attribute(FactKind::Cookie, "sessionid", "same_site"), "'none'");
    assert_eq!(it.attribute(FactKind::Cookie, "sessionid", "lifetime"), "unset");
}

#[test]
fn other_cookies() {
    assert_eq!(single("").attribute(FactKind::Cookie, "csrftoken", "secure"), "off");
    assert_eq!(
        single("CSRF_USE_SESSIONS = True").attribute(FactKind::Cookie, "csrftoken", "secure"),
        "no fact"
    );
    let it = single(
        "MIDDLEWARE += ['django.contrib.messages.middleware.MessageMiddleware']\nSESSION_COOKIE_SECURE = True",
    );
    assert_eq!(it.attribute(FactKind::Cookie, "messages", "secure"), "on");
    assert_eq!(it.attribute(FactKind::Cookie, "messages", "role"), "'preference'");
    let by_default = "import os\nCSRF_USE_SESSIONS = os.environ.get('S', '1') == '1'";
    assert_eq!(single(by_default).attribute(FactKind::Cookie, "csrftoken", "secure"), "no fact");
    let it = single("MIDDLEWARE = ['django.middleware.common.CommonMiddleware']");
    assert_eq!(it.attribute(FactKind::Cookie, "sessionid", "secure"), "no fact");
}

#[test]
fn sessions() {
    let it = single("SESSION_ENGINE = 'django.contrib.sessions.backends.cache'");
    assert_eq!(it.attribute(FactKind::Session, "", "store"), "'memory'");
    assert_eq!(it.attribute(FactKind::Session, "", "serializer"), "unset");
    let redis = "SESSION_ENGINE = 'django.contrib.sessions.backends.cache'\nSESSION_CACHE_ALIAS = 's'\nCACHES = {'default': {'BACKEND': 'django.core.cache.backends.locmem.LocMemCache'}, 's': {'BACKEND': 'django_redis.cache.RedisCache'}}";
    assert_eq!(single(redis).attribute(FactKind::Session, "", "store"), "'redis'");
    let it = single(
        "SESSION_ENGINE = 'django.contrib.sessions.backends.signed_cookies'\nSESSION_SERIALIZER = 'shop.serializers.LegacyPickleSerializer'",
    );
    assert_eq!(it.attribute(FactKind::Session, "", "store"), "'cookie'");
    assert_eq!(it.attribute(FactKind::Session, "", "protection"), "'signed'");
    assert_eq!(it.attribute(FactKind::Session, "", "serializer"), "'pickle'");
    let it = single("SESSION_ENGINE = 'django.contrib.sessions.backends.file'");
    assert_eq!(it.attribute(FactKind::Session, "", "temp_dir"), "on");
    let it = single(
        "SESSION_ENGINE = 'django.contrib.sessions.backends.file'\nSESSION_FILE_PATH = '/var/lib/shop'",
    );
    assert_eq!(it.attribute(FactKind::Session, "", "temp_dir"), "off");
}

#[test]
fn a_serializer_that_was_removed() {
    let settings =
        format!("{SHAPE}SESSION_SERIALIZER = 'django.contrib.sessions.serializers.PickleSerializer'\n");
    for (version, works) in [("4.2.1", "on"), ("5.1", "off")] {
        let requirement = format!("django=={version}\n");
        let it = project(&[("requirements.txt", &requirement), ("shop/settings.py", &settings)]);
        assert_eq!(it.attribute(FactKind::Session, "", "serializer_works"), works, "{version}");
    }
}

#[test]
fn keys() {
    let table = [
        ("SECRET_KEY = 'k3#d_9s0pq%mxa8f!zz1'", "'literal'"),
        ("SECRET_KEY = b'k3#d_9s0pq%mxa8f!zz1'", "'literal'"),
        ("SECRET_KEY = 'changeme'", "'placeholder'"),
        ("SECRET_KEY = ''", "no fact"),
        ("import os\nSECRET_KEY = os.environ['K']", "'env'"),
        ("import os\nSECRET_KEY = os.environ.get('K')", "'env'"),
        ("import os\nSECRET_KEY = os.environ.get('K', 'k3#d_9s0pq%mxa8f!zz1')", "'env-fallback'"),
        ("import os\nSECRET_KEY = os.environ.get('K') or 'k3#d_9s0pq%mxa8f!zz1'", "'env-fallback'"),
        (
            "from django.core.management.utils import get_random_secret_key as g\nSECRET_KEY = g()",
            "'generated'",
        ),
        (
            "import os\nfrom django.core.management.utils import get_random_secret_key\nSECRET_KEY = os.environ.get('K', get_random_secret_key())",
            "$K else 'generated'",
        ),
        ("with open('/etc/key') as f:\n    SECRET_KEY = f.read().strip()", "'file'"),
        (
            "try:\n    from .secret import SECRET_KEY\nexcept ImportError:\n    SECRET_KEY = 'k3#d_9s0pq%mxa8f!zz1'",
            "'env-fallback'",
        ),
        (
            "import os, sys\nSECRET_KEY = os.environ.get('K', 'k3#d_9s0pq%mxa8f!zz1')\nif not DEBUG and SECRET_KEY == 'k3#d_9s0pq%mxa8f!zz1':\n    sys.exit(1)",
            "'env'",
        ),
        // A refusal asks the questions around it too.
        (
            "import os\nDEV = os.environ.get('STAGE', 'dev') == 'dev'\nSECRET_KEY = os.environ.get('K', 'k3#d_9s0pq%mxa8f!zz1')\nif SECRET_KEY.startswith('k3'):\n    if not DEV:\n        raise ValueError('no key')",
            "'env'",
        ),
        (
            "import random\nSECRET_KEY = ''.join([random.SystemRandom().choice('abc') for i in range(50)])",
            "'generated'",
        ),
        (
            "DEBUG = True\nif DEBUG:\n    SECRET_KEY = 'k3#d_9s0pq%mxa8f!zz1'\nelse:\n    import os\n    SECRET_KEY = os.environ['K']",
            "debug 'literal', release 'env'",
        ),
    ];
    for (code, expected) in table {
        let it = single(code);
        assert_eq!(it.attribute(FactKind::Key, "SECRET_KEY", "source"), expected, "{code}");
        let all = format!("{:?}", it.facts);
        assert!(!all.contains("k3#d_9s0pq"), "a key is shown: {code}");
    }
    let it = single("SECRET_KEY = 'django-insecure-abcabc'");
    assert_eq!(it.attribute(FactKind::Key, "SECRET_KEY", "insecure_prefix"), "on");
    assert_eq!(it.attribute(FactKind::Key, "SECRET_KEY", "length"), "22");
}

#[test]
fn lists() {
    let table = [
        ("", "on"),
        ("MIDDLEWARE.remove('django.contrib.sessions.middleware.SessionMiddleware')", "off"),
        ("MIDDLEWARE = [it for it in MIDDLEWARE if 'sessions' not in it]", "off"),
        ("MIDDLEWARE = ['a.B'] + MIDDLEWARE", "on"),
        ("MIDDLEWARE = ('a.B',)", "off"),
        ("MIDDLEWARE = ('a.B',) + tuple(extra())", "?"),
        ("MIDDLEWARE = ['a.ForceSessionMiddleware']", "on"),
        ("MIDDLEWARE = list(filter(None, ['a.SessionMiddleware' if DEBUG else None]))", "?"),
        (
            "import os\nMIDDLEWARE = ['a.B']\nif os.environ.get('X'):\n    MIDDLEWARE += ['a.SessionMiddleware']",
            "?",
        ),
        ("import os\nif os.environ.get('X'):\n    MIDDLEWARE.insert(0, 'a.B')", "on"),
        ("MIDDLEWARE = [*MIDDLEWARE, 'a.B']", "on"),
        ("MIDDLEWARE = []\nMIDDLEWARE.extend(['a.SessionMiddleware'])", "on"),
        ("MIDDLEWARE.insert(MIDDLEWARE.index('django.middleware.csrf.CsrfViewMiddleware'), 'a.B')", "on"),
    ];
    for (code, expected) in table {
        let found = single(code).attribute(FactKind::Application, "", "session_middleware");
        assert_eq!(found, expected, "{code}");
    }
    let it = single("MIDDLEWARE.insert(0, 'django.contrib.auth.middleware.AuthenticationMiddleware')");
    assert_eq!(
        it.attribute(FactKind::Application, "", "order_fault"),
        "'`AuthenticationMiddleware` stands before `SessionMiddleware`'"
    );
}

const BASE: &str = "shop/settings/base.py";

fn package(base: &str, others: &[(&str, &str)]) -> Project {
    let base = format!("{SHAPE}{base}");
    let mut files = vec![("shop/settings/__init__.py", ""), ("shop/__init__.py", ""), (BASE, base.as_str())];
    files.extend(others);
    project(&files)
}

#[test]
fn production_is_judged() {
    let star = "from .base import *\n";
    let on = format!("{star}SESSION_COOKIE_SECURE = True\n");
    let off = format!("{star}SESSION_COOKIE_SECURE = False\n");
    let (prod, dev) = ("shop/settings/production.py", "shop/settings/dev.py");
    // Base on, development off.
    let it = package("SESSION_COOKIE_SECURE = True\n", &[(dev, &off)]);
    assert_eq!(it.setting("SESSION_COOKIE_SECURE"), "on");
    // Base off, production on.
    let it = package("SESSION_COOKIE_SECURE = False\n", &[(prod, &on), (dev, star)]);
    assert_eq!(it.setting("SESSION_COOKIE_SECURE"), "on");
    // Set nowhere: one fact, at production.
    let it = package("", &[(prod, star), (dev, star)]);
    assert_eq!(it.setting("SESSION_COOKIE_SECURE"), "off");
    let fact = it.of(FactKind::Cookie).find(|it| it.name.as_deref() == Some("sessionid")).unwrap();
    assert_eq!(fact.item, "shop.settings.production");
    assert_eq!(it.of(FactKind::Application).count(), 1);
    // A star import after an assignment wins.
    let late = format!("SESSION_COOKIE_SECURE = True\n{star}");
    let it = package("SESSION_COOKIE_SECURE = False\n", &[(prod, &late)]);
    assert_eq!(it.setting("SESSION_COOKIE_SECURE"), "off");
    assert_eq!(it.place(FactKind::Setting, "SESSION_COOKIE_SECURE", "value"), format!("{BASE}: False"));
    // `import x as base`.
    let through = "from .base import *\nfrom . import base as b\nSESSION_COOKIE_SECURE = b.ON\n";
    let it = package("ON = True\n", &[(prod, through)]);
    assert_eq!(it.setting("SESSION_COOKIE_SECURE"), "on");
    // Names that start with an underscore are not imported.
    let private = "from .base import *\nSESSION_COOKIE_SECURE = _on\n";
    let it = package("_on = True\n", &[(prod, private)]);
    assert_eq!(it.setting("SESSION_COOKIE_SECURE"), "?");
    // Debug was still on when it was read.
    let it = package(
        "DEBUG = True\nSESSION_COOKIE_SECURE = not DEBUG\n",
        &[(prod, "from .base import *\nDEBUG = False\n")],
    );
    assert_eq!(it.setting("SESSION_COOKIE_SECURE"), "off");
}

#[test]
fn the_server_names_the_module() {
    let wsgi = "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.conf.main')\n";
    let settings = format!("{SHAPE}SESSION_COOKIE_SECURE = True\n");
    let it = project(&[
        ("manage.py", "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.conf.local')\n"),
        ("shop/__init__.py", ""),
        ("shop/wsgi.py", wsgi),
        ("shop/conf/__init__.py", ""),
        ("shop/conf/main.py", &settings),
        ("shop/conf/local.py", "from .main import *\nSESSION_COOKIE_SECURE = False\n"),
    ]);
    assert_eq!(it.setting("SESSION_COOKIE_SECURE"), "on");
    assert_eq!(it.attribute(FactKind::Setting, "DEBUG", "role"), "'production'");
}

#[test]
fn what_a_deployment_gives_is_an_alternative() {
    let secure = |files: &[(&str, &str)], body: &str| {
        let settings = format!("{SHAPE}import os\nimport environ\nenv = environ.Env()\n{body}");
        let mut all = vec![("shop/settings.py", settings.as_str())];
        all.extend_from_slice(files);
        let it = project(&all);
        (it.setting("SESSION_COOKIE_SECURE"), it.attribute(FactKind::Key, "SECRET_KEY", "source"))
    };
    let off = "SESSION_COOKIE_SECURE = env.bool('SAFE', False)\nSECRET_KEY = env('KEY', default='k3#d_9s0pq%mxa8f!zz1')\n";
    let on = "services:\n  web:\n    environment:\n      SAFE: \"true\"\n      KEY: another-text-that-all-can-read\n";
    assert_eq!(secure(&[], off).0, "$SAFE else off");
    let (flag, key) = secure(&[("docker-compose.yml", on)], off);
    assert_eq!((flag.as_str(), key.as_str()), ("$SAFE else off or on", "'env-fallback'"));
    assert_eq!(secure(&[("docker-compose.dev.yml", on)], off).0, "$SAFE else off");
    let made = "{\"env\": {\"KEY\": {\"generator\": \"secret\"}}}";
    let (_, key) = secure(&[("app.json", made)], off);
    assert_ne!(key, "'env-fallback'");
    assert_eq!(secure(&[(".env", "SAFE=1\n")], off).0, "$SAFE else off or on");
}

#[test]
fn containers_and_platforms_name_the_module() {
    let script = "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.conf.local')\n";
    let settings =
        format!("{SHAPE}import os\nSESSION_COOKIE_SECURE = os.environ.get('SAFE', 'no') == 'yes'\n");
    for (name, text) in [
        (
            "Dockerfile",
            "FROM python AS dev\nENV DJANGO_SETTINGS_MODULE=shop.conf.local\nFROM python\nENV SAFE=yes \\\n  DJANGO_SETTINGS_MODULE=shop.conf.online\nRUN DJANGO_SETTINGS_MODULE=shop.conf.local python manage.py collectstatic\n",
        ),
        ("Procfile", "web: SAFE=yes DJANGO_SETTINGS_MODULE=shop.conf.online gunicorn shop.wsgi\n"),
    ] {
        let it = project(&[
            ("manage.py", script),
            ("shop/__init__.py", ""),
            ("shop/wsgi.py", script),
            ("shop/conf/__init__.py", ""),
            ("shop/conf/base.py", &settings),
            ("shop/conf/online.py", "from .base import *\nSESSION_COOKIE_NAME = 'on'\n"),
            ("shop/conf/local.py", "from .base import *\nSESSION_COOKIE_NAME = 'here'\n"),
            (name, text),
        ]);
        assert_eq!(it.setting("SESSION_COOKIE_NAME"), "'on'", "{name}");
        assert_eq!(it.setting("SESSION_COOKIE_SECURE"), "$SAFE else off or on", "{name}");
    }
}

#[test]
fn a_layer_of_settings_in_files() {
    let code = format!(
        "{SHAPE}SESSION_COOKIE_SECURE = False\nimport dynaconf\nsettings = dynaconf.DjangoDynaconf(__name__)\n"
    );
    let secure = |name: &str, text: &str| {
        let it = project(&[("shop/settings.py", &code), (name, text)]);
        it.setting("SESSION_COOKIE_SECURE")
    };
    let sections = "[default]\nSESSION_COOKIE_SECURE = false\n[production]\nsession_cookie_secure = true\n[development]\nSESSION_COOKIE_SECURE = false\n";
    assert_eq!(secure("settings.toml", sections), "on");
    assert_eq!(secure("shop/settings.yaml", "SESSION_COOKIE_SECURE: true\n"), "on");
    assert_eq!(secure("settings.local.toml", "SESSION_COOKIE_SECURE = true\n"), "off");
    assert_eq!(secure("other/settings.toml", "SESSION_COOKIE_SECURE = true\n"), "off");
}

#[test]
fn two_projects() {
    let it = project(&[("a/settings.py", SHAPE), ("b/settings.py", SHAPE)]);
    assert_eq!(it.of(FactKind::Application).count(), 2);
    assert!(it.facts.iter().all(|it| !it.test));
}

#[test]
fn tests_and_examples_are_seen_and_not_judged() {
    for path in ["tests/settings.py", "shop/settings_test.py", "sandbox/settings.py", "shop/settings/dev.py"]
    {
        let it = project(&[(path, SHAPE)]);
        assert!(!it.facts.is_empty() && it.facts.iter().all(|it| it.test), "{path}");
    }
}

#[test]
fn local_settings() {
    let code = "SESSION_COOKIE_SECURE = False\ntry:\n    from .local_settings import *\nexcept ImportError:\n    pass\n";
    let it = single(code);
    assert_eq!(it.setting("SESSION_COOKIE_SECURE"), "off");
    let fact =
        it.of(FactKind::Setting).find(|it| it.name.as_deref() == Some("SESSION_COOKIE_SECURE")).unwrap();
    assert!(fact.attributes["value"].trail[0].text.contains("local_settings"));
    assert!(matches!(&fact.attributes["value"].origin, Origin::Derived(places) if places.len() == 2));
    let with = format!("{SHAPE}{code}");
    let it = project(&[
        ("shop/__init__.py", ""),
        ("shop/settings.py", &with),
        ("shop/local_settings.py", "SESSION_COOKIE_SECURE = True\n"),
    ]);
    assert_eq!(it.setting("SESSION_COOKIE_SECURE"), "on");
}

#[test]
fn settings_of_a_library() {
    let it = project(&[(
        "shop/settings.py",
        "from rdmo.core.settings import *\nDEBUG = False\nSECRET_KEY = 'x'\nALLOWED_HOSTS = []\n",
    )]);
    assert_eq!(it.setting("SESSION_COOKIE_SECURE"), "?");
    assert_eq!(it.setting("DEBUG"), "off");
}

#[test]
fn classes() {
    let code = format!(
        "from configurations import Configuration, values\n\nclass Base(Configuration):\n    {}\n    SECRET_KEY = values.SecretValue()\n    SESSION_COOKIE_SECURE = values.BooleanValue(False)\n    SESSION_COOKIE_AGE = values.Value(False)\n\nclass Development(Base):\n    DEBUG = True\n\nclass Production(Base):\n    SESSION_COOKIE_SECURE = True\n    CSRF_COOKIE_SECURE = values.BooleanValue(True)\n    @property\n    def SESSION_COOKIE_NAME(self):\n        return 'x' + self.ROOT_URLCONF\n\nclass ProductionInsecure(Production):\n    SESSION_COOKIE_SECURE = False\n",
        SHAPE.lines().collect::<Vec<_>>().join("\n    ")
    );
    let it = project(&[("shop/settings.py", &code)]);
    assert_eq!(it.setting("SESSION_COOKIE_SECURE"), "on");
    assert_eq!(it.setting("CSRF_COOKIE_SECURE"), "$DJANGO_CSRF_COOKIE_SECURE else on");
    assert_eq!(it.setting("SESSION_COOKIE_NAME"), "'xshop.urls'");
    assert_eq!(it.attribute(FactKind::Key, "SECRET_KEY", "source"), "'env'");
    let cookie = it.of(FactKind::Cookie).next().unwrap();
    assert_eq!(cookie.item, "shop.settings.Production");
}

#[test]
fn classes_that_set_more_before_they_are_read() {
    let code = format!(
        "from configurations import Configuration\n\nclass Base(Configuration):\n    {}\n    SAFE = True\n    @classmethod\n    def post_setup(cls):\n        super().post_setup()\n        cls.SESSION_COOKIE_SECURE = cls.SAFE\n        setattr(cls, 'CSRF_COOKIE_SECURE', True)\n\nclass Production(Base):\n    SESSION_COOKIE_SECURE = False\n",
        SHAPE.lines().collect::<Vec<_>>().join("\n    ")
    );
    let it = project(&[("shop/settings.py", &code)]);
    assert_eq!(it.setting("SESSION_COOKIE_SECURE"), "on");
    assert_eq!(it.setting("CSRF_COOKIE_SECURE"), "on");
}

/// What asks for something that nobody sets must not look at classes that are still to be made.
#[test]
fn classes_are_not_looked_at_before_they_are_made() {
    let code = format!(
        "from configurations import Configuration\n\nclass Base(Configuration):\n    {}\n    @property\n    def LOGGING(self):\n        return {{'level': self.LEVEL}}\n    @property\n    def SESSION_COOKIE_SECURE(self):\n        return self.SAFE\n    SAFE = True\n\nclass Production(Base):\n    DEBUG = False\n",
        SHAPE.lines().collect::<Vec<_>>().join("\n    ")
    );
    let it = project(&[("shop/settings.py", &code)]);
    assert_eq!(it.setting("SESSION_COOKIE_SECURE"), "on");
    assert_eq!(it.attribute(FactKind::Application, "", "session_middleware"), "on");
}

#[test]
fn a_package_for_production() {
    let star = "from ..base import *\nSESSION_COOKIE_SECURE = True\n";
    let it = package("", &[("shop/settings/production/__init__.py", star)]);
    assert_eq!(it.setting("SESSION_COOKIE_SECURE"), "on");
}

#[test]
fn split_settings() {
    let it = project(&[
        ("server/__init__.py", ""),
        (
            "server/settings/__init__.py",
            "from os import environ\nfrom split_settings.tools import include, optional\n_ENV = environ.get('DJANGO_ENV', default='development')\n_base = ('components/common.py', f'environments/{_ENV}.py', optional('environments/local.py'))\ninclude(*_base)\n",
        ),
        ("server/settings/components/__init__.py", ""),
        ("server/settings/components/common.py", SHAPE),
        ("server/settings/environments/__init__.py", ""),
        ("server/settings/environments/development.py", "DEBUG = True\n"),
        (
            "server/settings/environments/production.py",
            "DEBUG = False\nSESSION_COOKIE_SECURE = not DEBUG\nROOT = ROOT_URLCONF\n",
        ),
    ]);
    assert_eq!(it.setting("SESSION_COOKIE_SECURE"), "on");
    assert_eq!(it.of(FactKind::Application).count(), 1);
}

#[test]
fn what_is_no_settings_module() {
    let flask = "app.config['SESSION_COOKIE_SECURE'] = False\nSESSION_COOKIE_SECURE = False\n";
    let it = project(&[("website/config.py", flask), ("shop/models.py", "SESSION_COOKIE_SECURE = False\n")]);
    assert!(it.facts.is_empty());
}

#[test]
fn names_that_are_never_read() {
    let it = single("SESSION_TIMEOUT = 600\n");
    assert_eq!(it.attribute(FactKind::Setting, "SESSION_TIMEOUT", "known"), "off");
}

#[test]
fn hostile_code_ends() {
    let deep = format!("X = {}1{}\n", "[".repeat(200), "]".repeat(200));
    let branch =
        |it: i32| format!("if u{it}():\n    MIDDLEWARE += ['m{it}']\n    A{it} = A\n    A = [A, {it}]\n");
    let branches = (0..200).map(branch).collect::<Vec<_>>().join("\n");
    let recursive = "def f(x):\n    return f(x) + f(x)\nX = f(1)\nclass A(A):\n    X = A.X\n";
    for code in [
        deep.as_str(),
        &branches,
        recursive,
        "from shop.settings import *\n",
        "while True:\n    X += 1\n",
        "X = 'a' * 10 ** 12\nY = 2 ** 99999\nZ = 1 / 0\n",
    ] {
        assert_ne!(single(code).setting("DEBUG"), "no fact", "{}", &code[..code.len().min(60)]);
    }
}

#[test]
fn split_settings_by_platform() {
    let it = project(&[
        ("tab/wsgi.py", "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'settings')\n"),
        ("tab/manage.py", "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'settings')\n"),
        (
            "tab/settings/__init__.py",
            "import os\nfrom split_settings.tools import include\nfiles = ['core.py']\nif os.environ.get('IN_DOCKER', '') and bool(int(os.environ['IN_DOCKER'])):\n    files.append('docker.py')\nelif os.environ.get('ON_HEROKU', ''):\n    files.append('heroku.py')\nelse:\n    files.append('local.py')\ninclude(*files)\n",
        ),
        ("tab/settings/core.py", SHAPE),
        ("tab/settings/docker.py", "SESSION_COOKIE_SECURE = False\n"),
        ("tab/settings/heroku.py", "SESSION_COOKIE_SECURE = True\n"),
    ]);
    assert_eq!(it.setting("SESSION_COOKIE_SECURE"), "on");
    assert_eq!(it.of(FactKind::Application).count(), 1);
}

#[test]
fn debug_in_a_base_that_only_development_builds_on() {
    let it = package("DEBUG = True\n", &[("shop/settings/dev.py", "from .base import *\n")]);
    let fact = it.of(FactKind::Setting).find(|it| it.name.as_deref() == Some("DEBUG")).unwrap();
    assert_eq!(fact.item, "shop.settings.base");
    assert!(fact.unjudged.is_some());
}

#[test]
fn two_sites_that_share_settings() {
    let script =
        |module: &str| format!("import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', '{module}')\n");
    let it = project(&[
        ("manage.py", &script("api.settings")),
        ("admin/wsgi.py", &script("admin.settings")),
        ("api/__init__.py", ""),
        ("admin/__init__.py", ""),
        ("api/settings.py", &format!("{SHAPE}SESSION_COOKIE_AGE = 10 ** 8\nDEBUG = True\n")),
        ("admin/settings.py", &format!("from api.settings import *\n{SHAPE}")),
        // A worker of the first site.
        ("worker/__init__.py", ""),
        ("worker/wsgi.py", &script("worker.settings")),
        ("worker/settings.py", "from api.settings import *\nTIMEOUT = 1\n"),
    ]);
    assert_eq!(it.of(FactKind::Application).count(), 2);
    // What they share is told once.
    let debug = it.of(FactKind::Setting).filter(|it| it.name.as_deref() == Some("DEBUG"));
    assert_eq!(debug.count(), 1);
    assert_eq!(it.of(FactKind::Session).count(), 1);
}

#[test]
fn what_cannot_be_read_is_not_absent() {
    let it = project(&[
        ("shop/__init__.py", ""),
        ("shop/settings/__init__.py", ""),
        ("shop/settings/base.py", "{% if x %}\nSESSION_COOKIE_SECURE = True\n{% endif %}\n"),
        (
            "shop/settings/production.py",
            "from .base import *\nDEBUG = False\nSECRET_KEY = ''\nINSTALLED_APPS = []\n",
        ),
    ]);
    assert_eq!(it.setting("SESSION_COOKIE_SECURE"), "?");
}

#[test]
fn cookies_of_companions() {
    let it = single(
        "from datetime import timedelta\nINSTALLED_APPS = ['dj_rest_auth']\nREST_AUTH = {'USE_JWT': True, 'JWT_AUTH_COOKIE': 'access', 'JWT_AUTH_SAMESITE': 'Strict'}\nSIMPLE_JWT = {'ACCESS_TOKEN_LIFETIME': timedelta(minutes=5), 'SIGNING_KEY': 'abcdefgh'}\n",
    );
    assert_eq!(it.attribute(FactKind::Cookie, "access", "secure"), "off");
    assert_eq!(it.attribute(FactKind::Cookie, "access", "same_site"), "'strict'");
    assert_eq!(it.attribute(FactKind::Cookie, "access", "lifetime"), "300");
    assert_eq!(it.attribute(FactKind::Cookie, "access", "role"), "'auth'");
    assert_eq!(it.attribute(FactKind::Key, "SIMPLE_JWT.SIGNING_KEY", "source"), "'literal'");
    assert_eq!(it.place(FactKind::Cookie, "access", "same_site"), "shop/settings.py: 'Strict'");
    let copy =
        "import os\nSECRET_KEY = os.environ.get('K', 'abcdefgh')\nSIMPLE_JWT = {'SIGNING_KEY': SECRET_KEY}\n";
    assert_eq!(single(copy).of(FactKind::Key).count(), 1);
    let it = single("INSTALLED_APPS = ['dj_rest_auth']\n");
    assert!(it.of(FactKind::Cookie).all(|it| it.attributes["role"].value != super::effective::text("auth")));
}
