//! Whom a message is from or to.

/// A mailbox address with its display name (RFC 5322 section 3.4), already decoded.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    /// Display name, decoded, without control characters. Empty when there is none.
    pub name: String,
    /// `local@domain` as written, without angle brackets. Empty for a group's name (`undisclosed-recipients:;`).
    pub email: String,
}

impl Address {
    /// Returns an address without a display name.
    pub fn bare(email: impl Into<String>) -> Self {
        Self { name: String::new(), email: email.into() }
    }

    /// Returns the name where there is one, else the address: what a list shows.
    pub fn display(&self) -> &str {
        if self.name.is_empty() { &self.email } else { &self.name }
    }

    /// Returns the part after the last `@` in lower case; empty where there is none.
    pub fn domain(&self) -> String {
        self.email
            .rsplit_once('@')
            .map(|(_, domain)| domain.to_ascii_lowercase())
            .unwrap_or_default()
    }
}
