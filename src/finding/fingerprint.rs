//! The identity of a finding: it survives edits above it, new messages, other severities and new versions of the tool.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::Finding;

/// Hands out identities in the order of the findings, so that the n-th equal one in an item gets the number n.
#[derive(Debug)]
pub struct Identities<'a> {
    prefix: &'a str,
    seen: BTreeMap<[u8; 32], u32>,
}

impl<'a> Identities<'a> {
    /// `prefix` leads from the repository's root to the checked root; empty or with a final `/`.
    #[must_use]
    pub fn new(prefix: &'a str) -> Self {
        Self { prefix, seen: BTreeMap::new() }
    }

    /// The identity of a finding in `path`, as 64 hexadecimal digits. The order of calls is the order in the file.
    pub fn of(&mut self, finding: &Finding, path: &str) -> String {
        let subject = finding.subject.name.as_deref().unwrap_or("");
        let whole = format!("{}{path}", self.prefix);
        let parts = ["v1", &finding.rule, &whole, &finding.item, &finding.subject.kind, subject];
        let base = digest(&parts);
        let ordinal = self.seen.entry(base).or_default();
        *ordinal += 1;
        let mut all = parts.to_vec();
        let number = ordinal.to_string();
        all.push(&number);
        digest(&all).iter().fold(String::with_capacity(64), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }
}

/// Parts are separated by a byte that none of them has, so that no two lists are the same bytes.
fn digest(parts: &[&str]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part.as_bytes());
        hasher.update([0]);
    }
    hasher.finalize().into()
}
