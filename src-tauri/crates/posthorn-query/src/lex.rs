//! Text to lexemes. Total: every byte of the input is white space or belongs to exactly one lexeme.

use std::ops::Range;

/// One piece of what was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Lexeme {
    /// Byte range in the input.
    pub(crate) range: Range<usize>,
    /// What it is.
    pub(crate) kind: LexemeKind,
}

/// What a lexeme is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum LexemeKind {
    /// `(`, also full-width.
    Open,
    /// `)`, also full-width.
    Close,
    /// `-` directly before something.
    Minus,
    /// A run without spaces; the operator's name where a colon follows it.
    Word {
        /// Text before the first colon, when the colon stands inside or at the end.
        operator: Option<String>,
        /// The rest, or all of it.
        value: String,
        /// The value stood in quotes.
        is_quoted: bool,
        /// Something follows it: the user is not in the middle of this word.
        is_finished: bool,
    },
}

fn is_open(c: char) -> bool {
    matches!(c, '(' | '（')
}

fn is_close(c: char) -> bool {
    matches!(c, ')' | '）')
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '＂')
}

fn is_colon(c: char) -> bool {
    matches!(c, ':' | '：')
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl Lexer<'_> {
    fn peek(&self) -> Option<char> {
        self.text.get(self.at..).and_then(|rest| rest.chars().next())
    }

    fn bump(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    /// Reads to the closing quote or the end.
    fn quoted(&mut self) -> String {
        let mut value = String::new();
        self.bump();
        while let Some(c) = self.bump() {
            if is_quote(c) {
                break;
            }
            value.push(c);
        }
        value
    }

    fn word(&mut self, start: usize) -> Lexeme {
        let mut operator = None;
        let mut value = String::new();
        let mut is_quoted = false;
        while let Some(c) = self.peek() {
            if c.is_whitespace() || is_open(c) || is_close(c) {
                break;
            }
            if is_quote(c) {
                if value.is_empty() {
                    value = self.quoted();
                    is_quoted = true;
                }
                break;
            }
            self.bump();
            if is_colon(c) && operator.is_none() && !value.is_empty() {
                operator = Some(std::mem::take(&mut value));
            } else {
                value.push(c);
            }
        }
        let is_finished = self.at < self.text.len();
        Lexeme {
            range: start..self.at,
            kind: LexemeKind::Word { operator, value, is_quoted, is_finished },
        }
    }
}

/// Splits `text` into lexemes.
pub(crate) fn lex(text: &str) -> Vec<Lexeme> {
    let mut lexer = Lexer { text, at: 0 };
    let mut lexemes = Vec::new();
    while let Some(c) = lexer.peek() {
        let start = lexer.at;
        if c.is_whitespace() {
            lexer.bump();
        } else if is_open(c) || is_close(c) {
            lexer.bump();
            let kind = if is_open(c) { LexemeKind::Open } else { LexemeKind::Close };
            lexemes.push(Lexeme { range: start..lexer.at, kind });
        } else if c == '-' {
            lexer.bump();
            // A dash alone is punctuation, not a negation of what comes after the space.
            if lexer.peek().is_some_and(|next| !next.is_whitespace()) {
                lexemes.push(Lexeme { range: start..lexer.at, kind: LexemeKind::Minus });
            }
        } else {
            lexemes.push(lexer.word(start));
        }
    }
    lexemes
}
