//! The code of a function, read at once or when somebody asks for it.

use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::{Block, Broken};

/// The code of a function. Most functions of a project have nothing to do with what is judged; theirs is never read.
#[derive(Clone)]
pub struct Body {
    block: OnceLock<Block>,
    read: Option<Read>,
}

/// Reads a body that was left out.
type Read = Arc<dyn Fn() -> Block + Send + Sync>;

impl Body {
    #[must_use]
    pub fn now(block: Block) -> Self {
        Self { block: OnceLock::from(block), read: None }
    }

    #[must_use]
    pub fn later(read: impl Fn() -> Block + Send + Sync + 'static) -> Self {
        Self { block: OnceLock::new(), read: Some(Arc::new(read)) }
    }
}

impl Deref for Body {
    type Target = Block;

    fn deref(&self) -> &Block {
        self.block.get_or_init(|| self.read.as_ref().map(|read| read()).unwrap_or_default())
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

/// What could not be read of the bodies that were read later.
#[derive(Clone, Default, Debug)]
pub struct Late(Arc<Mutex<Vec<Broken>>>);

impl Late {
    pub fn extend(&self, broken: Vec<Broken>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(broken);
    }

    #[must_use]
    pub fn broken(&self) -> Vec<Broken> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
