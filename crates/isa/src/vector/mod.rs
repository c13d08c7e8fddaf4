//! The vector unit: everything that is not a dot product, as short programs.
//!
//! A [`Recipe`] says what is done with one element: words come in, operations follow, words go out. [`schedule`] makes
//! of it a table of [`ControlWord`]s that repeats every II cycles (a modulo schedule): an element begins every II cycles, and operation
//! `o` of every element happens the same number of cycles after its begin. RTL and golden model both execute that table: the RTL word
//! by word, the model by [`trace`], which works out of the bits alone what is computed.
//!
//! ```text
//!  element --> context (number, psum address, channel, index)         flags: acts, leaves, inside, first
//!                    | loads, LOAD_LEAD cycles
//!                    v
//!              RI   adder --> RA   multiplier --> RM   compare, special functions --> RS   RC   accumulators
//!              |               |                |                                |      |      |
//!              +-- 16 words each, written in a circle; a control word names a value by its age: how many writes ago --+
//! ```
//!
//! **Ages.** Pauses are elements that are not valid: they run through like others and write the circles, so an age is a
//! constant. Only accumulators, words that leave and overflow flags look at an element's flags.
//!
//! **Time.** An operation reads at cycle t. Its result can be read from t + [`Unit::latency`] on. So can the
//! accumulator that it writes: II times the number of lanes that take turns must reach the latency.

mod control;
mod library;
mod optimiser;
mod recipe;
pub mod recipes;
mod schedule;
mod settings;
mod table;
mod trace;
mod walk;

pub use control::{ControlWord, Place, WORDS, place};
pub use library::{ByChannel, Library, Logits, Update, library};
pub use optimiser::{Optimiser, Pass, Rates};
pub use recipe::{Constant, Operand, Operation, Recipe, Sink, Source, Unit, Value, is_total};
pub use schedule::{Schedule, Unschedulable, schedule};
pub use settings::{GIVEN, Settings, Smoothing};
pub use table::{FIRST_ROW, RecipeWord, Tables};
pub use trace::{Damage, Step, trace};
pub use walk::{Element, Walk};

/// The oldest age: the result memories RA, RM, RS and RI have 16 words, the oldest of which may be overwritten at this moment.
pub const AGES: u32 = 15;
/// Words of the constants RC.
pub const CONSTANTS: usize = 16;
/// The most cycles between the begins of two elements, and the fewest.
pub const PERIODS: std::ops::RangeInclusive<u32> = 2..=16;
/// Elements under way.
pub const STAGES: u32 = 32;
/// The context of so many elements is kept: the latest stage of a load and of an index.
pub const CONTEXTS: u32 = 16;
/// Cycles from the field of a load to the write of its word.
pub const LOAD_LEAD: u32 = 11;
/// Cycles from the field of an accumulator's read or write to the access.
pub const ACCUMULATOR_LEAD: u32 = 1;
/// Accumulators: banks of [`LANES`], the last [`TOTALS`] of one word each.
pub const BANKS: u32 = 8;
/// Banks that hold one accumulator, over all elements.
pub const TOTALS: u32 = 2;
/// Accumulators of a bank.
pub const LANES: u32 = 8;
/// Control words of the table memory; the constants take the place of the first [`FIRST_ROW`].
pub const TABLE_ROWS: u32 = 512;
