//! An approver's own key, for one signature.

use zeroize::Zeroizing;

use crate::{Desk, Refusal, Signed};

/// The content of the identity of whoever is signed in, opened with its passphrase.
pub(super) async fn identity(desk: &Desk, signed: &Signed, passphrase: &str) -> Result<Zeroizing<String>, Refusal> {
    let _ = (desk, signed, passphrase);
    Err(Refusal::Input("this desk keeps no identities yet: sign with `case approve`".to_owned()))
}
