//! Walks a block and checks each of the blocks in it with the signals it can name.
use super::scope::{Scope, Signal};
use super::{body, keywords};
use rust_hdl::core::ast::Verilog;
use rust_hdl::core::prelude::{Atom, Block, Probe, TypeDescriptor, TypeKind};
use std::collections::{BTreeSet, HashSet};

/// What is found in a block and in those inside it.
pub(super) fn check(block: &dyn Block) -> Vec<String> {
    let mut checker = Checker::default();
    block.accept("top", &mut checker);
    checker.findings
}

#[derive(Default)]
struct Checker {
    scopes: Vec<Scope>,
    findings: Vec<String>,
    seen: HashSet<String>,
}

impl Checker {
    /// Records a finding, once for all instances of the same block.
    fn report(&mut self, message: String) {
        if self.seen.insert(message.clone()) {
            let path: Vec<&str> = self.scopes.iter().map(|scope| scope.name.as_str()).collect();
            self.findings.push(format!("{}: {message}", path.join(".")));
        }
    }

    fn check_name(&mut self, what: &str, name: &str) {
        if let Some(why) = keywords::reserved(name) {
            self.report(format!("{what} `{name}` is {why}: rename it"));
        }
    }
}

impl Probe for Checker {
    fn visit_start_scope(&mut self, name: &str, node: &dyn Block) {
        let code = match node.hdl() {
            Verilog::Combinatorial(code) => Some(code),
            _ => None,
        };
        self.scopes.push(Scope { name: name.into(), code, ..Scope::default() });
        if self.scopes.len() > 1 {
            self.check_name("the submodule", name);
        }
    }

    fn visit_end_scope(&mut self, _: &str, _: &dyn Block) {
        if let Some(scope) = self.scopes.last_mut()
            && let Some(code) = scope.code.take()
        {
            let found: BTreeSet<String> = body::check(&code, scope).into_iter().collect();
            found.into_iter().for_each(|message| self.report(message));
        }
        self.scopes.pop();
    }

    fn visit_start_namespace(&mut self, name: &str, _: &dyn Block) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.namespace.push(name.into());
        }
    }

    fn visit_end_namespace(&mut self, _: &str, _: &dyn Block) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.namespace.pop();
        }
    }

    fn visit_atom(&mut self, name: &str, atom: &dyn Atom) {
        let signed = matches!(atom.descriptor().kind, TypeKind::Signed(_));
        let signal = Signal { bits: atom.bits(), signed };
        let Some((scope, parents)) = self.scopes.split_last_mut() else { return };
        let mut path = scope.namespace.clone();
        path.push(name.into());
        let flat = path.join("$");
        if let Some(parent) = parents.last_mut()
            && atom.kind().is_parameter()
        {
            parent.signals.insert(format!("{}${flat}", scope.name), signal);
            add_constants(&atom.descriptor(), &mut parent.constants);
        }
        add_constants(&atom.descriptor(), &mut scope.constants);
        scope.signals.insert(flat.clone(), signal);
        self.check_name("the signal", &flat);
    }
}

fn add_constants(descriptor: &TypeDescriptor, to: &mut HashSet<String>) {
    match &descriptor.kind {
        TypeKind::Enum(labels) => to.extend(labels.iter().map(|label| label.replace("::", "$"))),
        TypeKind::Composite(fields) => fields.iter().for_each(|field| add_constants(&field.kind, to)),
        _ => {}
    }
}
