//! The times of an update's steps.

use ef_rtl::store::arithmetic::{ADD, MULTIPLY};
use ef_rtl::store::operand_ram::LATENCY as OPERAND;
use ef_rtl::store::psum_port::element_latency;
use ef_rtl::store::update_schedule::{HOLD_TOTAL, HOLD_VELOCITY, HOLD_WEIGHT, PERIOD, Schedule};

#[test]
fn three_elements_in_a_row_never_want_the_same_unit() {
    for latency in 1..=6 {
        let s = Schedule::new(latency);
        for uses in [
            [s.weight, s.velocity(), s.weight_again()],
            [s.decay(), s.carry(), s.scale()],
            [s.total(), s.accumulate(), s.step()],
        ] {
            let mut slots = uses.map(|time| time % PERIOD);
            slots.sort();
            assert_eq!(slots, [0, 1, 2], "latency {latency}: {uses:?}");
        }
    }
}

#[test]
fn every_operand_is_there_when_its_step_begins() {
    for latency in 1..=6 {
        let s = Schedule::new(latency);
        assert_eq!(s.gradient + element_latency(latency), s.total());
        assert_eq!(s.weight + OPERAND, s.decay());
        assert_eq!(s.velocity() + OPERAND, s.carry());
        assert_eq!(s.decay() + MULTIPLY, s.total());
        assert_eq!(s.total() + ADD + HOLD_TOTAL, s.accumulate());
        assert_eq!(s.carry() + MULTIPLY, s.accumulate());
        assert_eq!(s.accumulate() + ADD + HOLD_VELOCITY, s.scale());
        assert_eq!(s.scale() + MULTIPLY, s.step());
        assert_eq!(s.weight_again() + OPERAND + HOLD_WEIGHT, s.step());
    }
}
