//! Find, with real processes: a post appears at a service, and a case stands; for each kind of source. `bench/find/run` measures the same.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;
#[path = "find/killed.rs"]
mod killed;
#[path = "common/scene.rs"]
mod scene;
#[path = "common/services.rs"]
mod services;
#[path = "find/told.rs"]
mod told;

use std::time::Duration;

use scene::{Scene, until};
use services::{SERVICES, Service, WEATHER, service};

/// How a post is told later: edited so that another sentence of the letter stands in it, then emptied of it, then deleted.
const RETRACTED: &str = "This post was withdrawn at the request of the people concerned.";

#[test]
fn at_each_source_a_leak_is_one_case_and_what_becomes_of_the_post_is_kept() {
    let mut scene = Scene::new();
    let mut services: Vec<Box<dyn Service>> =
        SERVICES.iter().map(|name| service(name, scene.desk.dir.path(), 1)).collect();
    for service in &services {
        scene.watch(&**service);
    }
    scene.start_watcher();
    scene.start_follower();
    scene.ready(&services);

    let mut told = Vec::new();
    for (number, (service, name)) in services.iter_mut().zip(SERVICES).enumerate() {
        if name != "page" {
            service.publish(WEATHER);
        }
        let (text, letter) = scene.leak(number);
        let message = letter.message.clone();
        let post = service.publish(&text);
        let follower = scene.follower.as_mut().unwrap();
        let (at, case) = follower.wait_for(number + 1).clone();
        assert_eq!((&case["kind"], &case["message"]), (&"leak".into(), &message.as_str().into()), "{name}: {case}");
        assert!(case["words"].as_u64().unwrap() >= 25, "{name}: {case}");
        println!(
            "{name:<16} {:>6.0} ms from the answer to the case",
            1e3 * (at - service.shown(&post).unwrap()).as_secs_f64()
        );
        told.push((name, post, text, case["case"].as_str().unwrap().to_owned()));
    }

    // Edited, the leak still in it; then without it; then deleted, where the service tells.
    let mut states = Vec::new();
    for (service, (name, post, text, _)) in services.iter_mut().zip(&told) {
        let mut expected = 0;
        for edit in [format!("UPDATED. {text}"), RETRACTED.to_owned()] {
            expected += usize::from(service.edit(post, &edit));
            let total = states.iter().sum::<usize>() + expected;
            let follower = scene.follower.as_mut().unwrap();
            until(&format!("later state {expected} at {name}"), || {
                follower.hear(Duration::from_millis(50));
                follower.later >= total
            });
        }
        if service.delete(post) {
            expected += 1;
            let total = states.iter().sum::<usize>() + expected;
            let follower = scene.follower.as_mut().unwrap();
            until(&format!("the deletion at {name}"), || {
                follower.hear(Duration::from_millis(50));
                follower.later >= total
            });
        }
        states.push(expected);
    }
    scene.end();

    for ((name, post, text, case), states) in told.iter().zip(&states) {
        let shown = scene.desk.json(&["case", "show", case]);
        let origin = &shown["origin"];
        let ends = |field: &str| origin[field].as_str().is_some_and(|value| value.ends_with(post.as_str()));
        assert_eq!(origin["source"], **name, "{origin}");
        assert!(ends("post") || ends("url"), "{name}: {origin} is no {post}");
        let pieces = shown["pieces"].to_string();
        assert!(pieces.contains("so much for that"), "{name}: {pieces} holds no {text}");
        let later = shown["later"].as_array().unwrap();
        assert_eq!(later.len(), *states, "{name}: {later:?}");
        assert!(later[0]["text"].as_str().unwrap().contains("UPDATED"), "{name}: {later:?}");
        assert!(later[1]["text"].as_str().unwrap().contains("withdrawn"), "{name}: {later:?}");
        assert!(later.get(2).is_none_or(|state| state["deleted"] == true), "{name}: {later:?}");
    }
    assert_eq!(scene.desk.json(&["case", "list"])["cases"].as_array().unwrap().len(), SERVICES.len());
    scene.desk.run(&["case", "matches"]).expect(1);
    told::silent(&scene);
}

#[test]
fn killed_at_random_moments_nothing_is_lost_or_doubled() {
    let report = killed::killed(15, 5, 50..1500);
    println!("{} killed; {} leaks, {} matches, {} others", report.kills, report.leaks, report.matches, report.clean);
    assert!(report.leaks > 40 && report.matches > 20, "{report:?}");
}
