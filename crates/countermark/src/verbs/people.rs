//! `people`: the address book.

use std::collections::BTreeMap;

use countermark_office::PersonRecord;
use serde_json::json;

use crate::cli::{Global, PeopleVerb};
use crate::failure::{Exit, Failure, Outcome};
use crate::{home, terminal};

/// Runs the verb.
pub fn run(global: &Global, verb: &PeopleVerb) -> Outcome {
    let mut office = home::open(global)?;
    match verb {
        PeopleVerb::Add { handle, name, set } => {
            let fields = fields(set)?;
            show(global, &office.add_person(handle, name, &fields)?)
        }
        PeopleVerb::List => {
            let people = office.people()?;
            if global.json {
                let rows: Vec<_> = people.iter().map(|p| json!({"handle": p.handle, "name": p.name})).collect();
                terminal::say_json(&json!({ "people": rows }))?;
            } else if people.is_empty() {
                terminal::note("nobody yet: people add HANDLE --name TEXT");
            } else {
                let rows: Vec<_> = people.iter().map(|p| format!("{:<16} {}", p.handle, p.name)).collect();
                terminal::say(&terminal::tame(&rows.join("\n")))?;
            }
            Ok(Exit::Found)
        }
        PeopleVerb::Show { handle } => show(global, &office.person(handle)?),
        PeopleVerb::Remove { handle } => {
            office.remove_person(handle)?;
            if global.json {
                terminal::say_json(&json!({"handle": handle}))?;
            }
            Ok(Exit::Found)
        }
    }
}

fn show(global: &Global, person: &PersonRecord) -> Outcome {
    if global.json {
        terminal::say_json(&json!({"handle": person.handle, "name": person.name, "fields": person.fields}))?;
    } else {
        let mut text = format!("{:<16} {}", person.handle, person.name);
        for (field, value) in &person.fields {
            text.push_str(&format!("\n  {field} = {value}"));
        }
        terminal::say(&terminal::tame(&text))?;
    }
    Ok(Exit::Found)
}

fn fields(set: &[String]) -> Outcome<BTreeMap<String, String>> {
    let pair = |text: &String| {
        let (field, value) = text.split_once('=')?;
        Some((field.to_owned(), value.to_owned()))
    };
    let wrong = |text: &String| {
        Failure::new(format!("`--set {text}` is not FIELD=TEXT")).hint("write --set salutation=\"Dear Minister,\"")
    };
    set.iter().map(|text| pair(text).ok_or_else(|| wrong(text))).collect()
}
