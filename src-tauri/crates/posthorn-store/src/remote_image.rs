//! Whose remote pictures are loaded without asking.

use crate::error::Result;
use crate::tx::{ReadTx, WriteTx};

/// Whom a permission covers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Allowance {
    /// One address.
    Sender(String),
    /// Every address of a domain (not of its subdomains).
    Domain(String),
}

impl Allowance {
    fn parts(&self) -> (&'static str, String) {
        match self {
            Self::Sender(email) => ("sender", email.to_lowercase()),
            Self::Domain(domain) => ("domain", domain.to_lowercase()),
        }
    }
}

/// Returns whether pictures in mail from this address load without asking.
pub fn is_allowed(tx: &ReadTx<'_>, email: &str) -> Result<bool> {
    let email = email.to_lowercase();
    let domain = email.rsplit_once('@').map_or("", |(_, domain)| domain);
    let sql = "SELECT EXISTS (SELECT 1 FROM remote_image WHERE (scope = 'sender' AND value = ?1) \
        OR (scope = 'domain' AND value = ?2))";
    tx.one(sql, [email.as_str(), domain], |row| row.get(0))
}

/// Returns all permissions.
pub fn list(tx: &ReadTx<'_>) -> Result<Vec<Allowance>> {
    tx.all("SELECT scope, value FROM remote_image ORDER BY scope, value", [], |row| {
        let value = row.get(1)?;
        Ok(if row.get::<_, String>(0)? == "domain" {
            Allowance::Domain(value)
        } else {
            Allowance::Sender(value)
        })
    })
}

/// Gives a permission.
pub fn allow(tx: &WriteTx<'_>, whom: &Allowance) -> Result<()> {
    let (scope, value) = whom.parts();
    tx.run(
        "INSERT OR IGNORE INTO remote_image (scope, value) VALUES (?1, ?2)",
        [scope, value.as_str()],
    )?;
    tx.note(crate::change::ChangeSet::remote_images);
    Ok(())
}

/// Takes a permission back.
pub fn revoke(tx: &WriteTx<'_>, whom: &Allowance) -> Result<()> {
    let (scope, value) = whom.parts();
    tx.run("DELETE FROM remote_image WHERE scope = ?1 AND value = ?2", [scope, value.as_str()])?;
    tx.note(crate::change::ChangeSet::remote_images);
    Ok(())
}
