//! The words that the full-text index holds, and the questions that are put to it.
//!
//! Both sides use one tokeniser: NFKC, lower case, runs of letters and digits. Scripts that are written without spaces
//! (Chinese, Japanese, Korean, Thai, Lao, Khmer, Burmese) become overlapping pairs with a trailing single letter, so
//! that two letters are found anywhere and one letter by its beginning. SQLite's `unicode61 remove_diacritics 2`, which
//! reads the result, removes the accents.
//!
//! Invariant: what a user types reaches MATCH only inside quotes, and only letters and digits reach the quotes.

use std::collections::HashSet;

use foldhash::fast::RandomState;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::ast::Field;

/// Bytes of one text that are indexed: more than any letter, less than a log file that somebody mailed.
pub const MAX_TEXT_BYTES: usize = 512 * 1024;
/// Words of one text that are indexed; keeps one hostile message from costing what a thousand others do.
pub const MAX_TOKENS: usize = 60_000;
/// Characters of one word that are kept: longer runs are base64 or keys, found by their beginning.
pub const MAX_TOKEN_CHARS: usize = 48;
/// Words of one question; the rest is left out. A pasted paragraph finds its mail with fewer.
pub const MAX_QUERY_TOKENS: usize = 32;
/// A prefix of fewer letters is looked up in the table of heads alone: in bodies it would cost seconds.
pub const MIN_BODY_PREFIX: usize = 4;

/// Returns the words of `text`, joined by spaces, as the index stores them.
pub fn index_text(text: &str) -> String {
    let text = cut(text);
    let mut joined = Joined::new(text.len());
    if text.is_ascii() {
        joined.plain(text);
        return joined.finish();
    }
    // White space joins with no accent behind it, so that what stands between can be read by itself: even where not
    // all is plain ASCII most of it is.
    for piece in text.split_ascii_whitespace() {
        if piece.is_ascii() {
            joined.plain(piece);
        } else {
            Runs::new(piece).for_each(|run| run.index(&mut |token| joined.push(token.as_bytes())));
        }
        if joined.budget == 0 {
            break;
        }
    }
    joined.finish()
}

/// Words on their way into the index.
struct Joined {
    /// UTF-8: only whole words are put in, or plain ASCII.
    words: Vec<u8>,
    /// Words that may still come.
    budget: usize,
}

impl Joined {
    fn new(bytes: usize) -> Self {
        Self { words: Vec::with_capacity(bytes + 16), budget: MAX_TOKENS }
    }

    fn push(&mut self, word: &[u8]) {
        if self.budget == 0 {
            return;
        }
        self.budget -= 1;
        if !self.words.is_empty() {
            self.words.push(b' ');
        }
        self.words.extend_from_slice(word);
    }

    /// Adds the words of plain ASCII, as [`Runs`] would find them.
    fn plain(&mut self, text: &str) {
        let begin = self.words.len();
        let words = text.as_bytes().split(|byte| !byte.is_ascii_alphanumeric());
        for word in words.filter(|word| !word.is_empty()) {
            self.push(word.get(..MAX_TOKEN_CHARS).unwrap_or(word));
        }
        self.words.get_mut(begin..).unwrap_or_default().make_ascii_lowercase();
    }

    fn finish(self) -> String {
        String::from_utf8(self.words).unwrap_or_default()
    }
}

/// Returns what is read of a text.
fn cut(text: &str) -> &str {
    if text.len() <= MAX_TEXT_BYTES {
        return text;
    }
    let end = (0..=MAX_TEXT_BYTES).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    text.get(..end).unwrap_or_default()
}

/// Letters of the beginnings that are kept beside the words; shorter ones are looked up in heads, longer ones begin few
/// words.
pub const BEGINNINGS: [usize; 2] = [MIN_BODY_PREFIX, MIN_BODY_PREFIX + 1];
// What `Beginnings::plain` packs into a number.
const _: () = assert!(BEGINNINGS[0] == 4 && BEGINNINGS[1] == 5);

/// Returns the beginnings of words, each once, joined by spaces: of [`BEGINNINGS`] letters, and the first letter of what
/// is written without spaces. `indexed` is what [`index_text`] returned.
pub fn beginnings<'a>(indexed: impl IntoIterator<Item = &'a str>) -> String {
    let mut all = Beginnings::default();
    for word in indexed.into_iter().flat_map(|text| text.split(' ')) {
        if word.is_ascii() {
            all.plain(word);
        } else {
            all.other(word);
        }
    }
    all.joined
}

/// Beginnings, each once.
#[derive(Default)]
struct Beginnings<'a> {
    /// Those of plain ASCII, their letters as a number; where one of five letters is, that of four is too.
    plain: HashSet<u64, RandomState>,
    others: HashSet<&'a str, RandomState>,
    joined: String,
}

