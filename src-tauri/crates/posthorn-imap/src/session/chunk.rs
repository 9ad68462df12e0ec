//! Reading a large section in pieces: `BODY.PEEK[…]<offset.length>` (RFC 9051 section 6.4.5), or without its transfer
//! encoding by `BINARY.PEEK[…]<offset.length>` (RFC 3516 section 4.2).
//!
//! It tells what the server did with the range, and believes nothing about sizes: that is its caller's.

use posthorn_model::Uid;
use tokio::io::{AsyncRead, AsyncWrite};

use super::Session;
use crate::command::{Command, is_section};
use crate::{BodyStructure, Error, Literal, Result};

/// Which octets of a section are meant. Offsets and sizes of one form mean nothing in the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As they are in the message.
    Encoded,
    /// Without the transfer encoding (RFC 3516). Only of parts, where the server offers `BINARY`.
    Decoded,
}

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
    /// Fetches `length` octets of a section from `offset` on. An error that is not fatal where the server cannot decode the
    /// part (`UNKNOWN-CTE`).
    pub async fn fetch_chunk(
        &mut self,
        uid: Uid,
        section: &str,
        form: Form,
        offset: u64,
        length: u64,
    ) -> Result<Chunk> {
        let item = self.item(section, form)?;
        let command = Command::new("UID FETCH")
            .set(&uid.into())?
            .words(&format!(" (UID {item}<{offset}.{length}>)"));
        let mut fetching = self.fetch(&command, &uid.into()).await?;
        let mut found = Chunk::Absent;
        while let Some(fetched) = fetching.next().await? {
            if fetched.uid != Some(uid) {
                continue;
            }
            for part in fetched.sections {
                let is_meant = part.is_decoded == (form == Form::Decoded);
                if !is_meant || !part.name.eq_ignore_ascii_case(section) {
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

    /// Names a section as a fetch item that leaves the message unread.
    fn item(&self, section: &str, form: Form) -> Result<String> {
        if !is_section(section) {
            return Err(Error::Argument("a section that is none"));
        }
        match form {
            Form::Encoded => Ok(format!("BODY.PEEK[{section}]")),
            Form::Decoded if self.has("BINARY") => Ok(format!("BINARY.PEEK[{section}]")),
            Form::Decoded => Err(Error::Unsupported("BINARY")),
        }
    }

    /// Fetches how many octets a part has without its transfer encoding (RFC 3516 section 4.3); absent where the server
    /// does not tell. An error that is not fatal where it cannot decode the part.
    pub async fn fetch_decoded_size(&mut self, uid: Uid, section: &str) -> Result<Option<u64>> {
        let item = self.item(section, Form::Decoded)?.replace(".PEEK[", ".SIZE[");
        let command = Command::new("UID FETCH").set(&uid.into())?.words(&format!(" (UID {item})"));
        let mut fetching = self.fetch(&command, &uid.into()).await?;
        let mut found = None;
        while let Some(fetched) = fetching.next().await? {
            if fetched.uid == Some(uid) {
                let mut sizes = fetched.binary_sizes.into_iter();
                let told = sizes.find(|(name, _)| name.eq_ignore_ascii_case(section));
                found = told.map(|(_, size)| size).or(found);
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
