//! Which signals a body assigns on every path.
//!
//! An array counts as assigned as soon as one element is: Verilator, which knows each element, has the last
//! word on latches.
use super::scope::Scope;
use super::show::plain_name;
use rust_hdl::core::ast::{
    VerilogBlockOrConditional as Otherwise, VerilogExpression as E, VerilogMatch,
    VerilogStatement as Statement,
};
use std::collections::BTreeSet;

/// The state of the analysis at one point of the body.
#[derive(Clone, Default)]
pub(super) struct Assigned {
    /// Assigned on every path to this point.
    always: BTreeSet<Target>,
    /// Assigned on some path to this point.
    sometimes: BTreeSet<Target>,
}

/// A signal, or the field of a struct that starts at a bit offset.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Target {
    name: String,
    field: Option<String>,
}

impl Assigned {
    /// The signals that keep their value on some path.
    pub fn latches(&self) -> Vec<String> {
        let is_latch = |target: &&Target| {
            let whole = Target { name: target.name.clone(), field: None };
            !self.always.contains(*target) && !self.always.contains(&whole)
        };
        let names: BTreeSet<&str> = self.sometimes.iter().filter(is_latch).map(|t| t.name.as_str()).collect();
        names.into_iter().map(|name| name.replace('$', ".")).collect()
    }

    fn assign(&mut self, target: Target) {
        self.always.insert(target.clone());
        self.sometimes.insert(target);
    }

    /// The state after a choice between `branches`, which all began in this state.
    fn join(&mut self, branches: Vec<Assigned>) {
        let mut branches = branches.into_iter();
        let Some(mut joined) = branches.next() else { return };
        for branch in branches {
            joined.always = joined.always.intersection(&branch.always).cloned().collect();
            joined.sometimes.extend(branch.sometimes);
        }
        *self = joined;
    }
}

pub(super) fn block(statements: &[Statement], scope: &Scope, state: &mut Assigned) {
    statements.iter().for_each(|next| statement(next, scope, state));
}

fn statement(next: &Statement, scope: &Scope, state: &mut Assigned) {
    match next {
        Statement::Assignment(E::Signal(name), _) => state.assign(Target { name: key(name), field: None }),
        Statement::SliceAssignment { base: E::Signal(name), offset, .. } => {
            state.assign(Target { name: key(name), field: Some(super::show::show(offset)) });
        }
        Statement::If(conditional) => {
            let mut then = state.clone();
            block(&conditional.then, scope, &mut then);
            let mut otherwise = state.clone();
            match &conditional.otherwise {
                Otherwise::Block(statements) => block(statements, scope, &mut otherwise),
                Otherwise::Conditional(next) => statement(next, scope, &mut otherwise),
                Otherwise::None => {}
            }
            state.join(vec![then, otherwise]);
        }
        Statement::Match(choice) => {
            let mut branches: Vec<Assigned> = Vec::new();
            for case in &choice.cases {
                let mut branch = state.clone();
                block(&case.block, scope, &mut branch);
                branches.push(branch);
            }
            if !is_complete(choice, scope) {
                branches.push(state.clone());
            }
            state.join(branches);
        }
        Statement::Loop(repeat) => block(&repeat.block, scope, state),
        Statement::Macro(statements) => block(statements, scope, state),
        _ => {}
    }
}

/// Whether a `case` has a default or lists every value that its bits can have.
fn is_complete(choice: &VerilogMatch, scope: &Scope) -> bool {
    let bits = match &choice.test {
        E::Signal(name) => scope.signals.get(plain_name(name)).map(|signal| signal.bits),
        _ => None,
    };
    choice.cases.iter().any(|case| case.condition == "default")
        || bits.is_some_and(|bits| bits < 16 && choice.cases.len() == 1 << bits)
}

/// A signal's name with its index removed: `x[i]$d` as the element `x$3$d` of the exporter.
fn key(name: &str) -> String {
    let name = plain_name(name);
    if let (Some(open), Some(close)) = (name.find('['), name.rfind(']')) {
        return format!("{}[]{}", &name[..open], &name[close + 1..]);
    }
    let mut key = String::new();
    for (i, part) in name.split('$').enumerate() {
        match part {
            number if !number.is_empty() && number.chars().all(|c| c.is_ascii_digit()) => key.push_str("[]"),
            part if i == 0 => key.push_str(part),
            part => key += &format!("${part}"),
        }
    }
    key
}
