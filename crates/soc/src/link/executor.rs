//! [`Executor`]: does what a request asks for.
use ef_hdl_kit::{block, glue};
use ef_link::frame::{HELLO_WORDS, MAX_PAYLOAD, Op, Status, VERSION};
use rust_hdl::prelude::*;

#[derive(Copy, Clone, Debug, PartialEq, LogicState)]
enum Step {
    Idle,
    Judge,
    Hello,
    Fetch,
    Register,
    Answer,
    Start,
    Memory,
    Store,
    Reply,
    Sending,
}

block! {
    /// Takes a good request through judgement, its words one by one, and its reply.
    ///
    /// ```text
    ///  Idle --good--> Judge --proceed--> Hello ------------------------------------------> Reply --> Sending --sent--> Idle
    ///                   |                  \                                                 ^
    ///                   |                   Fetch --> Register (--> Answer) --+--> Store ----+
    ///                   |                     ^ \---> Start --> Memory -------+      |       |
    ///                   |                     +---------- next word -----------------+       |
    ///                   +--- refused --------------------------------------------------------+
    /// ```
    /// Fetch waits for the word of the RAM, Answer for a register's value, Start and Memory for the memory, at most 2^16 cycles;
    /// the register port always answers. A read stores its words in the request RAM where a write has its
    /// payload, from index 0 on; the reply is sent from there.
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `good`, `op`, `count`, `address` | 1, 8, 16, 32 | a request; stays until `listen` |
    /// | `verdict`, `proceed`, `record`, `status` | 3, 1, 1, 3 | to and from the [`Session`](super::session::Session) |
    /// | `memory_words` | 32 | size of the memory |
    /// | `listen` | 1 | the next request may come |
    /// | `index`, `fetched` | 9, 32 | place in the RAM; its word, 2 cycles later |
    /// | `store`, `stored` | 1, 32 | write to the RAM at `index` |
    /// | `req_*`, `resp_*` | | register port, see `docs/host-port.md` |
    /// | `memory_start`, `memory_write`, `memory_address`, `memory_data`, `memory_busy`, `memory_read` | | a [`MemoryWord`](super::memory_word::MemoryWord) |
    /// | `send`, `words`, `sent` | 1, 9, 1 | a reply with so many words of payload and `status`; it is sent |
    /// | `replying` | 1 | the RAM is read for the reply |
    pub struct Executor {
        in clock: Clock, in reset, good, proceed, req_ready, resp_valid, memory_busy, sent: Bit,
        in op: Bits<8>, in count: Bits<16>,
        in address, memory_words, fetched, resp_data, memory_read: Bits<32>, in verdict: Bits<3>,
        out record, listen, store, req_valid, req_write, resp_ready, memory_start, memory_write, send: Bit,
        out replying: Bit, out status: Bits<3>, out index, words: Bits<9>,
        out stored, req_data, memory_address, memory_data: Bits<32>, out req_addr: Bits<8>,
        request: RequestKind,
        steps: ExecutorSteps,
    }
}

glue! { Executor; self => {
    wire!(self.{request, steps} <- self: clock, count, address);
    wire!(self.request <- self: op);
    wire!(self.request <- self.steps: at = index, mask);
    wire!(self.steps <- self.request: hello, writes, memory, last, following);
    wire!(self.steps <- self: reset, good, verdict, proceed, memory_words, fetched, req_ready, resp_valid);
    wire!(self.steps <- self: resp_data, memory_busy, memory_read, sent);
    wire!(self <- self.steps: record, status, listen, index, store, req_valid, resp_ready, memory_start);
    wire!(self <- self.steps: memory_address, words, replying, stored, req_data = stored, memory_data = stored);
    wire!(self <- self.steps: status, send = record);
    wire!(self <- self.request: req_write = writes, memory_write = writes, req_addr = target);
}}

block! {
    /// What the request asks for; the outputs are registers.
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `op`, `count`, `address`, `at` | 8, 16, 32, 9 | the request; the number of the word it is at |
    /// | `hello`, `writes`, `memory` | 1 | it is a HELLO; it writes; it is about the memory |
    /// | `target` | 8 | the register of the word |
    /// | `following`, `last` | 9, 1 | the number of the next word (not a register); there is none |
    pub struct RequestKind {
        in clock: Clock, in op, mask: Bits<8>, in count: Bits<16>, in address: Bits<32>,
        in at: Bits<9>,
        out hello, writes, memory, last: Bit, out target: Bits<8>, out following: Bits<9>,
        reg is_hello => hello, is_write => writes, is_memory => memory, is_last => last: Bit,
        reg register_q => target: Bits<8>,
        net next_at: Bits<9>,
        const op_hello: Bits<8> = Op::Hello as u64, const op_write_memory: Bits<8> = Op::WriteMemory as u64,
        const op_read_memory: Bits<8> = Op::ReadMemory as u64,
        const op_write_registers: Bits<8> = Op::WriteRegisters as u64, const one: Bits<9> = 1,
    }
}

impl Logic for RequestKind {
    #[hdl_gen]
    fn update(&mut self) {
        self.is_hello.d.next = self.op.val() == self.op_hello.val();
        self.is_write.d.next =
            (self.op.val() == self.op_write_memory.val()) | (self.op.val() == self.op_write_registers.val());
        self.is_memory.d.next =
            (self.op.val() == self.op_write_memory.val()) | (self.op.val() == self.op_read_memory.val());
        self.register_q.d.next =
            self.address.val().get_bits::<8>(0) + (self.at.val().get_bits::<8>(0) & self.mask.val());
        self.next_at.next = self.at.val() + self.one.val();
        self.following.next = self.next_at.val();
        self.is_last.d.next = bit_cast::<16, 9>(self.next_at.val()) == self.count.val();
    }
}

