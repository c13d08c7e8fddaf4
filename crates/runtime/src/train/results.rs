//! What a run leaves: figures in its folder, and the last table.

use super::{End, Options, Session};
use crate::summary::{self, Summary};
use crate::view::View;
use crate::{atomic, curve};
use anyhow::Result;

impl Session {
    /// Leaves the figures in the run folder and shows them.
    pub(super) fn finish(&self, end: End, view: &mut View) -> Result<()> {
        let summary = self.leave_figures(end == End::Complete)?;
        let name = self.folder.path().display();
        match end {
            End::Complete => {
                view.table(&summary.rows());
                view.line(&format!("run folder: {name}"));
            }
            End::Interrupted => {
                view.notice(&format!("interrupted; everything is saved, continue with --resume {name}"));
            }
        }
        Ok(())
    }

    /// Writes table, picture and summary into the run folder.
    pub(super) fn leave_figures(&self, complete: bool) -> Result<Summary> {
        let Options { network, config, backend, seed, .. } = &self.options;
        let folder = self.folder.path();
        self.metrics.save_csv()?;
        let title = format!("{} on {} ({backend})", network.network.name, config.name);
        curve::save(folder, &self.metrics, &title)?;
        let summary = Summary {
            network: network.network.name.clone(),
            config: config.name.into(),
            backend: backend.to_string(),
            seed: *seed,
            complete,
            wall_seconds: self.seconds(),
            ..Summary::measured(&self.metrics, config.lanes, &self.layer_names())
        };
        let json = serde_json::to_string_pretty(&summary)? + "\n";
        atomic::write(&folder.join(summary::FILE), json.as_bytes())?;
        Ok(summary)
    }
}
