//! The one list of configurations.

use std::borrow::Cow;

/// An attribute that an application can choose.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Attribute {
    Name,
    Secure,
    HttpOnly,
    SameSite,
    Path,
    Domain,
    Life,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SameSite {
    Strict,
    Lax,
    None,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Value {
    Switch(bool),
    Text(&'static str),
    SameSite(SameSite),
    Seconds(u32),
}

pub struct Config {
    pub id: &'static str,
    /// Whether the small grid has it too.
    pub small: bool,
    /// What the application says; everything else is left to the framework.
    pub set: Cow<'static, [(Attribute, Value)]>,
}

use Attribute::{Domain, HttpOnly, Life, Name, Path, SameSite as Site, Secure};
use SameSite::{Lax, None as NoSite, Strict};
use Value::{SameSite as Is, Seconds, Switch, Text};

const fn small(id: &'static str, set: &'static [(Attribute, Value)]) -> Config {
    Config { id, small: true, set: Cow::Borrowed(set) }
}

const fn full(id: &'static str, set: &'static [(Attribute, Value)]) -> Config {
    Config { id, small: false, set: Cow::Borrowed(set) }
}

pub const CONFIGS: &[Config] = &[
    small("default", &[]),
    full("name", &[(Name, Text("sid"))]),
    full("secure", &[(Secure, Switch(true))]),
    small("insecure", &[(Secure, Switch(false))]),
    full("http-only", &[(HttpOnly, Switch(true))]),
    small("readable", &[(HttpOnly, Switch(false))]),
    full("strict", &[(Site, Is(Strict))]),
    full("lax", &[(Site, Is(Lax))]),
    small("any-site", &[(Site, Is(NoSite))]),
    full("path", &[(Path, Text("/account"))]),
    full("domain", &[(Domain, Text("example.com"))]),
    full("hour", &[(Life, Seconds(3_600))]),
    full("week", &[(Life, Seconds(604_800))]),
    full("year", &[(Life, Seconds(31_536_000))]),
    full("any-site-secure", &[(Secure, Switch(true)), (Site, Is(NoSite))]),
    small("any-site-insecure", &[(Secure, Switch(false)), (Site, Is(NoSite))]),
    full("host", &[(Name, Text("__Host-sid")), (Secure, Switch(true)), (Path, Text("/"))]),
    full(
        "host-broken",
        &[(Name, Text("__Host-sid")), (Path, Text("/account")), (Domain, Text("example.com"))],
    ),
    full("flags", &[(Secure, Switch(true)), (HttpOnly, Switch(true)), (Site, Is(Lax))]),
    full("no-flags", &[(Secure, Switch(false)), (HttpOnly, Switch(false))]),
    full("place", &[(Path, Text("/account")), (Domain, Text("shop.example.com"))]),
    full("remembered", &[(Name, Text("remember")), (Secure, Switch(true)), (Life, Seconds(2_592_000))]),
    small(
        "hardened",
        &[
            (Name, Text("sid")),
            (Secure, Switch(true)),
            (HttpOnly, Switch(true)),
            (Site, Is(Strict)),
            (Path, Text("/")),
            (Life, Seconds(3_600)),
        ],
    ),
    small(
        "open",
        &[
            (Name, Text("sid")),
            (Secure, Switch(false)),
            (HttpOnly, Switch(false)),
            (Site, Is(NoSite)),
            (Path, Text("/account")),
            (Domain, Text("example.com")),
            (Life, Seconds(31_536_000)),
        ],
    ),
];

impl Config {
    /// What is left of it where only some attributes can be set; nothing when that says nothing any more.
    #[must_use]
    pub fn only(&self, can_be_set: impl Fn(Attribute) -> bool) -> Option<Self> {
        let set: Vec<_> = self.set.iter().copied().filter(|(attribute, _)| can_be_set(*attribute)).collect();
        let says_something = self.set.is_empty() || !set.is_empty();
        says_something.then_some(Self { id: self.id, small: self.small, set: Cow::Owned(set) })
    }
}

impl Attribute {
    /// As a variable is called.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Secure => "secure",
            Self::HttpOnly => "http_only",
            Self::SameSite => "same_site",
            Self::Path => "path",
            Self::Domain => "domain",
            Self::Life => "seconds",
        }
    }
}

impl Value {
    /// Another value of the same type.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Switch(on) => Self::Switch(!on),
            Self::Text(text) if text.starts_with('/') => Self::Text("/elsewhere"),
            Self::Text(_) => Self::Text("elsewhere.example"),
            Self::SameSite(SameSite::Strict) => Self::SameSite(SameSite::Lax),
            Self::SameSite(_) => Self::SameSite(SameSite::Strict),
            Self::Seconds(_) => Self::Seconds(60),
        }
    }
}
