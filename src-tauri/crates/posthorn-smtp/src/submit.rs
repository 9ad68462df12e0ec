//! One message, handed over: envelope, upload, dot; and what is known afterwards.

use std::future::Future;
use std::ops::ControlFlow;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

use crate::address::Path;
use crate::body::{Bare, Stuffer};
use crate::{Error, Reply, Session, dsn};

/// Bytes of the message written at once: progress is seen, and a cancel waits for no more than this.
const BLOCK: usize = 32 * 1024;
/// Recipients asked for ahead: their lines and replies fit into socket buffers, so neither side can block the other.
const RECIPIENT_WINDOW: usize = 50;
/// How long is waited for the sentence of a server that closed during the upload.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// Who sends and who receives (RFC 5321 section 2.3.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// The sender's address. Empty for the null path.
    pub sender: String,
    /// Everybody who receives, Bcc included.
    pub recipients: Vec<String>,
    /// What happens when some are refused.
    pub partly_refused: PartlyRefused,
    /// A report on success, delay and failure is asked for under this name (RFC 3461), where the server offers that
    /// ([`crate::Capabilities::dsn`]). Absent: the servers' habits.
    pub report: Option<String>,
}

/// What happens when some recipients are refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PartlyRefused {
    /// The others get the message.
    #[default]
    SendToOthers,
    /// Nobody gets it.
    SendToNobody,
}

/// The message's bytes: CRLF line ends, no Bcc line.
#[derive(Debug)]
pub struct Message<R> {
    /// Where the bytes come from; read to its end.
    pub source: R,
    /// How many they are. Another number stops the submission before the dot.
    pub size: u64,
    /// Whether some have the eighth bit set.
    pub is_eight_bit: bool,
    /// Whether the header holds UTF-8 (RFC 6532).
    pub has_utf8_header: bool,
}

/// What the server said to one recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecipientResult {
    /// The address, as the envelope has it.
    pub address: String,
    /// The reply to RCPT.
    pub reply: Reply,
}

impl RecipientResult {
    /// Returns whether the server took this recipient.
    pub fn is_accepted(&self) -> bool {
        self.reply.code / 100 == 2
    }
}

