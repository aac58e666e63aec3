//! Whether a cookie that settings govern is sent at all.

use crate::model::SettingsCookie;

use super::effective::Settings;
use super::installed::{Installed, has_app};
use super::join::{judged, truth};

/// Whether the cookie is sent, as far as is known.
pub(super) fn is_sent(settings: &Settings<'_>, row: &SettingsCookie, middleware: &Installed) -> bool {
    (row.middleware.is_empty() || row.middleware.iter().any(|it| middleware.has(it) != Some(false)))
        && row.unless.as_ref().is_none_or(|it| is_on(settings, it) != Some(true))
        && row.only_if.as_ref().is_none_or(|it| is_on(settings, it) == Some(true))
        && row.app.as_ref().is_none_or(|it| has_app(settings, it))
        && !is_kept_in_session(settings, row)
}

fn is_on(settings: &Settings<'_>, name: &str) -> Option<bool> {
    judged(&truth(&settings.get(name).val))
}

/// Messages that are kept in the session send no cookie of their own.
fn is_kept_in_session(settings: &Settings<'_>, row: &SettingsCookie) -> bool {
    if !row.middleware.iter().any(|it| it == "MessageMiddleware") {
        return false;
    }
    let storage = settings.get("MESSAGE_STORAGE").val;
    let versions = |package: &str| settings.version(package);
    storage
        .as_text()
        .and_then(|it| settings.models.named(it, &versions))
        .is_some_and(|it| it.traits.get("store").is_some_and(|it| it == "session"))
}
