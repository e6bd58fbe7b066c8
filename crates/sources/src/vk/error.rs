//! VK's error codes, and what each asks of us (`errors.json` of VK's API schema).

use std::time::Duration;

use crate::Fault;

/// What an error code means here.
pub(super) fn fault(code: i64) -> Fault {
    match code {
        // Too many a second.
        6 => Fault::Wait(Duration::from_secs(1)),
        // Flood control: too many alike.
        9 => Fault::Wait(Duration::from_secs(60)),
        // The day's allowance of this method is used up.
        29 => Fault::Wait(Duration::from_secs(3_600)),
        // "Need wait", without saying how long.
        32 => Fault::Wait(Duration::from_secs(30)),
        // The token: refused, of a group, of an application, from another address.
        4 | 5 | 27 | 28 | 42 => Fault::Refused,
        // Unknown, internal, at run time, timed out, out of service, out of limits: may go by.
        1 | 10 | 13 | 36 | 43 | 103 => Fault::Service(code),
        // Captcha 14, validation 17, confirmation 24 25, access 7 15, deleted 18, blocked 19, private 30, parameters 100 and all that are
        // not known: the same question gets the same answer until somebody does something.
        _ => Fault::Stuck(code),
    }
}

/// Whether the fault concerns the token, and so every source that asks with it.
pub(super) fn holds_token(code: i64) -> bool {
    matches!(code, 6 | 9 | 29 | 32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_pass_and_which_need_somebody() {
        for code in [1, 6, 9, 10, 29, 32, 36] {
            assert!(fault(code).passes(), "{code}");
        }
        for code in [5, 7, 14, 15, 17, 18, 19, 24, 28, 30, 100, 113, 4_711, -1, 0] {
            assert!(!fault(code).passes(), "{code}");
        }
        assert_eq!(fault(5), Fault::Refused);
        assert_eq!(fault(14), Fault::Stuck(14));
        assert!(matches!(fault(29), Fault::Wait(long) if long > Duration::from_secs(600)));
    }
}
