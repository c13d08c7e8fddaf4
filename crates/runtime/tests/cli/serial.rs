//! The program on a serial port (a pseudo-terminal) when something happens in the middle of a step.

use crate::board::Accelerator;
use crate::common::{CliBench, failed, stderr, succeeds};
use ef_link::Endpoint;
use ef_link::testing::Plugged;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

type Board = Arc<Mutex<Endpoint<Accelerator>>>;

/// Three epochs of 6 steps; after each two runs for the test.
const EPOCHS: &str = "3";
/// The third step of the second epoch.
const MIDDLE: u32 = 11;

/// A board on which a program trains.
struct Scene {
    bench: CliBench,
    board: Board,
    plugged: Plugged,
}

impl Scene {
    /// With the program in the middle of a step.
    fn new() -> (Scene, Child) {
        let bench = CliBench::new();
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

    fn train(bench: &CliBench) -> Command {
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
    let path = scene.bench.path("port");
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
