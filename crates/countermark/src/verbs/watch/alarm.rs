//! `watch alarm`: who is told, and how.

use countermark_sources::{Limits, Net};
use countermark_watch::{AlarmConfig, Config, Credentials, Error, Tls, WatchFolder, Way};
use serde_json::json;

use super::{failed, secret};
use crate::cli::{AlarmAdd, AlarmVerb, Global, TlsArg};
use crate::failure::{Exit, Failure, Outcome};
use crate::{terminal, time};

/// Runs the verb.
pub(super) fn run(global: &Global, folder: &WatchFolder, verb: &AlarmVerb) -> Outcome {
    match verb {
        AlarmVerb::Add(way) => add(global, folder, way),
        AlarmVerb::List => list(global, folder),
        AlarmVerb::Remove { name } => remove(global, folder, name),
        AlarmVerb::Test { name } => test(global, folder, name.as_deref()),
    }
}

fn add(global: &Global, folder: &WatchFolder, add: &AlarmAdd) -> Outcome {
    let (name, way, secret_file) = match add {
        AlarmAdd::Command { name, argv } => (name, Way::Command { argv: argv.clone() }, None),
        AlarmAdd::Smtp { name, server, from, to, tls, credentials_file } => {
            let tls = match tls {
                TlsArg::Implicit => Tls::Implicit,
                TlsArg::None => Tls::None,
                TlsArg::Starttls => Tls::Starttls,
            };
            let way = Way::Smtp { server: server.clone(), tls, from: from.clone(), to: to.clone() };
            (name, way, credentials_file.as_deref())
        }
        AlarmAdd::Webhook { name, url, secret_file, allow_private } => {
            let way = Way::Webhook { url: url.clone(), allow_private: *allow_private };
            (name, way, Some(secret_file.as_path()))
        }
    };
    let mut config = Config::load(folder).map_err(failed)?;
    if config.alarms.iter().any(|alarm| alarm.name == *name) {
        return Err(failed(Error::Taken(name.clone())));
    }
    config.alarms.push(AlarmConfig { name: name.clone(), way });
    let kept = secret_file.map(secret).transpose()?;
    if kept.is_some() {
        let mut credentials = Credentials::load(folder).map_err(failed)?;
        credentials.set(&format!("alarm.{name}"), kept);
        credentials.save(folder).map_err(failed)?;
    }
    config.save(folder).map_err(failed)?;
    if global.json {
        terminal::say_json(&json!({ "name": name }))?;
    } else {
        terminal::note(&format!("`watch alarm test {name}` tries it"));
    }
    Ok(Exit::Found)
}

fn list(global: &Global, folder: &WatchFolder) -> Outcome {
    let config = Config::load(folder).map_err(failed)?;
    if global.json {
        terminal::say_json(&json!({ "alarms": config.alarms }))?;
    } else {
        for alarm in &config.alarms {
            let what = match &alarm.way {
                Way::Command { argv } => format!("command  {}", argv.join(" ")),
                Way::Smtp { server, to, .. } => format!("smtp     {server} to {}", to.join(", ")),
                Way::Webhook { url, .. } => format!("webhook  {url}"),
            };
            terminal::say(&terminal::tame(&format!("{:<16} {what}", alarm.name)))?;
        }
        if config.alarms.is_empty() {
            terminal::note("nobody is told: watch alarm add command notify-send Countermark {summary}");
        }
    }
    Ok(if config.alarms.is_empty() { Exit::NotFound } else { Exit::Found })
}

fn remove(global: &Global, folder: &WatchFolder, name: &str) -> Outcome {
    let mut config = Config::load(folder).map_err(failed)?;
    let before = config.alarms.len();
    config.alarms.retain(|alarm| alarm.name != name);
    if config.alarms.len() == before {
        return Err(failed(Error::Unknown(name.to_owned())));
    }
    config.save(folder).map_err(failed)?;
    let mut credentials = Credentials::load(folder).map_err(failed)?;
    if credentials.of_alarm(name).is_some() {
        credentials.set(&format!("alarm.{name}"), None);
        credentials.save(folder).map_err(failed)?;
    }
    if global.json {
        terminal::say_json(&json!({ "name": name }))?;
    }
    Ok(Exit::Found)
}

fn test(global: &Global, folder: &WatchFolder, name: Option<&str>) -> Outcome {
    let config = Config::load(folder).map_err(failed)?;
    let credentials = Credentials::load(folder).map_err(failed)?;
    let chosen: Vec<_> = config.alarms.iter().filter(|alarm| name.is_none_or(|name| alarm.name == name)).collect();
    if chosen.is_empty() {
        return Err(match name {
            Some(name) => failed(Error::Unknown(name.to_owned())),
            None => Failure::new("nobody is told of an alarm").hint("`watch alarm add` says how"),
        });
    }
    let net = Net::new(Limits::default());
    let mut rows = Vec::new();
    for alarm in chosen {
        let result = countermark_watch::test(alarm, &credentials, &net, time::now_ms() / 1000);
        if !global.json {
            let word = result.as_ref().map_or_else(|fault| format!("{fault}"), |()| "works".to_owned());
            terminal::say(&format!("{:<16} {word}", alarm.name))?;
        }
        rows.push(json!({"name": alarm.name, "works": result.is_ok(), "fault": result.err().map(|e| e.to_string())}));
    }
    let all = rows.iter().all(|row| row["works"] == true);
    if global.json {
        terminal::say_json(&json!({ "alarms": rows }))?;
    }
    Ok(if all { Exit::Found } else { Exit::NotFound })
}
