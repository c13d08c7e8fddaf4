//! The state memory of the field streams: turns SET and ADD into the values that go to the engines.
use ef_hdl_kit::block;
use rust_hdl::prelude::*;

/// Cycles from an entry to its push.
pub const LATENCY: u64 = 4;

block! {
    /// One word per (engine, stream, field); SET replaces it, ADD adds to it, the new word goes to the engine's queue. ISSUE passes unchanged.
    ///
    /// ```text
    ///        asked           read             sum                   written
    ///  in_* ->[X]-- address ->| RAM |->[Y]-->[Z]--(+ immediate)---->[W]--> push_valid[engine], push_*
    ///                         |2048 |               ^ forwarded      |
    ///                         | x 32|<---------------+---------------+ write
    /// ```
    /// One entry per cycle, 4 cycles from `in_valid` to `push_valid`, in order, never stalled: who sends an entry knows that its queue has room.
    /// A word is written four cycles after it was asked for, so the words of the three entries before are forwarded to the adder;
    /// whether they are the same word is compared a stage earlier.
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `in_valid`, `in_issue`, `in_set` | 1 | an entry; ISSUE, SET, else ADD |
    /// | `in_engine`, `in_stream`, `in_field`, `in_data` | 2, 3, 6, 32 | the instruction's parts |
    /// | `push_valid` | 3 x 1 | to the queue of engine e |
    /// | `push_issue`, `push_field`, `push_data` | 1, 6, 32 | field value, or the immediate of ISSUE |
    /// | `halted`, `finished` | 1 | `finished`: halted and no entry inside |
    ///
    /// The memory keeps its words over `reset`: a program sets a word before it adds to it.
    pub struct FieldState {
        in clock: Clock, in reset, in_valid, in_issue, in_set, halted: Bit, in in_engine: Bits<2>,
        in in_stream: Bits<3>, in in_field: Bits<6>, in in_data: Bits<32>,
        out push_valid: [Bit; 3], out push_issue, finished: Bit, out push_field: Bits<6>,
        out push_data: Bits<32>,
        ram: RAM<Bits<32>, 11>,
        /// Stages X, Y, Z, W and the entry before W: address, and whether it is a SET or ADD.
        reg address: [Bits<11>; 5],
        reg writes: [Bit; 5],
        /// Stages X, Y, Z, W.
        reg valid: [Bit; 4],
        reg issue: [Bit; 4],
        /// Stages X, Y, Z.
        reg is_set: [Bit; 3],
        reg data: [Bits<32>; 3],
        /// Stage Z: the word as read, and which of the entries before has a newer one.
        word: DFF<Bits<32>>,
        reg newer: [Bit; 3],
        /// Stage W and the two entries before.
        reg value: [Bits<32>; 3],
        /// Stage W: the engine of the entry, a bit each.
        reg to: [Bit; 3],
        net engine: Bits<2>, net last_address: Bits<11>, net base: Bits<32>,
        const zero: Bits<32> = 0,
    }
}

impl Logic for FieldState {
    #[hdl_gen]
    fn update(&mut self) {
        self.word.clock.next = self.clock.val();
        // X
        self.address[0].d.next = (bit_cast::<11, 2>(self.in_engine.val()) << 9)
            | (bit_cast::<11, 3>(self.in_stream.val()) << 6)
            | bit_cast::<11, 6>(self.in_field.val());
        self.valid[0].d.next = self.in_valid.val();
        self.writes[0].d.next = self.in_valid.val() & !self.in_issue.val();
        self.issue[0].d.next = self.in_issue.val();
        self.is_set[0].d.next = self.in_set.val();
        self.data[0].d.next = self.in_data.val();
        // everything moves on in every cycle
        for i in 1..5 {
            self.address[i].d.next = self.address[i - 1].q.val();
            self.writes[i].d.next = self.writes[i - 1].q.val();
        }
        for i in 1..4 {
            self.valid[i].d.next = self.valid[i - 1].q.val();
            self.issue[i].d.next = self.issue[i - 1].q.val();
        }
        for i in 1..3 {
            self.is_set[i].d.next = self.is_set[i - 1].q.val();
            self.data[i].d.next = self.data[i - 1].q.val();
            self.value[i].d.next = self.value[i - 1].q.val();
        }
        // X asks, Y has the RAM's word, Z has it in a flip-flop
        self.ram.read_clock.next = self.clock.val();
        self.ram.read_address.next = self.address[0].q.val();
        self.word.d.next = self.ram.read_data.val();
        // Y compares itself with Z, W and the entry before W: in the next cycle they are in `value`
        self.last_address.next = self.address[1].q.val();
        for i in 0..3 {
            self.newer[i].d.next =
                self.writes[i + 2].q.val() & (self.address[i + 2].q.val() == self.last_address.val());
        }
        // Z adds
        self.base.next = self.word.q.val();
        if self.newer[2].q.val() {
            self.base.next = self.value[2].q.val();
        }
        if self.newer[1].q.val() {
            self.base.next = self.value[1].q.val();
        }
        if self.newer[0].q.val() {
            self.base.next = self.value[0].q.val();
        }
        if self.is_set[2].q.val() | self.issue[2].q.val() {
            self.base.next = self.zero.val();
        }
        self.value[0].d.next = self.base.val() + self.data[2].q.val();
        self.engine.next = self.address[2].q.val().get_bits::<2>(9);
        self.to[0].d.next = self.valid[2].q.val() & (self.engine.val() == 0);
        self.to[1].d.next = self.valid[2].q.val() & (self.engine.val() == 1);
        self.to[2].d.next = self.valid[2].q.val() & (self.engine.val() == 2);
        // W writes back and pushes
        self.ram.write_clock.next = self.clock.val();
        self.ram.write_enable.next = self.writes[3].q.val();
        self.ram.write_address.next = self.address[3].q.val();
        self.ram.write_data.next = self.value[0].q.val();
        if self.reset.val() {
            for i in 0..5 {
                self.writes[i].d.next = false;
            }
            for i in 0..4 {
                self.valid[i].d.next = false;
            }
            for i in 0..3 {
                self.to[i].d.next = false;
            }
        }
        for i in 0..3 {
            self.push_valid[i].next = self.to[i].q.val();
        }
        self.push_issue.next = self.issue[3].q.val();
        self.push_field.next = self.address[3].q.val().get_bits::<6>(0);
        self.push_data.next = self.value[0].q.val();
        self.finished.next = self.halted.val()
            & !self.in_valid.val()
            & !self.valid[0].q.val()
            & !self.valid[1].q.val()
            & !self.valid[2].q.val()
            & !self.valid[3].q.val();
    }
}
