//! Sets of uids as ranges: what a server says in six bytes (`1:4294967295`) never becomes gigabytes.

use std::fmt;

use posthorn_model::Uid;

use crate::limit::{MAX_RANGES, MAX_SET_TEXT};
use crate::{Error, Result};

/// A set of uids (or of message numbers) as ascending, disjoint, never adjacent ranges. Zero is never in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct UidSet {
    /// Invariant: ascending; a gap of at least one between neighbours.
    ranges: Vec<(u32, u32)>,
}

impl UidSet {
    /// Returns the empty set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns the set from `first` to `last`, in either order.
    pub fn range(first: Uid, last: Uid) -> Self {
        Self::from_ranges(vec![(first.0, last.0)])
    }

    /// Returns the union of ranges in any order, each in either direction.
    pub fn from_ranges(mut ranges: Vec<(u32, u32)>) -> Self {
        for (low, high) in &mut ranges {
            if low > high {
                std::mem::swap(low, high);
            }
            *low = (*low).max(1);
        }
        ranges.retain(|(low, high)| low <= high);
        ranges.sort_unstable();
        // In place: a list of millions is not held twice.
        ranges.dedup_by(|next, last| {
            let joins = next.0 <= last.1.saturating_add(1);
            if joins {
                last.1 = last.1.max(next.1);
            }
            joins
        });
        Self { ranges }
    }

    /// Reads `1:3,7,12:9` (RFC 9051 `sequence-set` without `*`); nothing if it is anything else.
    pub fn parse(text: &[u8]) -> Option<Self> {
        parse_ranges(text).map(Self::from_ranges)
    }

    /// Returns the ranges, ascending, both ends included.
    pub fn ranges(&self) -> impl DoubleEndedIterator<Item = (Uid, Uid)> + '_ {
        self.ranges.iter().map(|(low, high)| (Uid(*low), Uid(*high)))
    }

    /// Returns the uids one by one, ascending. A hostile set has 2^32 of them: look at [`Self::len`] first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = Uid> + '_ {
        self.ranges.iter().flat_map(|(low, high)| (*low..=*high).map(Uid))
    }

    /// Returns how many uids the set holds.
    pub fn len(&self) -> u64 {
        self.ranges.iter().map(|(low, high)| u64::from(high - low) + 1).sum()
    }

    /// Tells whether the set holds nothing.
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// Tells whether the set holds `uid`.
    pub fn contains(&self, uid: Uid) -> bool {
        let at = self.ranges.partition_point(|(_, high)| *high < uid.0);
        self.ranges.get(at).is_some_and(|(low, _)| *low <= uid.0)
    }

    /// Returns how many octets of memory its ranges hold.
    pub(crate) fn memory(&self) -> usize {
        self.ranges.len() * size_of::<(u32, u32)>()
    }

    /// Returns the lowest uid.
    pub fn min(&self) -> Option<Uid> {
        self.ranges.first().map(|range| Uid(range.0))
    }

    /// Returns the highest uid.
    pub fn max(&self) -> Option<Uid> {
        self.ranges.last().map(|range| Uid(range.1))
    }

    /// Adds everything of `other`.
    pub fn extend(&mut self, other: &Self) {
        if other.is_empty() {
            return;
        }
        let mut ranges = std::mem::take(&mut self.ranges);
        ranges.extend_from_slice(&other.ranges);
        *self = Self::from_ranges(ranges);
    }

    /// Returns what is in this set and not in `other`.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        let mut left = Vec::new();
        let mut holes = other.ranges.iter().copied().peekable();
        for (mut low, high) in self.ranges.iter().copied() {
            let mut used_up = false;
            while let Some((hole_low, hole_high)) = holes.peek().copied() {
                if hole_high < low {
                    holes.next();
                    continue;
                }
                if hole_low > high {
                    break;
                }
                if hole_low > low {
                    left.push((low, hole_low - 1));
                }
                if hole_high >= high {
                    used_up = true;
                    break;
                }
                low = hole_high + 1;
                holes.next();
            }
            if !used_up {
                left.push((low, high));
            }
        }
        Self { ranges: left }
    }

    /// Returns what is in both sets.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        self.difference(&self.difference(other))
    }

    /// Splits the set, ascending, into sets that fit into one command each (RFC 7162 section 4) and hold at most
    /// `max_uids`. Reverse the iterator's collection to go newest first.
    pub fn pieces(&self, max_uids: u32) -> Vec<Self> {
        let max_uids = max_uids.max(1);
        let mut pieces = Vec::new();
        let (mut ranges, mut uids, mut text) = (Vec::new(), 0, 0);
        for (mut low, high) in self.ranges.iter().copied() {
            loop {
                let take = (high - low).min(max_uids - 1 - uids);
                let end = low + take;
                ranges.push((low, end));
                uids += take + 1;
                text += digits(low) + 1 + if end > low { digits(end) + 1 } else { 0 };
                // A range that comes next has at most 22 characters with its comma.
                if uids >= max_uids || text + 22 > MAX_SET_TEXT {
                    pieces.push(Self { ranges: std::mem::take(&mut ranges) });
                    (uids, text) = (0, 0);
                }
                if end == high {
                    break;
                }
                low = end + 1;
            }
        }
        if !ranges.is_empty() {
            pieces.push(Self { ranges });
        }
        pieces
    }
}

