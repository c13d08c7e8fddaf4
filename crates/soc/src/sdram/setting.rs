//! [`Setting`]: a constant that a constructor chooses.
use rust_hdl::prelude::*;

/// rust-hdl's `Constant` with a `Default`, so that a block with settings can derive `Default` and its constructor names only those.
#[derive(Clone, Copy, Debug)]
pub struct Setting<T: Synth>(Constant<T>);

impl<T: Synth> Setting<T> {
    pub fn new(value: T) -> Self {
        Setting(Constant::new(value))
    }

    /// The constant, usable in `#[hdl_gen]` bodies.
    pub fn val(&self) -> T {
        self.0.val()
    }
}

impl<T: Synth> Default for Setting<T> {
    fn default() -> Self {
        Setting::new(T::default())
    }
}

impl<T: Synth> Logic for Setting<T> {
    fn update(&mut self) {}
}

impl<T: Synth> Block for Setting<T> {
    fn connect_all(&mut self) {}
    fn update_all(&mut self) {}
    fn has_changed(&self) -> bool {
        false
    }
    fn accept(&self, name: &str, probe: &mut dyn Probe) {
        self.0.accept(name, probe);
    }
}
