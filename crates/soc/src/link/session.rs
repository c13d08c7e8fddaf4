//! [`Session`]: who may ask, and what of a request is allowed.
use ef_hdl_kit::K;
use ef_link::frame::{MAX_PAYLOAD, Op, Status};
use rust_hdl::prelude::*;

/// Judges the request that stands at its inputs, and remembers the last one that was executed.
///
/// ```text
///  op, number, count, session, address --> compare --[FF]--> combine --[FF]--> choose --[FF]--> verdict, proceed
///             [session of the host] [last number, last status]  <-- record, status
/// ```
/// The first of these that holds: no session, wrong session, a repeated write (the status of the first time, again), bad op, bad length,
/// bad address, busy. A hello needs no session and starts one, unless it is the current one.
///
/// | port | width | |
/// |---|---|---|
/// | `op`, `number`, `count`, `length`, `session`, `address` | 8, 8, 16, 9, 32, 32 | of a [`FrameReceiver`](super::receiver::FrameReceiver); stay until `record` |
/// | `memory_words` | 32 | size of the memory |
/// | `busy` | 1 | the accelerator has the memory |
/// | `verdict` | 3 | a [`Status`], 3 cycles after the request, 1 after `busy` |
/// | `proceed` | 1 | the request is to be executed |
/// | `record`, `status` | 1, 3 | what became of it, one cycle |
#[derive(LogicBlock, Default)]
pub struct Session {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub op: Signal<In, Bits<8>>,
    pub number: Signal<In, Bits<8>>,
    pub count: Signal<In, Bits<16>>,
    pub length: Signal<In, Bits<9>>,
    pub session: Signal<In, Bits<32>>,
    pub address: Signal<In, Bits<32>>,
    pub memory_words: Signal<In, Bits<32>>,
    pub busy: Signal<In, Bit>,
    pub verdict: Signal<Out, Bits<3>>,
    pub proceed: Signal<Out, Bit>,
    pub record: Signal<In, Bit>,
    pub status: Signal<In, Bits<3>>,
    current: DFF<Bits<32>>,
    last_sequence: DFF<Bits<8>>,
    last_status: DFF<Bits<3>>,
    // first stage
    none: DFF<Bit>,
    same: DFF<Bit>,
    same_sequence: DFF<Bit>,
    hello: DFF<Bit>,
    writes: DFF<Bit>,
    memory: DFF<Bit>,
    known: DFF<Bit>,
    some_count: DFF<Bit>,
    no_payload: DFF<Bit>,
    all_payload: DFF<Bit>,
    past_end: DFF<Bits<33>>,
    // second stage
    good_length: DFF<Bit>,
    outside: DFF<Bit>,
    // third stage
    chosen: DFF<Bits<3>>,
    run: DFF<Bit>,
    is_hello: Signal<Local, Bit>,
    is_write_memory: Signal<Local, Bit>,
    is_read_memory: Signal<Local, Bit>,
    is_write_registers: Signal<Local, Bit>,
    is_read_registers: Signal<Local, Bit>,
    op_hello: K<8, { Op::Hello as u64 }>,
    op_write_memory: K<8, { Op::WriteMemory as u64 }>,
    op_read_memory: K<8, { Op::ReadMemory as u64 }>,
    op_write_registers: K<8, { Op::WriteRegisters as u64 }>,
    op_read_registers: K<8, { Op::ReadRegisters as u64 }>,
    ok: K<3, { Status::Ok as u64 }>,
    no_session: K<3, { Status::NoSession as u64 }>,
    wrong_session: K<3, { Status::WrongSession as u64 }>,
    bad_op: K<3, { Status::BadOp as u64 }>,
    bad_length: K<3, { Status::BadLength as u64 }>,
    bad_address: K<3, { Status::BadAddress as u64 }>,
    accelerator_busy: K<3, { Status::Busy as u64 }>,
    most: K<16, { MAX_PAYLOAD as u64 }>,
    header_and_crc: K<9, 1>,
    one: K<16, 1>,
    nobody: K<32, 0>,
}

impl Logic for Session {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, current, last_sequence, last_status, none, same, same_sequence, hello);
        dff_setup!(self, clock, writes, memory, known, some_count, no_payload, all_payload, past_end);
        dff_setup!(self, clock, good_length, outside, chosen, run);
        self.is_hello.next = self.op.val() == self.op_hello.val();
        self.is_write_memory.next = self.op.val() == self.op_write_memory.val();
        self.is_read_memory.next = self.op.val() == self.op_read_memory.val();
        self.is_write_registers.next = self.op.val() == self.op_write_registers.val();
        self.is_read_registers.next = self.op.val() == self.op_read_registers.val();

        self.none.d.next = self.current.q.val() == self.nobody.val();
        self.same.d.next = self.current.q.val() == self.session.val();
        self.same_sequence.d.next = self.last_sequence.q.val() == self.number.val();
        self.hello.d.next = self.is_hello.val();
        self.writes.d.next = self.is_write_memory.val() | self.is_write_registers.val();
        self.memory.d.next = self.is_write_memory.val() | self.is_read_memory.val();
        self.known.d.next = self.is_write_memory.val()
            | self.is_read_memory.val()
            | self.is_write_registers.val()
            | self.is_read_registers.val();
        self.some_count.d.next = self.count.val().any() & (self.count.val() <= self.most.val());
        self.no_payload.d.next = self.length.val() == self.header_and_crc.val();
        self.all_payload.d.next = bit_cast::<16, 9>(self.length.val()) == self.count.val() + self.one.val();
        self.past_end.d.next = bit_cast::<33, 32>(self.address.val()) + bit_cast::<33, 16>(self.count.val());

        if self.hello.q.val() {
            self.good_length.d.next = self.no_payload.q.val() & !self.count.val().any();
        } else if self.writes.q.val() {
            self.good_length.d.next = self.some_count.q.val() & self.all_payload.q.val();
        } else {
            self.good_length.d.next = self.some_count.q.val() & self.no_payload.q.val();
        }
        self.outside.d.next =
            self.memory.q.val() & (self.past_end.q.val() > bit_cast::<33, 32>(self.memory_words.val()));

        self.run.d.next = false;
        if !self.hello.q.val() & self.none.q.val() {
            self.chosen.d.next = self.no_session.val();
        } else if !self.hello.q.val() & !self.same.q.val() {
            self.chosen.d.next = self.wrong_session.val();
        } else if self.writes.q.val() & self.same_sequence.q.val() {
            self.chosen.d.next = self.last_status.q.val();
        } else if !self.hello.q.val() & !self.known.q.val() {
            self.chosen.d.next = self.bad_op.val();
        } else if !self.good_length.q.val() {
            self.chosen.d.next = self.bad_length.val();
        } else if self.outside.q.val() {
            self.chosen.d.next = self.bad_address.val();
        } else if self.memory.q.val() & self.busy.val() {
            self.chosen.d.next = self.accelerator_busy.val();
        } else {
            self.chosen.d.next = self.ok.val();
            self.run.d.next = true;
        }

        if self.record.val() {
            if self.hello.q.val() {
                if self.good_length.q.val() & !self.same.q.val() {
                    self.current.d.next = self.session.val();
                    self.last_sequence.d.next = self.number.val();
                    self.last_status.d.next = self.ok.val();
                }
            } else if self.same.q.val() & !self.none.q.val() {
                self.last_sequence.d.next = self.number.val();
                self.last_status.d.next = self.status.val();
            }
        }
        if self.reset.val() {
            self.current.d.next = self.nobody.val();
        }
        self.verdict.next = self.chosen.q.val();
        self.proceed.next = self.run.q.val();
    }
}
