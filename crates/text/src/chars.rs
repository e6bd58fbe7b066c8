//! Classes of characters: what is invisible, what is white space, what stands for a quotation mark or a dash.

/// Characters that leave no trace on a page: format characters (Cf), default ignorable code points and controls that
/// are not white space. They are dropped wherever they stand.
///
/// Sources: Unicode 17, `DerivedGeneralCategory.txt` (Cf, Cc) and `DerivedCoreProperties.txt`
/// (`Default_Ignorable_Code_Point`).
pub(crate) fn is_invisible(c: char) -> bool {
    match c {
        ' '..='~' => false,
        '\t'..='\r' | '\u{85}' => false,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}' => true,
        '\u{a0}'..='\u{34e}' => false,
        _ => matches!(
            c,
            '\u{34f}'
                | '\u{600}'..='\u{605}'
                | '\u{61c}'
                | '\u{6dd}'
                | '\u{70f}'
                | '\u{890}'..='\u{891}'
                | '\u{8e2}'
                | '\u{115f}'..='\u{1160}'
                | '\u{17b4}'..='\u{17b5}'
                | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200f}'
                | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{3164}'
                | '\u{fe00}'..='\u{fe0f}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff0}'..='\u{fffb}'
                | '\u{110bd}'
                | '\u{110cd}'
                | '\u{13430}'..='\u{1343f}'
                | '\u{1bca0}'..='\u{1bca3}'
                | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e0fff}'
        ),
    }
}

/// White space that separates words: Unicode's `White_Space`, and the braille blank, which looks like it.
pub(crate) fn is_space(c: char) -> bool {
    match c {
        ' ' | '\t'..='\r' => true,
        '\0'..='\u{84}' => false,
        _ => c.is_whitespace() || c == '\u{2800}',
    }
}

/// Ends a line.
pub(crate) fn is_newline(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// A hyphen proper: at the end of a line it may be the typesetter's.
pub(crate) fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{2010}' | '\u{2011}' | '\u{fe63}' | '\u{ff0d}')
}

/// Folds the many apostrophes to `'`, quotation marks to `"`, dashes to `-`, ellipses to dots. What comes out of
/// compatibility decomposition (`…`, `″`, full-width forms) need not be listed.
pub(crate) fn fold_mark(c: char) -> char {
    match c {
        '`' | '\u{2bb}'..='\u{2bd}' | '\u{2b9}' | '\u{2c8}' | '\u{2ca}' | '\u{2cb}' | '\u{374}' | '\u{384}' => '\'',
        '\u{2018}'..='\u{201b}' | '\u{2032}' | '\u{2035}' | '\u{a78b}' | '\u{a78c}' => '\'',
        '\u{ab}' | '\u{bb}' | '\u{201c}'..='\u{201f}' | '\u{2039}' | '\u{203a}' | '\u{2ba}' | '\u{2ee}' => '"',
        '\u{275b}'..='\u{2760}' | '\u{2e42}' | '\u{300c}'..='\u{300f}' | '\u{301d}'..='\u{301f}' => '"',
        '\u{2010}'..='\u{2015}' | '\u{2043}' | '\u{2212}' | '\u{2e3a}' | '\u{2e3b}' | '\u{58a}' => '-',
        '\u{2796}' | '\u{2e40}' | '\u{10ead}' => '-',
        '\u{2044}' | '\u{2215}' => '/', // what `½` decomposes with
        _ => c,
    }
}

/// Letters of scripts that write no spaces between words and need a dictionary to find them: Han, Hiragana, and the
/// scripts with line-break class SA (Thai, Lao, Burmese, Khmer and their kin). Each makes a word by itself, which
/// is what UAX #29 does without a dictionary, and depends on no letter around it.
pub(crate) fn is_unspaced(c: char) -> bool {
    if c < '\u{e00}' {
        return false;
    }
    let listed = matches!(
        c,
        '\u{e00}'..='\u{eff}'
            | '\u{1000}'..='\u{109f}'
            | '\u{1780}'..='\u{17ff}'
            | '\u{1950}'..='\u{19ff}'
            | '\u{1a20}'..='\u{1aaf}'
            | '\u{2e80}'..='\u{2fdf}'
            | '\u{3005}'..='\u{3007}'
            | '\u{3021}'..='\u{3029}'
            | '\u{3038}'..='\u{303b}'
            | '\u{3041}'..='\u{309f}'
            | '\u{3400}'..='\u{4dbf}'
            | '\u{4e00}'..='\u{9fff}'
            | '\u{a9e0}'..='\u{a9ff}'
            | '\u{aa60}'..='\u{aadf}'
            | '\u{f900}'..='\u{faff}'
            | '\u{11700}'..='\u{1174f}'
            | '\u{1b000}'..='\u{1b2ff}'
            | '\u{20000}'..='\u{3fffd}'
    );
    listed && c.is_alphabetic()
}
