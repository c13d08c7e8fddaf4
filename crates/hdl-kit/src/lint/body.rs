//! The statements of one block.
use super::assigned::{self, Assigned};
use super::expression::Expressions;
use super::scope::Scope;
use rust_hdl::core::ast::{
    VerilogBlockOrConditional as Otherwise, VerilogConditional, VerilogExpression as E,
    VerilogStatement as Statement,
};

pub(super) fn check(code: &[Statement], scope: &Scope) -> Vec<String> {
    let mut body = Body { expressions: Expressions { scope, loops: Vec::new(), findings: Vec::new() } };
    body.block(code);
    let mut findings = body.expressions.findings;
    let mut assigned = Assigned::default();
    assigned::block(code, scope, &mut assigned);
    findings.extend(assigned.latches().into_iter().map(|name| {
        format!("`{name}` is not assigned on every path, which makes it a latch: assign a default first")
    }));
    findings
}

struct Body<'a> {
    expressions: Expressions<'a>,
}

impl Body<'_> {
    fn block(&mut self, statements: &[Statement]) {
        statements.iter().for_each(|statement| self.statement(statement));
    }

    fn statement(&mut self, statement: &Statement) {
        match statement {
            Statement::Assignment(target, value) => {
                let bits = match target {
                    E::Signal(name) => self.expressions.name(name),
                    _ => None,
                };
                self.expressions.assignment(value, bits);
            }
            Statement::SliceAssignment { base, width, offset, replacement } => {
                if let E::Signal(name) = base {
                    self.expressions.name(name);
                }
                self.expressions.alone(offset);
                self.expressions.assignment(replacement, Some(*width));
            }
            Statement::If(conditional) => self.conditional(conditional),
            Statement::Match(choice) => {
                self.expressions.alone(&choice.test);
                choice.cases.iter().for_each(|case| self.block(&case.block));
            }
            Statement::Loop(repeat) => {
                self.loop_variable(&repeat.index);
                self.expressions.loops.push(repeat.index.clone());
                self.block(&repeat.block);
                self.expressions.loops.pop();
            }
            Statement::Macro(statements) => self.block(statements),
            Statement::Comment(_) | Statement::Link(_) => {}
        }
    }

    fn conditional(&mut self, conditional: &VerilogConditional) {
        self.expressions.alone(&conditional.test);
        self.block(&conditional.then);
        match &conditional.otherwise {
            Otherwise::Block(statements) => self.block(statements),
            Otherwise::Conditional(statement) => self.statement(statement),
            Otherwise::None => {}
        }
    }

    fn loop_variable(&mut self, variable: &str) {
        let expressions = &mut self.expressions;
        if expressions.scope.signals.contains_key(variable) {
            let problem = "a signal has the same name, and is replaced by the loop's number: rename one";
            expressions.findings.push(format!("loop variable `{variable}`: {problem}"));
        }
        if expressions.loops.iter().any(|outer| outer == variable) {
            let problem =
                "an enclosing loop has the same variable, whose number is used here too: rename one";
            expressions.findings.push(format!("loop variable `{variable}`: {problem}"));
        }
    }
}
