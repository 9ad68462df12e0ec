//! Opening a mailbox: SELECT and EXAMINE, with CONDSTORE and QRESYNC (RFC 7162).

use posthorn_model::{Flags, ModSeq, Uid, UidValidity};
use tokio::io::{AsyncRead, AsyncWrite};

use super::Session;
use crate::command::Command;
use crate::connection::too_many;
use crate::limit::{MAX_CHANGED, MAX_COLLECTED, MAX_COLLECTED_MEMORY, MAX_SET_TEXT};
use crate::response::{Code, Untagged};
use crate::uid_set::UidSum;
use crate::{Error, MailboxName, Result, UidSet};

/// What to ask for when a mailbox is opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SelectMode {
    /// Nothing more.
    Plain,
    /// Mod-seqs (`CONDSTORE`).
    CondStore,
    /// Everything that happened since (`QRESYNC`); the extension is enabled if it was not.
    QResync {
        /// The epoch under which the rest was learnt. If it changed, the server says nothing more.
        uid_validity: UidValidity,
        /// The last mod-seq that was processed.
        modseq: ModSeq,
        /// The uids of interest. All when absent, or when they do not fit into one command.
        known: Option<UidSet>,
    },
}

/// An open mailbox.
#[derive(Debug)]
pub struct Selected {
    /// Messages in it.
    pub exists: u32,
    /// Epoch of its uids.
    pub uid_validity: UidValidity,
    /// The next uid. Absent on old servers.
    pub uid_next: Option<Uid>,
    /// The highest mod-seq. Absent when the server keeps none here (`NOMODSEQ`) or was not asked.
    pub highest_modseq: Option<ModSeq>,
    /// It was opened for reading alone, by us or by the server.
    pub is_read_only: bool,
    /// Flags that messages there have.
    pub flags: Vec<String>,
    /// Flags that may be changed for good, `\*` for new keywords. Absent means all (RFC 9051 section 7.1).
    pub permanent_flags: Option<Vec<String>>,
    /// `MAILBOXID` (RFC 8474): survives renaming. Absent on most servers.
    pub mailbox_id: Option<String>,
    /// What vanished since the mod-seq that was given.
    pub vanished: UidSet,
    /// What changed since the mod-seq that was given.
    pub changed: Vec<Changed>,
}

/// Flags of one message that changed. Small, because there may be as many as the mailbox has messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// The message.
    pub uid: Uid,
    /// Its flags now.
    pub flags: Flags,
    /// Its mod-seq now. Absent where the server left it out.
    pub modseq: Option<ModSeq>,
}

/// A [`Selected`] in the making.
#[derive(Default)]
struct Seen {
    exists: Option<u32>,
    uid_validity: Option<UidValidity>,
    uid_next: Option<Uid>,
    highest_modseq: Option<ModSeq>,
    flags: Vec<String>,
    permanent_flags: Option<Vec<String>>,
    mailbox_id: Option<String>,
    vanished: UidSum,
    changed: Vec<Changed>,
    /// Octets that the changes hold.
    memory: usize,
    is_read_only: bool,
}

impl Seen {
    /// Takes what concerns the opening and returns the rest.
    fn take(&mut self, untagged: Untagged) -> Result<Option<Untagged>> {
        match untagged {
            Untagged::Exists(count) => self.exists = Some(count),
            Untagged::Flags(flags) => self.flags = flags,
            Untagged::Vanished { uids, .. } => self.vanished.add(&uids)?,
            Untagged::Fetch(fetched) => {
                self.memory += fetched.flags_heap() + size_of::<Changed>();
                if self.changed.len() >= MAX_CHANGED {
                    return Err(too_many(MAX_CHANGED));
                }
                if self.memory > 2 * MAX_COLLECTED_MEMORY {
                    return Err(Error::Limit {
                        what: "answer",
                        limit: 2 * MAX_COLLECTED_MEMORY as u64,
                    });
                }
                if let (Some(uid), Some(flags)) = (fetched.uid, fetched.flags) {
                    self.changed.push(Changed { uid, flags, modseq: fetched.modseq });
                }
            }
            Untagged::Status(status) => match status.code {
                // What came before this belongs to the mailbox that was open until now.
                Some(Code::Other(ref name, _)) if name == "CLOSED" => *self = Self::default(),
                Some(Code::Alert | Code::Capability(_)) | None => {
                    return Ok(Some(Untagged::Status(status)));
                }
                Some(code) => self.take_code(code),
            },
            other => return Ok(Some(other)),
        }
        Ok(None)
    }

