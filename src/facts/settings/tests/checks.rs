//! What the framework's own checks would find.

use crate::facts::FactKind;

use super::{project, single};

#[test]
fn a_check_of_cookies_that_are_not_sent_is_told_of_the_setting() {
    let body = "INSTALLED_APPS = ['django.contrib.sessions']\nMIDDLEWARE = [\n    'django.middleware.locale.LocaleMiddleware',\n]\n";
    let project = single(body);
    assert_eq!(project.attribute(FactKind::Setting, "SESSION_COOKIE_SECURE", "check"), "'security.W010'");
    assert_eq!(project.attribute(FactKind::Cookie, "sessionid", "name"), "no fact");
    let sent = single("INSTALLED_APPS = ['django.contrib.sessions']\n");
    assert_eq!(sent.attribute(FactKind::Cookie, "sessionid", "secure_check"), "'security.W012'");
}

#[test]
fn a_subclass_of_a_middleware_works_under_another_name() {
    let project = single("MIDDLEWARE = ['shop.middleware.OwnCsrfViewMiddleware']\n");
    let works = |project: &super::Project| {
        let facts = project.of(FactKind::Setting).filter(|it| it.attribute("fault").is_some());
        facts.filter_map(|it| Some(super::shown(&it.attribute("check")?.value))).collect::<Vec<_>>()
    };
    assert_eq!(works(&project), ["'security.W003'"]);
    assert!(works(&single("MIDDLEWARE = []\n")).is_empty());
}

#[test]
fn the_view_of_refused_requests_takes_a_reason() {
    let check = |view: &str| {
        let settings = "INSTALLED_APPS = []\nROOT_URLCONF = 'shop.urls'\nDATABASES = {}\nCSRF_FAILURE_VIEW = 'shop.errors.refused'\n";
        let project = project(&[("shop/settings.py", settings), ("shop/errors.py", view)]);
        project.attribute(FactKind::Setting, "CSRF_FAILURE_VIEW", "check")
    };
    assert_eq!(check("def refused(request):\n    return None\n"), "'security.E101'");
    assert_eq!(check("def refused(request, reason, code):\n    return None\n"), "'security.E101'");
    for fine in [
        "def refused(request, reason=''):\n    return None\n",
        "def refused(request, *, reason):\n    return None\n",
        "def refused(*args, **kwargs):\n    return None\n",
        "@wrapped\ndef refused(request):\n    return None\n",
        "refused = View.as_view()\n",
    ] {
        assert_eq!(check(fine), "-", "{fine}");
    }
}

#[test]
fn a_proxy_that_is_asked_for_counts() {
    let proxied = |body: &str| single(body).attribute(FactKind::Setting, "SECURE_SSL_REDIRECT", "proxied");
    let with = "MIDDLEWARE = ['django.middleware.security.SecurityMiddleware']\n";
    let header = "SECURE_PROXY_SSL_HEADER = ('HTTP_X_FORWARDED_PROTO', 'https')\n";
    assert_eq!(proxied(with), "off");
    assert_eq!(proxied(&format!("{with}{header}")), "on");
    let opted = format!("import os\n{with}if os.environ.get('BEHIND_PROXY') == '1':\n    {header}");
    assert_eq!(proxied(&opted), "on");
}
