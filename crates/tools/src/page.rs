//! Parts of documents that are rendered from code, so that they cannot say something else.
use anyhow::{Context, Result, ensure};
use std::path::Path;

/// Compares what stands in `page`, a path from the workspace's root, between the line `<!-- begin: MARK -->` and the next `<!-- end -->`
/// with `text`. If `EF_UPDATE_DOCS` is set, puts `text` there instead.
///
/// # Errors
/// If it is another text, or a mark is missing.
pub fn page_block(page: &str, mark: &str, text: &str) -> Result<()> {
    let path = crate::workspace_root().context("this is no checkout of ef-train")?.join(page);
    replace(&path, mark, text, std::env::var_os("EF_UPDATE_DOCS").is_some())
}

fn replace(path: &Path, mark: &str, text: &str, update: bool) -> Result<()> {
    let whole = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let first = format!("<!-- begin: {mark} -->\n");
    let missing = |line: &str| format!("{} has no line {}", path.display(), line.trim());
    let begin = whole.find(&first).with_context(|| missing(&first))? + first.len();
    let last = "<!-- end -->\n";
    let end = begin + whole[begin..].find(last).with_context(|| missing(last))?;
    if update && whole[begin..end] != *text {
        return Ok(std::fs::write(path, [&whole[..begin], text, &whole[end..]].concat())?);
    }
    ensure!(
        whole[begin..end] == *text,
        "{} is out of date: run the same test with EF_UPDATE_DOCS=1",
        path.display()
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::replace;

    #[test]
    fn a_block_that_is_out_of_date_is_named_and_replaced_alone() {
        let path = std::env::temp_dir().join(format!("ef-page-{}.md", std::process::id()));
        let page = |inside: &str| format!("a\n<!-- begin: x, y -->\n{inside}<!-- end -->\nb <!-- end -->\n");
        std::fs::write(&path, page("old\n")).unwrap();
        let error = replace(&path, "x, y", "new\n", false).unwrap_err().to_string();
        assert!(error.contains("out of date") && error.contains("EF_UPDATE_DOCS"), "{error}");
        assert!(replace(&path, "x", "new\n", true).unwrap_err().to_string().contains("has no line"));
        replace(&path, "x, y", "new\n", true).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), page("new\n"));
        replace(&path, "x, y", "new\n", false).unwrap();
        std::fs::remove_file(&path).unwrap();
    }
}
