//! Serves a published directory, and nothing else: `cargo run -p countermark-pressroom --example room PUBLISHED ADDR [QUEUE]`. For
//! measuring and looking; `countermark serve` is what an office runs.

use std::net::TcpListener;
use std::path::Path;

use countermark_pressroom::{Room, router};
use countermark_web::{Options, serve};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [published, address, queue @ ..] = arguments.as_slice() else {
        return Err("usage: room PUBLISHED ADDR [QUEUE]".into());
    };
    let room = Room::open(Path::new(published), queue.first().map(Path::new), [0; 32])?;
    let listener = TcpListener::bind(address)?;
    println!("http://{}", listener.local_addr()?);
    serve(listener, router(room), &Options::default(), || {
        let _ = std::io::stdin().lines().count(); // until its input ends
        std::thread::park();
    })?;
    Ok(())
}
