//! Publication as the verbs do it: what is due goes out before anything else is done with the vault, and what was done is told.

use countermark_office::{ClockDoubt, Office, Publication};

use crate::failure::Failure;
use crate::{terminal, time};

/// Publishes what is due. A log that can't be written keeps nobody from his work: what is due then waits for the next run.
/// True when there is a new checkpoint, about which the outside clocks are to be asked.
pub fn due(office: &mut Office) -> bool {
    match office.publish_due() {
        Ok(Some(done)) => {
            tell(&done);
            true
        }
        Ok(None) => false,
        Err(error) => {
            let text = Failure::from(error).to_string();
            terminal::note(&format!(
                "warning: what is due was not published, the next run does it: {}",
                text.trim_start_matches("error: ")
            ));
            false
        }
    }
}

/// Warns when the machine's clock may be wrong; nothing else changes.
pub fn doubt_clock(office: &Office) {
    // What can't be read is said by what needs it.
    let what = match office.clock_doubt() {
        Ok(Some(ClockDoubt::Behind { newest_ms })) => {
            format!("before the newest entry of the audit trail, {}", time::show(newest_ms / 1000))
        }
        Ok(Some(ClockDoubt::LongAfter { published_ms })) => {
            format!("more than 31 days after the last publication, {}", time::show(published_ms / 1000))
        }
        _ => return,
    };
    terminal::note(&format!("warning: this machine's clock stands {what}: is it right?"));
}

/// What the person is told of a publication.
pub fn tell(done: &Publication) {
    if done.early {
        terminal::note(
            "note: a batch was published early; whoever watches the log sees that something was wanted in it now, not what",
        );
    }
    if done.batches > 2 {
        terminal::note(&format!("note: {} batches had been missed; dummies fill them", done.batches - 1));
    }
    if done.left_out > 0 {
        terminal::note(&format!("note: {} more were missed before that, and are left out", done.left_out));
    }
}

/// `09:00 UTC`, with the day unless it is today.
pub fn clock(at: u64) -> String {
    let whole = time::show(at);
    let today = time::show(time::now_ms() / 1000);
    match whole.get(11..16) {
        Some(hour) if whole.get(..10) == today.get(..10) => format!("{hour} UTC"),
        _ => whole,
    }
}
