//! Which sites can be read off a copy at all.
//!
//! That a site's words stand in a text does not say that they are seen there without doubt. At the very beginning or end
//! of a text a wording that begins or ends with another looks like that other one cut off ("Sincerely", "Sincerely
//! yours"), and where two wordings share most of their words the tracing leaves a doubt. So copies of the message are
//! rendered and traced as a leak would be; what is not read off every one of them is promised nothing.

use countermark_marking::Master;
use countermark_tracing::{Leak, Tracer};

/// So many copies are read where no site has more alternatives; every alternative of every site stands in one of them.
const CYCLED: usize = 16;
/// And so many more, whose choices are mixed.
const MIXED: usize = 8;

/// For every site, whether it is seen without doubt in each of the copies that are read: as pasted, and in lower case with
/// white space collapsed.
#[derive(Clone, Debug)]
pub struct Legible {
    /// Off the copy as it is.
    pub pasted: Vec<bool>,
    /// In lower case and with white space collapsed; whether the site's class survives retyping is another matter.
    pub retyped: Vec<bool>,
}

impl Legible {
    /// Reads up to 24 copies of the message, the same ones each time.
    pub fn of(master: &Master) -> Self {
        let alternatives: Vec<usize> = master.sites().iter().map(|site| site.alternatives).collect();
        let all = vec![true; alternatives.len()];
        let mut legible = Self { pasted: all.clone(), retyped: all };
        let most = alternatives.iter().copied().max().unwrap_or(0).min(CYCLED);
        if most == 0 {
            return legible;
        }
        let tracer = Tracer::new(master);
        for copy in 0..most + MIXED {
            let choose = |(site, &q): (usize, &usize)| {
                let mixed = mix(site as u64, if copy < most { 0 } else { copy as u64 });
                let chosen = (mixed as usize).wrapping_add(if copy < most { copy } else { 0 }) % q.max(1);
                u8::try_from(chosen).unwrap_or(0)
            };
            let codeword: Vec<u8> = alternatives.iter().enumerate().map(choose).collect();
            let text = master.render_bracketed(&codeword);
            read(&tracer, &text, &codeword, &mut legible.pasted);
            let retyped = text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
            read(&tracer, &retyped, &codeword, &mut legible.retyped);
        }
        legible
    }
}

/// Strikes out the sites that are not seen as they stand in the text.
fn read(tracer: &Tracer, text: &str, codeword: &[u8], legible: &mut [bool]) {
    let trace = tracer.trace(&Leak::new(text));
    for (site, (symbol, legible)) in codeword.iter().zip(legible).enumerate() {
        let seen = trace.as_ref().and_then(|trace| trace.observations.unambiguous(site));
        *legible &= seen == Some(*symbol);
    }
}

/// An even mixture of two numbers (the finaliser of SplitMix64; Steele, Lea, Flood 2014).
fn mix(one: u64, other: u64) -> u64 {
    let mut z = one.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(other.wrapping_mul(0xd1b5_4a32_d192_ed03));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn legible(source: &str) -> Legible {
        Legible::of(&Master::parse(source).expect("the sample parses"))
    }

    const MIDDLE: &str =
        "We {met|spoke} in Dorn {toward|towards} the end of the year, and nothing at all was signed there";

    #[test]
    fn what_stands_in_the_middle_is_read() {
        let legible = legible(&format!("{MIDDLE}."));
        assert_eq!((legible.pasted, legible.retyped), (vec![true; 2], vec![true; 2]));
    }

    #[test]
    fn a_last_word_that_may_be_cut_off_is_not() {
        let legible = legible(&format!("{MIDDLE}.\n\n{{Sincerely|Sincerely yours}}"));
        assert_eq!((legible.pasted, legible.retyped), (vec![true, true, false], vec![true, true, false]));
    }

    #[test]
    fn a_message_without_sites() {
        assert!(legible("Nothing was signed.").pasted.is_empty());
    }
}
