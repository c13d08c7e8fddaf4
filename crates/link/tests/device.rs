//! An accelerator behind a link as a device.

use ef_isa::config::SIM_2X2;
use ef_isa::{Device, DeviceError, instr, regs};
use ef_link::testing::SoftBoard;
use ef_link::{Bus, LinkDevice, LinkError, Settings};

/// How the next run ends.
#[derive(Clone, Copy, PartialEq)]
enum Run {
    /// After so many looks at STATUS.
    Done(u32),
    Error,
    Hangs,
}

/// Registers that behave like the accelerator's as far as a host sees.
struct Accelerator {
    lanes: u32,
    id: u32,
    /// Where the program is, and its length.
    program: [u32; 2],
    next: Run,
    running: Option<u32>,
    status: u32,
    starts: u32,
    clears: u32,
    pc: u32,
    memory: Vec<u32>,
}

impl Accelerator {
    fn new(next: Run) -> Self {
        let memory = vec![0; 1000];
        let (program, running, status, starts, clears, pc) = Default::default();
        let id = regs::ID_VALUE;
        Accelerator { lanes: 2, id, program, next, running, status, starts, clears, pc, memory }
    }
}

impl Bus for Accelerator {
    fn read_register(&mut self, address: u8) -> u32 {
        if let Some(looks) = &mut self.running {
            match self.next {
                Run::Hangs => {}
                _ => self.pc += 1,
            }
            if address == regs::STATUS as u8 && self.next != Run::Hangs {
                *looks -= 1;
                if *looks == 0 {
                    self.running = None;
                    self.status =
                        if self.next == Run::Error { regs::status::ERROR } else { regs::status::DONE };
                }
            }
        }
        match address.into() {
            regs::ID => self.id,
            regs::VERSION => regs::VERSION_VALUE,
            regs::LANES => self.lanes,
            regs::DEPTHS0 => SIM_2X2.depths()[0],
            regs::DEPTHS1 => SIM_2X2.depths()[1],
            regs::STATUS if self.running.is_some() => regs::status::BUSY,
            regs::STATUS => self.status,
            regs::ERRORS => regs::error::BAD_LOOP,
            regs::PC => self.pc,
            regs::CYCLES => 12345,
            _ => 0,
        }
    }

    fn write_register(&mut self, address: u8, value: u32) {
        match (address.into(), value) {
            (regs::CONTROL, regs::control::START) => {
                self.starts += 1;
                self.running = Some(if let Run::Done(looks) = self.next { looks } else { 3 });
            }
            (regs::CONTROL, regs::control::CLEAR) => {
                self.clears += 1;
                self.running = None;
            }
            (regs::PROGRAM_ADDRESS, _) => self.program[0] = value,
            (regs::PROGRAM_LENGTH, _) => self.program[1] = value,
            _ => panic!("write of {value} to register {address:#x}"),
        }
    }

    fn read_memory(&mut self, address: u32) -> Option<u32> {
        Some(self.memory[address as usize])
    }

    fn write_memory(&mut self, address: u32, value: u32) -> Option<()> {
        self.memory[address as usize] = value;
        Some(())
    }

    fn busy(&self) -> bool {
        self.running.is_some()
    }
}

type Opened = Result<LinkDevice<SoftBoard<Accelerator>>, LinkError>;

fn open(accelerator: Accelerator) -> Opened {
    LinkDevice::open(SoftBoard::new(accelerator, 1000), Settings::default())
}

#[test]
fn an_opened_device_knows_its_configuration_and_holds_program_and_memory() {
    let mut device = open(Accelerator::new(Run::Done(5))).unwrap();
    assert_eq!((device.config(), device.memory_words()), (&SIM_2X2, 1000));
    let program: Vec<u64> = (0..150u64).map(|i| i.wrapping_mul(0x9e37_79b9_7f4a_7c15)).collect();
    device.load_program(0, &program).unwrap();
    let words: Vec<u32> = (0..700).collect();
    device.write_memory(300, &words).unwrap();
    let mut read = vec![0; 700];
    device.read_memory(300, &mut read).unwrap();
    assert_eq!(read, words);
    device.run().unwrap();
    let board = &device.link().port().endpoint.bus;
    assert_eq!((board.program, board.starts), ([0, 150], 1));
    assert_eq!(instr::from_words(&board.memory[..300]), program);
    assert!(matches!(
        device.write_memory(999, &[1, 2]),
        Err(DeviceError::Address { address: 999, words: 2, size: 1000 })
    ));
    // a program that does not lie in the memory is not selected
    for (address, length) in [(999, 1), (0, 501)] {
        assert!(matches!(device.select_program(address, length), Err(DeviceError::Address { .. })));
    }
    let long = device.select_program(0, 1 << 24).unwrap_err().to_string();
    assert!(long.contains("16777216 instructions") && long.contains("up to 16777215"), "{long}");
}

#[test]
fn a_run_that_fails_or_hangs_is_reported_as_by_other_devices() {
    let mut device = open(Accelerator::new(Run::Error)).unwrap();
    assert!(matches!(device.run(), Err(DeviceError::Hardware { errors: regs::error::BAD_LOOP, .. })));
    let mut device = open(Accelerator::new(Run::Hangs)).unwrap();
    let hung = device.run();
    assert!(matches!(hung, Err(DeviceError::Timeout { cycles: 12345, pc: 0 })), "{hung:?}");
    // a slow run is not a hanging one: its program counter changes
    open(Accelerator::new(Run::Done(5000))).unwrap().run().unwrap();
}

#[test]
fn a_run_that_another_host_left_behind_is_cleared() {
    let mut left = Accelerator::new(Run::Hangs);
    left.running = Some(1);
    let mut device = open(left).unwrap();
    assert_eq!(device.link().port().endpoint.bus.clears, 1);
    device.write_memory(0, &[1]).unwrap();
}

#[test]
fn an_unknown_accelerator_is_refused() {
    let problem = |accelerator| open(accelerator).map(drop).unwrap_err().to_string();
    let lanes = problem(Accelerator { lanes: 3, ..Accelerator::new(Run::Error) });
    assert!(lanes.contains("3 lanes") && lanes.contains("no configuration"), "{lanes}");
    let id = problem(Accelerator { id: 1, ..Accelerator::new(Run::Error) });
    assert!(id.contains("ID 0x1") && id.contains("load a bitstream"), "{id}");
}
