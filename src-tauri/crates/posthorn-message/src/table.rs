//! Tables in text (RFC 4180, and what spreadsheets make of it): commas, semicolons, tabs or bars, guessed from the first lines.
//!
//! Read for looking: bounded, and nothing is an error.

/// Rows that are kept: more is looked at in a spreadsheet.
pub const MAX_ROWS: usize = 1_000;
/// Columns that are kept.
pub const MAX_COLUMNS: usize = 60;
/// Characters of one cell that are kept.
const MAX_CELL: usize = 500;
/// Lines that the separator is guessed from.
const GUESSED_FROM: usize = 20;
/// What separates cells, the likeliest first.
const SEPARATORS: [char; 4] = [',', ';', '\t', '|'];

/// A table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// Rows of cells; rows may have different lengths.
    pub rows: Vec<Vec<String>>,
    /// There were more rows, columns or letters than are kept.
    pub is_cut: bool,
}

/// Reads a table.
pub fn table(text: &str) -> Table {
    let (separator, text) = separator(text.trim_start_matches('\u{feff}'));
    let mut reading = Reading::default();
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        match c {
            '"' if reading.is_quoted && letters.peek() == Some(&'"') => {
                letters.next();
                reading.push('"');
            }
            '"' if reading.is_quoted => reading.is_quoted = false,
            '"' if reading.cell.is_empty() => reading.is_quoted = true,
            '\r' | '\n' if !reading.is_quoted => {
                if c == '\r' && letters.peek() == Some(&'\n') {
                    letters.next();
                }
                if !reading.end_row() {
                    return reading.table;
                }
            }
            _ if c == separator && !reading.is_quoted => reading.end_cell(),
            _ => reading.push(c),
        }
    }
    reading.end_row();
    reading.table
}

#[derive(Default)]
struct Reading {
    table: Table,
    row: Vec<String>,
    cell: String,
    /// Characters of the cell, those that are not kept too.
    length: usize,
    is_quoted: bool,
}

impl Reading {
    fn push(&mut self, c: char) {
        self.length += 1;
        if self.length <= MAX_CELL {
            self.cell.push(c);
        } else {
            self.table.is_cut = true;
        }
    }

    fn end_cell(&mut self) {
        let cell = std::mem::take(&mut self.cell);
        self.length = 0;
        if self.row.len() < MAX_COLUMNS {
            self.row.push(cell);
        } else {
            self.table.is_cut = true;
        }
    }

    /// Ends a row; false when no more are kept.
    fn end_row(&mut self) -> bool {
        self.is_quoted = false;
        if self.row.is_empty() && self.cell.is_empty() {
            return true;
        }
        if self.table.rows.len() >= MAX_ROWS {
            self.table.is_cut = true;
            return false;
        }
        self.end_cell();
        self.table.rows.push(std::mem::take(&mut self.row));
        true
    }
}

/// Guesses what separates cells: what stands in most lines equally often. Excel writes it into a line of its own.
fn separator(text: &str) -> (char, &str) {
    if let Some((first, rest)) = text.split_once('\n')
        && let Some(told) = first.trim().strip_prefix("sep=")
    {
        return (told.chars().next().unwrap_or('\t'), rest);
    }
    let lines: Vec<&str> =
        text.lines().filter(|line| !line.is_empty()).take(GUESSED_FROM).collect();
    let score = |separator: char| {
        let counts: Vec<usize> = lines.iter().map(|line| outside_quotes(line, separator)).collect();
        let first = counts.first().copied().unwrap_or_default();
        let same = counts.iter().filter(|count| **count == first && first > 0).count();
        (same, first)
    };
    let best = SEPARATORS.into_iter().rev().max_by_key(|separator| score(*separator));
    (best.unwrap_or(','), text)
}

fn outside_quotes(line: &str, separator: char) -> usize {
    let mut is_quoted = false;
    line.chars()
        .filter(|c| {
            is_quoted ^= *c == '"';
            *c == separator && !is_quoted
        })
        .count()
}

#[cfg(test)]
mod tests {
    use super::{MAX_CELL, MAX_COLUMNS, MAX_ROWS, table};

    #[test]
    fn tables_are_read_as_spreadsheets_write_them() {
        for (text, rows) in [
            ("a,b\n1,2\n", vec![vec!["a", "b"], vec!["1", "2"]]),
            ("a;b\r\n1,5;2,5\r\n", vec![vec!["a", "b"], vec!["1,5", "2,5"]]),
            ("sep=|\na|b,c\n", vec![vec!["a", "b,c"]]),
            ("\u{feff}名\t数\n林\t2", vec![vec!["名", "数"], vec!["林", "2"]]),
            ("\"a, \"\"b\"\"\",\"two\nlines\"\n", vec![vec!["a, \"b\"", "two\nlines"]]),
            ("a,,\n\n,b", vec![vec!["a", "", ""], vec!["", "b"]]),
            ("one\ntwo\n", vec![vec!["one"], vec!["two"]]),
            ("5\" pipe,x", vec![vec!["5\" pipe", "x"]]),
            ("", vec![]),
        ] {
            let read = table(text);
            assert_eq!(read.rows, rows, "{text:?}");
            assert!(!read.is_cut);
        }
    }

    #[test]
    fn large_tables_are_cut_and_say_so() {
        let long = "a,b\n".repeat(MAX_ROWS + 1);
        let wide = "a,".repeat(MAX_COLUMNS + 5);
        let deep = "x".repeat(MAX_CELL + 1);
        let open = format!("\"{}", "y\n".repeat(MAX_CELL * 3));
        for text in [long.as_str(), &wide, &deep, &open] {
            let read = table(text);
            assert!(read.is_cut && read.rows.len() <= MAX_ROWS);
            assert!(read.rows.iter().all(|row| row.len() <= MAX_COLUMNS));
            assert!(read.rows.iter().flatten().all(|cell| cell.chars().count() <= MAX_CELL));
        }
        assert!(!table(&"a,b\n".repeat(MAX_ROWS)).is_cut);
    }
}
