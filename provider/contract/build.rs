//! The contracts are large and rarely looked up: they travel compressed in the binary.

#![expect(clippy::disallowed_methods, reason = "cargo tells a build script so")]

use std::{env, error::Error, fs, io::Write as _, path::Path};

use flate2::{Compression, write::DeflateEncoder};

fn main() -> Result<(), Box<dyn Error>> {
    let out = env::var("OUT_DIR")?;
    for file in ["vcenter.json", "nsx_policy.json"] {
        let from = Path::new("data").join(file);
        println!("cargo::rerun-if-changed={}", from.display());
        let to = fs::File::create(Path::new(&out).join(file).with_extension("deflate"))?;
        let mut encoder = DeflateEncoder::new(to, Compression::best());
        encoder.write_all(&fs::read(from)?)?;
        encoder.finish()?;
    }
    Ok(())
}
