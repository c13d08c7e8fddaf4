//! Networks: bundled ones by name, others from a TOML file.

use anyhow::{Context, Result, bail};
use ef_compiler::Network;
use sha2::{Digest, Sha256};
use std::path::Path;

/// The networks that ship with the project, the default one first.
pub const BUNDLED: [(&str, &str); 15] = [
    ("digits", include_str!("../../../networks/digits.toml")),
    ("digits-residual", include_str!("../../../networks/digits-residual.toml")),
    ("digits-bn", include_str!("../../../networks/digits-bn.toml")),
    ("ds-cnn", include_str!("../../../networks/ds-cnn.toml")),
    ("resnet-8", include_str!("../../../networks/resnet-8.toml")),
    ("resnet-20", include_str!("../../../networks/resnet-20.toml")),
    ("mobilenet-v1", include_str!("../../../networks/mobilenet-v1.toml")),
    ("mnist", include_str!("../../../networks/mnist.toml")),
    ("cifar10", include_str!("../../../networks/cifar10.toml")),
    ("one-x", include_str!("../../../networks/one-x.toml")),
    ("lenet-10", include_str!("../../../networks/lenet-10.toml")),
    ("alexnet", include_str!("../../../networks/alexnet.toml")),
    ("alexnet-224", include_str!("../../../networks/alexnet-224.toml")),
    ("vgg-16", include_str!("../../../networks/vgg-16.toml")),
    ("vgg-16-bn", include_str!("../../../networks/vgg-16-bn.toml")),
];

/// The description of a bundled network.
pub fn bundled(name: &str) -> Option<&'static str> {
    BUNDLED.iter().find(|(bundled, _)| *bundled == name).map(|(_, toml)| *toml)
}

/// A network and the text it was read from.
#[derive(Clone, Debug)]
pub struct NetworkFile {
    /// What it describes.
    pub network: Network,
    /// The description as written.
    pub toml: String,
    /// Names the description: the same for texts that differ in comments, spacing or order of keys only.
    pub hash: String,
}

impl NetworkFile {
    /// A bundled network by name, or a file by path.
    ///
    /// # Errors
    /// If there is no such network or file, or as [`NetworkFile::parse`].
    pub fn load(name_or_path: &str) -> Result<NetworkFile> {
        if let Some(toml) = bundled(name_or_path) {
            return NetworkFile::parse(toml, name_or_path);
        }
        let path = Path::new(name_or_path);
        if !path.exists() {
            bail!(
                "network `{name_or_path}` is neither a file nor bundled; bundled are {}",
                BUNDLED.map(|(name, _)| name).join(", ")
            );
        }
        let toml = std::fs::read_to_string(path).with_context(|| format!("cannot read {name_or_path}"))?;
        NetworkFile::parse(&toml, name_or_path)
    }

    /// A description whose origin, for errors, is `origin`.
    ///
    /// # Errors
    /// If it describes no network that the accelerator trains: line, layer, key, and what is possible.
    pub fn parse(toml: &str, origin: &str) -> Result<NetworkFile> {
        let network = Network::from_toml(toml).with_context(|| format!("network {origin}"))?;
        // a table is sorted by key, and comments are gone
        let mut canonical = toml.parse::<toml::Table>().with_context(|| format!("network {origin}"))?;
        // how a network learns may change from one run to the next
        canonical.remove("optimiser");
        for layer in canonical.get_mut("layer").and_then(toml::Value::as_array_mut).into_iter().flatten() {
            layer.as_table_mut().map(|layer| (layer.remove("frozen"), layer.remove("label_smoothing")));
        }
        let hash = hex::encode(&Sha256::digest(canonical.to_string())[..8]);
        Ok(NetworkFile { network, toml: toml.into(), hash })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::summary::grouped;

    #[test]
    fn every_bundled_network_is_valid_and_named_as_its_file() {
        for (name, _) in BUNDLED {
            assert_eq!(NetworkFile::load(name).unwrap().network.name, name);
        }
    }

    #[test]
    fn every_file_in_networks_is_bundled() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../networks");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .collect();
        files.sort();
        let mut bundled = BUNDLED.map(|(name, _)| format!("{name}.toml"));
        bundled.sort();
        assert_eq!(files, bundled);
    }

    #[test]
    fn the_first_line_of_a_network_says_how_many_parameters_it_has() {
        for (name, toml) in BUNDLED {
            let parameters = NetworkFile::load(name).unwrap().network.parameters();
            let count: usize = parameters.iter().map(|layer| layer.weights() + layer.biases()).sum();
            let says = format!(": {} parameters, ", grouped(count as u64));
            assert!(toml.lines().next().unwrap().contains(&says), "{name}{says}");
        }
    }

    #[test]
    fn an_unknown_network_is_answered_with_the_bundled_ones() {
        let error = NetworkFile::load("resnet").unwrap_err().to_string();
        assert!(
            error.contains("`resnet`") && error.contains("digits, digits-residual, digits-bn"),
            "{error}"
        );
    }

    #[test]
    fn comments_and_how_it_learns_do_not_make_another_network_but_layers_do() {
        let toml = BUNDLED[0].1;
        let hash = |text: &str| NetworkFile::parse(text, "test").unwrap().hash;
        assert_eq!(hash(toml), hash(&format!("# a remark\n{toml}")));
        assert_ne!(hash(toml), hash(&toml.replace("outputs = 16", "outputs = 8")));
        // a run goes on with other layers frozen
        assert_eq!(hash(toml), hash(&toml.replace("outputs = 16", "outputs = 16\nfrozen = true")));
        assert_eq!(hash(toml), hash(&format!("optimiser = \"adam\"\n{toml}")));
        let loss = "kind = \"softmax_cross_entropy\"";
        assert!(toml.contains(loss));
        assert_eq!(hash(toml), hash(&toml.replace(loss, &format!("{loss}\nlabel_smoothing = 0.1"))));
    }

    #[test]
    fn shapes_that_do_not_chain_name_the_file_and_the_layer() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("broken.toml");
        std::fs::write(&path, BUNDLED[0].1.replace("rows = 8", "rows = 2")).unwrap();
        let error = format!("{:#}", NetworkFile::load(path.to_str().unwrap()).unwrap_err());
        assert!(error.contains("broken.toml") && error.contains("layer 6 (max_pool)"), "{error}");
    }
}
