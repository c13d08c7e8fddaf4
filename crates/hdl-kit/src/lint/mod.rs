pub fn lint(_b: &dyn rust_hdl::core::prelude::Block) -> Vec<String> {
    vec![]
}
