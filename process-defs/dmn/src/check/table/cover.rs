//! Which values rules cover together: a sweep over the regions of one column after another, with a bound on its work.

use super::column::Cell;

/// A part of all values: for each column the regions, or everything.
pub(super) type Part = Vec<Option<Vec<usize>>>;

/// The work that may still be done; when it is used up, what has been found so far counts.
#[derive(Debug)]
pub(super) struct Work(pub(super) u64);

impl Work {
    /// Takes some. False: there is not enough left.
    pub(super) fn take(&mut self, amount: usize) -> bool {
        match self.0.checked_sub(amount as u64) {
            Some(left) => {
                self.0 = left;
                true
            }
            None => {
                self.0 = 0;
                false
            }
        }
    }
}

/// What a rule lets through, column by column.
pub(super) type Reach = Vec<Vec<bool>>;

/// What is let through for certain, and what perhaps.
pub(super) fn surely(cells: &[Cell]) -> Reach {
    cells.iter().map(|cell| cell.surely.clone()).collect()
}

pub(super) fn perhaps(cells: &[Cell]) -> Reach {
    cells.iter().map(|cell| cell.perhaps.clone()).collect()
}

/// Whether a rule lets through all that another does.
pub(super) fn contains(outer: &Reach, inner: &Reach) -> bool {
    outer.iter().zip(inner).all(|(outer, inner)| {
        outer
            .iter()
            .zip(inner)
            .all(|(outer, inner)| *outer || !inner)
    })
}

/// What two rules let through both; `None` if there is nothing.
pub(super) fn common(a: &Reach, b: &Reach) -> Option<Part> {
    let mut part = Vec::with_capacity(a.len());
    for (a, b) in a.iter().zip(b) {
        let regions: Vec<usize> = (0..a.len()).filter(|at| a[*at] && b[*at]).collect();
        if regions.is_empty() {
            return None;
        }
        part.push((regions.len() < a.len()).then_some(regions));
    }
    Some(part)
}

/// Whether a rule lets nothing through at all.
pub(super) fn is_empty(rule: &Reach) -> bool {
    rule.iter().any(|column| !column.contains(&true))
}

/// Finds what of `within` none of the rules lets through, at most `most` parts. Returns also whether the search came
/// to its end.
pub(super) fn uncovered(
    rules: &[&Reach],
    within: &Reach,
    most: usize,
    work: &mut Work,
) -> (Vec<Part>, bool) {
    let columns = within.len();
    // From which column on a rule lets all of `within` through.
    let full_from: Vec<usize> = rules
        .iter()
        .map(|rule| {
            (0..columns)
                .rev()
                .find(|column| {
                    let inside = within[*column].iter().zip(&rule[*column]);
                    inside
                        .into_iter()
                        .any(|(wanted, passes)| *wanted && !passes)
                })
                .map_or(0, |column| column + 1)
        })
        .collect();
    let mut sweep = Sweep {
        rules,
        within,
        full_from,
        most,
        work,
        part: vec![None; columns],
        found: Vec::new(),
        complete: true,
    };
    let all: Vec<usize> = (0..rules.len()).collect();
    sweep.column(0, &all);
    let complete = sweep.complete;
    (sweep.found, complete)
}

struct Sweep<'s> {
    rules: &'s [&'s Reach],
    within: &'s Reach,
    full_from: Vec<usize>,
    most: usize,
    work: &'s mut Work,
    part: Part,
    found: Vec<Part>,
    complete: bool,
}

impl Sweep<'_> {
    /// Goes through the regions of a column with the rules that are left; as deep as there are columns, which is
    /// bounded by whoever calls.
    fn column(&mut self, column: usize, rules: &[usize]) {
        if self.found.len() >= self.most || !self.complete {
            self.complete = false;
            return;
        }
        if rules.iter().any(|rule| self.full_from[*rule] <= column) {
            return;
        }
        if rules.is_empty() {
            let mut part = self.part.clone();
            for (at, rest) in self.within.iter().enumerate().skip(column) {
                part[at] = only(rest);
            }
            self.found.push(part);
            return;
        }
        // A rule for which nothing is left to test lets everything through.
        if column == self.within.len() {
            return;
        }
        for (left, regions) in self.groups(column, rules) {
            let all = regions.len() == self.within[column].len();
            self.part[column] = (!all).then_some(regions);
            self.column(column + 1, &left);
        }
        self.part[column] = None;
    }

    /// The regions of a column by the rules that let them through.
    fn groups(&mut self, column: usize, rules: &[usize]) -> Vec<(Vec<usize>, Vec<usize>)> {
        let mut groups: Vec<(Vec<usize>, Vec<usize>)> = Vec::new();
        let regions = (0..self.within[column].len()).filter(|region| self.within[column][*region]);
        for region in regions {
            if !self.work.take(rules.len() + groups.len() + 1) {
                self.complete = false;
                return Vec::new();
            }
            let passing = rules.iter().copied();
            let left: Vec<usize> = passing
                .filter(|rule| self.rules[*rule][column][region])
                .collect();
            match groups.iter_mut().find(|(known, _)| *known == left) {
                Some((_, regions)) => regions.push(region),
                None => groups.push((left, vec![region])),
            }
        }
        groups
    }
}

fn only(regions: &[bool]) -> Option<Vec<usize>> {
    let inside: Vec<usize> = (0..regions.len()).filter(|at| regions[*at]).collect();
    (inside.len() < regions.len()).then_some(inside)
}

/// Puts parts together that differ in one column only, so that people read fewer of them.
pub(super) fn merged(mut parts: Vec<Part>) -> Vec<Part> {
    let mut at = 0;
    while at < parts.len() {
        let partner = (at + 1..parts.len())
            .find_map(|other| Some((other, union(&parts[at], &parts[other])?)));
        match partner {
            Some((other, part)) => {
                parts[at] = part;
                parts.remove(other);
                // It may fit one that was passed by.
                at = 0;
            }
            None => at += 1,
        }
    }
    parts
}

fn union(a: &Part, b: &Part) -> Option<Part> {
    let mut differing = (0..a.len()).filter(|column| a[*column] != b[*column]);
    let (column, None) = (differing.next()?, differing.next()) else {
        return None;
    };
    let (Some(left), Some(right)) = (&a[column], &b[column]) else {
        return None;
    };
    let mut regions: Vec<usize> = left.iter().chain(right).copied().collect();
    regions.sort_unstable();
    regions.dedup();
    let mut part = a.clone();
    part[column] = Some(regions);
    Some(part)
}
