//! Batch normalisation of a group of 8 channels on the vector unit as Verilog, against the golden model and against plain loops.

use crate::reference;
use crate::vector_bench::{VectorBench, both, check, write};
use ef_hdl_kit::rand::Rng;
use ef_isa::Hyperparameters;
use ef_isa::regs::HYPERPARAMETERS;
use ef_isa::vector::recipes::Gradient;
use ef_isa::vector::{ByChannel, Optimiser, RecipeWord, Settings, Walk, library};
use ef_model::vector::{VectorUnit as Model, Words};
use ef_numerics as num;
use ef_rtl_tests::{Chance, Random, seeded};

const T: u32 = 8;
const ONE: u32 = 0x3f80_0000;
/// Where the words of a command are: T words each, then the identity, then what is larger.
const A: u32 = 0;
const B: u32 = 8;
const D: u32 = 16;
const IDENTITY: u32 = 24;
const PIECE: u32 = 100;

/// Unit and model, the registers, and what is drawn.
struct Group<'a> {
    bench: VectorBench,
    model: Model,
    registers: Vec<u32>,
    rng: &'a mut Random,
}

fn mul(a: u32, b: u32) -> u32 {
    num::mul(a, b).0
}

fn add(a: u32, b: u32) -> u32 {
    num::add(a, b).0
}

fn sub(a: u32, b: u32) -> u32 {
    num::sub(a, b).0
}

/// `of` for each channel.
fn lanes(of: impl FnMut(usize) -> u32) -> Vec<u32> {
    (0..T as usize).map(of).collect()
}

impl Group<'_> {
    /// T positive words near 1, at an address of the operand RAM.
    fn put(&mut self, at: u32) -> Vec<u32> {
        let words = lanes(|_| (0.5 + self.rng.random_range(0..1000) as f32 / 1000.0).to_bits());
        self.set(at, &words);
        words
    }

    fn set(&mut self, at: u32, words: &[u32]) {
        self.bench.around.operand[at as usize..][..words.len()].copy_from_slice(words);
    }

    fn run(&mut self, walk: Walk) -> Vec<u32> {
        self.bench.stalls = self.rng.random_range(0..3) * 2;
        let made = check(&mut self.bench, &mut self.model, &walk, &self.registers, self.rng);
        assert!(made.y.is_empty());
        made.x
    }

    /// An element for each channel.
    fn channels(&mut self, recipe: RecipeWord) -> Vec<u32> {
        self.run(Walk { recipe, turns: [T, 1, 1, 1], o_a: A, o_b: B, o_c: D, ..Walk::default() })
    }

    /// A matrix from what the recipe before has left.
    fn diagonal(&mut self, recipes: &ByChannel) -> Vec<u32> {
        let identity: Vec<u32> = (0..T * T).map(|i| if i / T == i % T { ONE } else { 0 }).collect();
        self.set(IDENTITY, &identity);
        let recipe = recipes.diagonal;
        let made = self.run(Walk { recipe, turns: [T, T, 1, 1], o_a: IDENTITY, ..Walk::default() });
        let beside = made.iter().enumerate().filter(|(i, _)| i / T as usize != i % T as usize);
        assert!(beside.clone().count() == 56 && beside.clone().all(|(_, word)| word & 0x7fff_ffff == 0));
        lanes(|m| made[m * (T as usize + 1)])
    }

    /// A recipe over pieces of a map, `pixels` after `pixels`; what leaves.
    fn over(&mut self, recipe: RecipeWord, recipes: &ByChannel, pieces: &[Vec<u32>]) -> Vec<Vec<u32>> {
        let pieces = pieces.iter().enumerate();
        pieces
            .map(|(number, piece)| {
                self.set(PIECE, piece);
                let pixels = piece.len() as u32 / T;
                let left = self.run(Walk { recipe, turns: [T, pixels, 1, 1], o_a: PIECE, ..Walk::default() });
                self.channels(if number == 0 { recipes.first_piece } else { recipes.next_piece });
                left
            })
            .collect()
    }
}

/// The sum of `of` over the pixels of each piece, then over the pieces.
fn sum(pieces: &[Vec<u32>], lane: usize, of: impl Fn(u32) -> u32) -> u32 {
    let pieces = pieces.iter().map(|piece| {
        let words = piece.iter().skip(lane).step_by(T as usize);
        words.map(|word| of(*word)).reduce(|sum, word| add(word, sum)).unwrap()
    });
    pieces.reduce(add).unwrap()
}

/// `running + momentum*(new - running)`.
fn moved(running: u32, new: u32, momentum: u32) -> u32 {
    add(running, mul(momentum, sub(new, running)))
}

/// A unit with the tables of the library.
fn group(rng: &mut Random) -> Group<'_> {
    let (mut bench, mut model) = both(rng);
    write(&mut bench, &mut model, &library().tables.words(), rng);
    let registers = HYPERPARAMETERS.iter().map(|_| rng.tame()).collect();
    Group { bench, model, registers, rng }
}