impl<'a> Beginnings<'a> {
    fn plain(&mut self, word: &str) {
        let Some(four) = word.as_bytes().first_chunk::<4>() else { return };
        let key = u64::from(u32::from_le_bytes(*four));
        let five = word.as_bytes().get(4);
        let has_five = five.is_some_and(|five| self.plain.insert(key | u64::from(*five) << 32));
        if five.is_some() && !has_five {
            return;
        }
        if self.plain.insert(key) {
            self.push(word.get(..4).unwrap_or_default());
        }
        if has_five {
            self.push(word.get(..5).unwrap_or_default());
        }
    }

    fn other(&mut self, word: &'a str) {
        for length in BEGINNINGS {
            let beginning =
                if word.starts_with(is_dense) { first(word, 1) } else { first(word, length) };
            let Some(beginning) = beginning else { continue };
            // Of a word with one accent the first letters may still be plain ones.
            if beginning.is_ascii() {
                self.plain(beginning);
            } else if self.others.insert(beginning) {
                self.push(beginning);
            }
        }
    }

    fn push(&mut self, beginning: &str) {
        if !self.joined.is_empty() {
            self.joined.push(' ');
        }
        self.joined.push_str(beginning);
    }
}

/// Returns the first letters of a word with the accents on them; absent where it has fewer.
fn first(word: &str, letters: usize) -> Option<&str> {
    if word.is_ascii() {
        return word.get(..letters);
    }
    let mut count = 0;
    for (at, letter) in word.char_indices() {
        if count == letters && !is_combining_mark(letter) {
            return word.get(..at);
        }
        count += usize::from(!is_combining_mark(letter));
    }
    (count == letters && !word.is_empty()).then_some(word)
}

/// Returns whether SQLite's tokeniser takes a word as one, letter for letter: Latin, Greek, Cyrillic, or one letter of a
/// script without spaces. Of other scripts it splits some words at their vowel signs.
fn is_one_word(word: &str) -> bool {
    let is_plain = |letter: char| {
        letter.is_ascii_alphanumeric()
            || (letter.is_alphabetic()
                && matches!(u32::from(letter), 0x00C0..=0x024F | 0x0386..=0x0481 | 0x048A..=0x052F))
    };
    word.chars().all(is_plain) || (word.starts_with(is_dense) && word.chars().count() == 1)
}

/// One question to the index: consecutive words in a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextMatch {
    /// Where to look.
    pub field: Field,
    /// Words in order, as the index holds them; never empty. More than one means: directly after each other.
    pub tokens: Vec<String>,
    /// The last word is only the beginning of one.
    pub is_prefix: bool,
    /// It stood in quotes.
    pub is_phrase: bool,
    /// Letters of the last word where it is still being typed and too short for the bodies.
    is_too_short_for_bodies: bool,
}

impl TextMatch {
    /// Returns the question for a word or phrase; `None` when there is no letter or digit in it.
    pub fn new(field: Field, text: &str, is_phrase: bool, is_prefix: bool) -> Option<Self> {
        let runs: Vec<Run> = Runs::new(text).take(MAX_QUERY_TOKENS).collect();
        let mut tokens = Vec::new();
        for (index, run) in runs.iter().enumerate() {
            run.query(index + 1 == runs.len(), &mut tokens);
        }
        tokens.truncate(MAX_QUERY_TOKENS);
        let last = runs.last()?;
        let letters = last.letters.chars().count();
        // One letter of Chinese stands for every pair that it begins; two are already a whole entry of the index.
        let is_prefix = if last.is_dense { letters == 1 } else { is_prefix };
        let is_too_short_for_bodies =
            is_prefix && tokens.len() == 1 && letters < MIN_BODY_PREFIX && !last.is_dense;
        Some(Self { field, tokens, is_prefix, is_phrase, is_too_short_for_bodies })
    }

    /// Tells whether the table of heads can answer.
    pub fn asks_head(&self) -> bool {
        self.field != Field::Body
    }

    /// Tells whether the table of bodies is to be asked: not for heads' fields, and not for a prefix of one to three letters.
    pub fn asks_body(&self) -> bool {
        matches!(self.field, Field::Any | Field::Body) && !self.is_too_short_for_bodies
    }

    /// Returns the beginning to look up among the kept ones ([`beginnings`]), where it is one and the whole question.
    pub fn kept_beginning(&self) -> Option<&str> {
        let [only] = self.tokens.as_slice() else { return None };
        if !(self.is_prefix && self.field == Field::Any && is_one_word(only)) {
            return None;
        }
        let is_kept = only.starts_with(is_dense) || BEGINNINGS.contains(&only.chars().count());
        is_kept.then_some(only)
    }

    /// Returns the beginning that known words can stand in for: of at least as many letters as bodies are asked for, and
    /// spelled in the index as it is typed.
    pub fn known_beginning(&self) -> Option<&str> {
        let last = self.tokens.last()?;
        let is_known = if last.is_ascii() {
            last.len() >= MIN_BODY_PREFIX
        } else {
            last.starts_with(is_dense) && is_one_word(last)
        };
        (self.is_prefix && is_known).then_some(last)
    }

