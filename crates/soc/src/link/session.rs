//! [`Session`]: who may ask, and what of a request is allowed.
use ef_hdl_kit::block;
use ef_link::frame::{MAX_PAYLOAD, Op, Status};
use rust_hdl::prelude::*;

block! {
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
    pub struct Session {
        in clock: Clock, in reset, busy, record: Bit, in op, number: Bits<8>, in count: Bits<16>,
        in length: Bits<9>, in session, address, memory_words: Bits<32>, in status: Bits<3>,
        out verdict: Bits<3>, out proceed: Bit,
        reg(reset) current: Bits<32>, reg last_sequence: Bits<8>, reg last_status: Bits<3>,
        // first stage
        reg none, same, same_sequence, hello, writes, memory, known, some_count, no_payload: Bit,
        reg all_payload: Bit, reg past_end: Bits<33>,
        // second stage
        reg good_length, outside: Bit,
        // third stage
        reg chosen => verdict: Bits<3>, reg pulse run => proceed: Bit,
        net is_hello, is_write_memory, is_read_memory, is_write_registers, is_read_registers: Bit,
        const op_hello: Bits<8> = Op::Hello as u64, const op_write_memory: Bits<8> = Op::WriteMemory as u64,
        const op_read_memory: Bits<8> = Op::ReadMemory as u64,
        const op_write_registers: Bits<8> = Op::WriteRegisters as u64,
        const op_read_registers: Bits<8> = Op::ReadRegisters as u64, const ok: Bits<3> = Status::Ok as u64,
        const no_session: Bits<3> = Status::NoSession as u64,
        const wrong_session: Bits<3> = Status::WrongSession as u64,
        const bad_op: Bits<3> = Status::BadOp as u64, const bad_length: Bits<3> = Status::BadLength as u64,
        const bad_address: Bits<3> = Status::BadAddress as u64,
        const accelerator_busy: Bits<3> = Status::Busy as u64, const most: Bits<16> = MAX_PAYLOAD as u64,
        const header_and_crc: Bits<9> = 1, const one: Bits<16> = 1, const nobody: Bits<32> = 0,
    }
}

impl Logic for Session {
    #[hdl_gen]
    fn update(&mut self) {
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
    }
}
