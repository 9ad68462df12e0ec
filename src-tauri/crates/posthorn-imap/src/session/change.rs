//! Changing: UID STORE, UID COPY, UID MOVE, UID EXPUNGE.
//!
//! A move without the extension (copy, mark, expunge) is for the caller to put together: each step must be
//! repeatable after a crash, which only the one who keeps the operation can know.

use posthorn_model::{Flags, ModSeq};
use tokio::io::{AsyncRead, AsyncWrite};

use super::Session;
use crate::command::Command;
use crate::response::{Code, CopyUid, Untagged};
use crate::{Error, Fetched, MailboxName, Result, UidSet};

/// How flags change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreMode {
    /// These are set; others stay.
    Add,
    /// These are cleared; others stay.
    Remove,
    /// These are set and all others cleared.
    Replace,
}

/// What became of a `STORE`.
#[derive(Debug, Default)]
pub struct Stored {
    /// Messages that others changed since `unchanged_since`; they were left alone.
    pub modified: UidSet,
    /// What the server said about messages: new mod-seqs, flags that others changed.
    pub changed: Vec<Fetched>,
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Session<S> {
    /// Changes flags. With `unchanged_since` (CONDSTORE) only of messages that nobody changed after it. Uids that
    /// no longer exist are passed over in silence (RFC 9051 section 6.4.9).
    pub async fn store(
        &mut self,
        uids: &UidSet,
        mode: StoreMode,
        flags: &Flags,
        unchanged_since: Option<ModSeq>,
    ) -> Result<Stored> {
        let mut command = Command::new("UID STORE").set(uids)?;
        if let Some(since) = unchanged_since {
            command = command.words(&format!(" (UNCHANGEDSINCE {})", since.0));
        }
        let item = match mode {
            StoreMode::Add => " +FLAGS.SILENT",
            StoreMode::Remove => " -FLAGS.SILENT",
            StoreMode::Replace => " FLAGS.SILENT",
        };
        let (untagged, code) = match self.exec(&command.words(item).flags(flags)?).await {
            Ok((untagged, done)) => (untagged, done.code),
            Err(Error::No { code: Some(Code::Modified(uids)), .. }) => {
                (Vec::new(), Some(Code::Modified(uids)))
            }
            Err(error) => return Err(error),
        };
        let mut stored = Stored::default();
        for untagged in untagged {
            match untagged {
                Untagged::Fetch(fetched) if fetched.uid.is_some() => stored.changed.push(*fetched),
                other => self.absorb(other),
            }
        }
        if let Some(Code::Modified(uids)) = code {
            stored.modified = uids;
        }
        Ok(stored)
    }

    /// Copies messages. Returns which uid became which; nothing when the server does not tell (no UIDPLUS) or none
    /// of the messages exists. A missing target is [`Error::is_nonexistent`].
    pub async fn copy(&mut self, uids: &UidSet, target: &MailboxName) -> Result<Option<CopyUid>> {
        self.transfer(&Command::new("UID COPY").set(uids)?.mailbox(target)?).await
    }

    /// Moves messages (RFC 6851); what left the open mailbox is among the events.
    pub async fn move_to(
        &mut self,
        uids: &UidSet,
        target: &MailboxName,
    ) -> Result<Option<CopyUid>> {
        if !self.has("MOVE") {
            return Err(Error::Unsupported("MOVE"));
        }
        self.transfer(&Command::new("UID MOVE").set(uids)?.mailbox(target)?).await
    }

    async fn transfer(&mut self, command: &Command) -> Result<Option<CopyUid>> {
        let (untagged, done) = self.exec(command).await?;
        let mut answer = None;
        for untagged in untagged {
            match untagged {
                Untagged::Status(status) if matches!(status.code, Some(Code::CopyUid(_))) => {
                    answer = status.code;
                }
                other => self.absorb(other),
            }
        }
        match done.code.filter(|code| matches!(code, Code::CopyUid(_))).or(answer) {
            Some(Code::CopyUid(copied)) => Ok(Some(copied)),
            _ => Ok(None),
        }
    }

    /// Removes those of these messages that are marked `\Deleted`, and no others (UIDPLUS). What went is among the
    /// events.
    pub async fn expunge(&mut self, uids: &UidSet) -> Result<()> {
        if !self.has("UIDPLUS") && !self.has("IMAP4REV2") {
            return Err(Error::Unsupported("UID EXPUNGE (UIDPLUS)"));
        }
        self.run(&Command::new("UID EXPUNGE").set(uids)?).await.map(drop)
    }

    /// Removes everything marked `\Deleted` in the open mailbox, also what other programs marked. Only right after
    /// [`Search::Deleted`](crate::Search::Deleted) answered exactly the own uids.
    pub async fn expunge_everything_deleted(&mut self) -> Result<()> {
        self.run(&Command::new("EXPUNGE")).await.map(drop)
    }
}
