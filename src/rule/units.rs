//! Durations and sizes as people write and read them.

const TIMES: &[(&str, i64)] = &[
    ("second", 1),
    ("minute", 60),
    ("hour", 3600),
    ("day", 86_400),
    ("week", 7 * 86_400),
    ("year", 365 * 86_400),
];
const SIZES: &[(&str, i64)] = &[("byte", 1), ("kb", 1024), ("mb", 1024 * 1024)];

/// Seconds of `180 days`, `1 hour`.
pub(super) fn seconds(text: &str) -> Option<i64> {
    quantity(text, TIMES)
}

/// Bytes of `4096 bytes`, `4 KB`.
pub(super) fn bytes(text: &str) -> Option<i64> {
    quantity(text, SIZES)
}

fn quantity(text: &str, units: &[(&str, i64)]) -> Option<i64> {
    let (number, unit) = text.trim().split_once(' ')?;
    let number: i64 = number.parse().ok()?;
    let unit = unit.trim().to_ascii_lowercase();
    let singular = unit.strip_suffix('s').unwrap_or(&unit);
    let (_, factor) = units.iter().find(|(name, _)| *name == singular)?;
    number.checked_mul(*factor)
}

/// `400 days`, `90 minutes`; days are cut when there is a rest.
#[must_use]
pub fn human_duration(seconds: i64) -> String {
    let (unit, factor) = match seconds {
        it if it % 86_400 == 0 || it >= 2 * 86_400 => ("day", 86_400),
        it if it % 3600 == 0 => ("hour", 3600),
        it if it % 60 == 0 => ("minute", 60),
        _ => ("second", 1),
    };
    let number = if seconds == 0 { 0 } else { seconds / factor };
    let unit = if seconds == 0 { "second" } else { unit };
    format!("{number} {unit}{}", if number == 1 { "" } else { "s" })
}

/// `4096 bytes`, `12 KB`.
pub(super) fn human_size(bytes: i64) -> String {
    if bytes >= 10 * 1024 { format!("{} KB", bytes / 1024) } else { format!("{bytes} bytes") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write() {
        assert_eq!(seconds("180 days"), Some(180 * 86_400));
        assert_eq!(seconds("1 hour"), Some(3600));
        assert_eq!(bytes("4 KB"), Some(4096));
        assert_eq!(seconds("soon"), None);
        assert_eq!(seconds("9223372036854775807 days"), None);
    }

    #[test]
    fn writes_the_largest_fitting_unit() {
        let cases = [
            (400 * 86_400, "400 days"),
            (3600, "1 hour"),
            (5400, "90 minutes"),
            (0, "0 seconds"),
            (61, "61 seconds"),
        ];
        for (seconds, text) in cases {
            assert_eq!(human_duration(seconds), text);
        }
        assert_eq!(human_duration(31 * 86_400 + 5), "31 days");
    }
}
