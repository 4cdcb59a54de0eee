//! The web UI is embedded if it was built; the server builds without it as well.

fn main() {
    let dist = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../web/dist");
    if let Err(error) = std::fs::create_dir_all(&dist) {
        println!("cargo::warning=web/dist could not be made ({error}); the web UI will be missing");
    }
    println!("cargo::rerun-if-changed=../web/dist");
}
