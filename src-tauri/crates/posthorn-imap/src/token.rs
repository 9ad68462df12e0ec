//! Walks over a frame: words, strings, lists, numbers. Total: any frame gives a value or an error, never a panic,
//! and nothing here recurses.

use std::collections::VecDeque;

use crate::frame::{Frame, Piece};
use crate::limit::{MAX_WORD, MAX_WORDS};
use crate::literal::Literal;
use crate::{Error, Result};

/// What stands next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    Byte(u8),
    Literal,
    End,
}

/// A place in a frame.
pub(crate) struct Cursor {
    pieces: VecDeque<Piece>,
    at: usize,
}

impl Cursor {
    pub(crate) fn new(frame: Frame) -> Self {
        Self { pieces: frame.pieces.into(), at: 0 }
    }

    fn text(&mut self) -> &[u8] {
        while let Some(Piece::Text(text)) = self.pieces.front() {
            if self.at < text.len() {
                break;
            }
            self.pieces.pop_front();
            self.at = 0;
        }
        match self.pieces.front() {
            Some(Piece::Text(text)) => text.get(self.at..).unwrap_or_default(),
            _ => b"",
        }
    }

    pub(crate) fn peek(&mut self) -> Next {
        if let Some(byte) = self.text().first() {
            return Next::Byte(*byte);
        }
        match self.pieces.front() {
            Some(Piece::Literal(_)) => Next::Literal,
            _ => Next::End,
        }
    }

    /// Takes `byte` if it stands next.
    pub(crate) fn accept(&mut self, byte: u8) -> bool {
        let found = self.peek() == Next::Byte(byte);
        self.at += usize::from(found);
        found
    }

    pub(crate) fn expect(&mut self, byte: u8) -> Result<()> {
        if self.accept(byte) {
            Ok(())
        } else {
            Err(self.error(&format!("'{}' is missing", char::from(byte))))
        }
    }

    /// Takes spaces, as many as there are.
    pub(crate) fn spaces(&mut self) {
        while self.accept(b' ') {}
    }

    /// Takes bytes up to the end of the text or to the first that `stops`.
    fn take_until(&mut self, stops: impl Fn(u8) -> bool) -> Vec<u8> {
        let text = self.text();
        let len = text.iter().position(|byte| stops(*byte)).unwrap_or(text.len());
        let taken = text.get(..len).unwrap_or_default().to_vec();
        self.at += len;
        taken
    }

    /// Takes an atom, in the widest sense: servers put brackets and 8-bit characters into flags.
    pub(crate) fn atom(&mut self) -> Vec<u8> {
        self.take_until(|byte| matches!(byte, b' ' | b'(' | b')' | b'"'))
    }

    /// Takes an atom in upper case.
    pub(crate) fn keyword(&mut self) -> String {
        String::from_utf8_lossy(&self.atom()).to_ascii_uppercase()
    }

    /// Takes the name of a fetch item with its section and origin: `BODY[1.HEADER.FIELDS (A B)]<0>`.
    pub(crate) fn item_name(&mut self) -> String {
        let mut name = self.take_until(|byte| matches!(byte, b' ' | b'(' | b')' | b'"' | b'['));
        if self.peek() == Next::Byte(b'[') {
            loop {
                name.extend(self.take_until(|byte| byte == b']'));
                match self.peek() {
                    Next::Byte(_) => break,
                    // A header field's name may come as a literal; which one it is does not matter to us.
                    Next::Literal => drop(self.pieces.pop_front()),
                    Next::End => return String::from_utf8_lossy(&name).into_owned(),
                }
            }
            name.extend(self.take_until(|byte| matches!(byte, b' ' | b'(' | b')' | b'"')));
        }
        String::from_utf8_lossy(&name).into_owned()
    }

    pub(crate) fn number(&mut self) -> Result<u64> {
        let digits = self.take_until(|byte| !byte.is_ascii_digit());
        let number = std::str::from_utf8(&digits).ok().and_then(|digits| digits.parse().ok());
        number.ok_or_else(|| self.error("a number is missing"))
    }

    pub(crate) fn number32(&mut self) -> Result<u32> {
        let number = self.number()?;
        u32::try_from(number).map_err(|_| self.error("a number is too large"))
    }

    /// Takes a quoted string (unescaped), a literal, or nothing for `NIL`; any other atom counts as a string.
    pub(crate) fn nstring(&mut self) -> Result<Option<Literal>> {
        match self.peek() {
            Next::Literal => match self.pieces.pop_front() {
                Some(Piece::Literal(literal)) => Ok(Some(literal)),
                _ => Err(self.error("a literal is missing")),
            },
            Next::Byte(b'"') => self.quoted().map(|bytes| Some(Literal::Memory(bytes))),
            Next::Byte(_) => {
                let atom = self.atom();
                if atom.is_empty() {
                    return Err(self.error("a string is missing"));
                }
                Ok((!atom.eq_ignore_ascii_case(b"NIL")).then_some(Literal::Memory(atom)))
            }
            Next::End => Err(self.error("the line ends too early")),
        }
    }

