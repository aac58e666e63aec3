//! The hash of a line and of the text that follows it, as GitHub's code scanning computes it to follow alerts.

use crate::source::SourceText;

/// Units that one hash covers.
const WINDOW: usize = 100;
const BASE: u64 = 37;
/// Stands for the end of the file.
const END: u16 = u16::MAX;

/// A value for `primaryLocationLineHash` for every line, in order: hash, colon, and how often it was seen so far.
#[must_use]
pub fn line_hashes(source: &SourceText) -> Vec<String> {
    let mark = (source.offset == 3).then_some(0xfeff);
    let (mut units, starts) = kept(mark.into_iter().chain(source.text.encode_utf16()));
    units.extend([0; WINDOW]);

    let leaving = (0..WINDOW).fold(1_u64, |power, _| power.wrapping_mul(BASE));
    let step = |hash: u64, unit: u16| hash.wrapping_mul(BASE).wrapping_add(u64::from(unit));
    let mut hash = units[..WINDOW].iter().fold(0, |hash, unit| step(hash, *unit));
    let mut at = 0;
    let mut counts = std::collections::HashMap::new();
    starts
        .into_iter()
        .map(|start| {
            for from in at..start {
                let out = leaving.wrapping_mul(u64::from(units[from]));
                hash = step(hash, units[from + WINDOW]).wrapping_sub(out);
            }
            at = start;
            let count = counts.entry(hash).or_insert(0_u32);
            *count += 1;
            format!("{hash:x}:{count}")
        })
        .collect()
}

/// The units that count, and where in them each line starts: no spaces and tabs, one unit a line break.
fn kept(units: impl Iterator<Item = u16>) -> (Vec<u16>, Vec<usize>) {
    let [space, tab, lf, cr] = [b' ', b'\t', b'\n', b'\r'].map(u16::from);
    let mut all = Vec::new();
    let mut starts = vec![0];
    let mut after_cr = false;
    for unit in units {
        let skipped = unit == space || unit == tab || (after_cr && unit == lf);
        after_cr = unit == cr;
        if skipped {
            continue;
        }
        all.push(if unit == cr { lf } else { unit });
        if unit == lf || unit == cr {
            starts.push(all.len());
        }
    }
    all.push(END);
    (all, starts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hashes(text: &str) -> Vec<String> {
        line_hashes(&SourceText::new("file", text))
    }

    #[test]
    fn published_values() {
        assert_eq!(hashes(""), ["c129715d7a2bc9a3:1"]);
        assert_eq!(
            hashes(" a\nb\n  \t\tc\n d"),
            ["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"]
        );
        let lorem = hashes(&"Lorem ipsum dolor sit amet.\n".repeat(10));
        assert_eq!(lorem[5], "a7f2ff13bc495cf2:6");
        assert_eq!(lorem[6], "a7f2ff1481e87703:1");
    }

    #[test]
    fn line_breaks_of_all_systems_are_the_same() {
        let unix = hashes("x = 1\n\ny = 2\n");
        assert_eq!(hashes("x = 1\r\n\r\ny = 2\r\n"), unix);
        assert_eq!(hashes("x = 1\r\ry = 2\r"), unix);
        assert_eq!(unix.len(), 4);
    }

    #[test]
    fn a_byte_order_mark_is_text_of_the_first_line() {
        let (with, without) = (hashes("\u{feff}a\nb\n"), hashes("a\nb\n"));
        assert_ne!(with[0], without[0]);
        assert_eq!(with[1..], without[1..]);
    }
}
