//! Writes a published directory of a fictional office: `cargo run -p countermark-pressroom --example sample DIR [all]`. With `all`,
//! everything that is off by default is on, and there is a statement of every kind.

#[path = "../tests/common/mod.rs"]
mod common;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let Some(dir) = arguments.next() else {
        eprintln!("usage: sample DIR [all]");
        std::process::exit(2);
    };
    let all = arguments.next().is_some();
    let sealed = common::fill(dir.as_ref(), if all { common::everything() } else { Default::default() });
    if all {
        common::fill_more(dir.as_ref(), &sealed);
    }
    println!("{dir}: the letter {} and others; a personal link ends in {}", sealed.reference, common::TOKEN);
}
