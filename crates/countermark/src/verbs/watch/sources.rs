//! `watch add`, `watch list`, `watch remove`.

use countermark_sources::Spec;
use countermark_watch::{Config, Credentials, Error, SourceConfig, WatchFolder, forget_source};
use serde_json::json;

use super::failed;
use crate::cli::{Global, WatchAdd};
use crate::failure::{Exit, Failure, Outcome};
use crate::terminal;

/// Adds a source; what it will be asked for is checked now, nobody is asked yet.
pub(super) fn add(global: &Global, folder: &WatchFolder, args: &WatchAdd) -> Outcome {
    let spec = parse(&args.spec)?;
    if let Some(every) = &args.every {
        humantime::parse_duration(every).map_err(|e| {
            Failure::new(format!("--every {every} is no duration: {e}"))
                .hint("a number and its unit, as in --every 60s")
        })?;
    }
    let mut source = SourceConfig::new(args.name.as_deref().unwrap_or_default(), "");
    source.every.clone_from(&args.every);
    source.base.clone_from(&args.base);
    (source.allow_private, source.full, source.pictures) = (args.allow_private, args.full, !args.no_pictures);
    let secret = args.credentials_file.as_deref().map(super::secret).transpose()?;
    let name = put(folder, &spec, source, secret)?;
    let wants = spec.wants_credentials() && args.credentials_file.is_none();
    if wants {
        terminal::note("note: this kind of source takes a token: --credentials-file FILE (a few answer without)");
    }
    if global.json {
        terminal::say_json(&json!({"name": name, "spec": spec.to_string()}))?;
    } else {
        terminal::say(&format!("{name}  {}", terminal::tame(&spec.to_string())))?;
    }
    Ok(Exit::Found)
}

/// What is to be watched.
pub fn parse(spec: &str) -> Outcome<Spec> {
    Spec::parse(spec).map_err(|e| {
        Failure::new(format!("`{spec}` names no source: {e}"))
            .hint("as in folder:DIR, telegram:CHANNEL, feed:URL, page:URL, vk:WALL, mastodon:HOST, bluesky:ACCOUNT")
    })
}

/// Writes a source down, under a name made of its own where it has none; returns the name.
pub fn put(folder: &WatchFolder, spec: &Spec, source: SourceConfig, secret: Option<String>) -> Outcome<String> {
    let mut config = Config::load(folder).map_err(failed)?;
    let mut credentials = Credentials::load(folder).map_err(failed)?;
    let name = if source.name.is_empty() { named(&spec.to_string(), &config) } else { source.name.clone() };
    let source = SourceConfig { name: name.clone(), spec: placed(spec)?, ..source };
    let has_secret = secret.is_some();
    credentials.set(&name, secret);
    source.feed(&credentials).map_err(failed)?;
    config.add(source).map_err(failed)?;
    // The secret first: a source without its secret would be refused, and left alone for half an hour.
    if has_secret {
        credentials.save(folder).map_err(failed)?;
    }
    config.save(folder).map_err(failed)?;
    Ok(name)
}

/// Watches a source no more, and takes its secret away. Where it stood is forgotten by the watcher that holds it, or by
/// [`forget_source`].
pub fn drop_source(folder: &WatchFolder, name: &str) -> Outcome<()> {
    let mut config = Config::load(folder).map_err(failed)?;
    if config.source(name).is_none() {
        return Err(failed(Error::Unknown(name.to_owned())));
    }
    config.sources.retain(|source| source.name != name);
    config.save(folder).map_err(failed)?;
    let mut credentials = Credentials::load(folder).map_err(failed)?;
    if credentials.of_source(name).is_some() {
        credentials.set(name, None);
        credentials.save(folder).map_err(failed)?;
    }
    Ok(())
}

/// Lists the sources.
pub(super) fn list(global: &Global, folder: &WatchFolder) -> Outcome {
    let config = Config::load(folder).map_err(failed)?;
    let credentials = Credentials::load(folder).map_err(failed)?;
    if global.json {
        let rows = config.sources.iter().map(|source| {
            json!({
                "name": source.name, "spec": source.spec, "every": source.every, "allow_private": source.allow_private,
                "pictures": source.pictures, "credentials": credentials.of_source(&source.name).is_some(),
            })
        });
        terminal::say_json(&json!({ "sources": rows.collect::<Vec<_>>() }))?;
    } else {
        for source in &config.sources {
            let every = source.every.as_ref().map_or(String::new(), |every| format!("  every {every}"));
            let private = if source.allow_private { "  private addresses allowed" } else { "" };
            terminal::say(&terminal::tame(&format!("{:<24} {}{every}{private}", source.name, source.spec)))?;
        }
        if config.sources.is_empty() {
            terminal::note("nothing is watched yet: watch add SPEC, as in `watch add telegram:CHANNEL`");
        }
    }
    Ok(if config.sources.is_empty() { Exit::NotFound } else { Exit::Found })
}

/// Removes a source, its secret, and where it stood.
pub(super) fn remove(global: &Global, folder: &WatchFolder, name: &str) -> Outcome {
    let known = Config::load(folder).map_err(failed)?.source(name).is_some();
    if known && folder.is_running() {
        return Err(failed(Error::Running));
    }
    drop_source(folder, name)?;
    forget_source(folder, name).map_err(failed)?;
    if global.json {
        terminal::say_json(&json!({ "name": name }))?;
    }
    Ok(Exit::Found)
}

/// The source as it stands in `watch.toml`: a folder by its whole path, for the watcher may be started elsewhere.
fn placed(spec: &Spec) -> Outcome<String> {
    let Spec::Folder(path) = spec else { return Ok(spec.to_string()) };
    let whole = std::path::absolute(path).map_err(|e| Failure::new(format!("the folder's path can't be told: {e}")))?;
    if !whole.is_dir() {
        return Err(Failure::new(format!("{} is no folder", whole.display())).hint("make it first"));
    }
    Ok(format!("folder:{}", whole.display()))
}

/// A name made of the source's own, and not taken yet.
fn named(spec: &str, config: &Config) -> String {
    let plain = spec.replace("https://", "").replace("http://", "").to_lowercase();
    let good = |c: char| if c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' { c } else { '-' };
    let mapped: String = plain.chars().map(good).collect();
    let words: Vec<&str> = mapped.split('-').filter(|word| !word.is_empty()).collect();
    let base: String = words.join("-").chars().take(36).collect();
    let free = |name: &String| config.source(name).is_none();
    let numbered = (2..).map(|n| format!("{base}-{n}"));
    std::iter::once(base.clone()).chain(numbered).find(free).unwrap_or(base)
}
