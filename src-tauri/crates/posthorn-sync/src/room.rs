//! How much room the disk has. The download of bodies stops before it is full; heads go on.

use std::path::PathBuf;

use crate::limit::{ROOM_BYTES, ROOM_PART};

/// Bytes of the disk on which the store lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Space {
    /// Bytes that may still be written.
    pub free: u64,
    /// Bytes in all.
    pub total: u64,
}

impl Space {
    /// Tells whether there is room for more bodies: 5 % and 2 GB are left to everything else on the computer.
    pub fn is_enough(self) -> bool {
        self.free >= ROOM_BYTES && self.free as f64 >= self.total as f64 * ROOM_PART
    }
}

/// Measures the disk.
pub trait Room: Send + Sync + std::fmt::Debug {
    /// Returns the space. Absent when the system does not tell: then there is room until a write fails.
    fn measure(&self) -> Option<Space>;
}

/// The disk on which a folder lies.
#[derive(Clone, Debug)]
pub struct DiskRoom {
    /// A folder that exists.
    pub folder: PathBuf,
}

impl Room for DiskRoom {
    fn measure(&self) -> Option<Space> {
        let stats = fs4::statvfs(&self.folder).ok()?;
        Some(Space { free: stats.available_space(), total: stats.total_space() })
    }
}

#[cfg(test)]
mod tests {
    use super::{DiskRoom, Room, Space};

    #[test]
    fn little_room_is_noticed_on_small_and_large_disks() {
        const GB: u64 = 1 << 30;
        let table =
            [(3, 40, true), (1, 40, false), (3, 1000, false), (60, 1000, true), (0, 0, false)];
        for (free, total, is_enough) in table {
            assert_eq!(
                Space { free: free * GB, total: total * GB }.is_enough(),
                is_enough,
                "{free} of {total}"
            );
        }
    }

    #[test]
    fn a_real_disk_can_be_measured() {
        let space = DiskRoom { folder: std::env::temp_dir() }.measure().unwrap();
        assert!(space.total > 0 && space.free <= space.total);
    }
}
