//! Random VECTOR commands that the golden model can execute.

use crate::bench::DRAM_WORDS;
use crate::commands::{any_runs, spread};
use crate::recipes::{Streams, drawn as drawn_recipe};
use ef_hdl_kit::rand::Rng;
use ef_isa::store::{LONGEST_OF_TWO, MOST_PREFILL};
use ef_isa::vector::recipes::Gradient;
use ef_isa::vector::{LANES, Logits, Optimiser, RecipeWord, Tables, Walk, library, schedule};
use ef_isa::{Config, StoreDesc, layout};
use ef_model::Machine;

/// A pass of an update of `turns` inputs, outputs and steps.
pub fn update(
    config: &Config,
    (optimiser, pass): (Optimiser, usize),
    [inputs, outputs, steps]: [u32; 3],
    rng: &mut impl Rng,
) -> Option<StoreDesc> {
    let operand = 1u32 << config.operand_aw;
    let outputs = outputs.min(config.lanes as u32);
    let steps = steps.min(operand / 2 / (outputs * inputs));
    let turns = [inputs, outputs, steps, 1];
    let elements = steps * outputs * inputs;
    let (p_base, mut strides) = addresses(turns, 1 << config.psum_aw, rng);
    strides[1] = 0;
    let walk = Walk {
        recipe: library().updates(optimiser, Gradient::Sum)[pass].recipe,
        turns,
        p_base,
        o_a: rng.random_range(0..=operand / 2 - elements),
        o_b: rng.random_range(operand / 2..=operand - elements),
        o_c: rng.random_range(0..=operand - elements),
        ..Walk::default()
    };
    Some(runs(StoreDesc::vector(&walk.with_strides(strides)), elements, rng))
}

/// The passes of a softmax of so many images and classes; the labels are written into the model's operands.
pub fn softmax(
    model: &mut Machine,
    [images, classes]: [u32; 2],
    gradient: bool,
    rng: &mut impl Rng,
) -> Option<Vec<StoreDesc>> {
    let lanes = model.config.lanes as u32;
    let logits = logits(model.config, &mut model.operand, [images, classes], rng)?;
    let mut commands: Vec<StoreDesc> =
        library().softmax(&logits, lanes).iter().map(StoreDesc::vector).collect();
    let last = commands.pop()?;
    if gradient {
        commands.push(runs(last, images * classes.next_multiple_of(lanes), rng));
    }
    Some(commands)
}

/// Where logits and labels lie, if there is room; the labels, some of them out of range, are written into the operands.
pub fn logits(
    config: &Config,
    operand: &mut [u32],
    [images, classes]: [u32; 2],
    rng: &mut impl Rng,
) -> Option<Logits> {
    let groups = layout::groups(classes as usize, config.lanes) as u32;
    let room = (1u32 << config.psum_aw).checked_sub(images + 1)?;
    let p_g = rng.random_range(0..=room / groups);
    let logits = Logits {
        images,
        classes,
        p_base: rng.random_range(0..=room - p_g * (groups - 1)),
        p_g,
        labels: rng.random_range(0..=(1 << config.operand_aw) - images),
        smoothed: rng.random(),
    };
    for label in &mut operand[logits.labels as usize..][..images as usize] {
        *label = rng.random_range(0..classes + classes / 8);
    }
    Some(logits)
}

/// A recipe drawn at random, added to the tables, over `turns` elements or fewer; small integers are written into the model's operands.
pub fn drawn(
    model: &mut Machine,
    streams: Streams,
    turns: [u32; 4],
    tables: &mut Tables,
    rng: &mut impl Rng,
) -> Option<StoreDesc> {
    let (recipe, bank_lanes) = drawn_recipe(streams, rng);
    let word = tables.add(&schedule(&recipe, bank_lanes).ok()?);
    let walk = drawn_walk(model.config, &mut model.operand, (word, bank_lanes), turns, rng)?;
    let words = walk.elements().filter(|element| element.inside || walk.recipe.padded).count() as u32;
    let d = StoreDesc::vector(&walk);
    Some(if streams == Streams::None { d } else { runs(d, words, rng) })
}

