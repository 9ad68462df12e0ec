//! Reading: UID SEARCH and UID FETCH.

use async_imap::imap_proto::RequestId;
use posthorn_model::{ModSeq, Uid};
use tokio::io::{AsyncRead, AsyncWrite};

use super::Session;
use crate::command::{Command, is_section};
use crate::connection::{Collected, Step, too_many};
use crate::limit::{MAX_COLLECTED, MAX_UNASKED_OCTETS};
use crate::response::Untagged;
use crate::uid_set::UidSum;
use crate::{Error, Fetched, Literal, Result, UidSet};

/// What to search for in the open mailbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Search {
    /// Every message.
    All,
    /// Those of these uids that exist.
    Among(UidSet),
    /// Those with this uid or a higher one.
    From(Uid),
    /// Those marked `\Deleted`.
    Deleted,
    /// Those with this `Message-ID`, given without angle brackets; they are added, because servers search for parts
    /// and `2@x` is a part of `12@x`.
    MessageId(String),
    /// Those of exactly this size (RFC822.SIZE), and with this `Message-ID` where there is one.
    Same {
        /// Without angle brackets; absent = by size alone.
        message_id: Option<String>,
        /// Octets.
        size: u64,
    },
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Session<S> {
    /// Searches the open mailbox. For [`Search::All`] and [`Search::Among`] a server that answers `OK` without any
    /// result is not believed, and no answer is that names more messages than the mailbox holds.
    pub async fn search(&mut self, what: &Search) -> Result<UidSet> {
        let verb = if self.has("ESEARCH") { "UID SEARCH RETURN (ALL)" } else { "UID SEARCH" };
        let command = match what {
            Search::All => Command::new(format!("{verb} ALL")),
            Search::Among(uids) => Command::new(format!("{verb} UID")).set(uids)?,
            Search::From(uid) => Command::new(format!("{verb} UID {uid}:*")),
            Search::Deleted => Command::new(format!("{verb} DELETED")),
            Search::MessageId(id) => {
                // RFC 6855 section 3: with UTF8=ACCEPT a charset is an error.
                let is_plain = id.is_ascii() || self.connection.is_utf8;
                let charset = if is_plain { "" } else { " CHARSET UTF-8" };
                Command::new(format!("{verb}{charset} HEADER MESSAGE-ID"))
                    .string(format!("<{id}>").as_bytes())?
            }
            Search::Same { message_id, size } => {
                let is_ascii = message_id.as_ref().is_none_or(|id| id.is_ascii());
                let charset = if is_ascii { "" } else { " CHARSET UTF-8" };
                let larger = match size.checked_sub(1) {
                    Some(less) => format!(" LARGER {less}"),
                    None => String::new(),
                };
                let command = Command::new(format!(
                    "{verb}{charset}{larger} SMALLER {}",
                    size.saturating_add(1)
                ));
                match message_id {
                    Some(id) => {
                        command.words(" HEADER MESSAGE-ID").string(format!("<{id}>").as_bytes())?
                    }
                    None => command,
                }
            }
        };
        let mut answer: Option<UidSum> = None;
        for untagged in self.exec(&command).await?.0 {
            match untagged {
                Untagged::Search(found) => answer.get_or_insert_default().add(&found.uids)?,
                other => self.absorb(other),
            }
        }
        let answer = answer.map(UidSum::into_set);
        // A range of four thousand million uids costs a server nothing, and whoever walks it everything.
        if let (Some(found), Some(most)) = (&answer, self.most())
            && found.len() > u64::from(most)
        {
            return Err(Error::Protocol(
                "a search found more messages than the mailbox holds".to_owned(),
            ));
        }
        match (answer, what) {
            (None, Search::All | Search::Among(_)) => {
                Err(Error::Protocol("SEARCH was answered without a result".to_owned()))
            }
            // `n:*` also names the last message when its uid is lower (RFC 9051 section 6.4.9).
            (Some(found), Search::From(uid)) => {
                Ok(found.intersection(&UidSet::range(*uid, Uid(u32::MAX))))
            }
            (found, _) => Ok(found.unwrap_or_default()),
        }
    }

    /// Fetches flags, and mod-seqs where the server keeps them. With `changed_since` only of messages that changed
    /// after it, and with QRESYNC enabled also what vanished ([`Fetching::vanished`]).
    pub async fn fetch_flags(
        &mut self,
        uids: &UidSet,
        changed_since: Option<ModSeq>,
    ) -> Result<Fetching<'_, S>> {
        let modseq = if self.has_modseqs() { " MODSEQ" } else { "" };
        let mut command =
            Command::new("UID FETCH").set(uids)?.words(&format!(" (UID FLAGS{modseq})"));
        if let Some(since) = changed_since {
            let vanished = if self.is_enabled("QRESYNC") { " VANISHED" } else { "" };
            command = command.words(&format!(" (CHANGEDSINCE {}{vanished})", since.0));
        }
        self.fetch(&command, uids).await
    }

    /// Fetches all that a list shows: flags, received time, size, structure, header; and the ids that survive a
    /// move, where the server has them.
    pub async fn fetch_heads(&mut self, uids: &UidSet) -> Result<Fetching<'_, S>> {
        let mut items =
            "UID FLAGS INTERNALDATE RFC822.SIZE BODYSTRUCTURE BODY.PEEK[HEADER]".to_owned();
        for (is_offered, item) in [
            (self.has_modseqs(), " MODSEQ"),
            (self.has("OBJECTID"), " EMAILID THREADID"),
            (self.has("X-GM-EXT-1"), " X-GM-MSGID X-GM-THRID X-GM-LABELS"),
            // Only where it costs the server nothing (RFC 8970 section 3.1): the first window must not wait for it.
            (self.has("PREVIEW"), " PREVIEW (LAZY)"),
        ] {
            items.push_str(if is_offered { item } else { "" });
        }
        let command = Command::new("UID FETCH").set(uids)?.words(&format!(" ({items})"));
        self.fetch(&command, uids).await
    }

    /// Fetches the same without what some servers cannot put together (structure, beginnings): for messages whose heads
    /// did not come.
    pub async fn fetch_bare_heads(&mut self, uids: &UidSet) -> Result<Fetching<'_, S>> {
        let items = " (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER])";
        let command = Command::new("UID FETCH").set(uids)?.words(items);
        self.fetch(&command, uids).await
    }

    /// Fetches what tells one message from another without its head: flags, size, received time.
    pub async fn fetch_marks(&mut self, uids: &UidSet) -> Result<Fetching<'_, S>> {
        let modseq = if self.has_modseqs() { " MODSEQ" } else { "" };
        let items = format!(" (UID FLAGS INTERNALDATE RFC822.SIZE{modseq})");
        let command = Command::new("UID FETCH").set(uids)?.words(&items);
        self.fetch(&command, uids).await
    }

    /// Fetches what tells whether a message is one that is here already, under another uid: flags, size, and of its
    /// header `Message-ID` and `Date` alone ([`Fetched::take_fields`]).
    pub async fn fetch_keys(&mut self, uids: &UidSet) -> Result<Fetching<'_, S>> {
        let modseq = if self.has_modseqs() { " MODSEQ" } else { "" };
        let id = if self.has("X-GM-EXT-1") {
            " X-GM-MSGID"
        } else if self.has("OBJECTID") {
            " EMAILID"
        } else {
            ""
        };
        let items = format!(
            " (UID FLAGS RFC822.SIZE{modseq}{id} BODY.PEEK[HEADER.FIELDS (MESSAGE-ID DATE)])"
        );
        let command = Command::new("UID FETCH").set(uids)?.words(&items);
        self.fetch(&command, uids).await
    }

    /// Fetches sizes alone.
    pub async fn fetch_sizes(&mut self, uids: &UidSet) -> Result<Fetching<'_, S>> {
        let command = Command::new("UID FETCH").set(uids)?.words(" (UID RFC822.SIZE)");
        self.fetch(&command, uids).await
    }

    /// Fetches whole messages, unchanged and without marking them read: section `""` of each [`Fetched`].
    pub async fn fetch_bodies(&mut self, uids: &UidSet) -> Result<Fetching<'_, S>> {
        let command = Command::new("UID FETCH").set(uids)?.words(" (UID BODY.PEEK[])");
        self.fetch(&command, uids).await
    }

    /// Fetches one section (`1.2`, `HEADER`, `1.MIME`), whole or `length` octets from `offset` on. Nothing when the
    /// message or the part does not exist; fewer octets than asked for when the section ends.
    pub async fn fetch_section(
        &mut self,
        uid: Uid,
        section: &str,
        range: Option<(u64, u64)>,
    ) -> Result<Option<Literal>> {
        if !is_section(section) {
            return Err(Error::Argument("a section that is none"));
        }
        let partial =
            range.map(|(offset, length)| format!("<{offset}.{length}>")).unwrap_or_default();
        let command = Command::new("UID FETCH")
            .set(&uid.into())?
            .words(&format!(" (UID BODY.PEEK[{section}]{partial})"));
        let origin = range.map(|(offset, _)| offset);
        let mut fetching = self.fetch(&command, &uid.into()).await?;
        let mut found = None;
        while let Some(fetched) = fetching.next().await? {
            if fetched.uid != Some(uid) {
                continue;
            }
            for part in fetched.sections {
                // Some servers leave `<0>` out when the section is shorter than what was asked for.
                let fits = part.origin == origin || (origin == Some(0) && part.origin.is_none());
                if part.name.eq_ignore_ascii_case(section) && fits && !part.is_decoded {
                    found = part.data;
                }
            }
        }
        Ok(found)
    }

    /// Fetches what tells whether a message is known already: its uid, flags, and the id that survives a move (RFC 8474,
    /// Gmail). Refused where the server has no such ids.
    pub async fn fetch_ids(&mut self, uids: &UidSet) -> Result<Fetching<'_, S>> {
        let item = if self.has("X-GM-EXT-1") {
            "X-GM-MSGID"
        } else if self.has("OBJECTID") {
            "EMAILID"
        } else {
            return Err(Error::Unsupported("ids of messages (OBJECTID)"));
        };
        let modseq = if self.has_modseqs() { " MODSEQ" } else { "" };
        let command =
            Command::new("UID FETCH").set(uids)?.words(&format!(" (UID FLAGS{modseq} {item})"));
        self.fetch(&command, uids).await
    }

    /// Fetches a part without its transfer encoding (RFC 3516): a quarter less than base64. Nothing when the message or
    /// the part does not exist; an error that is not fatal where the server cannot decode it.
    pub async fn fetch_binary(&mut self, uid: Uid, section: &str) -> Result<Option<Literal>> {
        if !self.has("BINARY") {
            return Err(Error::Unsupported("BINARY"));
        }
        if !is_section(section) {
            return Err(Error::Argument("a section that is none"));
        }
        let command = Command::new("UID FETCH")
            .set(&uid.into())?
            .words(&format!(" (UID BINARY.PEEK[{section}])"));
        let mut fetching = self.fetch(&command, &uid.into()).await?;
        let mut found = None;
        while let Some(fetched) = fetching.next().await? {
            if fetched.uid == Some(uid) {
                let part = fetched.sections.into_iter().find(|part| {
                    part.is_decoded
                        && part.origin.is_none()
                        && part.name.eq_ignore_ascii_case(section)
                });
                found = part.and_then(|part| part.data).or(found);
            }
        }
        Ok(found)
    }

    fn has_modseqs(&self) -> bool {
        self.has("CONDSTORE") || self.has("QRESYNC")
    }

    pub(super) async fn fetch(
        &mut self,
        command: &Command,
        asked: &UidSet,
    ) -> Result<Fetching<'_, S>> {
        let mut seen = Collected::default();
        let tag = self.connection.start(command, &mut seen).await?;
        self.absorb_all(seen.into_vec());
        // A range may name four thousand million uids; no more messages than there are can be told of.
        let most = self.most().map_or(u64::from(u32::MAX), u64::from);
        Ok(Fetching {
            session: self,
            tag,
            left: asked.len().min(most),
            asked: asked.clone(),
            beside: 0,
            octets_beside: 0,
            gone: UidSum::default(),
            vanished: UidSet::new(),
            is_done: false,
        })
    }
}