    fn quoted(&mut self) -> Result<Vec<u8>> {
        self.expect(b'"')?;
        let mut bytes = Vec::new();
        loop {
            bytes.extend(self.take_until(|byte| matches!(byte, b'"' | b'\\')));
            if self.accept(b'"') {
                return Ok(bytes);
            }
            if !self.accept(b'\\') {
                return Err(self.error("a quoted string does not end"));
            }
            if let Some(byte) = self.text().first().copied() {
                self.at += 1;
                bytes.push(byte);
            }
        }
    }

    /// Takes a string as text; `NIL` and what is too long for a word give nothing.
    pub(crate) fn nword(&mut self) -> Result<Option<String>> {
        let Some(literal) = self.nstring()? else { return Ok(None) };
        if literal.len() > MAX_WORD {
            return Ok(None);
        }
        let bytes =
            literal.into_bytes(MAX_WORD).map_err(|error| Error::Local(error.to_string()))?;
        Ok(Some(text_of(bytes)))
    }

    /// Takes a string as text, keeping `NIL` as an atom: a mailbox may be called so.
    pub(crate) fn astring(&mut self) -> Result<Vec<u8>> {
        match self.peek() {
            Next::Byte(b'"') => self.quoted(),
            Next::Byte(_) => {
                let atom = self.atom();
                if atom.is_empty() { Err(self.error("a name is missing")) } else { Ok(atom) }
            }
            _ => match self.nstring()? {
                Some(literal) if literal.len() <= MAX_WORD => {
                    literal.into_bytes(MAX_WORD).map_err(|error| Error::Local(error.to_string()))
                }
                _ => Err(self.error("a name is too long")),
            },
        }
    }

    /// Takes a string as octets; `NIL` and the empty string are the same.
    pub(crate) fn nstring_bytes(&mut self) -> Result<Vec<u8>> {
        match self.nstring()? {
            Some(literal) if literal.len() <= MAX_WORD => {
                literal.into_bytes(MAX_WORD).map_err(|error| Error::Local(error.to_string()))
            }
            Some(_) => Err(self.error("a name is too long")),
            None => Ok(Vec::new()),
        }
    }

    /// Takes `(a b c)` as words, as many as are kept; `NIL` is the empty list.
    pub(crate) fn words(&mut self) -> Result<Vec<String>> {
        let mut words = Vec::new();
        if !self.accept(b'(') {
            let atom = self.atom();
            return if atom.eq_ignore_ascii_case(b"NIL") {
                Ok(words)
            } else {
                Err(self.error("a list is missing"))
            };
        }
        loop {
            self.spaces();
            match self.peek() {
                Next::Byte(b')') => break,
                Next::Byte(b'(') => self.skip_value()?,
                Next::End => return Err(self.error("a list does not end")),
                _ if words.len() >= MAX_WORDS => self.skip_value()?,
                _ => words.extend(self.astring().map(text_of)),
            }
        }
        self.expect(b')')?;
        Ok(words)
    }

    /// Takes one value of any kind, however deeply nested, without looking at it.
    pub(crate) fn skip_value(&mut self) -> Result<()> {
        let mut depth = 0_usize;
        loop {
            match self.peek() {
                Next::Byte(b'(') => {
                    self.at += 1;
                    depth += 1;
                }
                Next::Byte(b')') if depth > 0 => {
                    self.at += 1;
                    depth -= 1;
                }
                Next::Byte(b' ') if depth > 0 => self.spaces(),
                Next::Byte(b')' | b' ') => return Err(self.error("a value is missing")),
                Next::End => return Err(self.error("the line ends too early")),
                Next::Byte(b'"') => drop(self.quoted()?),
                Next::Literal => drop(self.pieces.pop_front()),
                Next::Byte(_) => drop(self.atom()),
            }
            if depth == 0 {
                return Ok(());
            }
        }
    }

    /// Skips to the `)` that closes the list in which the cursor stands, and takes it.
    pub(crate) fn skip_rest_of_list(&mut self) -> Result<()> {
        loop {
            self.spaces();
            if self.accept(b')') {
                return Ok(());
            }
            self.skip_value()?;
        }
    }

    /// Takes all that is left of the current text.
    pub(crate) fn rest(&mut self) -> Vec<u8> {
        self.take_until(|_| false)
    }

    /// Returns an error that names the problem and its place, and not the mail.
    pub(crate) fn error(&self, what: &str) -> Error {
        Error::Protocol(format!("{what} (octet {} of its line)", self.at))
    }
}

/// Returns bytes as text; what is not UTF-8 is read as Latin-1, which loses nothing.
pub(crate) fn text_of(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes)
        .unwrap_or_else(|error| error.into_bytes().into_iter().map(char::from).collect())
}
