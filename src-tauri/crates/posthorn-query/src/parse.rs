//! Lexemes to a [`Query`], and tokens for the chips.
//!
//! ```text
//! query  = group*                 juxtaposition is AND
//! group  = unary ("OR" unary)*    OR binds tighter, as in Gmail
//! unary  = ("-" | "NOT")* (term | "(" query ")")
//! term   = word | "phrase" | operator ":" value | field ":(" query ")"
//! ```

use std::ops::Range;

use crate::ast::{Field, Query, Term};
use crate::day::Now;
use crate::lex::{Lexeme, LexemeKind, lex};
use crate::operator::{Operator, named};

/// Bytes of a search that are read; nobody types more, and a pasted mail should not become ten thousand conditions.
pub const MAX_QUERY_BYTES: usize = 4_096;
/// Conditions that are kept; each is a lookup in the index.
pub const MAX_TERMS: usize = 64;
/// Depth of parentheses; deeper ones are ignored. The parser recurses once per level.
pub const MAX_DEPTH: usize = 16;

/// Something to tell the user beside the result; never an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hint {
    /// There is no such operator; it was searched as text.
    UnknownOperator(String),
    /// The operator does not take this value; it was searched as text.
    BadValue {
        /// Operator as typed.
        operator: String,
        /// Value as typed.
        value: String,
    },
    /// The operator has no value yet; it was left out.
    Incomplete(String),
    /// What came after [`MAX_QUERY_BYTES`] or [`MAX_TERMS`] was left out.
    TooLong,
}

/// What a token is, for the look of its chip.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// A word.
    Word,
    /// Words in quotes.
    Phrase,
    /// An operator with its value.
    Operator,
    /// An operator without a value yet.
    Incomplete,
    /// An operator that is not known, or a value that makes no sense: searched as text.
    Unknown,
    /// `-`, `NOT`.
    Not,
    /// `OR`, `|`.
    Or,
    /// A parenthesis.
    Parenthesis,
}

/// A piece of the input with a meaning of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Byte range in the input; on character boundaries.
    pub range: Range<usize>,
    /// What it is.
    pub kind: TokenKind,
}

/// A search that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parsed {
    /// What it asks for.
    pub query: Query,
    /// Its pieces in order, without white space.
    pub tokens: Vec<Token>,
    /// What to tell the user, in order; empty as a rule.
    pub hints: Vec<Hint>,
}

/// Reads what a person typed. Never fails.
pub fn parse(text: &str, now: Now) -> Parsed {
    let mut read = text;
    let mut hints = Vec::new();
    if text.len() > MAX_QUERY_BYTES {
        let end = (0..=MAX_QUERY_BYTES).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        read = text.get(..end).unwrap_or_default();
        hints.push(Hint::TooLong);
    }
    let lexemes = lex(read);
    let mut parser = Parser { lexemes: &lexemes, at: 0, now, tokens: Vec::new(), hints, terms: 0 };
    let mut members = Vec::new();
    while parser.at < lexemes.len() {
        members.push(parser.sequence(Field::Any, 0));
        // A closing parenthesis that nothing opened ends a sequence; it means nothing.
        parser.skip_close();
    }
    Parsed { query: Query::and(members), tokens: parser.tokens, hints: parser.hints }
}

struct Parser<'a> {
    lexemes: &'a [Lexeme],
    at: usize,
    now: Now,
    tokens: Vec<Token>,
    hints: Vec<Hint>,
    terms: usize,
}

/// A connective or negation written as a word.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keyword {
    And,
    Or,
    Not,
}

