//! Reading a large section in pieces: `BODY.PEEK[…]<offset.length>` (RFC 9051 section 6.4.5).
//!
//! It tells what the server did with the range, and believes nothing about sizes: that is its caller's.

use posthorn_model::Uid;
use tokio::io::{AsyncRead, AsyncWrite};

use super::Session;
use crate::command::{Command, is_section};
use crate::{BodyStructure, Error, Literal, Result};

/// What a server gave where a range of a section was asked for.
#[derive(Debug)]
pub enum Chunk {
    /// The range; shorter than asked for, or empty, where the section ends.
    Part(Literal),
    /// The whole section: it does not know ranges.
    Whole(Literal),
    /// Nothing: the message or the part does not exist.
    Absent,
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Session<S> {
    /// Fetches `length` octets of a section from `offset` on.
    pub async fn fetch_chunk(
        &mut self,
        uid: Uid,
        section: &str,
        offset: u64,
        length: u64,
    ) -> Result<Chunk> {
        if !is_section(section) {
            return Err(Error::Argument("a section that is none"));
        }
        let command = Command::new("UID FETCH")
            .set(&uid.into())?
            .words(&format!(" (UID BODY.PEEK[{section}]<{offset}.{length}>)"));
        let mut fetching = self.fetch(&command, &uid.into()).await?;
        let mut found = Chunk::Absent;
        while let Some(fetched) = fetching.next().await? {
            if fetched.uid != Some(uid) {
                continue;
            }
            for part in fetched.sections {
                if part.is_decoded || !part.name.eq_ignore_ascii_case(section) {
                    continue;
                }
                let Some(data) = part.data else { continue };
                match part.origin {
                    Some(origin) if origin == offset => found = Chunk::Part(data),
                    Some(_) => {}
                    // Some servers leave `<0>` out; what is no longer than asked for may be all there is.
                    None if offset == 0 && data.len() <= length => found = Chunk::Part(data),
                    None => found = Chunk::Whole(data),
                }
            }
        }
        Ok(found)
    }

    /// Fetches the structure of one message and its size in octets; absent where the server does not tell.
    pub async fn fetch_structure(
        &mut self,
        uid: Uid,
    ) -> Result<(Option<BodyStructure>, Option<u64>)> {
        let command =
            Command::new("UID FETCH").set(&uid.into())?.words(" (UID RFC822.SIZE BODYSTRUCTURE)");
        let mut fetching = self.fetch(&command, &uid.into()).await?;
        let mut found = (None, None);
        while let Some(fetched) = fetching.next().await? {
            if fetched.uid == Some(uid) {
                found.0 = fetched.body_structure.or(found.0);
                found.1 = fetched.size.or(found.1);
            }
        }
        Ok(found)
    }
}
