//! A store in memory for actix-session, which has none.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use actix_session::storage::{
    LoadError, SaveError, SessionKey, SessionStore, UpdateError, generate_session_key,
};
use actix_web::cookie::time::Duration;

type Data = HashMap<String, String>;

#[derive(Clone, Default)]
pub struct Records(Arc<Mutex<HashMap<String, Data>>>);

impl Records {
    fn with<T>(&self, act: impl FnOnce(&mut HashMap<String, Data>) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl SessionStore for Records {
    async fn load(&self, key: &SessionKey) -> Result<Option<Data>, LoadError> {
        Ok(self.with(|it| it.get(key.as_ref()).cloned()))
    }

    async fn save(&self, data: Data, _: &Duration) -> Result<SessionKey, SaveError> {
        let key = generate_session_key();
        self.with(|it| it.insert(key.as_ref().to_owned(), data));
        Ok(key)
    }

    async fn update(&self, key: SessionKey, data: Data, _: &Duration) -> Result<SessionKey, UpdateError> {
        self.with(|it| it.insert(key.as_ref().to_owned(), data));
        Ok(key)
    }

    async fn update_ttl(&self, _: &SessionKey, _: &Duration) -> Result<(), anyhow::Error> {
        Ok(())
    }

    async fn delete(&self, key: &SessionKey) -> Result<(), anyhow::Error> {
        self.with(|it| it.remove(key.as_ref()));
        Ok(())
    }
}
