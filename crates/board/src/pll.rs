//! [`Pll`]: the dividers of an ECP5 PLL for the clocks of a board.
//!
//! ```text
//!   oscillator --/ CLKI_DIV --> phase detector --> VCO --+--/ CLKOP_DIV -- CLKOP_CPHASE --+--> core clock
//!                                    ^                   |                                |
//!                                    +---- / CLKFB_DIV --|--------------------------------+
//!                                                        +--/ CLKOS_DIV -- CLKOS_CPHASE, CLKOS_FPHASE --> SDRAM clock
//! ```
//!
//! f(core) = f(oscillator) / CLKI_DIV * CLKFB_DIV and f(VCO) = f(core) * CLKOP_DIV. A phase is a delay in cycles of the VCO (CPHASE) and eighths
//! of one (FPHASE). Ranges: ECP5 family data sheet, sysCLOCK PLL timing; they are also those of Project Trellis' ecppll.

use anyhow::{Result, ensure};
use std::ops::RangeInclusive;

const INPUT_MHZ: RangeInclusive<f64> = 8.0..=400.0;
const OUTPUT_MHZ: RangeInclusive<f64> = 10.0..=400.0;
const DETECTOR_MHZ: RangeInclusive<f64> = 3.125..=400.0;
const VCO_MHZ: RangeInclusive<f64> = 400.0..=800.0;
const VCO_MIDDLE_MHZ: f64 = 600.0;
const INPUT_DIVIDERS: RangeInclusive<u32> = 1..=128;
const FEEDBACK_DIVIDERS: RangeInclusive<u32> = 1..=80;
const OUTPUT_DIVIDERS: RangeInclusive<u32> = 1..=128;
/// Phase steps per cycle of the VCO.
const FINE_STEPS: u32 = 8;
/// A clock that is further from the request is an error.
const TOLERANCE: f64 = 0.001;

/// What is wanted of the PLL.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PllRequest {
    /// Frequency of the oscillator.
    pub oscillator_mhz: f64,
    /// Frequency of both outputs.
    pub core_mhz: f64,
    /// How far the SDRAM clock lags behind the core clock, 0..360.
    pub sdram_phase_degrees: f64,
}

/// Parameters of an EHXPLLL, in its own names.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pll {
    request: PllRequest,
    /// CLKI_DIV.
    pub input_div: u32,
    /// CLKFB_DIV.
    pub feedback_div: u32,
    /// CLKOP_DIV and CLKOS_DIV.
    pub output_div: u32,
    /// CLKOP_CPHASE.
    pub core_cphase: u32,
    /// CLKOS_CPHASE.
    pub sdram_cphase: u32,
    /// CLKOS_FPHASE.
    pub sdram_fphase: u32,
}

impl Pll {
    /// The parameters that come nearest to the requested frequency, among those with the VCO nearest to the middle of its range.
    ///
    /// # Errors
    /// If the request is out of the PLL's range or missed by more than 0.1 %.
    pub fn solve(request: PllRequest) -> Result<Pll> {
        let PllRequest { oscillator_mhz, core_mhz, sdram_phase_degrees } = request;
        in_range("the oscillator", oscillator_mhz, &INPUT_MHZ, "MHz")?;
        in_range("the core clock", core_mhz, &OUTPUT_MHZ, "MHz")?;
        in_range("the phase of the SDRAM clock", sdram_phase_degrees, &(0.0..=360.0), "degrees")?;
        let mut best: Option<(Pll, f64, f64)> = None;
        for input_div in
            INPUT_DIVIDERS.filter(|div| DETECTOR_MHZ.contains(&(oscillator_mhz / f64::from(*div))))
        {
            for feedback_div in FEEDBACK_DIVIDERS {
                // the frequency is decided: only a nearer one is worth its output dividers
                let off = (Pll::with(request, input_div, feedback_div, 1).core_mhz() - core_mhz).abs();
                if best.is_some_and(|(_, best_error, _)| off >= best_error + 1e-9) {
                    continue;
                }
                for output_div in OUTPUT_DIVIDERS {
                    let pll = Pll::with(request, input_div, feedback_div, output_div);
                    if !VCO_MHZ.contains(&pll.vco_mhz()) {
                        continue;
                    }
                    let error = (pll.core_mhz() - core_mhz).abs();
                    let off_middle = (pll.vco_mhz() - VCO_MIDDLE_MHZ).abs();
                    let better = best.is_none_or(|(_, best_error, best_off)| {
                        error < best_error - 1e-9
                            || (error < best_error + 1e-9 && off_middle < best_off - 1e-9)
                    });
                    if better {
                        best = Some((pll, error, off_middle));
                    }
                }
            }
        }
        let (pll, error, _) =
            best.expect("the ranges of inputs and outputs leave a solution for every request");
        ensure!(
            error <= TOLERANCE * core_mhz,
            "{core_mhz} MHz cannot be made from {oscillator_mhz} MHz: the nearest is {:.4} MHz; ask for that",
            pll.core_mhz()
        );
        Ok(pll)
    }

    /// The output phases that belong to these dividers. The core clock is shifted by half a cycle, as Lattice's own generator does: what counts is
    /// the difference, and this leaves room on both sides.
    fn with(request: PllRequest, input_div: u32, feedback_div: u32, output_div: u32) -> Pll {
        let cycle = output_div * FINE_STEPS;
        let steps = (request.sdram_phase_degrees / 360.0 * f64::from(cycle)).round() as u32 % cycle;
        let core_cphase = output_div / 2;
        let sdram_cphase = core_cphase + steps / FINE_STEPS;
        Pll {
            request,
            input_div,
            feedback_div,
            output_div,
            core_cphase,
            sdram_cphase,
            sdram_fphase: steps % FINE_STEPS,
        }
    }

