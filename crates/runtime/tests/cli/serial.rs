//! The program on a serial port (a pseudo-terminal) when something happens in the middle of a step.

use crate::board::Accelerator;
use crate::common::{Bench, failed, not_inherited, stderr, succeeds};
use ef_link::{Bus, Endpoint};
use serialport::{SerialPort, TTYPort};
use std::io::{Read, Write};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

type Board = Arc<Mutex<Endpoint<Accelerator>>>;

/// Three epochs of 6 steps; after each two runs for the test.
const EPOCHS: &str = "3";
/// The third step of the second epoch.
const MIDDLE: u32 = 11;

/// A board that is plugged in: the name of its port is `path`.
pub struct Plugged {
    path: PathBuf,
    pull: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Plugged {
    pub fn at<B: Bus + Send + 'static>(path: &Path, board: &Arc<Mutex<Endpoint<B>>>) -> Self {
        let (master, port) = TTYPort::pair().unwrap();
        let mut master = not_inherited(master);
        symlink(port.name().unwrap(), path).unwrap();
        master.set_timeout(Duration::from_millis(5)).unwrap();
        let pull = Arc::new(AtomicBool::new(false));
        let (board, pulled) = (board.clone(), pull.clone());
        let thread = thread::spawn(move || {
            let mut bytes = [0; 4096];
            while !pulled.load(Ordering::Relaxed) {
                match master.read(&mut bytes) {
                    Ok(count) => {
                        let mut board = board.lock().unwrap();
                        for answer in bytes[..count].iter().filter_map(|byte| board.receive(*byte)) {
                            // fails if the host has just closed the port
                            let _ = master.write_all(&answer);
                        }
                    }
                    // nothing came, or nobody has the port open
                    Err(_) => thread::sleep(Duration::from_millis(1)),
                }
            }
        });
        Plugged { path: path.into(), pull, thread }
    }

    fn unplug(self) {
        std::fs::remove_file(self.path).unwrap();
        self.pull.store(true, Ordering::Relaxed);
        self.thread.join().unwrap();
    }
}

/// A board on which a program trains.
struct Scene {
    bench: Bench,
    board: Board,
    plugged: Plugged,
}

impl Scene {
    /// With the program in the middle of a step.
    fn new() -> (Scene, Child) {
        let bench = Bench::new();
        let mut accelerator = Accelerator::new();
        accelerator.holds = Some(MIDDLE);
        let board = Arc::new(Mutex::new(Endpoint::new(accelerator, Accelerator::MEMORY_WORDS)));
        let plugged = Plugged::at(&bench.path("port"), &board);
        let program = Scene::train(&bench).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let begin = Instant::now();
        while board.lock().unwrap().bus.starts < MIDDLE {
            assert!(begin.elapsed() < Duration::from_secs(60), "the program does not get that far");
            thread::sleep(Duration::from_millis(2));
        }
        (Scene { bench, board, plugged }, program)
    }

    fn train(bench: &Bench) -> Command {
        bench.train(
            "run",
            &["--backend", "board", "--port", "port", "--config", "sim-2x2", "--epochs", EPOCHS],
        )
    }

    /// The step may end.
    fn release(&self) {
        self.board.lock().unwrap().bus.holds = None;
    }

    /// Whether the run has ended with the bits of one that nothing disturbed.
    fn check(&self) {
        succeeds(self.bench.train("undisturbed", &["--config", "sim-2x2", "--epochs", EPOCHS]));
        assert_eq!(self.bench.state("run"), self.bench.state("undisturbed"));
    }

    fn resume(&self) {
        succeeds(self.bench.command(&["train", "--resume", "run", "--backend", "board", "--port", "port"]));
    }
}

#[test]
fn a_board_unplugged_and_plugged_in_again_in_a_step_trains_on() {
    let (mut scene, program) = Scene::new();
    let path = scene.plugged.path.clone();
    scene.plugged.unplug();
    thread::sleep(Duration::from_millis(150));
    scene.plugged = Plugged::at(&path, &scene.board);
    scene.release();
    let output = program.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    scene.check();
}

#[test]
fn a_board_reset_in_a_step_ends_the_run_with_the_way_to_go_on() {
    let (scene, program) = Scene::new();
    {
        let mut board = scene.board.lock().unwrap();
        board.reset();
        board.bus.spoil();
    }
    let parts = [
        "step 9 on back end board",
        "it was reset since the session began",
        "saved up to step 6",
        "--resume run",
    ];
    failed(&program.wait_with_output().unwrap(), &parts);
    scene.resume();
    scene.check();
}

#[test]
fn a_program_killed_in_a_step_goes_on_from_its_checkpoint() {
    let (scene, mut program) = Scene::new();
    program.kill().unwrap();
    program.wait().unwrap();
    // the accelerator is still busy with the step
    assert_eq!(scene.board.lock().unwrap().bus.starts, MIDDLE);
    scene.resume();
    scene.check();
}
