//! What frameworks do, as data: `models/**/*.toml`.

mod callable;
mod effect;
mod labels;
mod load;
mod lookup;
mod read;
mod rows;
mod select;
mod setting;
mod settings_rows;
mod types;
mod version;
pub mod vocabulary;
pub mod words;

#[cfg(test)]
mod tests;

pub use callable::{Callable, Function};
pub use effect::{Clause, Operands, Source, Verb, parse};
pub use labels::Labels;
pub use load::{ModelError, ModelFile, Models, Reach};
pub use lookup::{Candidates, Found, Versions};
pub use select::{Scope, roots};
pub use setting::{CheckModel, NamedModel, SettingModel, SettingTest, SettingsCookie, WrongSetting};
pub use types::{Role, TypeModel};
pub use version::{Matches, Range, matches};
