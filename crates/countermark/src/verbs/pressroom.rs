//! `pressroom export`: the public pages as files. It reads only what was published; no passphrase is asked for.

use countermark_pressroom::{ExportError, export};
use serde_json::json;

use crate::cli::{Global, PressroomExport, PressroomVerb};
use crate::failure::{Exit, Failure, Outcome, chain};
use crate::home::Home;
use crate::terminal;
use crate::verbs::press;

/// Runs the verb: 0 when the files are written.
pub fn run(global: &Global, verb: &PressroomVerb) -> Outcome {
    let PressroomVerb::Export(args) = verb;
    write(global, args)
}

fn write(global: &Global, args: &PressroomExport) -> Outcome {
    let published = match &args.published {
        Some(published) => published.clone(),
        None => press::folder(&Home::of(global)?)?.join("published"),
    };
    let done = export(&published, &args.dir).map_err(failure)?;
    if done.left_out > 0 {
        let what = if done.left_out == 1 { "thing was" } else { "things were" };
        terminal::note(&format!("warning: {} {what} left out: not as the desk writes it", done.left_out));
    }
    if global.json {
        terminal::say_json(&json!({
            "dir": args.dir.to_string_lossy(),
            "files": done.files,
            "bytes": done.bytes,
            "statements": done.statements,
            "left_out": done.left_out,
        }))?;
    } else {
        let statements =
            if done.statements == 1 { "1 statement".to_owned() } else { format!("{} statements", done.statements) };
        let kb = done.bytes.div_ceil(1000);
        terminal::say(&format!("{statements} in {} files, {kb} kB, in {}", done.files, args.dir.display()))?;
    }
    Ok(Exit::Found)
}

fn failure(error: ExportError) -> Failure {
    let what = Failure::new(chain(&error));
    match error {
        ExportError::Absent(_) => {
            what.hint("nothing was published yet (`publish`), or it lies elsewhere: --published DIR")
        }
        ExportError::Inside(_) => what.hint("choose another directory"),
        _ => what,
    }
}
