//! The same pages as files, for any host: links are relative, so they work under any path, and from a disk.

use std::fs;
use std::io::Write as _;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use countermark_statement::Error;

use crate::assets;
use crate::edition::Edition;
use crate::pages::{sheet_path, sheets};
use crate::published::Published;
use crate::route::Route;
use crate::scene::{Manner, Reads, key};
use crate::words::Language;

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exported {
    /// Files.
    pub files: usize,
    /// Their bytes.
    pub bytes: u64,
    /// Statements.
    pub statements: usize,
    /// Statements in the directory that can't be shown and were left out.
    pub left_out: usize,
}

/// What keeps an export from being written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    /// The published directory can't be read.
    #[error("the published directory can't be read")]
    Published(#[source] Error),
    /// There is no published directory.
    #[error("there is no published directory at {}", .0.display())]
    Absent(PathBuf),
    /// The export would lie in the published directory, or the other way round.
    #[error("{} and the published directory lie in one another", .0.display())]
    Inside(PathBuf),
    /// A file can't be written.
    #[error("{} can't be written", .path.display())]
    Write {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

/// Writes everything that was published as files into a directory, made when absent. What lies there under other names stays.
///
/// # Errors
/// When what was published can't be read, or a file can't be written.
pub fn export(published: &Path, dir: &Path) -> Result<Exported, ExportError> {
    if !published.is_dir() {
        return Err(ExportError::Absent(published.to_owned()));
    }
    let (from, to) = (resolved(published), resolved(dir));
    if from.starts_with(&to) || to.starts_with(&from) {
        return Err(ExportError::Inside(dir.to_owned()));
    }
    make(dir)?;
    let read = Published::load(published).map_err(ExportError::Published)?;
    let edition = Edition::new(Arc::new(read), Arc::new(Reads::new()));
    let mut done = Exported { files: 0, bytes: 0, statements: 0, left_out: edition.published.misfits() };
    let mut write = |file: &str, bytes: &[u8]| -> Result<(), ExportError> {
        place(dir, file, bytes)?;
        done.files += 1;
        done.bytes += bytes.len() as u64;
        Ok(())
    };
    for path in spoken(&edition) {
        for language in Language::ALL {
            let Some(html) = page(&edition, &path, language) else { continue };
            let file = file_of(&format!("/{}{path}", language.code()));
            write(&file, relative(&html, &file).as_bytes())?;
            // Addresses without a language are those that feeds and other sites have.
            if language == edition.language() {
                let file = file_of(&path);
                write(&file, relative(&html, &file).as_bytes())?;
            }
        }
    }
    for path in unspoken(&edition) {
        let Some(route) = Route::parse(&path) else { continue };
        if let Some(page) = edition.render(&path, &route, edition.language(), Manner::Files) {
            write(&file_of(&path), page.bytes())?;
        }
    }
    let missing = edition.missing().into_string();
    write("404.html", relative(&missing, "404.html").as_bytes())?;
    done.statements = edition.published.statements().len();
    Ok(done)
}

fn page(edition: &Edition, path: &str, language: Language) -> Option<String> {
    let page = edition.render(path, &Route::parse(path)?, language, Manner::Files)?;
    Some(String::from_utf8_lossy(page.bytes()).into_owned())
}

/// Pages that there are in every language.
fn spoken(edition: &Edition) -> Vec<String> {
    let scene = edition.scene(Language::English, Manner::Files);
    let mut paths: Vec<String> = (1..=sheets(&scene)).map(sheet_path).collect();
    for statement in edition.published.statements() {
        paths.push(format!("/statements/{}", statement.id));
        for version in &statement.versions {
            paths.push(format!("/statements/{}", key(&statement.id, version.number)));
        }
    }
    paths
}

/// Files that there are once.
fn unspoken(edition: &Edition) -> Vec<String> {
    let mut paths: Vec<String> = ["/feed.xml", "/feed.json", "/robots.txt", "/verify.html", "/.well-known/countermark"]
        .map(str::to_owned)
        .into();
    paths.extend([assets::STYLE.href(), assets::CHECK.href()]);
    if edition.published.support().is_some() {
        paths.push("/support.png".to_owned());
    }
    for statement in edition.published.statements() {
        for version in &statement.versions {
            let name = key(&statement.id, version.number);
            paths.push(format!("/statements/{name}.png"));
            if version.bundle.is_some() {
                paths.push(format!("/statements/{name}.bundle.json"));
            }
        }
    }
    paths
}

/// The file that an address is: a page lies in a folder of its own, so that a host shows it without its file's name.
fn file_of(path: &str) -> String {
    let path = path.trim_matches('/');
    let last = path.rsplit('/').next().unwrap_or_default();
    match path {
        "" => "index.html".to_owned(),
        _ if last.contains('.') || path == ".well-known/countermark" => path.to_owned(),
        _ => format!("{path}/index.html"),
    }
}

/// A page whose addresses within the site lead from its file to theirs. A quotation mark in a text is escaped in HTML, so what begins an
/// attribute here is one.
fn relative(html: &str, file: &str) -> String {
    let up = "../".repeat(file.matches('/').count());
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find("=\"/") {
        let (before, from) = rest.split_at(at + 2);
        let target = from.split('"').next().unwrap_or_default();
        out.push_str(before);
        let (path, fragment) = target.split_once('#').map_or((target, ""), |(path, fragment)| (path, fragment));
        out.push_str(&up);
        out.push_str(&file_of(path));
        if !fragment.is_empty() {
            out.push('#');
            out.push_str(fragment);
        }
        rest = &from[target.len()..];
    }
    out.push_str(rest);
    out
}

/// Where a path leads, as far as it is there.
fn resolved(path: &Path) -> PathBuf {
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    whole
        .ancestors()
        .find_map(|there| {
            let found = there.canonicalize().ok()?;
            Some(whole.strip_prefix(there).map_or(found.clone(), |rest| found.join(rest)))
        })
        .unwrap_or(whole.clone())
}

fn make(dir: &Path) -> Result<(), ExportError> {
    fs::create_dir_all(dir).map_err(|source| ExportError::Write { path: dir.to_owned(), source })
}

/// Writes a file whole: beside its place, then renamed into it.
fn place(dir: &Path, file: &str, bytes: &[u8]) -> Result<(), ExportError> {
    let path = dir.join(file);
    debug_assert!(Path::new(file).components().all(|part| matches!(part, Component::Normal(_))), "{file}");
    if let Some(folder) = path.parent() {
        make(folder)?;
    }
    let new = path.with_extension("new~");
    let written = || -> std::io::Result<()> {
        let mut out = fs::File::create(&new)?;
        out.write_all(bytes)?;
        fs::rename(&new, &path)
    };
    written().map_err(|source| ExportError::Write { path: path.clone(), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_files() {
        for (path, file) in [
            ("/", "index.html"),
            ("/fr/", "fr/index.html"),
            ("/statements/a", "statements/a/index.html"),
            ("/statements/a/2", "statements/a/2/index.html"),
            ("/statements/a/2.png", "statements/a/2.png"),
            ("/feed.xml", "feed.xml"),
            ("/.well-known/countermark", ".well-known/countermark"),
        ] {
            assert_eq!(file_of(path), file);
        }
    }

    #[test]
    fn links_lead_from_file_to_file() {
        let html = r##"<a href="/fr/statements/a#x">"/etc" <img src="/a.png"> <a href="https://x.example/y"> <a href="#top"> href=&quot;/no&quot;"##;
        let out = relative(html, "fr/statements/a/index.html");
        assert_eq!(
            out,
            r##"<a href="../../../fr/statements/a/index.html#x">"/etc" <img src="../../../a.png"> <a href="https://x.example/y"> <a href="#top"> href=&quot;/no&quot;"##
        );
        assert!(relative(html, "index.html").contains("href=\"fr/statements/a/index.html#x\""));
    }
}