    /// Frequency of the input.
    pub fn oscillator_mhz(&self) -> f64 {
        self.request.oscillator_mhz
    }

    /// Frequency reached by both outputs.
    pub fn core_mhz(&self) -> f64 {
        self.request.oscillator_mhz / f64::from(self.input_div) * f64::from(self.feedback_div)
    }

    /// Frequency of the oscillator inside.
    pub fn vco_mhz(&self) -> f64 {
        self.core_mhz() * f64::from(self.output_div)
    }

    /// Phase reached by the SDRAM clock: the request to half a [`step`](Pll::phase_step_degrees).
    pub fn sdram_phase_degrees(&self) -> f64 {
        let steps = (self.sdram_cphase - self.core_cphase) * FINE_STEPS + self.sdram_fphase;
        f64::from(steps) * self.phase_step_degrees()
    }

    /// Distance between two possible phases.
    pub fn phase_step_degrees(&self) -> f64 {
        360.0 / f64::from(self.output_div * FINE_STEPS)
    }
}

fn in_range(what: &str, value: f64, range: &RangeInclusive<f64>, unit: &str) -> Result<()> {
    ensure!(
        range.contains(&value),
        "{what} is {value} {unit}; the PLL takes {} to {} {unit}",
        range.start(),
        range.end()
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn solve(oscillator_mhz: f64, core_mhz: f64, sdram_phase_degrees: f64) -> Result<Pll> {
        Pll::solve(PllRequest { oscillator_mhz, core_mhz, sdram_phase_degrees })
    }

    /// Input, output, CLKI_DIV, CLKFB_DIV, CLKOP_DIV: what Lattice's generator gives, as recorded in Project Trellis' ecppll.
    const LATTICE: [(f64, f64, u32, u32, u32); 11] = [
        (12.0, 48.0, 1, 4, 12),
        (12.0, 60.0, 1, 5, 10),
        (20.0, 30.0, 2, 3, 20),
        (45.0, 30.0, 3, 2, 20),
        (100.0, 400.0, 1, 4, 1),
        (70.0, 40.0, 7, 4, 15),
        (12.0, 96.0, 1, 8, 6),
        (90.0, 40.0, 9, 4, 15),
        (90.0, 50.0, 9, 5, 12),
        (43.0, 86.0, 1, 2, 7),
        (25.0, 100.0, 1, 4, 6),
    ];

    #[test]
    fn dividers_are_those_of_the_vendor() {
        for (input, output, input_div, feedback_div, output_div) in LATTICE {
            let pll = solve(input, output, 0.0).unwrap();
            let got = (pll.input_div, pll.feedback_div, pll.output_div);
            assert_eq!(got, (input_div, feedback_div, output_div), "{input} to {output} MHz");
        }
    }

    #[test]
    fn a_frequency_is_reached_within_the_ranges_or_refused_with_the_nearest() {
        let mut reached = 0;
        for tenths in 500..=1500 {
            let want = f64::from(tenths) / 10.0;
            match solve(25.0, want, 90.0) {
                Ok(pll) => {
                    reached += 1;
                    assert!((pll.core_mhz() / want - 1.0).abs() <= TOLERANCE, "{want}: {pll:?}");
                    assert!(VCO_MHZ.contains(&pll.vco_mhz()), "{want}: {pll:?}");
                    assert!(DETECTOR_MHZ.contains(&(25.0 / f64::from(pll.input_div))), "{want}: {pll:?}");
                }
                Err(error) => {
                    let text = error.to_string();
                    let nearest =
                        text.split("the nearest is ").nth(1).and_then(|rest| rest.split(' ').next());
                    let nearest: f64 = nearest.unwrap_or_else(|| panic!("{text}")).parse().unwrap();
                    assert!((nearest / want - 1.0).abs() > TOLERANCE, "{text}");
                    assert!(solve(25.0, nearest, 90.0).is_ok(), "{text}");
                }
            }
        }
        assert!(reached > 100, "only {reached}");
    }

    #[test]
    fn a_phase_is_reached_to_half_a_step_and_wraps_at_a_whole_cycle() {
        for degrees in 0..360 {
            let pll = solve(25.0, 90.0, f64::from(degrees)).unwrap();
            let off = (pll.sdram_phase_degrees() - f64::from(degrees) + 180.0).rem_euclid(360.0) - 180.0;
            assert!(off.abs() <= pll.phase_step_degrees() / 2.0 + 1e-9, "{degrees}: {pll:?}");
            assert!(pll.sdram_fphase < FINE_STEPS && pll.sdram_cphase < 128);
        }
        // 100 MHz from 25: VCO 600, so half a cycle is 3 of the VCO's, and 90 degrees are 1.5
        let half = solve(25.0, 100.0, 180.0).unwrap();
        assert_eq!((half.core_cphase, half.sdram_cphase, half.sdram_fphase), (3, 6, 0));
        let quarter = solve(25.0, 100.0, 90.0).unwrap();
        assert_eq!((quarter.sdram_cphase, quarter.sdram_fphase), (4, 4));
    }

    #[test]
    fn a_request_out_of_range_is_refused_with_the_range() {
        for (request, part) in [
            ((25.0, 500.0, 0.0), "10 to 400 MHz"),
            ((5.0, 100.0, 0.0), "8 to 400 MHz"),
            ((25.0, 100.0, 400.0), "0 to 360 degrees"),
            ((25.0, 93.1, 0.0), "the nearest is 92.8571 MHz"),
        ] {
            let error = solve(request.0, request.1, request.2).unwrap_err().to_string();
            assert!(error.contains(part), "{error}");
        }
    }
}
