//! Bytes that somebody waits for: they go before everything that is fetched in advance.

use posthorn_model::{BodyId, MessageId};
use tokio::sync::oneshot;

use crate::problem::Problem;

/// Which bytes of a message are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// All of them.
    Whole,
    /// Header and text parts, without the attachments; answered with the header.
    Text,
    /// One part, by its number (RFC 9051 section 6.4.5.1).
    Section(String),
}

/// Somebody waits for bytes.
#[derive(Debug)]
pub(crate) struct Request {
    /// The message.
    pub(crate) message: MessageId,
    /// What of it.
    pub(crate) piece: Piece,
    /// Told when the bytes are durable and the store knows them. The one who asked may have gone.
    pub(crate) answer: oneshot::Sender<Result<BodyId, Problem>>,
}
