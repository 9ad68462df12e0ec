//! Parts without their transfer encoding (RFC 3516): whether a server is asked so, and what is said of the part then.
//!
//! Invariants: a server that broke off over it is not asked so again, except for the rest of what it began to give so;
//! one that gave something else than it said is not asked so again by this process.

use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

/// Breaks in a row after which also what came in part is given up for the whole form: a download that comes no further is
/// ended after five tries, and two of them are left for it.
const MOST_BREAKS: u8 = 3;

/// What is known of a server's way with such parts.
#[derive(Debug, Default)]
pub(crate) struct Binary {
    /// Questions in a row that were not answered before the connection ended.
    breaks: AtomicU8,
    is_doubted: AtomicBool,
}

impl Binary {
    /// Tells whether to ask. `has_some`: it gave the beginning of the part so already.
    pub(crate) fn may(&self, has_some: bool) -> bool {
        let most = if has_some { MOST_BREAKS } else { 1 };
        !self.is_doubted.load(Ordering::Acquire) && self.breaks.load(Ordering::Acquire) < most
    }

    /// Asks; until the answer is here it counts as broken off.
    pub(crate) async fn ask<T>(
        &self,
        question: impl Future<Output = posthorn_imap::Result<T>>,
    ) -> posthorn_imap::Result<T> {
        let before = self.breaks.load(Ordering::Acquire);
        self.breaks.store(before.saturating_add(1), Ordering::Release);
        let answer = question.await;
        if !matches!(&answer, Err(error) if error.is_fatal()) {
            self.breaks.store(0, Ordering::Release);
        }
        answer
    }

    /// Notes that it gave something else than it said.
    pub(crate) fn doubt(&self) {
        self.is_doubted.store(true, Ordering::Release);
    }
}

/// Returns a part's header with `binary` in the place of `base64`; nothing where the part is not in base64.
pub(crate) fn without_base64(mime: &[u8]) -> Option<Vec<u8>> {
    const NAME: &[u8] = b"content-transfer-encoding:";
    let mut out = Vec::with_capacity(mime.len());
    let mut is_found = false;
    for line in mime.split_inclusive(|byte| *byte == b'\n') {
        let value = line
            .get(..NAME.len())
            .filter(|name| name.eq_ignore_ascii_case(NAME))
            .and_then(|_| line.get(NAME.len()..));
        match value {
            // One that says more than the word, or says it twice, is not understood here.
            Some(value) if is_found || !value.trim_ascii().eq_ignore_ascii_case(b"base64") => {
                return None;
            }
            Some(_) => {
                is_found = true;
                out.extend_from_slice(b"Content-Transfer-Encoding: binary\r\n");
            }
            None => out.extend_from_slice(line),
        }
    }
    is_found.then_some(out)
}

#[cfg(test)]
mod tests {
    use posthorn_imap::Error;

    use super::{Binary, without_base64};

    #[tokio::test]
    async fn who_breaks_off_is_not_asked_so_again() {
        let lost = || async { Err::<(), _>(Error::Lost("gone".to_owned())) };
        let refused = || async { Err::<(), _>(Error::Unsupported("BINARY")) };
        let binary = Binary::default();
        assert!(binary.may(false) && binary.ask(refused()).await.is_err() && binary.may(false));
        // (whether it may begin, whether it may go on) after each break.
        for wanted in [(false, true), (false, true), (false, false)] {
            assert!(binary.ask(lost()).await.is_err());
            assert_eq!((binary.may(false), binary.may(true)), wanted);
        }
        assert!(binary.ask(async { Ok(()) }).await.is_ok() && binary.may(false));
        binary.doubt();
        assert!(!binary.may(true));
    }

    #[test]
    fn only_plain_base64_is_replaced() {
        let table: [(&[u8], Option<&[u8]>); 6] = [
            (
                b"Content-Type: image/png\r\ncontent-transfer-encoding: BASE64\r\n\r\n",
                Some(b"Content-Type: image/png\r\nContent-Transfer-Encoding: binary\r\n\r\n"),
            ),
            (b"Content-Transfer-Encoding:base64", Some(b"Content-Transfer-Encoding: binary\r\n")),
            (b"Content-Transfer-Encoding: quoted-printable\r\n\r\n", None),
            (b"Content-Transfer-Encoding:\r\n base64\r\n\r\n", None),
            (b"Content-Transfer-Encoding: base64\r\nContent-Transfer-Encoding: 7bit\r\n", None),
            (b"Content-Type: text/plain\r\n\r\n", None),
        ];
        for (mime, wanted) in table {
            assert_eq!(without_base64(mime).as_deref(), wanted);
        }
    }
}
