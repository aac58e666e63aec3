//! One evaluator for all languages: values, branches, helpers across files.

mod builtin;
mod call;
mod catalog;
mod construct;
mod effect;
mod emit;
mod expr;
mod index;
mod machine;
mod member;
mod method;
mod operator;
mod reach;
mod relevance;
mod roots;
mod session;
mod settings;
mod state;
mod template;
mod trace;
mod units;
mod value;

pub use builtin::builtins;
pub use call::dotted;
pub use catalog::Catalog;
pub use emit::{OWN_JAR, UNSURE};
pub use index::{Definition, Index, Meaning, Owner, ScopeId, TypeId};
pub use machine::{Machine, Program};
pub use reach::speaks_of;
pub use relevance::Relevance;
pub use roots::{Root, evaluate, tops};
pub use settings::{SettingsView, derives};
pub use trace::{EventKind, Snapshot, TraceEvent};
pub use units::{Lowered, Units};
pub use value::{Atom, AtomKind, Callee, Class, Decided, Kind, Object, Piece, Ty, Val};
