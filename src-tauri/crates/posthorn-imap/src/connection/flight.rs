//! Several commands sent before the first is answered (RFC 9051 section 5.5): one round trip for all of them.
//!
//! Only for commands of which none changes what another one means. Answers are told apart by their tags, in whatever
//! order they come; what is untagged belongs to all of them together.

use tokio::io::{AsyncRead, AsyncWrite};

use super::{Collected, Connection, Done, finish};
use crate::command::Command;
use crate::limit::MAX_FLIGHT;
use crate::response::{Reply, Untagged};
use crate::{Error, Result};

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Connection<S> {
    /// Runs commands side by side. Returns what came untagged, in order, and what became of each command. A command
    /// with a literal is run on its own.
    pub(crate) async fn exec_all(
        &mut self,
        commands: &[Command],
    ) -> Result<(Vec<Untagged>, Vec<Result<Done>>)> {
        let (mut seen, mut ends) = (Collected::default(), Vec::new());
        for flight in commands.chunks(MAX_FLIGHT) {
            if flight.iter().any(|command| command.render(self.is_utf8).len() > 1) {
                for command in flight {
                    ends.push(match self.exec(command).await {
                        Ok((untagged, done)) => {
                            for untagged in untagged {
                                seen.push(untagged)?;
                            }
                            Ok(done)
                        }
                        Err(error) if error.is_fatal() => return Err(error),
                        Err(error) => Err(error),
                    });
                }
            } else {
                ends.extend(self.fly(flight, &mut seen).await?);
            }
        }
        Ok((seen.into_vec(), ends))
    }

    async fn fly(&mut self, flight: &[Command], seen: &mut Collected) -> Result<Vec<Result<Done>>> {
        let mut tags = Vec::new();
        for command in flight {
            // Each is sent without waiting for the one before, which is what makes it a flight.
            self.is_busy = self.is_busy && tags.is_empty();
            tags.push(self.start(command, seen).await?);
        }
        let mut ends: Vec<Option<Result<Done>>> = tags.iter().map(|_| None).collect();
        while ends.iter().any(Option::is_none) {
            match self.read().await? {
                Reply::Untagged(untagged) => seen.push(untagged)?,
                Reply::Continue(_) => {
                    return Err(Error::Protocol(
                        "the server waits for more, and there is none".to_owned(),
                    ));
                }
                Reply::Done { tag, status } => {
                    let open =
                        tags.iter().zip(&mut ends).find(|(own, end)| own.0 == tag && end.is_none());
                    let Some((_, end)) = open else {
                        return Err(Error::Protocol(
                            "the server answered a command that was not sent".to_owned(),
                        ));
                    };
                    *end = Some(finish(status));
                }
            }
        }
        self.is_busy = false;
        Ok(ends.into_iter().flatten().collect())
    }
}
