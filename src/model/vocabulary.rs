//! The words that models use beside verbs: attributes of objects and marks of types.

/// Attributes of cookies, session layers and stores, each with its meaning.
pub const ATTRIBUTES: &[(&str, &str)] = &[
    ("name", "name of the cookie"),
    ("value", "value of the cookie"),
    ("secure", "`Secure`"),
    ("http_only", "`HttpOnly`"),
    ("same_site", "`SameSite`: strict, lax, none"),
    ("path", "`Path`"),
    ("domain", "`Domain`"),
    ("max_age", "`Max-Age`, seconds"),
    ("expires", "`Expires`, seconds from now"),
    ("partitioned", "`Partitioned`"),
    ("removal", "the line deletes the cookie"),
    ("prefix", "name prefix that a switch adds: `__Host-`"),
    ("protection", "plain, signed or encrypted"),
    ("key", "key that signs or encrypts"),
    ("store", "where records live: an object of role store"),
    ("payload", "what the session's cookie holds: id, data"),
    ("idle_timeout", "life of a record after its last use, seconds"),
    ("absolute_timeout", "life of a record however used, seconds"),
    ("always_save", "every request saves and sends again"),
    ("serializer", "how a record is written"),
    ("layer", "session layer that this one is put on"),
    ("scheme", "environment reader: mapping of names to pairs of type and default"),
    ("scope", "identity layer: what its logout ends"),
];

/// Marks of types (`TypeModel::traits`), each with its meaning.
pub const TRAITS: &[(&str, &str)] = &[
    ("store", "kind of store: memory, file, cache, database, redis, cookie, none, other"),
    ("emits", "when the line is sent: when-returned, at-once, after-handler, by-framework, every-response"),
    ("writes-value", "how the value is written: percent-encoded, raw, json, quoted"),
    (
        "samesite-none",
        "what SameSite=None does: implies-secure (when secure is unset), forces-secure, writes-nothing",
    ),
    ("partitioned", "what Partitioned does: implies-secure"),
    ("prefix-names", "implies-secure: a `__Host-` or `__Secure-` name is made good by the framework"),
    ("payload", "data: the cookie holds the session's data itself"),
    ("protection", "protection of a payload held in the cookie"),
    ("errors", "drops-changes: an error response discards session changes"),
    ("label", "label of every value of this type: request, record, collection, secret"),
    ("container", "collection: its values grow with data; bounded: many of a fixed number"),
    ("auth", "token: authenticates by a token that browsers do not send by themselves"),
    ("csrf", "protects: a layer that checks tokens"),
    ("unknown-ids", "an id of the client that the store does not know: adopted, adopted-without-key"),
    ("header", "name of the header that the type stands for"),
    ("setters", "how a fix sets an attribute: chained (the method gives the object on), statements"),
    (
        "builds-by",
        "how a fix makes an object of a builder: `{owner}::build({pair}){calls}.build()`; {args} and {pair} are the arguments",
    ),
    ("same-site", "the type whose variants its setter of SameSite takes"),
    ("rotates-by", "how a fix asks for a new id: `{it}.cycle_id().await?`"),
    ("ends-by", "how a fix ends the session"),
    (
        "rotates-by-awaited",
        "the same inside of an asynchronous function, where the language awaits before the call",
    ),
    ("ends-by-awaited", "as `rotates-by-awaited`, for the end of the session"),
    ("marks-by", "how a fix marks the session as changed"),
];
