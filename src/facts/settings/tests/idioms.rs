//! Ways to write one setting.

use super::single;

/// Each line of the table: code, and what `SESSION_COOKIE_SECURE` is then.
#[test]
fn idioms_of_one_setting() {
    let table = [
        // Literals, annotated and chained.
        ("SESSION_COOKIE_SECURE = True", "on"),
        ("SESSION_COOKIE_SECURE: bool = False", "off"),
        ("CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE = True", "on"),
        ("", "off"),
        ("# SESSION_COOKIE_SECURE = True", "off"),
        // Debug.
        ("DEBUG = False\nSESSION_COOKIE_SECURE = not DEBUG", "on"),
        ("DEBUG = True\nSESSION_COOKIE_SECURE = not DEBUG", "debug off, release on"),
        (
            "DEBUG = env_bool('DEBUG', False)\nif not DEBUG:\n    SESSION_COOKIE_SECURE = True",
            "debug off, release on",
        ),
        (
            "import os\nDEBUG = os.environ.get('DEBUG') == '1'\nSECURE_MODE = not DEBUG\nSESSION_COOKIE_SECURE = SECURE_MODE",
            "debug off, release on",
        ),
        ("DEBUG = True\nSESSION_COOKIE_SECURE = not DEBUG\nDEBUG = False", "off"),
        ("DEBUG = True\nSESSION_COOKIE_SECURE = False if DEBUG else True", "debug off, release on"),
        // A match is a chain of questions.
        (
            "import os\nmatch os.environ.get('S', 'two'):\n    case 'one' | 'two':\n        SESSION_COOKIE_SECURE = True\n    case _:\n        SESSION_COOKIE_SECURE = False",
            "$S else on",
        ),
        // os.environ.
        ("import os\nSESSION_COOKIE_SECURE = os.environ.get('S', 'True') != 'False'", "$S else on"),
        ("import os\nSESSION_COOKIE_SECURE = os.environ.get('S', 'True').lower() == 'true'", "$S else on"),
        (
            "import os\nSESSION_COOKIE_SECURE = os.getenv('S', 'no').lower() in ('true', '1', 'yes')",
            "$S else off",
        ),
        ("import os\nSESSION_COOKIE_SECURE = os.environ.get('S') == 'True'", "$S else off"),
        ("import os\nSESSION_COOKIE_SECURE = os.environ['S'] == 'True'", "$S"),
        ("from os import environ\nSESSION_COOKIE_SECURE = bool(int(environ.get('S', 1)))", "$S else on"),
        ("import os, json\nSESSION_COOKIE_SECURE = json.loads(os.environ.get('S', 'true'))", "$S else on"),
        ("import os, ast\nSESSION_COOKIE_SECURE = ast.literal_eval(os.getenv('S', 'False'))", "$S else off"),
        (
            "import os\nfrom distutils.util import strtobool\nSESSION_COOKIE_SECURE = bool(strtobool(os.environ.get('S') or 'False'))",
            "$S else off",
        ),
        (
            "import os\nSESSION_COOKIE_SECURE = os.environ.get('S', '1' if os.environ.get('VERCEL') else '0') == '1'",
            "$S else debug off, release on",
        ),
        // Libraries.
        (
            "import environ\nenv = environ.Env()\nSESSION_COOKIE_SECURE = env.bool('S', default=True)",
            "$S else on",
        ),
        ("import environ\nenv = environ.Env()\nSESSION_COOKIE_SECURE = env.bool('S', True)", "$S else on"),
        (
            "import environ\nenv = environ.Env(S=(bool, False))\nSESSION_COOKIE_SECURE = env('S')",
            "$S else off",
        ),
        (
            "import environ\nenv = environ.FileAwareEnv()\nSESSION_COOKIE_SECURE = env('S', default=False)",
            "$S else off",
        ),
        (
            "from environs import Env\nenv = Env()\nenv.read_env()\nSESSION_COOKIE_SECURE = env.bool('S')",
            "$S",
        ),
        (
            "from decouple import config\nSESSION_COOKIE_SECURE = config('S', default='yes', cast=bool)",
            "$S else on",
        ),
        (
            "from decouple import config\nDEBUG = config('DEBUG', default=False, cast=bool)\nSESSION_COOKIE_SECURE = config('S', default=not DEBUG, cast=bool)",
            "$S else debug off, release on",
        ),
        (
            "from shop.nowhere import config\nSESSION_COOKIE_SECURE = config('SEC', default=True)",
            "$SEC else on",
        ),
        // Helpers of the project.
        (
            "import os\ndef flag(name, default=False):\n    value = os.environ.get(name)\n    if value is None:\n        return default\n    return value.lower() in ('1', 'true')\nSESSION_COOKIE_SECURE = flag('S', True)",
            "$S else on",
        ),
        (
            "import os\ndef flag(name, default=False):\n    value = os.environ.get(name)\n    if value is None:\n        return default\n    return value.lower() in ('1', 'true')\nSESSION_COOKIE_SECURE = flag('S')",
            "$S else off",
        ),
        (
            "import os\ndef required(name):\n    try:\n        return os.environ[name]\n    except KeyError:\n        raise RuntimeError(name)\nSESSION_COOKIE_SECURE = required('S') == 'on'",
            "$S",
        ),
        (
            "import os\ndef get(name, default=None):\n    try:\n        return os.environ[name]\n    except KeyError:\n        return default\nSESSION_COOKIE_SECURE = get('S', 'x') == 'x'",
            "$S else on",
        ),
        (
            "import os\ndef is_truthy(text):\n    return str(text).lower() in ['true', '1']\nSESSION_COOKIE_SECURE = is_truthy(os.getenv('S', 'False'))",
            "$S else off",
        ),
        (
            "def get_bool_from_env(name, default):\n    return magic(name) or other(default)\nSESSION_COOKIE_SECURE = get_bool_from_env('SEC', True)",
            "$SEC else on",
        ),
        // Production by name or https.
        (
            "import os\nPRODUCTION = os.environ.get('ENV') == 'production'\nSESSION_COOKIE_SECURE = PRODUCTION",
            "debug off, release on",
        ),
        (
            "import os\nENV = os.environ.get('ENV', 'local')\nif ENV in ('production', 'staging'):\n    SESSION_COOKIE_SECURE = True",
            "debug off, release on",
        ),
        ("import os\nif 'DYNO' in os.environ:\n    SESSION_COOKIE_SECURE = True", "debug off, release on"),
        (
            "import os\nSITE_URL = os.environ.get('SITE_URL', 'http://localhost')\nif SITE_URL.startswith('https://'):\n    SESSION_COOKIE_SECURE = True",
            "debug off, release on",
        ),
        (
            "import os\nDOMAIN = os.environ['DOMAIN']\nif DOMAIN == 'localhost':\n    X = 1\nelse:\n    SESSION_COOKIE_SECURE = True",
            "debug off, release on",
        ),
        (
            "import os\nENABLE_HTTPS = os.environ.get('ENABLE_HTTPS', '0') == '1'\nSESSION_COOKIE_SECURE = ENABLE_HTTPS",
            "debug off, release on",
        ),
        (
            "import os\nif os.environ.get('SSL', '0') == '1':\n    SESSION_COOKIE_SECURE = True",
            "$SSL else off",
        ),
        (
            "import sys\nif 'test' in sys.argv:\n    SESSION_COOKIE_SECURE = False\nelse:\n    SESSION_COOKIE_SECURE = True",
            "debug off, release on",
        ),
        (
            "import sys\nTESTING = 'test' in sys.argv\nSESSION_COOKIE_SECURE = not TESTING",
            "debug off, release on",
        ),
        // Files and objects outside.
        (
            "configuration = load()\nSESSION_COOKIE_SECURE = getattr(configuration, 'SESSION_COOKIE_SECURE', False)",
            "SESSION_COOKIE_SECURE else off",
        ),
        ("CONFIG = load()\nSESSION_COOKIE_SECURE = CONFIG.SESSION_COOKIE_SECURE", "SESSION_COOKIE_SECURE"),
        (
            "import configparser\nc = configparser.ConfigParser()\nc.read('x.cfg')\nSESSION_COOKIE_SECURE = c.getboolean('site', 'https', fallback=True)",
            "site.https else on",
        ),
        // Unknown conditions.
        ("if unknown():\n    SESSION_COOKIE_SECURE = True", "on or off"),
        ("try:\n    LOCAL\nexcept NameError:\n    LOCAL = True\nSESSION_COOKIE_SECURE = LOCAL", "on"),
        // The namespace as a mapping.
        ("globals().update({'SESSION_COOKIE_SECURE': True})", "on"),
        ("globals()['SESSION_COOKIE_SECURE'] = True", "on"),
        ("vars().update(SESSION_COOKIE_SECURE=True)", "on"),
        ("for name in ['SESSION', 'CSRF']:\n    globals()[name + '_COOKIE_SECURE'] = True", "on"),
        ("for name in ('SESSION', 'CSRF'):\n    globals()[f'{name}_COOKIE_SECURE'] = True", "on"),
        (
            "SESSION_COOKIE_SECURE = False\nimport yaml\nvars().update(yaml.safe_load(open('x')))",
            "SESSION_COOKIE_SECURE",
        ),
        // Not settings at all.
        ("def setup():\n    SESSION_COOKIE_SECURE = True", "off"),
        ("class Serializer:\n    SESSION_COOKIE_SECURE = True", "off"),
        ("match 1:\n    case 1:\n        SESSION_COOKIE_SECURE = True", "on"),
        ("a, b = True, False\nSESSION_COOKIE_SECURE = a", "on"),
        ("del DATABASES\nSESSION_COOKIE_SECURE = 1 < 2 < 3", "on"),
    ];
    let mut wrong = Vec::new();
    for (code, expected) in table {
        let found = single(code).setting("SESSION_COOKIE_SECURE");
        if found != expected {
            wrong.push(format!("{code}\n  -> {found}, not {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The same for less usual ways.
#[test]
fn further_idioms_of_one_setting() {
    let table = [
        ("from typing import Final\nSESSION_COOKIE_SECURE: Final = True", "on"),
        ("from typing import Literal\nSESSION_COOKIE_SECURE: Literal[True] = True", "on"),
        (
            "import environ\nenviron_env = environ.Env()\nSESSION_COOKIE_SECURE = environ_env.bool('SAFE', True)",
            "$SAFE else on",
        ),
        (
            "import environ\nenv = environ.Env(DEBUG=(bool, False), SAFE=(bool, True))\nenviron.Env.read_env('.env')\nSESSION_COOKIE_SECURE = env('SAFE')",
            "$SAFE else on",
        ),
        ("from environs import env\nSESSION_COOKIE_SECURE = env.bool('SAFE', default=True)", "$SAFE else on"),
        (
            "import os\nSESSION_COOKIE_SECURE = os.environ.get('SAFE', 'yes').lower() in {'1', 'true', 'yes'}",
            "$SAFE else on",
        ),
        ("import os\nSESSION_COOKIE_SECURE = bool(os.environ.get('VERCEL'))", "debug off, release on"),
        (
            "import os\nrender_hostname = os.environ.get('RENDER_EXTERNAL_HOSTNAME')\nSESSION_COOKIE_SECURE = bool(render_hostname)",
            "debug off, release on",
        ),
        (
            "import os\nSESSION_COOKIE_SECURE = os.environ.get('SAFE', 'on') == 'on' if True else False",
            "$SAFE else on",
        ),
        (
            "import os\norigins = [it for it in os.environ.get('ORIGINS', '').split(',') if it]\nif origins:\n    safe = True\nelse:\n    safe = False\nSESSION_COOKIE_SECURE = safe",
            "$ORIGINS else off",
        ),
        ("from configurations import values\nclass Web:\n    pass\nSESSION_COOKIE_SECURE = True", "on"),
        ("exec(open('/etc/shop/settings.py').read())\nSESSION_COOKIE_SECURE = True", "on"),
        ("import django_heroku\ndjango_heroku.settings(locals())\nSESSION_COOKIE_SECURE = True", "on"),
        ("import django_heroku\nSESSION_COOKIE_SECURE = True\ndjango_heroku.settings(locals())", "on"),
        (
            "SESSION_COOKIE_SECURE = False\nimport dynaconf\nsettings = dynaconf.DjangoDynaconf(__name__)",
            "off",
        ),
        (
            "from goodconf import GoodConf, Field\nclass Config(GoodConf):\n    SAFE: bool = Field(default=True)\nconfig = Config()\nconfig.load()\nSESSION_COOKIE_SECURE = config.SAFE",
            "$SAFE else on",
        ),
        (
            "from pydantic_settings import BaseSettings\nclass Config(BaseSettings):\n    safe: bool = True\nconfig = Config()\nSESSION_COOKIE_SECURE = config.safe",
            "$SAFE else on",
        ),
        (
            "DEFAULTS = {'SESSION_COOKIE_SECURE': False}\nclass Config(dict):\n    def __getattr__(self, name):\n        return self.get(name, DEFAULTS.get(name))\nCONFIG = Config()\nSESSION_COOKIE_SECURE = CONFIG.SESSION_COOKIE_SECURE",
            "SESSION_COOKIE_SECURE else off",
        ),
        ("HTTPS = True\nCSRF_COOKIE_SECURE = HTTPS\nSESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE", "on"),
        ("import sys\nsetattr(sys.modules[__name__], 'SESSION_COOKIE_SECURE', True)", "on"),
        ("locals()['SESSION_COOKIE_SECURE'] = True", "on"),
        ("import os\nglobals().update(os.environ)\n", "?"),
        ("import os\nSESSION_COOKIE_SECURE = not os.environ.get('INSECURE')", "$INSECURE else on"),
        ("from os import environ as e\nSESSION_COOKIE_SECURE = e.get('SAFE', '1') == '1'", "$SAFE else on"),
        (
            "import os\ntry:\n    SESSION_COOKIE_SECURE = os.environ['SAFE'] == '1'\nexcept KeyError:\n    SESSION_COOKIE_SECURE = True",
            "$SAFE else on",
        ),
        (
            "import os\nSESSION_COOKIE_SECURE = (os.getenv('SAFE') or 'true').lower() == 'true'",
            "$SAFE else on",
        ),
        (
            "import os\nSESSION_COOKIE_SECURE = {'prod': True, 'dev': False}[os.environ.get('STAGE', 'prod')]",
            "$STAGE else on",
        ),
        (
            "import os\nSESSION_COOKIE_SECURE = os.environ.get('BASE_URL', 'https://a.example').startswith('https')",
            "debug off, release on",
        ),
    ];
    let mut wrong = Vec::new();
    for (code, expected) in table {
        let found = single(code).setting("SESSION_COOKIE_SECURE");
        if found != expected {
            wrong.push(format!("{code}\n  -> {found}, not {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Readers of the environment that put something before all names, and copies of the environment.
#[test]
fn prefixes_and_copies() {
    let table = [
        (
            "import environ\nenv = environ.Env()\nenv.prefix = 'APP_'\nSESSION_COOKIE_SECURE = env.bool('SAFE', True)",
            "$APP_SAFE else on",
        ),
        (
            "from environs import Env\nenv = Env(prefix='APP_')\nSESSION_COOKIE_SECURE = env.bool('SAFE', True)",
            "$APP_SAFE else on",
        ),
        (
            "from environs import Env\nenv = Env()\nwith env.prefixed('APP_'):\n    with env.prefixed('WEB_'):\n        SESSION_COOKIE_SECURE = env.bool('SAFE', True)",
            "$APP_WEB_SAFE else on",
        ),
        (
            "from environs import Env\nenv = Env()\nwith env.prefixed('APP_'):\n    X = env.bool('X', True)\nSESSION_COOKIE_SECURE = env.bool('SAFE', True)",
            "$SAFE else on",
        ),
        (
            "import os\nENV = dict(os.environ)\nSESSION_COOKIE_SECURE = ENV.get('SAFE', '1') == '1'",
            "$SAFE else on",
        ),
        ("import os\nENV = os.environ.copy()\nSESSION_COOKIE_SECURE = ENV['SAFE'] == '1'", "$SAFE"),
        ("import os\nSESSION_COOKIE_SECURE = eval(os.environ.get('SAFE', 'True'))", "$SAFE else on"),
        (
            "import os, yaml\nSESSION_COOKIE_SECURE = yaml.safe_load(os.getenv('SAFE', 'true'))",
            "$SAFE else on",
        ),
        (
            "from somewhere import get_config\nSESSION_COOKIE_SECURE = get_config('cookies', 'secure', default=True)",
            "cookies.secure else on",
        ),
        (
            "import os\nclass Reader:\n    def __init__(self, kind):\n        self.kind = kind\n    def flag(self, name, default=False):\n        return self.kind.read(name, default)\nSESSION_COOKIE_SECURE = Reader(os).flag('SAFE', True)",
            "$SAFE else on",
        ),
    ];
    check(&table);
}

/// Objects that hold the configuration.
#[test]
fn configuration_objects() {
    let table = [
        (
            "from goodconf import GoodConf\nclass Config(GoodConf):\n    SAFE: bool\nconfig = Config()\nSESSION_COOKIE_SECURE = config.SAFE",
            "$SAFE",
        ),
        (
            "from pydantic import Field\nfrom pydantic_settings import BaseSettings, SettingsConfigDict\nclass Common(BaseSettings):\n    model_config = SettingsConfigDict(env_prefix='app_')\nclass Config(Common):\n    safe: bool = Field(False)\nconfig = Config()\nSESSION_COOKIE_SECURE = config.safe",
            "$APP_SAFE else off",
        ),
        (
            "from pydantic import Field\nfrom pydantic_settings import BaseSettings\nclass Config(BaseSettings):\n    safe: bool = Field(True, validation_alias='COOKIES_SAFE')\nSESSION_COOKIE_SECURE = Config().safe",
            "$COOKIES_SAFE else on",
        ),
        (
            "from dataclasses import dataclass\n@dataclass\nclass Config:\n    safe: bool = True\nSESSION_COOKIE_SECURE = Config().safe",
            "on",
        ),
        (
            "class Config(dict):\n    defaults = {'SESSION_COOKIE_SECURE': False}\n    def __getattr__(self, name):\n        return self.get(name)\nclass Manager:\n    def __init__(self):\n        self.config = Config()\n    @classmethod\n    def load(cls):\n        manager = cls()\n        return manager.config\nCONFIG = Manager.load()\nSESSION_COOKIE_SECURE = CONFIG.SESSION_COOKIE_SECURE",
            "SESSION_COOKIE_SECURE else off",
        ),
        (
            "import configparser\nc = configparser.ConfigParser()\nc.read_dict({'site': {'secure': 'yes'}})\nSESSION_COOKIE_SECURE = c.getboolean('site', 'secure')",
            "on",
        ),
        (
            "import configparser\nc = configparser.ConfigParser()\nc.read_dict({'site': {'secure': 'yes'}})\nc.read('/etc/shop.cfg')\nSESSION_COOKIE_SECURE = c['site'].getboolean('secure', False)",
            "site.secure else on",
        ),
    ];
    check(&table);
}

/// Data files beside the settings.
#[test]
fn files_that_settings_read() {
    let table = [
        (
            "import configparser\nc = configparser.ConfigParser()\nc.read('shop/site.ini')\nSESSION_COOKIE_SECURE = c.getboolean('site', 'secure', fallback=False)",
            "on",
        ),
        (
            "import configparser, os\nc = configparser.ConfigParser()\nc.read(['shop/site.ini', os.environ.get('MORE', '/etc/more.ini')])\nSESSION_COOKIE_SECURE = c.getboolean('site', 'secure')",
            "site.secure else on",
        ),
        (
            "import json, os\nHERE = os.path.dirname(__file__)\nwith open(os.path.join(HERE, 'settings.json')) as f:\n    CONF = json.load(f)\nSESSION_COOKIE_SECURE = CONF['SESSION_COOKIE_SECURE']",
            "on",
        ),
        (
            "import yaml\nfrom pathlib import Path\nCONF = yaml.safe_load((Path(__file__).parent / 'settings.yaml').read_text())\nSESSION_COOKIE_SECURE = CONF.get('secure', False)",
            "on",
        ),
        (
            "import tomllib\nwith open('conf.toml', 'rb') as f:\n    CONF = tomllib.load(f)\nSESSION_COOKIE_SECURE = CONF['cookies']['secure']",
            "on",
        ),
        (
            "import yaml\nSESSION_COOKIE_SECURE = False\nvars().update(yaml.safe_load(open('production.yaml')))",
            "on",
        ),
        (
            "import json\nCONF = json.load(open('/etc/shop/settings.json'))\nSESSION_COOKIE_SECURE = CONF['secure']",
            "a file",
        ),
    ];
    let files = [
        ("shop/site.ini", "[site]\nsecure = true\n"),
        ("shop/settings.json", "{\"SESSION_COOKIE_SECURE\": true}"),
        ("shop/settings.yaml", "secure: true\n"),
        ("conf.toml", "[cookies]\nsecure = true\n"),
        ("production.yaml", "SESSION_COOKIE_SECURE: true\n"),
    ];
    for (code, expected) in table {
        let code = format!("{}{code}", super::SHAPE);
        let mut all = vec![("shop/settings.py", code.as_str())];
        all.extend(files);
        assert_eq!(super::project(&all).setting("SESSION_COOKIE_SECURE"), expected, "{code}");
    }
}

fn check(table: &[(&str, &str)]) {
    let mut wrong = Vec::new();
    for (code, expected) in table {
        let found = single(code).setting("SESSION_COOKIE_SECURE");
        if found != *expected {
            wrong.push(format!("{code}\n  -> {found}, not {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
