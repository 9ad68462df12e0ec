//! What an operation does, and its text in the log (JSON that nobody else reads).

use posthorn_model::{Flags, Keyword, MailboxId};
use serde_json::{Value, json};

use super::arrange::{Arrangement, moves_from, moves_text};
use crate::thread::PartMove;

/// What the user did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Sets or clears a flag.
    SetFlag {
        /// The flag.
        flag: Flag,
        /// Which of both.
        to: Switch,
    },
    /// Moves messages to another mailbox of the account.
    Move {
        /// Where to.
        to: MailboxId,
    },
    /// Copies messages to another mailbox of the account.
    Copy {
        /// Where to.
        to: MailboxId,
    },
    /// Adds messages that came from another account or from this computer.
    Append {
        /// Where to.
        to: MailboxId,
    },
    /// Deletes messages for good.
    Delete,
    /// Makes a mailbox.
    CreateMailbox {
        /// The mailbox, which is here already.
        mailbox: MailboxId,
        /// Its path on the server.
        path: String,
    },
    /// Renames a mailbox.
    RenameMailbox {
        /// The mailbox, which has its new name here already.
        mailbox: MailboxId,
        /// Path on the server before.
        from: String,
        /// Path after.
        to: String,
        /// Shown name before.
        from_name: String,
        /// Shown name after.
        to_name: String,
    },
    /// Subscribes to a mailbox, or ends that.
    Subscribe {
        /// The mailbox.
        mailbox: MailboxId,
        /// Its path on the server.
        path: String,
        /// Which of both.
        to: Switch,
    },
    /// Deletes a mailbox with what is in it.
    DeleteMailbox {
        /// The mailbox, which is hidden here already.
        mailbox: MailboxId,
        /// Its path on the server.
        path: String,
    },
    /// Puts parts of conversations together or apart, which no server knows of.
    Arrange {
        /// What the user did.
        what: Arrangement,
        /// Messages that were split off, or conversations that were merged, joined or parted.
        count: u64,
        /// Parts that got another parent.
        moves: Vec<PartMove>,
    },
}

/// A flag that the user can switch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flag {
    /// `\Seen`.
    Seen,
    /// `\Flagged`.
    Flagged,
    /// `\Answered`.
    Answered,
    /// `\Draft`.
    Draft,
    /// A keyword, as it is to be spelled on the server.
    Keyword(Keyword),
}

/// Set or cleared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Switch {
    /// Set.
    On,
    /// Cleared.
    Off,
}

impl Switch {
    /// Returns the other one.
    #[must_use]
    pub fn opposite(self) -> Self {
        if self == Self::On { Self::Off } else { Self::On }
    }
}

impl Flag {
    /// Returns the IMAP spelling.
    pub fn name(&self) -> &str {
        match self {
            Self::Seen => "\\Seen",
            Self::Flagged => "\\Flagged",
            Self::Answered => "\\Answered",
            Self::Draft => "\\Draft",
            Self::Keyword(word) => word,
        }
    }

    fn from_name(name: &str) -> Self {
        match name {
            "\\Seen" => Self::Seen,
            "\\Flagged" => Self::Flagged,
            "\\Answered" => Self::Answered,
            "\\Draft" => Self::Draft,
            word => Self::Keyword(word.to_owned()),
        }
    }

    /// Returns whether it is among these.
    pub fn is_in(&self, flags: &Flags) -> bool {
        match self {
            Self::Seen => flags.seen,
            Self::Flagged => flags.flagged,
            Self::Answered => flags.answered,
            Self::Draft => flags.draft,
            Self::Keyword(word) => {
                flags.keywords.iter().any(|known| known.eq_ignore_ascii_case(word))
            }
        }
    }

    /// Returns the flags with this one switched.
    pub(crate) fn switched(&self, flags: &Flags, to: Switch) -> Flags {
        let mut flags = flags.clone();
        let is_on = to == Switch::On;
        match self {
            Self::Seen => flags.seen = is_on,
            Self::Flagged => flags.flagged = is_on,
            Self::Answered => flags.answered = is_on,
            Self::Draft => flags.draft = is_on,
            Self::Keyword(word) => {
                flags.keywords.retain(|known| !known.eq_ignore_ascii_case(word));
                if is_on {
                    flags.keywords.insert(word.clone());
                }
            }
        }
        flags
    }
}