    /// Returns the MATCH expression where the last word, of which the beginning was typed, is one of `words`.
    pub fn expression_of(&self, columns: &[&str], words: &[String]) -> String {
        let before = self.tokens.split_last().map_or(String::new(), |(_, before)| before.join(" "));
        let phrase = |word: &String| quoted(format!("{before} {word}").trim_start());
        let phrases: Vec<String> = words.iter().map(phrase).collect();
        format!("{}({})", limited_to(columns), phrases.join(" OR "))
    }

    /// Returns the MATCH expression, limited to `columns` of the table (all columns when empty).
    pub fn expression(&self, columns: &[&str]) -> String {
        let mut expression = limited_to(columns);
        expression.push_str(&quoted(&self.tokens.join(" ")));
        if self.is_prefix {
            expression.push_str(" *");
        }
        expression
    }
}

/// Returns what limits an expression to columns; nothing for all.
fn limited_to(columns: &[&str]) -> String {
    if columns.is_empty() { String::new() } else { format!("{{{}}} : ", columns.join(" ")) }
}

/// Returns a string of the MATCH language that means `text` literally.
pub fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\0', " ").replace('"', "\"\""))
}

/// A run of letters and digits of one kind.
#[derive(Debug, PartialEq, Eq)]
struct Run {
    letters: String,
    /// Written without spaces between words.
    is_dense: bool,
}

impl Run {
    /// Gives the words that the index holds for this run.
    fn index(&self, emit: &mut impl FnMut(&str)) {
        if self.is_dense {
            self.pairs(emit);
            if let Some((at, _)) = self.letters.char_indices().next_back() {
                emit(self.letters.get(at..).unwrap_or_default());
            }
        } else {
            emit(&self.letters);
        }
    }

    /// Gives the words to ask for. The trailing single letter is asked only where something follows directly.
    fn query(&self, is_last: bool, tokens: &mut Vec<String>) {
        let is_single = self.letters.chars().count() == 1;
        if self.is_dense && is_last && !is_single {
            self.pairs(&mut |token| tokens.push(token.to_owned()));
        } else {
            self.index(&mut |token| tokens.push(token.to_owned()));
        }
    }

    fn pairs(&self, emit: &mut impl FnMut(&str)) {
        let mut starts = self.letters.char_indices().map(|(at, _)| at).chain([self.letters.len()]);
        let (mut first, mut second) = (starts.next(), starts.next());
        for end in starts {
            if let Some(pair) = first.and_then(|start| self.letters.get(start..end)) {
                emit(pair);
            }
            first = second;
            second = Some(end);
        }
    }
}

struct Runs<I: Iterator<Item = char>> {
    chars: std::iter::Peekable<I>,
}

impl<'a> Runs<Box<dyn Iterator<Item = char> + 'a>> {
    fn new(text: &'a str) -> Self {
        let text = cut(text);
        let chars: Box<dyn Iterator<Item = char> + 'a> = if text.is_ascii() {
            Box::new(text.chars().map(|c| c.to_ascii_lowercase()))
        } else {
            Box::new(text.nfkc().flat_map(char::to_lowercase))
        };
        Self { chars: chars.peekable() }
    }
}

impl<I: Iterator<Item = char>> Iterator for Runs<I> {
    type Item = Run;

    fn next(&mut self) -> Option<Run> {
        while self.chars.next_if(|c| !is_letter(*c)).is_some() {}
        let is_dense = is_dense(*self.chars.peek()?);
        let mut letters = String::new();
        let mut count = 0;
        // Dense runs are cut as well, so that a page of Chinese without any stop costs no more memory than a word.
        while let Some(c) = self
            .chars
            .next_if(|c| is_letter(*c) && self::is_dense(*c) == is_dense || is_combining_mark(*c))
        {
            // SQLite's tokeniser would split at the vowel signs of Thai and its relatives: they are left out on both sides.
            if is_dense && is_combining_mark(c) {
                continue;
            }
            count += 1;
            if is_dense || count <= MAX_TOKEN_CHARS {
                letters.push(c);
            }
        }
        if letters.is_empty() { self.next() } else { Some(Run { letters, is_dense }) }
    }
}

fn is_letter(c: char) -> bool {
    c.is_alphanumeric() && !(is_dense(c) && is_combining_mark(c))
}

/// Tells whether the letter belongs to a script that is written without spaces between words.
fn is_dense(c: char) -> bool {
    matches!(u32::from(c),
        0x0E00..=0x0EFF       // Thai, Lao
        | 0x1000..=0x109F     // Burmese
        | 0x1100..=0x11FF     // Hangul letters
        | 0x1780..=0x17FF     // Khmer
        | 0x3005 | 0x3007     // iteration mark, zero
        | 0x3040..=0x30FF     // Hiragana, Katakana
        | 0x3100..=0x318F     // Bopomofo, Hangul letters
        | 0x31A0..=0x31FF
        | 0x3400..=0x4DBF     // Han
        | 0x4E00..=0x9FFF
        | 0xAC00..=0xD7AF     // Hangul syllables
        | 0xF900..=0xFAFF
        | 0x20000..=0x3FFFF)
}

#[cfg(test)]
mod tests;
