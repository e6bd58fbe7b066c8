//! Tesseract's table of words.

/// A word as Tesseract read it; its place counts in the page's pixels.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Found {
    /// From 0, as the pages were given.
    pub(crate) page: usize,
    /// Block, paragraph and line within the page.
    pub(crate) line: (u32, u32, u32),
    pub(crate) left: i32,
    pub(crate) top: i32,
    pub(crate) width: i32,
    pub(crate) height: i32,
    /// From 0 to 100.
    pub(crate) confidence: u8,
    pub(crate) text: String,
}

/// The words of a table: rows of level 5. Rows that are not as they should be are passed over.
pub(crate) fn words(table: &str) -> Vec<Found> {
    table.lines().filter_map(word).collect()
}

fn word(line: &str) -> Option<Found> {
    let mut fields = line.splitn(12, '\t');
    let mut number = || fields.next()?.parse::<i32>().ok();
    let level = number()?;
    let (page, block, par, row, _) = (number()?, number()?, number()?, number()?, number()?);
    let (left, top, width, height) = (number()?, number()?, number()?, number()?);
    let confidence: f64 = fields.next()?.parse().ok()?;
    let text = fields.next()?.trim();
    if level != 5 || text.is_empty() || !(0.0..=100.0).contains(&confidence) {
        return None;
    }
    let count = |n: i32| u32::try_from(n).ok();
    Some(Found {
        page: usize::try_from(page).ok()?.checked_sub(1)?,
        line: (count(block)?, count(par)?, count(row)?),
        left,
        top,
        width,
        height,
        confidence: confidence.round() as u8,
        // A word has no white space and nothing that steers: it comes from a picture of somebody else's.
        text: text.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_taken_and_the_rest_passed_over() {
        let table = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n\
                     1\t1\t0\t0\t0\t0\t0\t0\t560\t200\t-1\t\n\
                     5\t1\t1\t1\t2\t1\t21\t23\t24\t12\t96.166931\tWe\n\
                     5\t2\t1\t1\t1\t1\t21\t23\t24\t12\t41\t\"a\tb\n\
                     5\t0\t1\t1\t1\t1\t21\t23\t24\t12\t41\tno page\n\
                     5\t1\t1\t1\t1\t1\t21\t23\t24\t12\t-1\tunsure\n\
                     5\t1\t1\t1\t1\t1\t21\t23\t24\t12\tnan\tx\n\
                     5\t1\t1\t1\t1\t1\t21\t23\t24\t12\t96\t \n\
                     5\t1\t1\t1\n\u{0}\n";
        let found = words(table);
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].text.as_str(), found[0].confidence, found[0].line), ("We", 96, (1, 1, 2)));
        assert_eq!((found[1].text.as_str(), found[1].page), ("\"ab", 1));
    }
}
