//! Which event may run next: one at a time for each key, in order, and never two of one key at once.

use std::collections::{HashMap, HashSet, VecDeque};

use bytes::Bytes;

use crate::log::{Delivered, Partition};

/// What keeps order: a key within its partition.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key(pub(super) Partition, pub(super) Bytes);

/// An event on its way through a handler.
#[derive(Clone, Debug)]
pub(super) struct Work {
    pub(super) delivered: Delivered,
    /// Failures of its own so far; outages do not count.
    pub(super) failures: u32,
    /// Outages met in a row, for the backoff.
    pub(super) outages: u32,
    /// Which reading of the partition it belongs to; older ones do not move the offset.
    pub(super) turn: u64,
}

impl Work {
    pub(super) fn key(&self) -> Key {
        let key = self.delivered.record.key.clone().unwrap_or_default();
        Key(self.delivered.partition.clone(), key)
    }

    fn size_bytes(&self) -> usize {
        self.delivered.record.size_bytes()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Ready,
    Running,
    Resting,
}

#[derive(Debug)]
struct Lane {
    state: State,
    waiting: VecDeque<Work>,
}

/// The events that were taken from the log and not yet finished, by key.
#[derive(Debug, Default)]
pub(super) struct Lanes {
    lanes: HashMap<Key, Lane>,
    ready: VecDeque<Key>,
    held: HashSet<Partition>,
    events: usize,
    bytes: usize,
}

impl Lanes {
    /// Events taken and not finished, running ones included.
    pub(super) fn events(&self) -> usize {
        self.events
    }

    /// Bytes of those events.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Adds an event behind those of its key.
    pub(super) fn push(&mut self, work: Work) {
        self.events += 1;
        self.bytes += work.size_bytes();
        let key = work.key();
        if let Some(lane) = self.lanes.get_mut(&key) {
            lane.waiting.push_back(work);
            return;
        }
        self.ready.push_back(key.clone());
        self.lanes.insert(key, Lane { state: State::Ready, waiting: VecDeque::from([work]) });
    }

    /// Takes the next event that may run, if any.
    pub(super) fn start(&mut self) -> Option<Work> {
        loop {
            let place = self.ready.iter().position(|key| !self.held.contains(&key.0))?;
            let key = self.ready.remove(place)?;
            let Some(lane) = self.lanes.get_mut(&key) else { continue };
            match lane.waiting.pop_front() {
                Some(work) => {
                    lane.state = State::Running;
                    return Some(work);
                }
                None => drop(self.lanes.remove(&key)),
            }
        }
    }

    /// Ends an event that [`start`](Self::start) gave, and lets the next of its key run.
    pub(super) fn finish(&mut self, work: &Work) {
        self.events -= 1;
        self.bytes -= work.size_bytes();
        self.make_ready(&work.key());
    }

    /// Takes back an event that must run again later. Its key rests until [`wake`](Self::wake).
    pub(super) fn rest(&mut self, work: Work) {
        if let Some(lane) = self.lanes.get_mut(&work.key()) {
            lane.state = State::Resting;
            lane.waiting.push_front(work);
        }
    }

    /// Lets a resting key run again.
    pub(super) fn wake(&mut self, key: &Key) {
        if self.lanes.get(key).is_some_and(|lane| lane.state == State::Resting) {
            self.make_ready(key);
        }
    }

    /// Lets nothing of `partition` start.
    pub(super) fn hold(&mut self, partition: &Partition) {
        self.held.insert(partition.clone());
    }

    /// Lets `partition` go on.
    pub(super) fn release(&mut self, partition: &Partition) {
        self.held.remove(partition);
    }

    /// Drops everything of `partition` that does not run at this moment.
    pub(super) fn forget(&mut self, partition: &Partition) {
        for (key, lane) in &mut self.lanes {
            if key.0 == *partition {
                self.events -= lane.waiting.len();
                self.bytes -= lane.waiting.iter().map(Work::size_bytes).sum::<usize>();
                lane.waiting.clear();
            }
        }
        self.lanes.retain(|key, lane| key.0 != *partition || lane.state == State::Running);
        self.ready.retain(|key| key.0 != *partition);
    }

    fn make_ready(&mut self, key: &Key) {
        let Some(lane) = self.lanes.get_mut(key) else { return };
        if lane.waiting.is_empty() {
            self.lanes.remove(key);
        } else {
            lane.state = State::Ready;
            self.ready.push_back(key.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::Record;

    fn work(key: &'static str, offset: i64) -> Work {
        let record = Record {
            topic: "t".into(),
            key: Some(Bytes::from_static(key.as_bytes())),
            headers: Vec::new(),
            payload: Some(Bytes::from_static(b"12345678")),
        };
        let delivered = Delivered {
            partition: Partition::new("t", 0),
            offset,
            time: Default::default(),
            record,
        };
        Work { delivered, failures: 0, outages: 0, turn: 0 }
    }

    fn offset(work: Option<Work>) -> Option<i64> {
        work.map(|work| work.delivered.offset)
    }

    #[test]
    fn events_of_a_key_run_one_after_the_other_and_keys_side_by_side() {
        let mut lanes = Lanes::default();
        for (key, offset) in [("a", 1), ("a", 2), ("b", 3)] {
            lanes.push(work(key, offset));
        }

        let first = lanes.start().unwrap();
        assert_eq!(offset(lanes.start()), Some(3));
        assert_eq!(offset(lanes.start()), None);
        lanes.finish(&first);
        assert_eq!(offset(lanes.start()), Some(2));
        assert_eq!((lanes.events(), lanes.bytes()), (2, 18));
    }

    #[test]
    fn a_resting_event_keeps_its_place_before_the_rest_of_its_key() {
        let mut lanes = Lanes::default();
        lanes.push(work("a", 1));
        let failed = lanes.start().unwrap();
        lanes.push(work("a", 2));

        lanes.rest(failed.clone());

        assert_eq!(offset(lanes.start()), None);
        lanes.wake(&failed.key());
        lanes.wake(&failed.key());
        assert_eq!(offset(lanes.start()), Some(1));
        assert_eq!(offset(lanes.start()), None);
    }

    #[test]
    fn a_held_partition_starts_nothing_and_a_forgotten_one_has_nothing() {
        let mut lanes = Lanes::default();
        lanes.push(work("a", 1));
        let running = lanes.start().unwrap();
        lanes.push(work("a", 2));
        lanes.push(work("b", 3));
        let partition = Partition::new("t", 0);

        lanes.hold(&partition);
        assert_eq!(offset(lanes.start()), None);
        lanes.forget(&partition);
        lanes.release(&partition);
        lanes.push(work("a", 1));

        assert_eq!(offset(lanes.start()), None, "the running one comes first");
        lanes.finish(&running);
        assert_eq!(offset(lanes.start()), Some(1));
    }

    #[test]
    fn a_key_that_is_done_leaves_nothing_behind() {
        let mut lanes = Lanes::default();
        lanes.push(work("a", 1));

        let done = lanes.start().unwrap();
        lanes.finish(&done);

        assert_eq!((lanes.events(), lanes.bytes(), lanes.lanes.len()), (0, 0, 0));
    }
}
