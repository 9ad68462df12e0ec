//! Quotas (RFC 9208) and one's rights on a mailbox (RFC 4314).

use crate::Result;
use crate::token::{Cursor, text_of};

/// Resources of one quota root that are kept; servers have two or three.
const MAX_RESOURCES: usize = 32;

/// One quota root with what it limits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Quota {
    /// Its name; often empty.
    pub root: String,
    /// What it limits.
    pub resources: Vec<QuotaResource>,
}

/// One limited resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuotaResource {
    /// `STORAGE` (in units of 1,024 octets), `MESSAGE`, `MAILBOX`, …; in upper case.
    pub name: String,
    /// Used now, in the resource's unit. May be above the limit.
    pub used: u64,
    /// The limit, in the resource's unit.
    pub limit: u64,
}

impl Quota {
    /// Returns octets used and allowed; nothing where the root does not limit storage.
    pub fn storage(&self) -> Option<(u64, u64)> {
        let storage = self.resources.iter().find(|resource| resource.name == "STORAGE")?;
        Some((storage.used.saturating_mul(1024), storage.limit.saturating_mul(1024)))
    }

    /// Reads what follows `* QUOTA `: `"root" (STORAGE 10 512)`.
    pub(crate) fn parse(cursor: &mut Cursor) -> Result<Self> {
        let root = text_of(cursor.nstring_bytes()?);
        cursor.spaces();
        cursor.expect(b'(')?;
        let mut quota = Self { root, resources: Vec::new() };
        loop {
            cursor.spaces();
            if cursor.accept(b')') {
                return Ok(quota);
            }
            let name = cursor.keyword();
            if name.is_empty() {
                return Err(cursor.error("a quota resource is missing"));
            }
            cursor.spaces();
            let used = cursor.number()?;
            cursor.spaces();
            let limit = cursor.number()?;
            if quota.resources.len() < MAX_RESOURCES {
                quota.resources.push(QuotaResource { name, used, limit });
            }
        }
    }
}

/// What one may do with a mailbox (RFC 4314 section 2.1), as the server said it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rights(String);

impl Rights {
    /// Returns rights from the server's letters, for example from a database.
    pub fn parse(letters: &str) -> Self {
        Self(letters.chars().filter(char::is_ascii_alphanumeric).take(40).collect())
    }

    /// Returns the server's letters.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Tells whether a letter is among them.
    fn has(&self, letters: &[char]) -> bool {
        self.0.contains(letters)
    }

    /// Tells whether the mailbox may be opened and read.
    pub fn may_read(&self) -> bool {
        self.has(&['r'])
    }

    /// Tells whether messages may be marked as read for good.
    pub fn may_mark_read(&self) -> bool {
        self.has(&['s'])
    }

    /// Tells whether other flags may be changed.
    pub fn may_flag(&self) -> bool {
        self.has(&['w'])
    }

    /// Tells whether messages may be added.
    pub fn may_insert(&self) -> bool {
        self.has(&['i'])
    }

    /// Tells whether mailboxes may be made below it. `c` is what RFC 2086 called it.
    pub fn may_create(&self) -> bool {
        self.has(&['k', 'c'])
    }

    /// Tells whether the mailbox may be removed or renamed.
    pub fn may_delete_mailbox(&self) -> bool {
        // Servers of RFC 2086 say `c` or `d` for it; those of RFC 4314 send both along with `x` for them.
        self.has(&['x']) || (!self.is_new() && self.has(&['c', 'd']))
    }

    /// Tells whether messages may be marked as deleted and expunged.
    pub fn may_remove(&self) -> bool {
        (self.has(&['t']) && self.has(&['e'])) || (!self.is_new() && self.has(&['d']))
    }

    /// Tells whether the rights themselves may be changed.
    pub fn may_administer(&self) -> bool {
        self.has(&['a'])
    }

    /// Tells whether the server splits rights as RFC 4314 does.
    fn is_new(&self) -> bool {
        self.has(&['k', 'x', 't', 'e'])
    }
}

#[cfg(test)]
mod tests {
    use super::Rights;

    #[test]
    fn old_and_new_letters_mean_the_same() {
        let table = [
            ("lrswipkxtecda", true, true, true, true),
            ("lrswipcda", true, true, true, true),
            ("lrswipd", true, true, false, true),
            ("lrs", true, false, false, false),
            ("lrswite", true, true, false, true),
            ("lrswi", true, true, false, false),
            ("", false, false, false, false),
        ];
        for (letters, read, insert, create, remove) in table {
            let rights = Rights::parse(letters);
            let got =
                (rights.may_read(), rights.may_insert(), rights.may_create(), rights.may_remove());
            assert_eq!(got, (read, insert, create, remove), "{letters}");
        }
        assert!(!Rights::parse("lrste").may_delete_mailbox());
        assert!(Rights::parse("lrd").may_delete_mailbox());
    }
}