/// A recipe, of whose accumulators so many lanes take turns, over `turns` elements or fewer; small integers are written into the operands.
pub fn drawn_walk(
    config: &Config,
    operand: &mut [u32],
    (word, bank_lanes): (RecipeWord, u32),
    mut turns: [u32; 4],
    rng: &mut impl Rng,
) -> Option<Walk> {
    // the channel counts the innermost loop, so that the lanes of its accumulators take turns
    if bank_lanes > 1 {
        turns[0] = turns[0].clamp(bank_lanes, LANES);
    }
    let lane_level = rng.random_range(0..4);
    let (bounded, padded, totals) = (rng.random(), rng.random(), rng.random());
    let recipe = RecipeWord { lane_level, channel_level: 0, bounded, padded, totals, ..word };
    let lanes = config.lanes as u32;
    if recipe.psum && turns[lane_level as usize] > lanes {
        if lane_level == 0 && bank_lanes > lanes {
            return None;
        }
        turns[lane_level as usize] = lanes;
    }
    let depth = 1u32 << config.operand_aw;
    while turns.iter().product::<u32>() > depth / 2 {
        let most = (1..4).max_by_key(|l| turns[*l])?;
        turns[most] /= 2;
    }
    let elements: u32 = turns.iter().product();
    let indices: u32 = turns.iter().skip(lane_level as usize).take(2).product();
    let (p_base, strides) = addresses(turns, 1 << config.psum_aw, rng);
    let o_c = rng.random_range(0..=depth - if recipe.d { elements } else { turns[0] });
    for label in &mut operand[o_c as usize..][..turns[0] as usize] {
        *label = if rng.random() { rng.random_range(0..6) } else { *label };
    }
    let walk = Walk {
        recipe,
        turns,
        p_base,
        limit: rng.random_range(0..=indices),
        o_a: rng.random_range(0..=depth - elements),
        o_b: rng.random_range(0..=depth - elements),
        o_c,
        ..Walk::default()
    };
    Some(walk.with_strides(strides))
}

/// A first address and strides, up or down, that keep within `depth`.
fn addresses(turns: [u32; 4], depth: u32, rng: &mut impl Rng) -> (u32, [i64; 4]) {
    let strides = turns.map(|n| {
        let most = i64::from(depth / 4 / n.max(1));
        rng.random_range(-most..=most)
    });
    let reach = |sign: i64| -> i64 {
        let far = |(n, stride): (&u32, &i64)| i64::from(n.saturating_sub(1)) * (stride * sign).max(0);
        turns.iter().zip(&strides).map(far).sum()
    };
    let p_base = rng.random_range(reach(-1)..i64::from(depth) - reach(1));
    (p_base as u32, strides)
}

/// Runs for this many words of each stream, somewhere in DRAM, apart from each other.
fn runs(d: StoreDesc, words: u32, rng: &mut impl Rng) -> StoreDesc {
    let two = RecipeWord::decode(d.recipe).is_some_and(|recipe| recipe.y);
    let (n_run, run) = any_runs(words, |n| !two || words / n <= LONGEST_OF_TWO, rng);
    let half = DRAM_WORDS as u32 / 2;
    let (dram, d_run) = spread(run, n_run, half, rng);
    let (second, second_d_run) = spread(run, n_run, half, rng);
    let prefill = match rng.random_range(0..4) {
        0 if run <= MOST_PREFILL => rng.random_range(0..1 << 16),
        1 => MOST_PREFILL,
        2 => rng.random_range(0..4),
        _ => rng.random_range(0..=MOST_PREFILL),
    };
    StoreDesc { dram, run, n_run, d_run, second_dram: second + half, second_d_run, prefill, ..d }
}