/// A step whose first byte is about to leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<'a> {
    /// MAIL and RCPT.
    Recipients,
    /// DATA and the upload; with what was said to each recipient.
    Data(&'a [RecipientResult]),
    /// The dot: from now on the message may be accepted.
    Dot(&'a [RecipientResult]),
}

/// The observer does not want the step to happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stopped;

/// Follows a submission and makes each step durable before it happens.
pub trait Observer: Send {
    /// Is awaited before the first byte of a step leaves. An error stops the submission there.
    fn before(&mut self, step: Step<'_>) -> impl Future<Output = Result<(), Stopped>> + Send;

    /// Hears how many bytes of the message were handed to the network. `Break` cancels, which is safe until the dot.
    fn progress(&mut self, sent: u64) -> ControlFlow<()>;
}

/// What is known after an attempt.
#[derive(Debug)]
pub enum Outcome {
    /// The server has the message and is responsible for it.
    Accepted {
        /// The reply to the dot.
        reply: Reply,
        /// The server's name for the message, where the reply tells it.
        queue_id: Option<String>,
        /// What was said to each recipient; a refused one did not get it.
        recipients: Vec<RecipientResult>,
    },
    /// Nobody gets the message, and the same attempt would be refused again.
    Refused {
        /// Why; for several recipients, the first refusal.
        error: Error,
        /// What was said to each recipient that was asked for.
        recipients: Vec<RecipientResult>,
    },
    /// Nobody got the message this time: transient, credentials, or stopped on our side.
    NotSent {
        /// Why.
        error: Error,
        /// What was said to each recipient that was asked for.
        recipients: Vec<RecipientResult>,
    },
    /// The dot left and no answer came. The server may have the message: it must not be sent again unasked.
    Unknown {
        /// What broke.
        error: Error,
        /// What was said to each recipient.
        recipients: Vec<RecipientResult>,
    },
}

impl<S: AsyncRead + AsyncWrite + Send + Unpin + 'static> Session<S> {
    /// Hands one message over. The session can be used again unless [`Self::is_usable`] says otherwise.
    pub async fn submit<R, O>(
        &mut self,
        envelope: &Envelope,
        mut message: Message<R>,
        observer: &mut O,
    ) -> Outcome
    where
        R: AsyncRead + Send + Unpin,
        O: Observer,
    {
        let mut recipients = Vec::new();
        if let Err(error) = self.address(envelope, &message, observer, &mut recipients).await {
            return not_sent(error, recipients);
        }
        if let Err(error) = self.upload(&mut message, observer, &recipients).await {
            return not_sent(error, recipients);
        }
        match self.finish().await {
            Ok(reply) if reply.code / 100 == 2 => {
                Outcome::Accepted { queue_id: reply.queue_id(), reply, recipients }
            }
            Ok(reply) if reply.is_positive() => {
                let detail = format!("{} instead of 250", reply.code);
                Outcome::Unknown { error: Error::Garbled { stage: "dot", detail }, recipients }
            }
            Ok(reply) => not_sent(Error::Refused { command: "message", reply }, recipients),
            Err(error) => Outcome::Unknown { error, recipients },
        }
    }

    /// Sends MAIL and all RCPT. `Ok` where somebody will get the message.
    async fn address<R, O: Observer>(
        &mut self,
        envelope: &Envelope,
        message: &Message<R>,
        observer: &mut O,
        results: &mut Vec<RecipientResult>,
    ) -> Result<(), Error> {
        let (mail, paths) = self.prepare(envelope, message)?;
        let asks = envelope.report.is_some() && self.capabilities().dsn;
        let lines: Vec<String> = paths.iter().map(|path| rcpt(path, asks)).collect();
        observer.before(Step::Recipients).await.map_err(|Stopped| Error::Stopped)?;
        let after = self.settings.timeouts.envelope;
        if self.capabilities().pipelining {
            self.address_ahead(&mail, envelope, &lines, results).await?;
        } else {
            let reply = self.exchange("MAIL", &format!("{mail}\r\n"), &mail, after).await?;
            completed("MAIL", reply)?;
            for (line, address) in lines.iter().zip(&envelope.recipients) {
                let reply = self.exchange("RCPT", &format!("{line}\r\n"), line, after).await?;
                results.push(RecipientResult { address: address.clone(), reply });
            }
        }
        let refused = results.iter().filter(|result| !result.is_accepted()).count();
        let is_enough = match envelope.partly_refused {
            PartlyRefused::SendToOthers => refused < results.len(),
            PartlyRefused::SendToNobody => refused == 0,
        };
        if is_enough {
            return Ok(());
        }
        // A session that breaks here knows it; what was refused is what counts.
        let _ = self.reset().await;
        // One that may work later keeps the whole message waiting instead of failed.
        let refusals =
            || results.iter().filter(|result| !result.is_accepted()).map(|result| &result.reply);
        let told = refusals().find(|reply| reply.is_transient()).or_else(|| refusals().next());
        match told {
            Some(reply) => Err(Error::Refused { command: "RCPT", reply: reply.clone() }),
            None => Err(Error::Poisoned),
        }
    }

    /// Checks what can be checked before anything is sent.
    fn prepare<R>(
        &self,
        envelope: &Envelope,
        message: &Message<R>,
    ) -> Result<(String, Vec<Path>), Error> {
        let offered = self.capabilities();
        if envelope.recipients.is_empty() {
            return Err(Error::Unsendable { what: "list of recipients", value: String::new() });
        }
        if let Some(limit) = offered.size.filter(|limit| message.size > *limit) {
            return Err(Error::TooLarge { size: message.size, limit });
        }
        if message.is_eight_bit && !offered.eight_bit_mime {
            return Err(Error::NeedsEightBit);
        }
        let sender = Path::sender(&envelope.sender)?;
        let paths = envelope
            .recipients
            .iter()
            .map(|address| Path::recipient(address))
            .collect::<Result<Vec<_>, _>>()?;
        let mut all = std::iter::once(&sender).chain(&paths);
        let utf8 = all.find(|path| path.needs_utf8);
        if let (Some(path), false) = (utf8, offered.smtp_utf8) {
            return Err(Error::NeedsUtf8 { address: path.text.clone() });
        }
        if message.has_utf8_header && !offered.smtp_utf8 {
            return Err(Error::NeedsUtf8 { address: envelope.sender.clone() });
        }
        let mut mail = format!("MAIL FROM:<{}>", sender.text);
        if offered.announces_size {
            mail.extend([" SIZE=", &message.size.to_string()]);
        }
        if message.is_eight_bit {
            mail.push_str(" BODY=8BITMIME");
        }
        if utf8.is_some() || message.has_utf8_header {
            mail.push_str(" SMTPUTF8");
        }
        if let Some(name) = envelope.report.as_ref().filter(|_| offered.dsn) {
            mail.push_str(&dsn::of_message(name));
        }
        Ok((mail, paths))
    }

    /// Sends MAIL and RCPT in windows, and reads every reply (RFC 2920).
    async fn address_ahead(
        &mut self,
        mail: &str,
        envelope: &Envelope,
        lines: &[String],
        results: &mut Vec<RecipientResult>,
    ) -> Result<(), Error> {
        let after = self.settings.timeouts.envelope;
        let mut refused = None;
        let windows =
            lines.chunks(RECIPIENT_WINDOW).zip(envelope.recipients.chunks(RECIPIENT_WINDOW));
        for (index, (lines, addresses)) in windows.enumerate() {
            let mut sent = lines.join("\r\n");
            if index == 0 {
                sent = format!("{mail}\r\n{sent}");
            }
            let mut next = Some(self.exchange("RCPT", &format!("{sent}\r\n"), &sent, after).await?);
            self.is_busy = true;
            if index == 0 {
                refused = next.take().filter(|reply| reply.code / 100 != 2);
            }
            for address in addresses {
                let reply = match next.take() {
                    Some(reply) => reply,
                    None => self.reply("RCPT", after).await?,
                };
                results.push(RecipientResult { address: address.clone(), reply });
            }
            self.is_busy = false;
            if let Some(reply) = refused.take() {
                // The recipients were refused only because there was no sender.
                results.clear();
                return Err(Error::Refused { command: "MAIL", reply });
            }
        }
        Ok(())
    }

    /// Sends DATA and the message, all but the dot.
    async fn upload<R: AsyncRead + Send + Unpin, O: Observer>(
        &mut self,
        message: &mut Message<R>,
        observer: &mut O,
        recipients: &[RecipientResult],
    ) -> Result<(), Error> {
        if observer.before(Step::Data(recipients)).await.is_err() {
            let _ = self.reset().await;
            return Err(Error::Stopped);
        }
        let after = self.settings.timeouts.data;
        let reply = self.exchange("DATA", "DATA\r\n", "DATA", after).await?;
        if reply.code != 354 {
            let _ = self.reset().await;
            return Err(Error::Refused { command: "DATA", reply });
        }
        // Whatever ends the upload early also ends the session: there is no way back from DATA.
        self.is_busy = true;
        let mut stuffer = Stuffer::default();
        let (mut block, mut stuffed, mut sent) = (vec![0; BLOCK], Vec::new(), 0_u64);
        loop {
            let count = message.source.read(&mut block).await.map_err(Error::Source)?;
            let Some(bytes) = block.get(..count).filter(|bytes| !bytes.is_empty()) else { break };
            stuffed.clear();
            stuffer
                .push(bytes, &mut stuffed)
                .map_err(|Bare(offset)| Error::Malformed { offset })?;
            self.write(&stuffed).await?;
            sent += count as u64;
            if observer.progress(sent).is_break() {
                return Err(Error::Stopped);
            }
        }
        let (end, size) = stuffer.finish().map_err(|Bare(offset)| Error::Malformed { offset })?;
        if size != message.size {
            return Err(Error::Malformed { offset: size });
        }
        self.write(end).await?;
        self.note(format_args!("C: ({size} bytes of message)"));
        // A receipt for what the server cannot have would be believed as the answer to the dot.
        if self.tap.has_buffered() {
            let detail = "the server answered before it was asked".to_owned();
            return Err(Error::Garbled { stage: "message", detail });
        }
        observer.before(Step::Dot(recipients)).await.map_err(|Stopped| Error::Stopped)
    }

    /// Sends the dot and reads what became of the message. Every error from here on leaves that open.
    async fn finish(&mut self) -> Result<Reply, Error> {
        let after = self.settings.timeouts.dot;
        self.note(format_args!("C: ."));
        self.is_busy = false;
        self.exchange("dot", ".\r\n", "", after).await
    }

    /// Writes a part of the message below lettre.
    async fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let after = self.settings.timeouts.block;
        let mut tap = self.tap.clone();
        let write = async {
            tap.write_all(bytes).await?;
            tap.flush().await
        };
        match tokio::time::timeout(after, write).await {
            Ok(Ok(())) => Ok(()),
            Err(_) => Err(Error::TimedOut { stage: "message", after }),
            Ok(Err(source)) => match self.reply("message", LAST_WORDS).await {
                // A server that has enough says why and hangs up.
                Ok(reply) if !reply.is_positive() => {
                    Err(Error::Refused { command: "message", reply })
                }
                _ => Err(Error::Lost { stage: "message", source }),
            },
        }
    }
}

/// Turns a reply that must end its command into an error where it does not: 354 to MAIL is neither yes nor no.
fn completed(command: &'static str, reply: Reply) -> Result<(), Error> {
    if reply.code / 100 == 3 {
        let detail = format!("{} instead of 250", reply.code);
        return Err(Error::Garbled { stage: command, detail });
    }
    crate::session::positive(command, reply).map(drop)
}

fn rcpt(path: &Path, asks_for_report: bool) -> String {
    let wish = if asks_for_report { dsn::of_recipient(path) } else { String::new() };
    format!("RCPT TO:<{}>{wish}", path.text)
}

/// Sorts an error before the dot, or a refusal after it.
fn not_sent(error: Error, recipients: Vec<RecipientResult>) -> Outcome {
    let is_ours = matches!(error, Error::Stopped | Error::Source(_));
    if error.is_permanent() && !is_ours {
        Outcome::Refused { error, recipients }
    } else {
        Outcome::NotSent { error, recipients }
    }
}
