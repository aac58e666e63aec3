//! Where data came from, as far as models tell.

/// Where a value's data came from. A small set.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Labels(u16);

impl Labels {
    pub const NONE: Self = Self(0);
    /// Data of the request: body, query, header, path.
    pub const REQUEST: Self = Self(1);
    /// A cookie of the request, unverified.
    pub const COOKIE: Self = Self(2);
    /// Read back from the session.
    pub const SESSION: Self = Self(4);
    /// Rows of a database or a model's instance.
    pub const RECORD: Self = Self(8);
    /// A whole collection: query set, list of rows, request body, file.
    pub const COLLECTION: Self = Self(16);
    /// Encrypted or hashed on the way.
    pub const SEALED: Self = Self(32);
    /// Random from a cryptographic source.
    pub const RANDOM: Self = Self(64);
    /// Result of a credential check.
    pub const AUTHENTICATED: Self = Self(128);
    /// A secret: password, key, token (by type or model).
    pub const SECRET: Self = Self(256);
    /// The id of a session.
    pub const SESSION_ID: Self = Self(512);
    /// Random, and whoever knows some of it can tell the rest.
    pub const GUESSABLE: Self = Self(1024);
    /// No letter of it has a special meaning any more.
    pub const ESCAPED: Self = Self(2048);
    /// A condition on the way here asked something of it.
    pub const CHECKED: Self = Self(4096);
    /// A line of a cookie that the answer has already.
    pub const SENT: Self = Self(8192);

    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// What a part gives to the whole that it is put into.
    #[must_use]
    pub fn of_part(self) -> Self {
        self.without(Self::COLLECTION).without(Self::RANDOM).without(Self::SEALED)
    }

    #[must_use]
    pub fn any(self, others: Self) -> bool {
        self.0 & others.0 != 0
    }

    #[must_use]
    pub fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}