impl Action {
    /// Tells whether it changes the account's mailboxes and not messages.
    pub fn is_of_folder(&self) -> bool {
        match self {
            Self::CreateMailbox { .. }
            | Self::RenameMailbox { .. }
            | Self::DeleteMailbox { .. }
            | Self::Subscribe { .. } => true,
            Self::SetFlag { .. }
            | Self::Move { .. }
            | Self::Copy { .. }
            | Self::Append { .. }
            | Self::Delete
            | Self::Arrange { .. } => false,
        }
    }

    /// Returns the mailbox that it brings messages to; absent = it brings none.
    pub fn target(&self) -> Option<MailboxId> {
        match self {
            Self::Move { to } | Self::Copy { to } | Self::Append { to } => Some(*to),
            _ => None,
        }
    }

    pub(crate) fn to_text(&self) -> String {
        let value = match self {
            Self::SetFlag { flag, to } => {
                json!({"do": "flag", "flag": flag.name(), "on": *to == Switch::On})
            }
            Self::Move { to } => json!({"do": "move", "to": to.0}),
            Self::Copy { to } => json!({"do": "copy", "to": to.0}),
            Self::Append { to } => json!({"do": "append", "to": to.0}),
            Self::Delete => json!({"do": "delete"}),
            Self::Subscribe { mailbox, path, to } => json!({
                "do": "subscribe", "mailbox": mailbox.0, "path": path, "on": *to == Switch::On,
            }),
            Self::CreateMailbox { mailbox, path } => {
                json!({"do": "create", "mailbox": mailbox.0, "path": path})
            }
            Self::RenameMailbox { mailbox, from, to, from_name, to_name } => json!({
                "do": "rename", "mailbox": mailbox.0, "from": from, "to": to, "fromName": from_name, "toName": to_name,
            }),
            Self::DeleteMailbox { mailbox, path } => {
                json!({"do": "drop", "mailbox": mailbox.0, "path": path})
            }
            Self::Arrange { what, count, moves } => json!({
                "do": "arrange", "what": what.word(), "count": count, "moves": moves_text(moves),
            }),
        };
        value.to_string()
    }

    pub(crate) fn from_text(text: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(text).ok()?;
        let word = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
        let mailbox = |key: &str| value.get(key).and_then(Value::as_i64).map(MailboxId);
        Some(match word("do")?.as_str() {
            "flag" => {
                let is_on = value.get("on").and_then(Value::as_bool)?;
                let to = if is_on { Switch::On } else { Switch::Off };
                Self::SetFlag { flag: Flag::from_name(&word("flag")?), to }
            }
            "move" => Self::Move { to: mailbox("to")? },
            "copy" => Self::Copy { to: mailbox("to")? },
            "append" => Self::Append { to: mailbox("to")? },
            "subscribe" => {
                let is_on = value.get("on").and_then(Value::as_bool)?;
                let to = if is_on { Switch::On } else { Switch::Off };
                Self::Subscribe { mailbox: mailbox("mailbox")?, path: word("path")?, to }
            }
            "delete" => Self::Delete,
            "create" => Self::CreateMailbox { mailbox: mailbox("mailbox")?, path: word("path")? },
            "rename" => Self::RenameMailbox {
                mailbox: mailbox("mailbox")?,
                from: word("from")?,
                to: word("to")?,
                from_name: word("fromName")?,
                to_name: word("toName")?,
            },
            "arrange" => Self::Arrange {
                what: Arrangement::from_word(&word("what")?)?,
                count: value.get("count").and_then(Value::as_u64)?,
                moves: moves_from(value.get("moves")?)?,
            },
            "drop" => Self::DeleteMailbox { mailbox: mailbox("mailbox")?, path: word("path")? },
            _ => return None,
        })
    }
}