    fn take_code(&mut self, code: Code) {
        match code {
            Code::UidValidity(validity) => self.uid_validity = Some(validity),
            Code::UidNext(uid) => self.uid_next = Some(uid),
            Code::HighestModSeq(modseq) => {
                self.highest_modseq = Some(modseq).filter(|modseq| modseq.0 > 0);
            }
            Code::NoModSeq => self.highest_modseq = None,
            Code::PermanentFlags(flags) => self.permanent_flags = Some(flags),
            Code::ReadOnly => self.is_read_only = true,
            Code::ReadWrite => self.is_read_only = false,
            Code::Other(name, rest) if name == "MAILBOXID" => {
                self.mailbox_id = Some(rest.trim_matches(['(', ')']).to_owned());
            }
            _ => {}
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Session<S> {
    /// Opens a mailbox for changes. After a refusal no mailbox is open. Events of the mailbox that was open before
    /// are forgotten.
    pub async fn select(&mut self, name: &MailboxName, mode: SelectMode) -> Result<Selected> {
        self.open_mailbox("SELECT", name, mode).await
    }

    /// Opens a mailbox for reading alone.
    pub async fn examine(&mut self, name: &MailboxName, mode: SelectMode) -> Result<Selected> {
        self.open_mailbox("EXAMINE", name, mode).await
    }

    async fn open_mailbox(
        &mut self,
        verb: &str,
        name: &MailboxName,
        mode: SelectMode,
    ) -> Result<Selected> {
        let mut command = Command::new(verb).mailbox(name)?;
        match &mode {
            SelectMode::Plain => {}
            SelectMode::CondStore => command = command.words(" (CONDSTORE)"),
            SelectMode::QResync { uid_validity, modseq, known } => {
                if !self.is_enabled("QRESYNC") {
                    self.enable(&["QRESYNC"]).await?;
                }
                if !self.is_enabled("QRESYNC") {
                    return Err(Error::Unsupported("QRESYNC"));
                }
                command = command.words(&format!(" (QRESYNC ({} {}", uid_validity.0, modseq.0));
                // What is too long for a line is left out: then the server speaks of all uids.
                let fits =
                    |known: &&UidSet| !known.is_empty() && known.to_string().len() <= MAX_SET_TEXT;
                if let Some(known) = known.as_ref().filter(fits) {
                    command = command.set(known)?;
                }
                command = command.words("))");
            }
        }
        self.forget_events();
        self.turn_to(None);
        let mut seen = Seen { is_read_only: verb == "EXAMINE", ..Seen::default() };
        let most = MAX_CHANGED + MAX_COLLECTED;
        let mut take = |untagged| seen.take(untagged);
        let (others, done) = self.connection.exec_with(&command, most, &mut take).await?;
        self.heed(&done);
        self.absorb_all(others);
        if let Some(code) = done.code {
            seen.take_code(code);
        }
        self.turn_to(seen.exists);
        let missing =
            |what: &str| Error::Protocol(format!("the mailbox was opened without {what}"));
        Ok(Selected {
            exists: seen.exists.ok_or_else(|| missing("EXISTS"))?,
            uid_validity: seen.uid_validity.ok_or_else(|| missing("UIDVALIDITY"))?,
            uid_next: seen.uid_next,
            highest_modseq: seen.highest_modseq,
            is_read_only: seen.is_read_only,
            flags: seen.flags,
            permanent_flags: seen.permanent_flags,
            mailbox_id: seen.mailbox_id,
            vanished: seen.vanished.into_set(),
            changed: seen.changed,
        })
    }

    /// Closes the open mailbox without removing anything (UNSELECT, RFC 3691).
    pub async fn unselect(&mut self) -> Result<()> {
        if !self.has("UNSELECT") {
            return Err(Error::Unsupported("UNSELECT"));
        }
        self.run(&Command::new("UNSELECT")).await?;
        self.turn_to(None);
        self.forget_events();
        Ok(())
    }
}