#[test]
fn statistics_have_the_bits_of_plain_loops() {
    let rng = &mut seeded(21);
    let mut group = group(rng);
    let recipes = &library().by_channel;
    let inv_batch = Hyperparameters::PLACES.inv_batch;
    for round in 0..25 {
        group.registers[inv_batch] = (1.0 / (2 + round) as f32).to_bits();
        let pieces: Vec<Vec<u32>> = (0..group.rng.random_range(1..5))
            .map(|_| (0..T * group.rng.random_range(1..30)).map(|_| group.rng.tame()).collect())
            .collect();
        group.over(recipes.sum(T), recipes, &pieces);
        let [pixels, running, momentum] = [A, B, D].map(|at| group.put(at));
        let share = lanes(|m| mul(pixels[m], group.registers[inv_batch]));
        let means = lanes(|m| mul(sum(&pieces, m, |z| z), share[m]));
        assert_eq!(group.channels(recipes.mean), lanes(|m| moved(running[m], means[m], momentum[m])));

        let centred = group.over(recipes.centre(T), recipes, &pieces);
        let expected = pieces.iter().map(|piece| {
            piece.iter().enumerate().map(|(i, z)| sub(*z, means[i % T as usize])).collect::<Vec<u32>>()
        });
        assert_eq!(centred, expected.collect::<Vec<_>>());
        let variances = lanes(|m| mul(sum(&centred, m, |c| mul(c, c)), share[m]));
        let epsilon = group.put(A);
        let inverse = lanes(|m| num::rsqrt(add(variances[m], epsilon[m])));
        assert_eq!(group.channels(recipes.deviation), inverse);
        let [running, momentum] = [B, D].map(|at| group.put(at));
        let unbiased = |m: usize| mul(variances[m], num::recip(sub(ONE, share[m])).0);
        let expected = lanes(|m| moved(running[m], unbiased(m), momentum[m]));
        assert_eq!(group.channels(recipes.running_variance), expected);
        let gamma = group.put(A);
        let scales = lanes(|m| mul(gamma[m], inverse[m]));
        assert_eq!(group.channels(recipes.scale), scales);
        assert_eq!(group.diagonal(recipes), scales);
    }
}

#[test]
fn running_statistics_have_the_bits_of_plain_loops() {
    let rng = &mut seeded(22);
    let mut group = group(rng);
    let recipes = &library().by_channel;
    for _ in 0..10 {
        let [variance, epsilon, gamma] = [A, B, D].map(|at| group.put(at));
        assert!(group.channels(recipes.running_scale).is_empty());
        let scales = lanes(|m| mul(gamma[m], num::rsqrt(add(variance[m], epsilon[m]))));
        assert_eq!(group.diagonal(recipes), scales);
        let [beta, mean] = [A, B].map(|at| group.put(at));
        let expected = lanes(|m| sub(beta[m], mul(mean[m], scales[m])));
        assert_eq!(group.channels(recipes.running_shift), expected);
        assert_eq!(group.channels(recipes.copy), beta);
        let words = group.put(D);
        let recipe = recipes.spread;
        let walk = Walk { recipe, turns: [T, T, 1, 1], o_a: IDENTITY, o_c: D, ..Walk::default() };
        let spread = group.run(walk);
        assert_eq!(lanes(|m| spread[m * (T as usize + 1)]), words);
    }
}

#[test]
fn gradients_and_their_updates_have_the_bits_of_plain_loops() {
    let rng = &mut seeded(23);
    let mut group = group(rng);
    let recipes = &library().by_channel;
    for round in 0..24 {
        let sets = group.rng.random_range(1..6);
        let (first, stride, apart) = (group.rng.random_range(0..20), round % 2, 9);
        let Group { bench, rng, .. } = &mut group;
        bench.around.psum.fill_with(|| rng.tame());
        let word = |m: usize, set| group.bench.around.psum(first + stride * m as u32 + apart * set, m as u32);
        let sums = lanes(|m| (0..sets).map(|set| word(m, set)).fold(0, |sum, word| add(word, sum)));
        group.channels(recipes.clear);
        let walk = Walk { recipe: recipes.fold(T), turns: [T, sets, 1, 1], p_base: first, ..Walk::default() };
        group.run(walk.with_strides([stride.into(), apart.into(), 0, 0]));
        let [first_words, second_words, pixels] = [A, B, D].map(|at| group.put(at));
        let share = lanes(|m| mul(pixels[m], group.registers[Hyperparameters::PLACES.inv_batch]));
        let minus = |x| mul(x, 0xbf80_0000);
        let gradients = if round % 2 == 0 {
            let gradients = lanes(|m| mul(sums[m], first_words[m]));
            assert!(group.channels(recipes.slope).is_empty());
            let factor = |m: usize| mul(first_words[m], second_words[m]);
            let expected = lanes(|m| minus(mul(mul(gradients[m], share[m]), factor(m))));
            assert_eq!(group.diagonal(recipes), expected);
            gradients
        } else {
            let expected = lanes(|m| minus(mul(mul(sums[m], share[m]), first_words[m])));
            assert_eq!(group.channels(recipes.offset), expected);
            sums
        };
        let optimiser = Optimiser::ALL[round as usize % 4];
        let old = [A, B, D].map(|at| group.put(at));
        let mut tensors = [const { Vec::new() }; 3];
        for pass in library().updates(optimiser, Gradient::Channel) {
            let turns = [1, T, 1, 1];
            let walk = Walk { recipe: pass.recipe, turns, o_a: A, o_b: B, o_c: D, ..Walk::default() };
            group.bench.stalls = 2;
            let made = check(&mut group.bench, &mut group.model, &walk, &group.registers, group.rng);
            for (stream, tensor) in [made.x, made.y].into_iter().zip(pass.leave) {
                tensors[*tensor] = stream;
            }
        }
        let hyper = Hyperparameters::PLACES.map(|place| group.registers[place]);
        let settings = Settings { square_rate: 0, epsilon: 0 };
        for m in 0..T as usize {
            let kept = [0, 1, 2].map(|k| old[k][m]);
            let (expected, _) = reference::update(optimiser, (&hyper, &settings), gradients[m], kept);
            for (tensor, expected) in tensors[..=optimiser.state().len()].iter().zip(expected) {
                assert_eq!(tensor[m], expected, "{optimiser}");
            }
        }
    }
}
