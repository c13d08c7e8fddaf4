//! [`Sdram`]: a 16-bit SDRAM behind the project's controller, see `docs/sdram.md`.
//!
//! Times are those of the controller's column and row commands, segment by segment: a burst is cut at the ends of pages, and
//! while one segment streams the next one's row is opened.

mod banks;

use super::{Burst, Client};
use crate::memory::SdramTiming;
use banks::Banks;

/// Cycles per word: two halfwords.
const PACE: u64 = 2;
/// From a burst taken to its first segment, and from a segment taken to the next one: `segmenter.rs`.
const SEGMENT: u64 = 2;
/// From a segment taken to the decision whether its row must be opened: `rows.rs`.
const DECIDE: u64 = 3;
/// From a prepared segment taken to its first column command: `columns.rs`.
const COLUMN: u64 = 1;
/// From a column command to its word, beyond CAS latency and capture: `data.rs`.
const READ: u64 = 4;
/// From a word taken to its column command: `data.rs`.
const WRITE: u64 = 1;
/// From a refresh that is due to the PRECHARGE of all banks, if no bank forbids it: `maintenance.rs`.
const CLOSE: u64 = 2;

pub struct Sdram {
    timing: SdramTiming,
    banks: Banks,
    /// From which cycle on a burst is taken, and from which cycle on a segment is prepared.
    free: u64,
    rows_free: u64,
    /// The cycles of the last column command and of the last READ.
    last: u64,
    last_read: u64,
    last_bank: usize,
    next_refresh: u64,
}

/// A part of a burst that lies in one page.
struct Segment {
    write: bool,
    bank: usize,
    row: u32,
    words: u64,
}

impl Sdram {
    pub fn new(timing: SdramTiming) -> Self {
        Sdram {
            banks: Banks::new(timing),
            free: 0,
            rows_free: 0,
            last: 0,
            last_read: 0,
            last_bank: 0,
            next_refresh: timing.t_refi.into(),
            timing,
        }
    }

    pub fn accept(&mut self, offered: u64, burst: Burst, client: &mut impl Client) -> (u64, u64) {
        let accepted = offered.max(self.free);
        let page = 1 << (self.timing.column_bits - 1);
        let (mut address, mut left) = (burst.address, burst.words);
        let mut valid = accepted + SEGMENT;
        let mut end = 0;
        while left > 0 {
            let words = left.min(u64::from(page - address % page));
            let number = address / page;
            let segment = Segment { write: burst.write, bank: number as usize % 4, row: number / 4, words };
            let taken = valid.max(self.rows_free);
            end = self.stream(&segment, taken, client);
            valid = taken + SEGMENT;
            self.free = taken + 1;
            address = address.wrapping_add(words as u32);
            left -= words;
        }
        (accepted, end)
    }

    /// A segment that is prepared from `taken` on. Returns when its last word passes the port.
    fn stream(&mut self, segment: &Segment, taken: u64, client: &mut impl Client) -> u64 {
        while self.next_refresh < taken {
            self.refresh(self.next_refresh);
        }
        let mut ready = self.prepare(segment, taken + DECIDE);
        let mut first = ready.max(self.last + 1) + COLUMN;
        while self.next_refresh < first {
            ready = self.refresh(self.next_refresh);
            ready = self.prepare(segment, ready);
            first = ready.max(self.last + 1) + COLUMN;
        }
        self.rows_free = first - COLUMN;
        if segment.write {
            first = first.max(self.last_read + u64::from(self.timing.read_to_write));
        }
        let mut left = segment.words;
        loop {
            let before = self.next_refresh.checked_sub(first).map_or(0, |cycles| cycles / PACE + 1);
            let words = left.min(before);
            if words > 0 {
                let end = self.columns(segment, first, words, client);
                left -= words;
                if left == 0 {
                    return end;
                }
            }
            let run = self.refresh(self.next_refresh.max(self.last));
            first = self.banks.activate(segment.bank, segment.row, run) + u64::from(self.timing.t_rcd);
            self.rows_free = self.rows_free.max(first);
        }
    }

    /// Issues column commands for the next words, the first at `first`. Returns when the last word passes the port.
    fn columns(&mut self, segment: &Segment, first: u64, words: u64, client: &mut impl Client) -> u64 {
        let end;
        if segment.write {
            end = client.words(first - WRITE, words, PACE);
            self.last = end + WRITE;
        } else {
            let latency = READ + u64::from(self.timing.cas_latency + self.timing.capture);
            end = client.words(first + latency, words, PACE);
            self.last = end - latency;
            self.last_read = self.last;
        }
        self.last_bank = segment.bank;
        self.banks.column(segment.bank, self.last, segment.write);
        end
    }

    /// When the segment's row is open, if what it needs is known at `decided`.
    fn prepare(&mut self, segment: &Segment, decided: u64) -> u64 {
        if self.banks.hit(segment.bank, segment.row) {
            return decided;
        }
        // the row of the segment that streams stays open
        let streams = if segment.bank == self.last_bank { self.last + 2 } else { 0 };
        let from = self.slot(self.banks.closed(segment.bank, decided.max(streams)));
        let opened = self.banks.activate(segment.bank, segment.row, from);
        opened + u64::from(self.timing.t_rcd).max(2) - 1
    }

    /// The next cycle without a column command: row commands go there.
    fn slot(&self, at: u64) -> u64 {
        let taken = at <= self.last && (self.last - at).is_multiple_of(PACE);
        at + u64::from(taken)
    }

    /// Does a refresh that is due at `due`. Returns the cycle in which the next command may come.
    fn refresh(&mut self, due: u64) -> u64 {
        self.next_refresh += u64::from(self.timing.t_refi);
        let closed = self.banks.close_all(due + CLOSE);
        closed + u64::from(self.timing.t_rp + self.timing.t_rfc)
    }
}
