//! A `Set-Cookie` line as a browser reads it.

use std::time::SystemTime;

#[derive(Clone, Debug, Default)]
pub struct Line {
    pub name: String,
    pub value: String,
    pub secure: bool,
    pub http_only: bool,
    pub same_site: Option<String>,
    pub path: Option<String>,
    pub domain: Option<String>,
    max_age: Option<i64>,
    /// Seconds from now on.
    expires: Option<i64>,
}

impl Line {
    pub fn parse(text: &str) -> Self {
        let mut parts = text.split(';').map(str::trim);
        let (name, value) = parts.next().and_then(|it| it.split_once('=')).unwrap_or((text, ""));
        let mut line = Self { name: name.into(), value: value.into(), ..Self::default() };
        for part in parts {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            match key.to_ascii_lowercase().as_str() {
                "secure" => line.secure = true,
                "httponly" => line.http_only = true,
                "samesite" => line.same_site = Some(value.to_ascii_lowercase()),
                "path" => line.path = Some(value.into()),
                "domain" => line.domain = Some(value.into()),
                "max-age" => line.max_age = value.parse().ok(),
                "expires" => line.expires = httpdate::parse_http_date(value).ok().map(from_now),
                _ => {}
            }
        }
        line
    }

    /// Seconds that a browser keeps it; none is until the browser ends.
    pub fn lifetime(&self) -> Option<i64> {
        self.max_age.or(self.expires)
    }

    pub fn is_removal(&self) -> bool {
        self.lifetime().is_some_and(|it| it <= 0)
    }

    /// As a browser sends it back.
    pub fn pair(&self) -> String {
        format!("{}={}", self.name, self.value)
    }
}

fn from_now(time: SystemTime) -> i64 {
    let seconds = |it: std::time::Duration| i64::try_from(it.as_secs()).unwrap_or(i64::MAX);
    match time.duration_since(SystemTime::now()) {
        Ok(later) => seconds(later) + 1,
        Err(earlier) => -seconds(earlier.duration()),
    }
}
