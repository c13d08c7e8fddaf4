//! [`Executor`]: does what a request asks for.
use ef_hdl_kit::K;
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
#[derive(LogicBlock, Default)]
pub struct Executor {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub good: Signal<In, Bit>,
    pub op: Signal<In, Bits<8>>,
    pub count: Signal<In, Bits<16>>,
    pub address: Signal<In, Bits<32>>,
    pub verdict: Signal<In, Bits<3>>,
    pub proceed: Signal<In, Bit>,
    pub record: Signal<Out, Bit>,
    pub status: Signal<Out, Bits<3>>,
    pub memory_words: Signal<In, Bits<32>>,
    pub listen: Signal<Out, Bit>,
    pub index: Signal<Out, Bits<9>>,
    pub fetched: Signal<In, Bits<32>>,
    pub store: Signal<Out, Bit>,
    pub stored: Signal<Out, Bits<32>>,
    pub req_valid: Signal<Out, Bit>,
    pub req_ready: Signal<In, Bit>,
    pub req_write: Signal<Out, Bit>,
    pub req_addr: Signal<Out, Bits<8>>,
    pub req_data: Signal<Out, Bits<32>>,
    pub resp_valid: Signal<In, Bit>,
    pub resp_ready: Signal<Out, Bit>,
    pub resp_data: Signal<In, Bits<32>>,
    pub memory_start: Signal<Out, Bit>,
    pub memory_write: Signal<Out, Bit>,
    pub memory_address: Signal<Out, Bits<32>>,
    pub memory_data: Signal<Out, Bits<32>>,
    pub memory_busy: Signal<In, Bit>,
    pub memory_read: Signal<In, Bits<32>>,
    pub send: Signal<Out, Bit>,
    pub words: Signal<Out, Bits<9>>,
    pub sent: Signal<In, Bit>,
    pub replying: Signal<Out, Bit>,
    step: DFF<Step>,
    pause: DFF<Bits<2>>,
    at: DFF<Bits<9>>,
    place: DFF<Bits<32>>,
    mask: DFF<Bits<8>>,
    target: DFF<Bits<8>>,
    last: DFF<Bit>,
    waited: DFF<Bits<17>>,
    outcome: DFF<Bits<3>>,
    answers: DFF<Bits<9>>,
    word: DFF<Bits<32>>,
    storing: DFF<Bit>,
    starting: DFF<Bit>,
    ending: DFF<Bit>,
    answering: DFF<Bit>,
    hello: DFF<Bit>,
    writes: DFF<Bit>,
    memory: DFF<Bit>,
    rested: Signal<Local, Bit>,
    timeout: Signal<Local, Bit>,
    following: Signal<Local, Bits<9>>,
    op_hello: K<8, { Op::Hello as u64 }>,
    op_write_memory: K<8, { Op::WriteMemory as u64 }>,
    op_read_memory: K<8, { Op::ReadMemory as u64 }>,
    op_write_registers: K<8, { Op::WriteRegisters as u64 }>,
    no_answer: K<3, { Status::MemoryTimeout as u64 }>,
    version: K<32, { VERSION as u64 }>,
    max_payload: K<32, { MAX_PAYLOAD as u64 }>,
    hello_words: K<9, { HELLO_WORDS as u64 }>,
    hello_last: K<9, { HELLO_WORDS as u64 - 1 }>,
    no_words: K<9, 0>,
    next_word: K<9, 1>,
    next_place: K<32, 1>,
    one: K<2, 1>,
    no_rest: K<2, 0>,
    tick: K<17, 1>,
    no_time: K<17, 0>,
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