block! {
    /// The steps of a request, in the order of the picture of [`Executor`], whose ports these are.
    pub struct ExecutorSteps {
        in clock: Clock,
        in reset, good, hello, writes, memory, last, proceed, req_ready, resp_valid, memory_busy, sent: Bit,
        in count: Bits<16>, in address, memory_words, fetched, resp_data, memory_read: Bits<32>,
        in following: Bits<9>, in verdict: Bits<3>,
        out record, store, memory_start, replying: Bit, out status: Bits<3>, out index, words: Bits<9>,
        out stored, memory_address: Bits<32>, out mask: Bits<8>,
        out pulse listen, req_valid, resp_ready: Bit,
        reg(reset) step: Step, reg pulse pause: Bits<2>, reg pulse waited: Bits<17>,
        reg at => index, answers => words: Bits<9>, reg place => memory_address, word => stored: Bits<32>,
        reg mask_q => mask: Bits<8>, reg outcome => status: Bits<3>, reg answering => replying: Bit,
        reg(reset) pulse storing => store, starting => memory_start, ending => record: Bit,
        net rested, timeout: Bit,
        const no_answer: Bits<3> = Status::MemoryTimeout as u64, const version: Bits<32> = VERSION as u64,
        const max_payload: Bits<32> = MAX_PAYLOAD as u64, const hello_words: Bits<9> = HELLO_WORDS as u64,
        const hello_last: Bits<9> = HELLO_WORDS as u64 - 1, const no_words: Bits<9> = 0,
        const next_place: Bits<32> = 1, const one: Bits<2> = 1,
        const tick: Bits<17> = 1,
    }
}

impl Logic for ExecutorSteps {
    #[hdl_gen]
    fn update(&mut self) {
        self.rested.next = self.pause.q.val().all();
        self.timeout.next = self.waited.q.val().get_bit(16);

        match self.step.q.val() {
            Step::Idle => {
                self.listen.next = true;
                self.answering.d.next = false;
                self.at.d.next = self.no_words.val();
                self.answers.d.next = self.no_words.val();
                if self.good.val() {
                    self.step.d.next = Step::Judge;
                }
            }
            Step::Judge => {
                self.pause.d.next = self.pause.q.val() + self.one.val();
                self.place.d.next = self.address.val();
                self.mask_q.d.next = self.address.val().get_bits::<8>(8);
                if !self.writes.val() {
                    self.mask_q.d.next = 0xff.into();
                }
                if self.rested.val() {
                    self.outcome.d.next = self.verdict.val();
                    self.step.d.next = Step::Reply;
                    if self.proceed.val() {
                        self.step.d.next = Step::Fetch;
                        if self.hello.val() {
                            self.step.d.next = Step::Hello;
                        }
                    }
                }
            }
            Step::Hello => {
                self.storing.d.next = true;
                self.answers.d.next = self.hello_words.val();
                self.step.d.next = Step::Store;
                self.word.d.next = self.memory_words.val();
                if self.at.q.val() == 0 {
                    self.word.d.next = self.version.val();
                }
                if self.at.q.val() == 1 {
                    self.word.d.next = self.max_payload.val();
                }
            }
            Step::Fetch => {
                self.pause.d.next = self.pause.q.val() + self.one.val();
                if self.rested.val() {
                    self.word.d.next = self.fetched.val();
                    self.step.d.next = Step::Register;
                    if self.memory.val() {
                        self.step.d.next = Step::Start;
                    }
                }
            }
            Step::Register => {
                self.req_valid.next = true;
                if self.req_ready.val() {
                    self.step.d.next = Step::Answer;
                    if self.writes.val() {
                        self.step.d.next = Step::Store;
                    }
                }
            }
            Step::Answer => {
                self.resp_ready.next = true;
                self.word.d.next = self.resp_data.val();
                if self.resp_valid.val() {
                    self.storing.d.next = true;
                    self.step.d.next = Step::Store;
                }
            }
            Step::Start => {
                self.waited.d.next = self.waited.q.val() + self.tick.val();
                if !self.memory_busy.val() {
                    self.starting.d.next = true;
                    self.step.d.next = Step::Memory;
                } else if self.timeout.val() {
                    self.outcome.d.next = self.no_answer.val();
                    self.step.d.next = Step::Reply;
                }
            }
            Step::Memory => {
                self.waited.d.next = self.waited.q.val() + self.tick.val();
                if !self.memory_busy.val() & !self.starting.q.val() {
                    self.word.d.next = self.memory_read.val();
                    self.storing.d.next = !self.writes.val();
                    self.step.d.next = Step::Store;
                } else if self.timeout.val() {
                    self.outcome.d.next = self.no_answer.val();
                    self.step.d.next = Step::Reply;
                }
            }
            Step::Store => {
                self.at.d.next = self.following.val();
                self.place.d.next = self.place.q.val() + self.next_place.val();
                self.step.d.next = Step::Fetch;
                if self.hello.val() {
                    self.step.d.next = Step::Hello;
                    if self.at.q.val() == self.hello_last.val() {
                        self.step.d.next = Step::Reply;
                    }
                } else if self.last.val() {
                    self.step.d.next = Step::Reply;
                    if !self.writes.val() {
                        self.answers.d.next = self.count.val().get_bits::<9>(0);
                    }
                }
            }
            Step::Reply => {
                self.ending.d.next = true;
                self.answering.d.next = true;
                self.step.d.next = Step::Sending;
            }
            Step::Sending => {
                if self.sent.val() {
                    self.step.d.next = Step::Idle;
                }
            }
        }
    }
}