/// Adds up sets that come one after the other, however many: sorted once, not at each.
#[derive(Debug, Default)]
pub(crate) struct UidSum(Vec<(u32, u32)>);

impl UidSum {
    /// Adds a set; an error where there are more ranges than any mailbox needs.
    pub(crate) fn add(&mut self, set: &UidSet) -> Result<()> {
        self.0.extend_from_slice(&set.ranges);
        if self.0.len() > 2 * MAX_RANGES {
            self.0 = UidSet::from_ranges(std::mem::take(&mut self.0)).ranges;
            if self.0.len() > MAX_RANGES {
                return Err(Error::Limit { what: "set of uids", limit: MAX_RANGES as u64 });
            }
        }
        Ok(())
    }

    /// Returns everything that was added.
    pub(crate) fn into_set(self) -> UidSet {
        UidSet::from_ranges(self.0)
    }
}

fn digits(number: u32) -> usize {
    number.checked_ilog10().unwrap_or_default() as usize + 1
}

impl FromIterator<Uid> for UidSet {
    fn from_iter<I: IntoIterator<Item = Uid>>(uids: I) -> Self {
        Self::from_ranges(uids.into_iter().map(|uid| (uid.0, uid.0)).collect())
    }
}

impl From<Uid> for UidSet {
    fn from(uid: Uid) -> Self {
        Self::range(uid, uid)
    }
}

impl fmt::Display for UidSet {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (low, high)) in self.ranges.iter().enumerate() {
            let comma = if at == 0 { "" } else { "," };
            if low == high {
                write!(formatter, "{comma}{low}")?;
            } else {
                write!(formatter, "{comma}{low}:{high}")?;
            }
        }
        Ok(())
    }
}

/// Reads the ranges of a set in the order in which they stand, each still in its direction. Nothing where there are more
/// than any mailbox needs.
pub(crate) fn parse_ranges(text: &[u8]) -> Option<Vec<(u32, u32)>> {
    let text = std::str::from_utf8(text).ok()?;
    if commas(text) > MAX_RANGES {
        return None;
    }
    text.split(',')
        .map(|member| match member.split_once(':') {
            Some((first, last)) => Some((number(first)?, number(last)?)),
            None => number(member).map(|one| (one, one)),
        })
        .collect()
}

fn commas(text: &str) -> usize {
    text.bytes().filter(|byte| *byte == b',').count()
}

fn number(text: &str) -> Option<u32> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests;
