//! IDLE (RFC 2177): the server speaks when something happens.
//!
//! Servers and routers forget a silent connection: end and begin again every five to ten minutes, the timeout of
//! [`Idle::wait`] being a good clock for it.

use std::time::Duration;

use async_imap::imap_proto::RequestId;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;

use super::{Event, Session};
use crate::command::Command;
use crate::connection::{Collected, Step, too_many};
use crate::limit::MAX_COLLECTED;
use crate::{Error, Result};

/// A session that listens. Drop it without [`Self::done`] and the session is over.
pub struct Idle<'a, S: AsyncRead + AsyncWrite + Unpin + Send> {
    session: &'a mut Session<S>,
    tag: RequestId,
}

/// What came while listening.
#[derive(Debug)]
pub enum Idling {
    /// Something happened.
    Event(Event),
    /// Nothing did, for as long as was asked.
    Quiet,
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Session<S> {
    /// Begins to listen to the open mailbox. A server that refuses is an error, never a silent wait.
    pub async fn idle(&mut self) -> Result<Idle<'_, S>> {
        if !self.has("IDLE") && !self.has("IMAP4REV2") {
            return Err(Error::Unsupported("IDLE"));
        }
        let mut seen = Collected::default();
        let tag = self.connection.start(&Command::new("IDLE"), &mut seen).await?;
        self.connection.wait_for_continuation(&tag, &mut seen).await?;
        self.absorb_all(seen.into_vec());
        Ok(Idle { session: self, tag })
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Idle<'_, S> {
    /// Waits for the next event, at most for `at_most`. May be dropped and called again.
    pub async fn wait(&mut self, at_most: Duration) -> Result<Idling> {
        let listen = async {
            loop {
                if let Some(event) = self.session.next_event() {
                    return Ok(Idling::Event(event));
                }
                let reply = self.session.connection.read_patiently().await?;
                match self.session.connection.take_step(&self.tag, reply)? {
                    Step::Untagged(untagged) => self.session.absorb(untagged),
                    Step::Continue(_) => {}
                    Step::Done(_) => {
                        return Err(Error::Lost("the server stopped listening".to_owned()));
                    }
                }
            }
        };
        timeout(at_most, listen).await.unwrap_or(Ok(Idling::Quiet))
    }

    /// Stops listening; the session is free for other commands again. Events that came meanwhile are kept.
    pub async fn done(self) -> Result<()> {
        self.session.connection.renew_deadline();
        self.session.connection.send_untagged("DONE").await?;
        for _ in 0..MAX_COLLECTED {
            match self.session.connection.step(&self.tag).await? {
                Step::Untagged(untagged) => self.session.absorb(untagged),
                Step::Continue(_) => {}
                Step::Done(_) => return Ok(()),
            }
        }
        Err(too_many(MAX_COLLECTED))
    }
}
