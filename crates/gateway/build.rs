//! Packs the built page into the gateway: every file of `ui/dist`, with its
//! compressed forms beside it and a table that `src/page.rs` includes. Where no
//! page was built, a short one that says how to build it takes its place.

use std::{
    env,
    error::Error,
    ffi::OsStr,
    fmt::Write as _,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

/// Source maps are for the developer's own server.
const LEFT_OUT: &[&str] = &["map"];
/// Already compressed, so a second time would only cost.
const COMPRESSED: &[&str] = &["woff2", "png", "jpg", "jpeg", "webp", "avif", "gz", "br"];

fn main() -> Result<(), Box<dyn Error>> {
    let home = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let dist = home.join("../../ui/dist");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=page");

    // Cargo takes a watched path that does not exist for changed, every time,
    // and would compile the gateway anew at every build.
    if fs::create_dir_all(&dist).is_ok() {
        println!("cargo::rerun-if-changed={}", dist.display());
    }

    let root = if dist.join("index.html").is_file() {
        dist
    } else {
        home.join("page")
    };
    pack_page(&root, &out)
        .map_err(|error| format!("the page in {} cannot be packed: {error}", root.display()).into())
}

fn pack_page(root: &Path, out: &Path) -> Result<(), Box<dyn Error>> {
    let mut files = Vec::new();
    collect(root, &mut files)?;
    let mut assets = files
        .into_iter()
        .map(|file| Ok((web_path(root, &file)?, file)))
        .collect::<Result<Vec<_>, Box<dyn Error>>>()?;
    // The table is searched by halving.
    assets.sort();

    let mut table = String::from("&[\n");
    for (index, (path, file)) in assets.iter().enumerate() {
        pack(&mut table, &out.join(index.to_string()), path, file)?;
    }
    table.push_str("]\n");
    fs::write(out.join("assets.rs"), table)?;
    Ok(())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if !LEFT_OUT.contains(&extension(&path)) {
            files.push(path);
        }
    }
    Ok(())
}

fn web_path(root: &Path, file: &Path) -> Result<String, Box<dyn Error>> {
    let parts = file
        .strip_prefix(root)?
        .iter()
        .map(|part| {
            part.to_str()
                .ok_or("a file of the page has a name that is not text")
        })
        .collect::<Result<Vec<_>, _>>()?;
    Ok(parts.join("/"))
}

fn pack(table: &mut String, base: &Path, path: &str, file: &Path) -> Result<(), Box<dyn Error>> {
    let content = fs::read(file)?;
    let plain = base.with_extension("plain");
    fs::write(&plain, &content)?;
    let hash = blake3::hash(&content).to_hex();

    let (brotli, gzip) = if COMPRESSED.contains(&extension(file)) {
        (None, None)
    } else {
        (
            keep_if_smaller(&content, brotli(&content)?, &base.with_extension("br"))?,
            keep_if_smaller(&content, gzip(&content)?, &base.with_extension("gz"))?,
        )
    };
    writeln!(
        table,
        "    Asset {{ path: {path:?}, media_type: {:?}, hash: {:?}, plain: include_bytes!({plain:?}), brotli: {}, gzip: {} }},",
        media_type(file),
        &hash[..16],
        optional_bytes(brotli.as_deref()),
        optional_bytes(gzip.as_deref()),
    )?;
    Ok(())
}

fn keep_if_smaller(
    content: &[u8],
    compressed: Vec<u8>,
    to: &Path,
) -> Result<Option<PathBuf>, Box<dyn Error>> {
    if compressed.len() >= content.len() {
        return Ok(None);
    }
    fs::write(to, compressed)?;
    Ok(Some(to.to_owned()))
}

fn brotli(content: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
    // The best level takes seconds; while developing that is time lost.
    let quality = if env::var("PROFILE")? == "release" {
        11
    } else {
        4
    };
    let params = brotli::enc::BrotliEncoderParams {
        quality,
        ..Default::default()
    };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut &*content, &mut compressed, &params)?;
    Ok(compressed)
}

fn gzip(content: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(content)?;
    Ok(encoder.finish()?)
}

fn optional_bytes(file: Option<&Path>) -> String {
    file.map_or_else(
        || "None".to_owned(),
        |file| format!("Some(include_bytes!({file:?}))"),
    )
}

fn extension(file: &Path) -> &str {
    file.extension().and_then(OsStr::to_str).unwrap_or_default()
}

fn media_type(file: &Path) -> &'static str {
    match extension(file) {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "wasm" => "application/wasm",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
