//! The order in which tickets come to the gate: none. Who bought together does not arrive together.

/// The same things, so that neighbours come far apart from each other, and those that come first are from all over.
pub(super) fn in_no_order<T>(things: Vec<T>) -> Vec<T> {
    let numbers = numbers_in_no_order(things.len());
    let mut things: Vec<Option<T>> = things.into_iter().map(Some).collect();
    numbers.filter_map(|number| things.get_mut(number)?.take()).collect()
}

/// The numbers below `count`, each once. The step from one to the next is the golden section of them all, or nearly so:
/// thus the first few are spread as evenly as all are.
pub(super) fn numbers_in_no_order(count: usize) -> impl Iterator<Item = usize> {
    let about = count / 1000 * 618 + count % 1000 * 618 / 1000;
    let step = (about..=count).find(|step| common_divisor(*step, count) == 1).unwrap_or(1);
    (0..count).scan(0, move |number, _| {
        let this = *number;
        *number = (this + step) % count;
        Some(this)
    })
}

fn common_divisor(one: usize, other: usize) -> usize {
    if other == 0 { one } else { common_divisor(other, one % other) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_comes_once_and_the_first_are_from_all_over() {
        for count in [0, 1, 2, 7, 1000, 20_000] {
            let mut numbers: Vec<usize> = in_no_order((0..count).collect());
            let first = numbers.iter().take(count / 10).filter(|number| **number < count / 4);
            let expected = count / 40;
            assert!(first.count().abs_diff(expected) <= 1 + expected / 50, "of {count}");
            let together = numbers.windows(2).filter(|two| two[0].abs_diff(two[1]) < count / 3);
            assert_eq!(together.count(), 0, "neighbours stay together");
            numbers.sort_unstable();
            assert_eq!(numbers, (0..count).collect::<Vec<_>>());
        }
    }
}
