//! Sets against the obvious implementation.

use std::collections::BTreeSet;

use posthorn_model::Uid;
use proptest::prelude::*;

use super::UidSet;

fn uids() -> impl Strategy<Value = Vec<u32>> {
    prop::collection::vec(1u32..200, 0..80)
}

fn set(uids: &[u32]) -> UidSet {
    uids.iter().copied().map(Uid).collect()
}

fn model(set: &UidSet) -> BTreeSet<u32> {
    set.iter().map(|uid| uid.0).collect()
}

#[test]
fn a_set_prints_as_short_as_it_can() {
    let table =
        [("1:3,7", "3,1:2,7"), ("1:10", "10:5,1:4"), ("4294967295", "4294967295"), ("1:2", "0:2")];
    for (printed, read) in table {
        assert_eq!(UidSet::parse(read.as_bytes()).unwrap().to_string(), printed);
    }
    for bad in ["", "*", "1:*", "a", "1,,2", "-1", "+1", "4294967296", "1:", " 1"] {
        assert_eq!(UidSet::parse(bad.as_bytes()), None, "{bad:?}");
    }
}

#[test]
fn a_hostile_range_is_never_expanded() {
    let all = UidSet::parse(b"1:4294967295").unwrap();
    assert_eq!(all.len(), 4_294_967_295);
    assert!(all.contains(Uid(77)));
    assert_eq!(all.difference(&all), UidSet::new());
    assert_eq!(all.intersection(&set(&[5, 9])), set(&[5, 9]));
}

proptest! {
    #[test]
    fn operations_agree_with_a_tree(a in uids(), b in uids()) {
        let (x, y) = (set(&a), set(&b));
        let (mx, my) = (model(&x), model(&y));
        prop_assert_eq!(&mx, &a.iter().copied().collect());
        prop_assert_eq!(x.len(), mx.len() as u64);
        prop_assert_eq!(model(&x.difference(&y)), mx.difference(&my).copied().collect());
        prop_assert_eq!(model(&x.intersection(&y)), mx.intersection(&my).copied().collect());
        let mut union = x.clone();
        union.extend(&y);
        prop_assert_eq!(model(&union), mx.union(&my).copied().collect());
        prop_assert_eq!(x.is_empty() || UidSet::parse(x.to_string().as_bytes()) == Some(x.clone()), true);
        for uid in 1..200 {
            prop_assert_eq!(x.contains(Uid(uid)), mx.contains(&uid));
        }
    }

    #[test]
    fn pieces_hold_everything_once(a in uids(), most in 1u32..20) {
        let whole = set(&a);
        let mut again = UidSet::new();
        let mut count = 0;
        for piece in whole.pieces(most) {
            prop_assert!(piece.len() <= u64::from(most) && !piece.is_empty());
            count += piece.len();
            again.extend(&piece);
        }
        prop_assert_eq!(&again, &whole);
        prop_assert_eq!(count, whole.len());
    }

    #[test]
    fn any_bytes_can_be_read(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        UidSet::parse(&bytes);
    }
}
