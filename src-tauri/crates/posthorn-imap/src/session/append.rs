//! APPEND (RFC 9051 section 6.3.12), streamed.

use posthorn_model::{Flags, Timestamp, Uid, UidValidity};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};

use super::Session;
use crate::command::{Command, Part};
use crate::connection::{Collected, Step};
use crate::limit::{APPEND_CHUNK, MAX_CHALLENGES, MAX_UNASKED_LITERAL};
use crate::response::Code;
use crate::{Error, MailboxName, Result, date};

/// Where an appended message went (UIDPLUS).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AppendUid {
    /// Epoch of the uid.
    pub uid_validity: UidValidity,
    /// Its uid.
    pub uid: Uid,
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Session<S> {
    /// Adds a message of exactly `size` octets to a mailbox. Returns its uid; nothing when the server does not tell.
    ///
    /// One that is larger than the server says that it takes (RFC 7889) is not sent. A refusal before the upload (no such mailbox, over quota, too large) costs nothing. When the connection is
    /// lost after the octets were sent, whether the message is there is unknown: look for its Message-ID first.
    pub async fn append(
        &mut self,
        mailbox: &MailboxName,
        flags: &Flags,
        received: Option<Timestamp>,
        size: u64,
        message: &mut (dyn AsyncRead + Send + Unpin),
    ) -> Result<Option<AppendUid>> {
        if let Some(limit) = self.append_limit().filter(|limit| size > *limit) {
            return Err(Error::TooLarge { limit });
        }
        let mut command = Command::new("APPEND").mailbox(mailbox)?.flags(flags)?;
        if let Some(received) = received {
            command = command.words(&format!(" \"{}\"", date::format(received)));
        }
        let at_once = size <= MAX_UNASKED_LITERAL && (self.has("LITERAL+") || self.has("LITERAL-"));
        command = command.words(&format!(" {{{size}{}}}", if at_once { "+" } else { "" }));
        debug_assert!(
            matches!(command.parts.last(), Some(Part::Text(_))),
            "the announcement ends a line"
        );
        let mut seen = Collected::default();
        let tag = self.connection.start(&command, &mut seen).await?;
        if !at_once {
            self.connection.wait_for_continuation(&tag, &mut seen).await?;
        }
        self.upload(size, message).await?;
        self.connection.send_untagged("").await?;
        let mut again = 0;
        loop {
            match self.connection.step(&tag).await? {
                Step::Untagged(untagged) => seen.push(untagged)?,
                // A server that also asks for what was sent at once.
                Step::Continue(_) if again < MAX_CHALLENGES => again += 1,
                Step::Continue(_) => {
                    return Err(Error::Protocol("the server asks for more and more".to_owned()));
                }
                Step::Done(done) => {
                    self.absorb_all(seen.into_vec());
                    self.heed(&done);
                    return Ok(match done.code {
                        Some(Code::AppendUid(uid_validity, uids)) => {
                            uids.min().map(|uid| AppendUid { uid_validity, uid })
                        }
                        _ => None,
                    });
                }
            }
        }
    }

    async fn upload(
        &mut self,
        size: u64,
        message: &mut (dyn AsyncRead + Send + Unpin),
    ) -> Result<()> {
        let mut left = size;
        let mut chunk = vec![0; APPEND_CHUNK];
        while left > 0 {
            let most = usize::try_from(left).unwrap_or(APPEND_CHUNK).min(APPEND_CHUNK);
            let room = chunk.get_mut(..most).unwrap_or_default();
            let read = message.read(room).await.map_err(|error| Error::Local(error.to_string()))?;
            if read == 0 {
                return Err(Error::Local("the message is shorter than was said".to_owned()));
            }
            self.connection.write_literal(chunk.get(..read).unwrap_or_default()).await?;
            left -= read as u64;
        }
        Ok(())
    }
}
