//! GET or list? No clock and no network in here.

use std::time::Duration;

use tokio::time::Instant;

/// Reads that stay GETs, however they come.
const FEW: usize = 3;

/// How long a list answers reads that come after it: long enough for the waves in which Terraform
/// refreshes, short enough to be one reading.
const FRESH: Duration = Duration::from_secs(1);

/// Counts the beginnings and ends of writes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Epoch(u64);

impl Epoch {
    pub(super) fn advance(&mut self) {
        self.0 += 1;
    }
}

/// How a read is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Course {
    /// By a GET of its own.
    Get,
    /// By the list that is there or on its way.
    SharedList,
    /// By a list that it begins.
    NewList,
}

/// What is known of a collection.
#[derive(Debug, Default)]
pub(super) struct Collection {
    /// Reads under way.
    reads: usize,
    list: Option<List>,
    /// More reads than this at once are worth a list; none that many are if absent.
    threshold: Threshold,
}

#[derive(Debug)]
struct List {
    epoch: Epoch,
    /// None while it is on its way.
    filled: Option<Instant>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Threshold {
    /// As many as make a list pay, whatever its length.
    #[default]
    Few,
    /// As many as the list has pages.
    Pages(usize),
    /// Lists do not hold what is read.
    Never,
}

impl Collection {
    /// A read comes in.
    pub(super) fn enter(&mut self, now: Instant, epoch: Epoch) -> Course {
        self.reads += 1;
        let current = self.list.as_ref().is_some_and(|list| {
            list.epoch == epoch && list.filled.is_none_or(|filled| now < filled + FRESH)
        });
        if current && self.threshold != Threshold::Never {
            return Course::SharedList;
        }
        let enough = match self.threshold {
            Threshold::Few => self.reads > FEW,
            Threshold::Pages(pages) => self.reads > pages.max(FEW),
            Threshold::Never => false,
        };
        if !enough {
            return Course::Get;
        }
        self.list = Some(List { epoch, filled: None });
        Course::NewList
    }

    /// A read has its answer.
    pub(super) fn leave(&mut self) {
        self.reads -= 1;
    }

    /// Whether a list of so many elements, so many of them on its first page, costs fewer calls
    /// than the GETs of those who wait; remembered for the next time.
    pub(super) fn is_worth(&mut self, count: usize, first_page: usize) -> bool {
        let pages = count.div_ceil(first_page.max(1));
        self.threshold = if pages > FEW { Threshold::Pages(pages) } else { Threshold::Few };
        let worth = pages <= self.reads.max(FEW);
        if !worth {
            self.list = None;
        }
        worth
    }

    /// The list is there.
    pub(super) fn filled(&mut self, now: Instant) {
        if let Some(list) = &mut self.list {
            list.filled = Some(now);
        }
    }

    /// The list could not be read; the next reads try again.
    pub(super) fn forget(&mut self) {
        self.list = None;
    }

    /// Lists of this collection leave out what is wanted.
    pub(super) fn give_up(&mut self) {
        self.threshold = Threshold::Never;
        self.list = None;
    }
}

#[cfg(test)]
mod tests {
    use super::Course::{Get, NewList, SharedList};
    use super::*;

    fn enter(collection: &mut Collection, now: Instant, epoch: Epoch, times: usize) -> Vec<Course> {
        (0..times).map(|_| collection.enter(now, epoch)).collect()
    }

    #[test]
    fn a_handful_stays_gets_and_more_share_a_list() {
        let (mut collection, now) = (Collection::default(), Instant::now());
        let courses = enter(&mut collection, now, Epoch(0), 6);
        assert_eq!(courses, [Get, Get, Get, NewList, SharedList, SharedList]);
    }

    #[test]
    fn reads_one_after_the_other_never_cause_a_list() {
        let (mut collection, now) = (Collection::default(), Instant::now());
        for _ in 0..100 {
            assert_eq!(collection.enter(now, Epoch(0)), Get);
            collection.leave();
        }
    }

    #[test]
    fn a_list_answers_for_a_second() {
        let (mut collection, now) = (Collection::default(), Instant::now());
        enter(&mut collection, now, Epoch(0), 4);
        assert!(collection.is_worth(300, 300));
        collection.filled(now);
        (0..4).for_each(|_| collection.leave());
        assert_eq!(collection.enter(now + FRESH / 2, Epoch(0)), SharedList);
        assert_eq!(collection.enter(now + FRESH, Epoch(0)), Get);
    }

    #[test]
    fn what_was_read_before_a_write_is_stale() {
        let (mut collection, now) = (Collection::default(), Instant::now());
        let mut epoch = Epoch(0);
        enter(&mut collection, now, epoch, 4);
        epoch.advance();
        assert_eq!(collection.enter(now, epoch), NewList, "the one on its way is too old");
        collection.filled(now);
        epoch.advance();
        assert_eq!(collection.enter(now, epoch), NewList);
    }

    #[test]
    fn a_long_list_waits_for_as_many_reads_as_it_has_pages() {
        let (mut collection, now) = (Collection::default(), Instant::now());
        enter(&mut collection, now, Epoch(0), 4);
        assert!(!collection.is_worth(7200, 1000), "eight pages for four reads");
        assert_eq!(enter(&mut collection, now, Epoch(0), 4), [Get; 4]);
        assert_eq!(collection.enter(now, Epoch(0)), NewList, "the ninth read");
        assert!(collection.is_worth(7200, 1000));
    }

    #[test]
    fn a_list_that_lacks_what_is_read_is_not_asked_for_again() {
        let (mut collection, now) = (Collection::default(), Instant::now());
        enter(&mut collection, now, Epoch(0), 5);
        collection.give_up();
        assert_eq!(enter(&mut collection, now, Epoch(0), 9), [Get; 9]);
    }
}