/// The answer of a `UID FETCH`, one message at a time, so that no more than one is in memory.
///
/// Read it until [`Self::next`] returns nothing: only then did the server finish its sentence. A `Fetching` that
/// is dropped earlier ends the session.
pub struct Fetching<'a, S: AsyncRead + AsyncWrite + Unpin + Send> {
    session: &'a mut Session<S>,
    tag: RequestId,
    asked: UidSet,
    /// Messages that were asked for and may still come.
    left: u64,
    /// Responses that are no answer, and their octets.
    beside: usize,
    octets_beside: u64,
    gone: UidSum,
    /// Complete only at the end.
    vanished: UidSet,
    is_done: bool,
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Fetching<'_, S> {
    /// Returns the next message; nothing after the tagged `OK`. A server may mention messages that were not asked
    /// for, and may mention one twice; one that does nothing else is given up.
    pub async fn next(&mut self) -> Result<Option<Fetched>> {
        while !self.is_done {
            let before = self.session.connection.shim().received.octets();
            match self.session.connection.step(&self.tag).await? {
                Step::Untagged(Untagged::Fetch(fetched)) if fetched.uid.is_some() => {
                    if self.left > 0 && fetched.uid.is_some_and(|uid| self.asked.contains(uid)) {
                        self.left -= 1;
                    } else {
                        self.count(before)?;
                    }
                    return Ok(Some(*fetched));
                }
                Step::Untagged(Untagged::Vanished { earlier: true, uids }) => {
                    self.count(before)?;
                    self.gone.add(&uids)?;
                }
                Step::Untagged(other) => {
                    self.count(before)?;
                    self.session.absorb(other);
                }
                Step::Done(done) => {
                    self.session.heed(&done);
                    self.vanished = std::mem::take(&mut self.gone).into_set();
                    self.is_done = true;
                }
                Step::Continue(_) => {
                    return Err(Error::Protocol(
                        "the server waits for more, and there is none".to_owned(),
                    ));
                }
            }
        }
        Ok(None)
    }

    /// Counts a response that is no answer.
    fn count(&mut self, before: u64) -> Result<()> {
        self.beside += 1;
        self.octets_beside += self.session.connection.shim().received.octets() - before;
        if self.beside > MAX_COLLECTED {
            return Err(too_many(MAX_COLLECTED));
        }
        if self.octets_beside > MAX_UNASKED_OCTETS {
            return Err(Error::Limit { what: "answer", limit: MAX_UNASKED_OCTETS });
        }
        Ok(())
    }

    /// Returns the uids that vanished since the mod-seq that was asked for. Complete only after [`Self::next`]
    /// returned nothing.
    pub fn vanished(&self) -> &UidSet {
        &self.vanished
    }

    /// Tells whether the server finished its sentence.
    pub fn is_complete(&self) -> bool {
        self.is_done
    }
}