fn keyword(lexeme: &Lexeme) -> Option<Keyword> {
    match &lexeme.kind {
        LexemeKind::Word { operator: None, value, is_quoted: false, .. } => match value.as_str() {
            "AND" => Some(Keyword::And),
            "OR" | "|" => Some(Keyword::Or),
            "NOT" => Some(Keyword::Not),
            _ => None,
        },
        _ => None,
    }
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Lexeme> {
        self.lexemes.get(self.at)
    }

    fn token(&mut self, range: Range<usize>, kind: TokenKind) {
        self.tokens.push(Token { range, kind });
    }

    fn skip_close(&mut self) {
        if let Some(Lexeme { range, kind: LexemeKind::Close }) = self.peek() {
            let range = range.clone();
            self.token(range, TokenKind::Parenthesis);
            self.at += 1;
        }
    }

    /// Reads groups up to a closing parenthesis or the end.
    fn sequence(&mut self, field: Field, depth: usize) -> Query {
        let mut members = Vec::new();
        while let Some(lexeme) = self.peek() {
            if lexeme.kind == LexemeKind::Close {
                break;
            }
            members.push(self.group(field, depth));
        }
        Query::and(members)
    }

    fn group(&mut self, field: Field, depth: usize) -> Query {
        let mut members = vec![self.unary(field, depth)];
        while let Some(lexeme) = self.peek() {
            if keyword(lexeme) != Some(Keyword::Or) {
                break;
            }
            let range = lexeme.range.clone();
            self.token(range, TokenKind::Or);
            self.at += 1;
            members.push(self.unary(field, depth));
        }
        Query::or(members)
    }

    /// Reads one condition with its negations. Always moves on, unless a closing parenthesis or the end is next.
    fn unary(&mut self, field: Field, depth: usize) -> Query {
        let mut is_negated = false;
        while let Some(lexeme) = self.peek() {
            let range = lexeme.range.clone();
            let word = keyword(lexeme);
            match &lexeme.kind {
                LexemeKind::Close => break,
                LexemeKind::Minus => {
                    self.token(range, TokenKind::Not);
                    self.at += 1;
                    is_negated = !is_negated;
                }
                LexemeKind::Open => {
                    self.token(range, TokenKind::Parenthesis);
                    self.at += 1;
                    let inner = self.parenthesis(field, depth);
                    return if is_negated { Query::not(inner) } else { inner };
                }
                LexemeKind::Word { .. } if word == Some(Keyword::Not) => {
                    self.token(range, TokenKind::Not);
                    self.at += 1;
                    is_negated = !is_negated;
                }
                LexemeKind::Word { .. } if word.is_some() => {
                    let kind =
                        if word == Some(Keyword::Or) { TokenKind::Or } else { TokenKind::Word };
                    self.token(range, kind);
                    self.at += 1;
                }
                LexemeKind::Word { .. } => {
                    let inner = self.word(field, depth);
                    return if is_negated { Query::not(inner) } else { inner };
                }
            }
        }
        Query::All
    }

    fn parenthesis(&mut self, field: Field, depth: usize) -> Query {
        if depth >= MAX_DEPTH {
            return Query::All;
        }
        let inner = self.sequence(field, depth + 1);
        self.skip_close();
        inner
    }

    fn word(&mut self, field: Field, depth: usize) -> Query {
        let Some(Lexeme {
            range,
            kind: LexemeKind::Word { operator, value, is_quoted, is_finished },
        }) = self.peek().cloned()
        else {
            return Query::All;
        };
        self.at += 1;
        let typed = Typed { range, value, is_quoted, is_finished };
        match operator {
            None => self.plain(field, typed),
            Some(name) => self.operator(&name, field, depth, typed),
        }
    }

    fn operator(&mut self, name: &str, field: Field, depth: usize, typed: Typed) -> Query {
        let Some(operator) = named(name) else {
            // `http://…` and `Re:` are no operators that somebody misspelt, but the text is searched all the same.
            self.hints.push(Hint::UnknownOperator(name.to_owned()));
            return self.unknown(name, field, typed);
        };
        if typed.value.is_empty() {
            if let (Operator::Text(inner), Some(LexemeKind::Open)) =
                (operator, self.peek().map(|next| &next.kind))
            {
                let open = self.peek().map_or(typed.range.clone(), |next| next.range.clone());
                self.token(typed.range, TokenKind::Operator);
                self.token(open, TokenKind::Parenthesis);
                self.at += 1;
                return self.parenthesis(inner, depth);
            }
            self.token(typed.range, TokenKind::Incomplete);
            self.hints.push(Hint::Incomplete(name.to_owned()));
            return Query::All;
        }
        if let Operator::Text(inner) = operator {
            return self.text(inner, typed, TokenKind::Operator);
        }
        if let Some(term) = operator.term(&typed.value, self.now) {
            return self.term(typed.range, TokenKind::Operator, term);
        }
        self.hints.push(Hint::BadValue { operator: name.to_owned(), value: typed.value.clone() });
        self.unknown(name, field, typed)
    }

    fn unknown(&mut self, name: &str, field: Field, mut typed: Typed) -> Query {
        typed.value = format!("{name}:{}", typed.value);
        self.text(field, typed, TokenKind::Unknown)
    }

    fn plain(&mut self, field: Field, typed: Typed) -> Query {
        let kind = if typed.is_quoted { TokenKind::Phrase } else { TokenKind::Word };
        self.text(field, typed, kind)
    }

    fn text(&mut self, field: Field, typed: Typed, kind: TokenKind) -> Query {
        let is_starred = !typed.is_quoted && typed.value.ends_with('*');
        let text = if is_starred { typed.value.trim_end_matches('*') } else { typed.value.trim() };
        if text.is_empty() {
            self.token(typed.range, kind);
            return Query::All;
        }
        let is_prefix = !typed.is_quoted && (is_starred || !typed.is_finished);
        let term =
            Term::Text { field, text: text.to_owned(), is_phrase: typed.is_quoted, is_prefix };
        self.term(typed.range, kind, term)
    }

    fn term(&mut self, range: Range<usize>, kind: TokenKind, term: Term) -> Query {
        self.token(range, kind);
        self.terms += 1;
        if self.terms > MAX_TERMS {
            if !self.hints.contains(&Hint::TooLong) {
                self.hints.push(Hint::TooLong);
            }
            return Query::All;
        }
        Query::Term(term)
    }
}

/// A word as the lexer gave it.
struct Typed {
    range: Range<usize>,
    value: String,
    is_quoted: bool,
    is_finished: bool,
}

#[cfg(test)]
mod tests;
