//! The program on a serial port (a pseudo-terminal) when something happens in the middle of a step.

use crate::board::Accelerator;
use crate::common::{CliBench, failed, idx, stderr, succeeds};
use crate::memtest::plug_in;
use ef_link::Endpoint;
use ef_link::testing::Plugged;
use std::io::{BufRead, BufReader};
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

#[test]
fn a_batch_that_a_board_does_not_hold_is_kept_and_its_passes_are_said() {
    let bench = CliBench::new();
    // as FP32 pixels, 40 such images need more than the 8 million words of a board with 32 MB, and 20 do not
    for (part, count) in [("train", 40), ("t10k", 1)] {
        let write = |name: &str, bytes: Vec<u8>| {
            std::fs::write(bench.path(&format!("{part}-{name}-ubyte")), bytes).unwrap();
        };
        write("images-idx3", idx(&[count, 512, 512], &vec![7; count << 18]));
        write("labels-idx1", idx(&[count], &vec![0; count]));
    }
    let network = "name = \"large\"\n[input]\nchannels = 1\nrows = 512\ncolumns = 512\n\
        [[layer]]\nkind = \"conv\"\noutputs = 2\nkernel = 4\nstride = 4\n\
        [[layer]]\nkind = \"max_pool\"\n[[layer]]\nkind = \"fc\"\noutputs = 3\n";
    std::fs::write(bench.path("large.toml"), network).unwrap();
    let _board = plug_in(&bench, u32::MAX);
    let mut command =
        bench.train("run", &["--network", "large.toml", "--backend", "board", "--port", "port"]);
    command.args(["--board", "ulx3s-25f", "--config", "sim-2x2", "--batch", "40"]);
    let mut program = command.stdout(Stdio::piped()).spawn().unwrap();
    let line = BufReader::new(program.stdout.take().unwrap())
        .lines()
        .map(Result::unwrap)
        .find(|line| line.starts_with("batch "));
    program.kill().unwrap();
    program.wait().unwrap();
    let said = line.unwrap();
    // the learning rate is that of the batch, not of a pass
    assert!(
        said.starts_with("batch 40 in 2 passes of up to 20 images, sgd, learning rate 0.032 to"),
        "{said}"
    );
}
