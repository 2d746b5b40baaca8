//! Heights with their prefix sums: one height changes and any sum is asked in O(log n). Pure.

/// A Fenwick tree over heights in pixels.
#[derive(Debug, Clone, Default)]
pub(super) struct Fenwick {
    heights: Vec<f64>,
    tree: Vec<f64>,
}

impl Fenwick {
    /// Builds in O(n).
    pub(super) fn new(heights: Vec<f64>) -> Self {
        let mut tree = vec![0.0; heights.len() + 1];
        for (at, height) in heights.iter().enumerate() {
            let node = at + 1;
            tree[node] += height;
            let parent = node + (node & node.wrapping_neg());
            if parent < tree.len() {
                tree[parent] += tree[node];
            }
        }
        Self { heights, tree }
    }

    /// How many.
    pub(super) fn len(&self) -> usize {
        self.heights.len()
    }

    /// All heights, in order.
    pub(super) fn heights(&self) -> &[f64] {
        &self.heights
    }

    /// Sets one and returns by how much it grew.
    pub(super) fn set(&mut self, at: usize, height: f64) -> f64 {
        let grown = height - self.heights[at];
        self.heights[at] = height;
        let mut node = at + 1;
        while node < self.tree.len() {
            self.tree[node] += grown;
            node += node & node.wrapping_neg();
        }
        grown
    }

    /// The sum of the first `count`.
    pub(super) fn sum(&self, count: usize) -> f64 {
        let mut node = count.min(self.len());
        let mut sum = 0.0;
        while node > 0 {
            sum += self.tree[node];
            node -= node & node.wrapping_neg();
        }
        sum
    }

    /// Which one covers `y`; the last for what lies below.
    pub(super) fn find(&self, y: f64) -> usize {
        let mut node = 0;
        let mut left = y;
        let mut step = self.tree.len().next_power_of_two();
        while step > 0 {
            let next = node + step;
            if next < self.tree.len() && self.tree[next] <= left {
                node = next;
                left -= self.tree[next];
            }
            step /= 2;
        }
        node.min(self.len().saturating_sub(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_and_places_agree_with_counting_by_hand() {
        let mut tree = Fenwick::new((0..137).map(|at| f64::from(at % 7 + 1)).collect());
        assert_eq!(tree.set(20, 50.0), 43.0);
        tree.set(136, 0.5);
        let mut by_hand = 0.0;
        for at in 0..tree.len() {
            assert_eq!(tree.sum(at), by_hand);
            assert_eq!(tree.find(by_hand), at);
            assert_eq!(tree.find(by_hand + tree.heights()[at] - 0.25), at);
            by_hand += tree.heights()[at];
        }
        assert_eq!(tree.sum(usize::MAX), by_hand);
        assert_eq!(tree.find(by_hand + 1_000.0), 136);
    }

    #[test]
    fn an_empty_tree_has_no_height() {
        let tree = Fenwick::default();
        assert_eq!((tree.sum(3), tree.find(5.0)), (0.0, 0));
    }
}
