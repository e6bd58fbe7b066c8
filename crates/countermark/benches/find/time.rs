//! How long it takes from the answer that first holds a post to the line of its case.

use std::time::Duration;

use crate::scene::Scene;
use crate::services::{Folder, SERVICES, Service, WEATHER, service};

/// What stands in the picture, registered like any letter.
const PICTURED: &str = "The council of Merrow has heard your envoy, and it will not ask for more than the treaty gives. We hold the long-standing view that the harbour stays open to both of us.\n\nPlease keep this between us until Thursday at 17:30.\n";

/// Prints the table.
pub fn measure(posts: usize) {
    println!("## From an answer to the case\n");
    println!(
        "{posts} leaks of 30 words at each source, a clean post before each, one watcher and one `case follow` beside it. Milliseconds from the moment at which the server began to send the answer (or the stream's event; the file got its name) to the line of `case follow --json`.\n"
    );
    println!("| source | median | max |\n|---|---|---|");
    for name in SERVICES {
        let mut scene = Scene::new();
        let mut services = vec![service(name, scene.desk.dir.path(), posts)];
        start(&mut scene, &services);
        let mut times = Vec::new();
        for number in 0..posts {
            let (text, _) = scene.leak(number);
            if name != "page" {
                services[0].publish(&format!("{WEATHER} {number}"));
            }
            let post = services[0].publish(&text);
            let at = scene.follower.as_mut().unwrap().wait_for(number + 1).0;
            times.push(at - services[0].shown(&post).unwrap());
        }
        row(name, times);
        scene.end();
    }
    pictures(posts);
    println!();
}

/// Screenshots in a watched folder.
fn pictures(posts: usize) {
    let mut scene = Scene::new();
    scene.desk.write("council.txt", PICTURED);
    scene.desk.json(&["seal", "council.txt", "--copies", "1"]);
    let mut folder = Folder::new(scene.desk.dir.path());
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../ocr/tests/pictures/light.png");
    let picture = std::fs::read(path).unwrap();
    let services = [service("folder", scene.desk.dir.path(), 1)];
    start(&mut scene, &services);
    let mut times = Vec::new();
    for number in 0..posts {
        let name = format!("{number}.png");
        folder.put(&name, &picture);
        let at = scene.follower.as_mut().unwrap().wait_for(number + 1).0;
        times.push(at - folder.shown(&name).unwrap());
    }
    row("folder, a screenshot", times);
    scene.end();
}

fn start(scene: &mut Scene, services: &[Box<dyn Service>]) {
    for service in services {
        scene.watch(&**service);
    }
    scene.start_watcher();
    scene.start_follower();
    scene.ready(services);
    // Whoever streams is there now; the first look at an inbox is over.
    std::thread::sleep(Duration::from_millis(500));
}

fn row(name: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let ms = |time: Duration| format!("{:.0}", 1e3 * time.as_secs_f64());
    println!("| {name} | {} | {} |", ms(times[times.len() / 2]), ms(*times.last().unwrap()));
}
