//! Every linter, without a test.

use anyhow::Result;

use crate::{
    process::{self, npm},
    setup::{self, Purpose},
    test::build,
    tidy,
    tree::Tree,
    ui,
};

pub(crate) fn task(tree: &Tree, mut arguments: lexopt::Parser) -> Result<()> {
    if let Some(argument) = arguments.next()? {
        return Err(argument.unexpected().into());
    }
    setup::prepare(tree, Purpose::Build)?;
    ui::ensure_built_here(tree)?;
    for mut command in build::clippy(tree) {
        process::run(&mut command)?;
    }
    process::run(npm(tree).args(["run", "check"]))?;
    process::run(npm(tree).args(["run", "lint"]))?;
    tidy::check(tree, &mut std::io::stdout())
}
