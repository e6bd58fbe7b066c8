//! VKontakte: `wall.get` (the web pages load by script, so the API).

mod attachments;
mod cursor;
mod error;
mod limiter;
mod markup;
mod parse;
