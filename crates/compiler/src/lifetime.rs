//! Places in memory for tensors that are needed for some steps only. Two of them share words if no step needs
//! both.

/// So many words, needed from step `from` to step `to`, both included.
#[derive(Clone, Copy, Debug)]
pub struct Item {
    pub words: u128,
    pub from: usize,
    pub to: usize,
}

/// The first word of each item, and the word behind the last item. Large items are placed first, each at the
/// lowest address that is free in all its steps.
pub fn place(items: &[Item], base: u128) -> (Vec<u128>, u128) {
    let mut order: Vec<usize> = (0..items.len()).collect();
    order.sort_by_key(|i| std::cmp::Reverse(items[*i].words));
    let mut at = vec![base; items.len()];
    let mut placed: Vec<usize> = Vec::new();
    for i in order {
        let item = items[i];
        let together = |j: &&usize| items[**j].from <= item.to && item.from <= items[**j].to;
        let mut taken: Vec<(u128, u128)> =
            placed.iter().filter(together).map(|j| (at[*j], at[*j] + items[*j].words)).collect();
        taken.sort_unstable();
        for (lo, hi) in taken {
            if at[i] + item.words <= lo {
                break;
            }
            at[i] = at[i].max(hi);
        }
        placed.push(i);
    }
    let end = items.iter().zip(&at).map(|(item, at)| at + item.words).max();
    (at, end.unwrap_or(base))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn item(words: u128, from: usize, to: usize) -> Item {
        Item { words, from, to }
    }

    #[test]
    fn what_is_never_needed_together_shares_words() {
        let (at, end) = place(&[item(4, 0, 1), item(4, 2, 3), item(2, 1, 2)], 10);
        assert_eq!((at, end), (vec![10, 10, 14], 16));
    }

    proptest! {
        #[test]
        fn what_is_needed_together_never_overlaps(sizes in prop::collection::vec((0u128..50, 0usize..9, 0usize..9), 0..20)) {
            let items: Vec<Item> = sizes.iter().map(|&(w, a, b)| item(w, a.min(b), a.max(b))).collect();
            let (at, end) = place(&items, 7);
            for (i, a) in items.iter().enumerate() {
                prop_assert!(at[i] >= 7 && at[i] + a.words <= end);
                for (j, b) in items.iter().enumerate().skip(i + 1) {
                    let together = a.from <= b.to && b.from <= a.to;
                    let apart = at[i] + a.words <= at[j] || at[j] + b.words <= at[i];
                    prop_assert!(!together || apart || a.words == 0 || b.words == 0);
                }
            }
        }
    }
}
