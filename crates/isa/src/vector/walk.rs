//! The elements of a command, in their order.

use super::RecipeWord;

/// A command of the vector unit: a recipe, its elements, and where their words are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Walk {
    /// The recipe.
    pub recipe: RecipeWord,
    /// Turns of four nested loops, innermost first.
    pub turns: [u32; 4],
    /// Partial-sum address of the first element, modulo 2^16.
    pub p_base: u32,
    /// What a step of each loop, after a turn of all loops inside it, adds to the address, modulo 2^16.
    pub move_by: [u32; 4],
    /// Elements of this index and of greater ones do nothing, if the recipe is `bounded`.
    pub limit: u32,
    /// First word of stream A in the operand RAM.
    pub o_a: u32,
    /// First word of stream B.
    pub o_b: u32,
    /// Word of channel 0, or first word of stream D.
    pub o_c: u32,
}

/// One element.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Element {
    /// How many came before.
    pub number: u32,
    /// Address of its vector in the partial sums.
    pub address: u32,
    /// Its lane there.
    pub lane: u32,
    /// Count of the recipe's `channel_level`; the low 3 bits are the lane of its accumulators.
    pub channel: u32,
    /// Count of the recipe's `lane_level` and the level above it.
    pub index: u32,
    /// Its index is below the limit.
    pub inside: bool,
}

impl Walk {
    /// A walk whose loop l moves the address by `strides[l]` per step, wherever the loops inside it have ended.
    pub fn with_strides(mut self, strides: [i64; 4]) -> Self {
        let mut back = 0;
        for (l, stride) in strides.into_iter().enumerate() {
            self.move_by[l] = (stride - back) as u32 & 0xffff;
            back += (i64::from(self.turns[l]) - 1) * stride;
        }
        self
    }

    /// How far a step of each loop moves the address of the same element of the loops inside it, -2^15 .. 2^15 - 1.
    pub fn strides(&self) -> [i64; 4] {
        let mut back = 0u32;
        std::array::from_fn(|l| {
            let stride = self.move_by[l].wrapping_add(back) as u16;
            back = back.wrapping_add(self.turns[l].wrapping_sub(1).wrapping_mul(stride.into()));
            (stride as i16).into()
        })
    }

    /// The elements, in their order.
    pub fn elements(&self) -> impl Iterator<Item = Element> {
        let [n0, n1, n2, n3] = self.turns;
        let (lanes, channels) = (self.recipe.lane_level as usize, self.recipe.channel_level as usize);
        let mut address = self.p_base;
        let mut number = 0;
        let turns = counts(n3, n2, n1, n0);
        turns.map(move |at| {
            if number > 0 {
                let outermost = (0..3).take_while(|l| at[*l] == 0).count();
                address = address.wrapping_add(self.move_by[outermost]) & 0xffff;
            }
            let around = if lanes < 3 { at[lanes + 1] } else { 0 };
            let index = at[lanes] + around * self.turns[lanes];
            let inside = !self.recipe.bounded || index < self.limit;
            number += 1;
            let lane = at[lanes] & 7;
            Element { number: number - 1, address, lane, channel: at[channels], index, inside }
        })
    }
}

/// All counts of four nested loops, innermost first.
fn counts(n3: u32, n2: u32, n1: u32, n0: u32) -> impl Iterator<Item = [u32; 4]> {
    (0..n3).flat_map(move |d| {
        (0..n2).flat_map(move |c| (0..n1).flat_map(move |b| (0..n0).map(move |a| [a, b, c, d])))
    })
}
