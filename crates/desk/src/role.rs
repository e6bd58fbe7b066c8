//! What a person of the office may do at the desk.

pub use countermark_office::{Role, Roles};

/// What a role is for, as the page People says it.
pub(crate) fn meaning(role: Role) -> &'static str {
    match role {
        Role::Analyst => "looks at cases, asks whose copy it is, keeps the sources",
        Role::Approver => "signs that a recipient may be named, and says who is of the office",
        Role::Press => "writes and publishes statements",
        Role::Writer => "writes messages, seals them and hands them over",
    }
}
