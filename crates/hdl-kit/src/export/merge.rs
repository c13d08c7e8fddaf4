//! Merges equal modules, children first, and gives each remaining one a readable name.
use super::Module;
use super::name::{Namer, Primitive, mark};
use super::parse::is_identifier;
use anyhow::{Context, Result};
use std::collections::{BTreeMap, HashMap};

/// `modules`, reduced to one of each kind, named; `root` is the path of the top module, which gets the name
/// `top`.
///
/// Two modules are of one kind if their texts are equal after their children have been replaced by the
/// children's kinds.
pub(super) fn merge(modules: Vec<Module>, root: &str, top: &str, prefix: &str) -> Result<Vec<Module>> {
    let by_path = modules.into_iter().map(|module| (module.name, module.text)).collect();
    let mut merger =
        Merger { by_path, kind_of_text: HashMap::new(), kind_of_path: HashMap::new(), kinds: Vec::new() };
    let top_kind = merger.kind(root)?;
    let mut namer = Namer::new(prefix, top);
    let mut names: HashMap<usize, String> = HashMap::from([(top_kind, top.to_string())]);
    let mut order = Vec::new();
    merger.name_in_order(top_kind, &mut names, &mut order, &mut namer);
    Ok(order.iter().map(|kind| merger.finished(*kind, &names)).collect())
}

/// Modules under construction. While merging, a module's own name is [`SELF`] and a child is `KIND` and its
/// kind's number.
struct Merger {
    by_path: BTreeMap<String, String>,
    kind_of_text: HashMap<String, usize>,
    kind_of_path: HashMap<String, usize>,
    kinds: Vec<Kind>,
}

struct Kind {
    /// The instance path it was first met at.
    path: String,
    text: String,
    children: Vec<usize>,
}

const SELF: &str = "\u{1}self";
const KIND: &str = "\u{1}";

impl Merger {
    fn kind(&mut self, path: &str) -> Result<usize> {
        if let Some(kind) = self.kind_of_path.get(path) {
            return Ok(*kind);
        }
        let raw =
            self.by_path.get(path).with_context(|| format!("the export has no module `{path}`"))?.clone();
        let mut text = String::with_capacity(raw.len());
        let mut children = Vec::new();
        for line in raw.lines() {
            match self.instance_of(line) {
                Some((child_path, rest)) => {
                    let child = self.kind(&child_path)?;
                    children.push(child);
                    text.push_str(&format!("    {KIND}{child} {rest}\n"));
                }
                None => {
                    text.push_str(&line.replacen(&format!("module {path}("), &format!("module {SELF}("), 1));
                    text.push('\n');
                }
            }
        }
        let next = self.kinds.len();
        let kind = *self.kind_of_text.entry(text.clone()).or_insert(next);
        if kind == next {
            self.kinds.push(Kind { path: path.into(), text, children });
        }
        self.kind_of_path.insert(path.into(), kind);
        Ok(kind)
    }

    /// The module and the rest of a line such as `root$mul mul(`.
    fn instance_of(&self, line: &str) -> Option<(String, String)> {
        let code = line.trim();
        let (module, rest) = code.split_once(' ')?;
        let instance = rest.strip_suffix('(')?;
        let is_instance = !instance.is_empty() && instance.chars().all(is_identifier);
        (is_instance && self.by_path.contains_key(module)).then(|| (module.to_string(), rest.to_string()))
    }

    /// Names kinds parents first, in the order in which they are instantiated.
    fn name_in_order(
        &self,
        kind: usize,
        names: &mut HashMap<usize, String>,
        order: &mut Vec<usize>,
        namer: &mut Namer,
    ) {
        order.push(kind);
        for child in &self.kinds[kind].children {
            if !names.contains_key(child) {
                names.insert(*child, namer.name(&self.kinds[*child].path, &self.kinds[*child].text));
                self.name_in_order(*child, names, order, namer);
            }
        }
    }

    fn finished(&self, kind: usize, names: &HashMap<usize, String>) -> Module {
        let name = names[&kind].clone();
        let body = &self.kinds[kind].text;
        let mut text =
            Primitive::of(body).map_or(String::new(), |primitive| format!("// {}\n", primitive.purpose()));
        for line in body.lines() {
            if let Some((block, purpose)) = mark(line) {
                text.insert_str(0, &format!("// {block}: {purpose}\n"));
                continue;
            }
            match line.trim_start().strip_prefix(KIND).and_then(|rest| rest.split_once(' ')) {
                Some((child, rest))
                    if let Some(child) = child.parse().ok().and_then(|k: usize| names.get(&k)) =>
                {
                    text.push_str(&format!("    {child} {rest}\n"));
                }
                _ => {
                    text.push_str(&line.replacen(SELF, &name, 1));
                    text.push('\n');
                }
            }
        }
        Module { name, text }
    }
}
