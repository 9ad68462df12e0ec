//! Lines of a file of any size, in pieces, with a look at what follows.

use std::io::{self, BufRead as _, BufReader, Read, Seek, SeekFrom};

/// A line is looked at in pieces of this many bytes: it may be as long as the file.
pub(super) const PIECE: usize = 64 * 1024;
/// Bytes of a line that are looked at ahead: a "From " line or a field's name.
const AHEAD: usize = 1024;

/// One piece of a line.
#[derive(Debug, Default)]
pub(super) struct Piece {
    /// Its bytes, the line's end included where it is in it.
    pub(super) bytes: Vec<u8>,
    /// It is the beginning of its line.
    pub(super) is_start: bool,
}

impl Piece {
    /// Tells whether it is a whole line without anything in it.
    pub(super) fn is_blank(&self) -> bool {
        self.is_start && matches!(self.bytes.as_slice(), b"\n" | b"\r\n")
    }
}

/// A file that is read line by line.
#[derive(Debug)]
pub(super) struct Lines<R> {
    source: BufReader<R>,
    offset: u64,
    is_at_start: bool,
}

impl<R: Read + Seek> Lines<R> {
    /// Begins at an offset, which must be the beginning of a line.
    pub(super) fn new(mut source: R, offset: u64) -> io::Result<Self> {
        source.seek(SeekFrom::Start(offset))?;
        Ok(Self { source: BufReader::with_capacity(2 * PIECE, source), offset, is_at_start: true })
    }

    /// Returns how far it is.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// Reads the next piece; false at the end.
    pub(super) fn next(&mut self, piece: &mut Piece) -> io::Result<bool> {
        piece.bytes.clear();
        piece.is_start = self.is_at_start;
        self.source.by_ref().take(PIECE as u64).read_until(b'\n', &mut piece.bytes)?;
        self.offset += piece.bytes.len() as u64;
        if !piece.bytes.is_empty() {
            self.is_at_start = piece.bytes.ends_with(b"\n");
        }
        Ok(!piece.bytes.is_empty())
    }

    /// Reads up to this many bytes, whatever lines they are; fewer at the end.
    pub(super) fn bytes(&mut self, limit: u64, piece: &mut Piece) -> io::Result<()> {
        piece.bytes.clear();
        piece.is_start = self.is_at_start;
        self.source.by_ref().take(limit.min(PIECE as u64)).read_to_end(&mut piece.bytes)?;
        self.offset += piece.bytes.len() as u64;
        if !piece.bytes.is_empty() {
            self.is_at_start = piece.bytes.ends_with(b"\n");
        }
        Ok(())
    }

    /// Returns the next byte, and stays; absent at the end.
    pub(super) fn first(&mut self) -> io::Result<Option<u8>> {
        Ok(self.source.fill_buf()?.first().copied())
    }

    /// Returns the beginnings of the next two lines from here, and stays.
    pub(super) fn ahead(&mut self) -> io::Result<(Vec<u8>, Vec<u8>)> {
        self.ahead_at(0)
    }

    /// Returns the beginnings of the next two lines so many bytes from here, and stays.
    pub(super) fn ahead_at(&mut self, skip: u64) -> io::Result<(Vec<u8>, Vec<u8>)> {
        let here = self.offset;
        self.seek(here.saturating_add(skip))?;
        let (mut first, mut second) = (Vec::new(), Vec::new());
        self.source.by_ref().take(AHEAD as u64).read_until(b'\n', &mut first)?;
        self.source.by_ref().take(AHEAD as u64).read_until(b'\n', &mut second)?;
        self.offset = here.saturating_add(skip) + (first.len() + second.len()) as u64;
        self.seek(here)?;
        Ok((first, second))
    }

    /// Tells whether the file has at least so many bytes from here, and stays.
    pub(super) fn reaches(&mut self, distance: u64) -> io::Result<bool> {
        let here = self.offset;
        let end = self.source.seek(SeekFrom::End(0))?;
        self.offset = end;
        self.seek(here)?;
        Ok(end >= here.saturating_add(distance))
    }

    fn seek(&mut self, to: u64) -> io::Result<()> {
        let distance = i64::try_from(i128::from(to) - i128::from(self.offset))
            .map_err(|_| io::ErrorKind::InvalidInput)?;
        // Stays in the buffer where it can.
        self.source.seek_relative(distance)?;
        self.offset = to;
        Ok(())
    }
}
