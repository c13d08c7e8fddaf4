//! [`Executor`]: does what a request asks for.
use ef_hdl_kit::block;
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
    /// the register port always answers. Words that were read are stored where the words of a write would have been.
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
        in clock: Clock,
        in reset, good: Bit,
        in op: Bits<8>,
        in count: Bits<16>,
        in address: Bits<32>,
        in verdict: Bits<3>,
        in proceed: Bit,
        out record: Bit,
        out status: Bits<3>,
        in memory_words: Bits<32>,
        out listen: Bit,
        out index: Bits<9>,
        in fetched: Bits<32>,
        out store: Bit,
        out stored: Bits<32>,
        out req_valid: Bit,
        in req_ready: Bit,
        out req_write: Bit,
        out req_addr: Bits<8>,
        out req_data: Bits<32>,
        in resp_valid: Bit,
        out resp_ready: Bit,
        in resp_data: Bits<32>,
        out memory_start, memory_write: Bit,
        out memory_address, memory_data: Bits<32>,
        in memory_busy: Bit,
        in memory_read: Bits<32>,
        out send: Bit,
        out words: Bits<9>,
        in sent: Bit,
        out replying: Bit,
        reg step: Step,
        reg pause: Bits<2>,
        reg at: Bits<9>,
        reg place: Bits<32>,
        reg mask, target: Bits<8>,
        reg last: Bit,
        reg waited: Bits<17>,
        reg outcome: Bits<3>,
        reg answers: Bits<9>,
        reg word: Bits<32>,
        reg storing, starting, ending, answering, hello, writes, memory: Bit,
        net rested, timeout: Bit,
        net following: Bits<9>,
        const op_hello: Bits<8> = Op::Hello as u64, const op_write_memory: Bits<8> = Op::WriteMemory as u64,
        const op_read_memory: Bits<8> = Op::ReadMemory as u64,
        const op_write_registers: Bits<8> = Op::WriteRegisters as u64,
        const no_answer: Bits<3> = Status::MemoryTimeout as u64, const version: Bits<32> = VERSION as u64,
        const max_payload: Bits<32> = MAX_PAYLOAD as u64, const hello_words: Bits<9> = HELLO_WORDS as u64,
        const hello_last: Bits<9> = HELLO_WORDS as u64 - 1, const no_words: Bits<9> = 0,
        const next_word: Bits<9> = 1, const next_place: Bits<32> = 1, const one: Bits<2> = 1,
        const no_rest: Bits<2> = 0, const tick: Bits<17> = 1, const no_time: Bits<17> = 0,
    }
}

impl Logic for Executor {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, step, pause, at, place, mask, target, last, waited, outcome, answers, word);
        dff_setup!(self, clock, storing, starting, ending, answering, hello, writes, memory);
        self.hello.d.next = self.op.val() == self.op_hello.val();
        self.writes.d.next =
            (self.op.val() == self.op_write_memory.val()) | (self.op.val() == self.op_write_registers.val());
        self.memory.d.next =
            (self.op.val() == self.op_write_memory.val()) | (self.op.val() == self.op_read_memory.val());
        self.target.d.next =
            self.address.val().get_bits::<8>(0) + (self.at.q.val().get_bits::<8>(0) & self.mask.q.val());
        self.following.next = self.at.q.val() + self.next_word.val();
        self.last.d.next = bit_cast::<16, 9>(self.following.val()) == self.count.val();
        self.rested.next = self.pause.q.val().all();
        self.timeout.next = self.waited.q.val().get_bit(16);
        self.waited.d.next = self.no_time.val();
        self.pause.d.next = self.no_rest.val();
        self.storing.d.next = false;
        self.starting.d.next = false;
        self.ending.d.next = false;
        self.listen.next = false;
        self.req_valid.next = false;
        self.resp_ready.next = false;

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
                self.mask.d.next = self.address.val().get_bits::<8>(8);
                if !self.writes.q.val() {
                    self.mask.d.next = 0xff.into();
                }
                if self.rested.val() {
                    self.outcome.d.next = self.verdict.val();
                    self.step.d.next = Step::Reply;
                    if self.proceed.val() {
                        self.step.d.next = Step::Fetch;
                        if self.hello.q.val() {
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
                    if self.memory.q.val() {
                        self.step.d.next = Step::Start;
                    }
                }
            }
            Step::Register => {
                self.req_valid.next = true;
                if self.req_ready.val() {
                    self.step.d.next = Step::Answer;
                    if self.writes.q.val() {
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
                    self.storing.d.next = !self.writes.q.val();
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
                if self.hello.q.val() {
                    self.step.d.next = Step::Hello;
                    if self.at.q.val() == self.hello_last.val() {
                        self.step.d.next = Step::Reply;
                    }
                } else if self.last.q.val() {
                    self.step.d.next = Step::Reply;
                    if !self.writes.q.val() {
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
            _ => {
                self.step.d.next = Step::Idle;
            }
        }
        if self.reset.val() {
            self.step.d.next = Step::Idle;
            self.storing.d.next = false;
            self.starting.d.next = false;
            self.ending.d.next = false;
        }
        self.record.next = self.ending.q.val();
        self.status.next = self.outcome.q.val();
        self.index.next = self.at.q.val();
        self.store.next = self.storing.q.val();
        self.stored.next = self.word.q.val();
        self.req_write.next = self.writes.q.val();
        self.req_addr.next = self.target.q.val();
        self.req_data.next = self.word.q.val();
        self.memory_start.next = self.starting.q.val();
        self.memory_write.next = self.writes.q.val();
        self.memory_address.next = self.place.q.val();
        self.memory_data.next = self.word.q.val();
        self.send.next = self.ending.q.val();
        self.words.next = self.answers.q.val();
        self.replying.next = self.answering.q.val();
    }
}
