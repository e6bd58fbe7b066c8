//! Requests: which page, in which language, and what readers send.
//!
//! The two forms carry no token against requests that another site makes in a reader's name: such tokens protect what a cookie or a
//! sign-in lets somebody do, and there is neither here; whoever posts can do no more through a stranger's browser than from his own. What
//! a browser says to come from another site is refused all the same, so that nobody's network is used up for it.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Form, FromRequest as _, Request, State};
use axum::http::header::{self, HeaderMap, HeaderValue};
use axum::http::{Method, Response, StatusCode};
use axum::middleware::{Next, from_fn};
use countermark_statement::{Error, Slip, limits};
use countermark_web::{Peer, Policy, strict};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::edition::Edition;
use crate::limit::What;
use crate::page::{Keep, OwnPolicy, Page};
use crate::pages::{self, COMMENT, CommentForm, Failing, Plain, REPLY, ReplyForm};
use crate::room::{Inner, Room};
use crate::route::{self, Route};
use crate::scene::Manner;
use crate::words::Language;

/// Bytes of a comment's form, at most, and of an answer's; a character can take twelve of them, and whoever wrote too much gets it back.
const COMMENT_BODY: usize = 64 << 10;
const REPLY_BODY: usize = 256 << 10;
/// Fields of a form, at most: it has three, and each costs more to read than its bytes do.
const FIELDS: usize = 16;
/// How long a form may take to arrive.
const PATIENCE: Duration = Duration::from_secs(15);
/// Characters of a personal link's token, at most.
const TOKEN: usize = 128;

/// The public pages, headers included. How much somebody may send is counted by the [`Peer`] among a request's extensions; behind a proxy
/// it is the server's to say who that is.
pub fn router(room: Room) -> Router {
    let router = Router::new().fallback(handle).with_state(room.0);
    strict(router, Policy::Public).layer(from_fn(async |request: Request, next: Next| {
        let mut answer = next.run(request).await;
        if let Some(OwnPolicy(policy)) = answer.extensions_mut().remove::<OwnPolicy>() {
            answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        answer
    }))
}

/// What a request wants, as far as its head says.
struct Asked {
    edition: Arc<Edition>,
    language: Language,
    /// The address leaves the language to the browser.
    negotiated: bool,
    /// The path without its language.
    path: String,
    method: Method,
    headers: HeaderMap,
    from: Option<IpAddr>,
}

async fn handle(State(room): State<Arc<Inner>>, request: Request) -> Response<Body> {
    let edition = room.edition();
    let (prefix, path) = route::language(request.uri().path());
    let wish = || {
        let header = request.headers().get(header::ACCEPT_LANGUAGE)?;
        Language::asked(header.to_str().ok()?)
    };
    let asked = Asked {
        language: prefix.or_else(wish).unwrap_or_else(|| edition.language()),
        negotiated: prefix.is_none(),
        path: path.to_owned(),
        method: request.method().clone(),
        headers: request.headers().clone(),
        from: request.extensions().get::<Peer>().map(|peer| peer.0.ip()),
        edition,
    };
    if let Some(token) = asked.path.strip_prefix("/reply/") {
        let token = token.to_owned();
        return reply(&room, asked, &token, request).await;
    }
    match asked.method {
        Method::GET | Method::HEAD => read(&room, asked).await,
        Method::POST => match comment_target(&asked.path) {
            Some(id) => comment(&room, &asked, &id, request).await,
            None => not_allowed(&asked),
        },
        _ => not_allowed(&asked),
    }
}

async fn read(room: &Arc<Inner>, mut asked: Asked) -> Response<Body> {
    let Some(route) = Route::parse(&asked.path) else { return plain(&asked, StatusCode::NOT_FOUND, Plain::Missing) };
    let spoken = route.is_spoken();
    if !spoken && !asked.negotiated {
        return plain(&asked, StatusCode::NOT_FOUND, Plain::Missing);
    }
    // What is the same in every language is kept once.
    let language = if spoken { asked.language } else { Language::English };
    let mut page = page(room, &asked, &route, language).await;
    if page.is_none()
        && route.is_of_a_statement()
        && let Some(newer) = room.newer(&asked.edition).await
    {
        asked.edition = newer;
        page = self::page(room, &asked, &route, language).await;
    }
    let Some(page) = page else { return absent(&asked, &route) };
    if let Route::Statement(id, _) = &route
        && asked.method == Method::GET
        && asked.edition.published.site().features.most_read
    {
        room.counter.count(id, room.now());
    }
    page.answer(&asked.method, &asked.headers, StatusCode::OK, spoken && asked.negotiated)
}

/// The page of an address, kept or made now, in its turn.
async fn page(room: &Inner, asked: &Asked, route: &Route, language: Language) -> Option<Arc<Page>> {
    let kept = || asked.edition.kept(&asked.path, language);
    if let Some(page) = kept() {
        return Some(page);
    }
    let turns = if matches!(route, Route::Picture(..)) { &room.drawing } else { &room.making };
    let turn = Arc::clone(turns).acquire_owned().await.ok()?;
    // Somebody who wanted the same may have had his turn meanwhile.
    if let Some(page) = kept() {
        return Some(page);
    }
    let (edition, path, route) = (Arc::clone(&asked.edition), asked.path.clone(), route.clone());
    let make = move || {
        // It is over when the page is made, and not when nobody waits for it any more.
        let _turn = turn;
        edition.make(&path, &route, language)
    };
    tokio::task::spawn_blocking(make).await.ok().flatten()
}

/// What there is nothing of; of a statement whose files are damaged that is said, and not that it never was.
fn absent(asked: &Asked, route: &Route) -> Response<Body> {
    match route {
        Route::Statement(id, _) if asked.edition.published.is_left_out(id) => {
            plain(asked, StatusCode::SERVICE_UNAVAILABLE, Plain::Damaged)
        }
        _ => plain(asked, StatusCode::NOT_FOUND, Plain::Missing),
    }
}

fn plain(asked: &Asked, status: StatusCode, which: Plain) -> Response<Body> {
    let page = asked.edition.plain(which, asked.language);
    page.answer(&asked.method, &asked.headers, status, asked.negotiated)
}

fn not_allowed(asked: &Asked) -> Response<Body> {
    let mut answer = plain(asked, StatusCode::METHOD_NOT_ALLOWED, Plain::Refused);
    answer.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
    answer
}

fn again(asked: &Asked, page: maud::Markup, failing: Failing) -> Response<Body> {
    let status = match failing {
        Failing::Busy | Failing::Unread => StatusCode::TOO_MANY_REQUESTS,
        Failing::Closed => StatusCode::GONE,
        Failing::Queue => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    Page::html(page, Keep::Never).answer(&Method::POST, &asked.headers, status, asked.negotiated)
}

/// What is still to come on the connection is not wanted.
fn closing(mut answer: Response<Body>) -> Response<Body> {
    answer.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    answer
}

/// To a page; the form can't be sent twice by loading it again.
fn see(asked: &Asked, path: &str) -> Response<Body> {
    let mut answer = Response::new(Body::empty());
    *answer.status_mut() = StatusCode::SEE_OTHER;
    let to = format!("/{}{path}", asked.language.code());
    if let Ok(to) = HeaderValue::try_from(to) {
        answer.headers_mut().insert(header::LOCATION, to);
    }
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}

/// A form's fields; none of what is too large, too slow, from another site or no form.
async fn fields<T: DeserializeOwned>(asked: &Asked, request: Request, most: usize) -> Option<T> {
    let stranger = |name| asked.headers.get(name).is_some_and(|value| value.as_bytes() == b"cross-site");
    if stranger("sec-fetch-site") {
        return None;
    }
    let (parts, body) = request.into_parts();
    let bytes = within(body, PATIENCE, most).await?;
    if bytes.iter().filter(|byte| **byte == b'&').count() >= FIELDS {
        return None;
    }
    let request = Request::from_parts(parts, Body::from(bytes));
    Form::<T>::from_request(request, &()).await.ok().map(|Form(fields)| fields)
}

/// A body that is not too large and arrives in time.
async fn within(body: Body, patience: Duration, most: usize) -> Option<Bytes> {
    tokio::time::timeout(patience, to_bytes(body, most)).await.ok()?.ok()
}

/// The statement under which `/statements/ID/comment` puts a comment.
fn comment_target(path: &str) -> Option<String> {
    let id = path.strip_prefix("/statements/")?.strip_suffix("/comment")?;
    countermark_statement::is_id(id).then(|| id.to_owned())
}

async fn comment(room: &Arc<Inner>, asked: &Asked, id: &str, request: Request) -> Response<Body> {
    let scene = asked.edition.scene(asked.language, Manner::Served);
    let (Some(statement), true, Some(queue), Some(desk)) =
        (asked.edition.published.statement(id), scene.takes_comments(), &room.queue, &scene.site().desk)
    else {
        return plain(asked, StatusCode::NOT_FOUND, Plain::Missing);
    };
    // Nothing of it is read.
    if !room.limits.take(What::Form, asked.from, room.now()) {
        let page = pages::comment_again(&scene, statement, &CommentForm::default(), Failing::Unread);
        return closing(again(asked, page, Failing::Unread));
    }
    let Some(mut typed) = fields::<CommentForm>(asked, request, COMMENT_BODY).await else {
        return plain(asked, StatusCode::BAD_REQUEST, Plain::Refused);
    };
    let thanks = format!("/statements/{id}/thanks");
    // A machine learns nothing.
    if !typed.website.is_empty() {
        return see(asked, &thanks);
    }
    typed.text = typed.text.replace("\r\n", "\n");
    if !scene.takes_comments_on(statement) {
        return again(asked, pages::comment_again(&scene, statement, &typed, Failing::Closed), Failing::Closed);
    }
    let wrong = wrong_name(&typed.name).or_else(|| wrong_text(&typed.text, COMMENT, limits::COMMENT_BYTES));
    let wrong = wrong.or_else(|| (!room.limits.take(What::Comment, asked.from, room.now())).then_some(Failing::Busy));
    if let Some(failing) = wrong {
        return again(asked, pages::comment_again(&scene, statement, &typed, failing), failing);
    }
    let slip = Slip::Comment {
        statement: id.to_owned(),
        name: countermark_statement::clean(typed.name.trim()),
        text: countermark_statement::clean(typed.text.trim()),
        at: room.now(),
    };
    match queue.put(&slip, desk) {
        Ok(()) => see(asked, &thanks),
        // A name that would turn the direction of what stands around it.
        Err(Error::Slip(_)) => {
            again(asked, pages::comment_again(&scene, statement, &typed, Failing::Name), Failing::Name)
        }
        Err(_) => again(asked, pages::comment_again(&scene, statement, &typed, Failing::Queue), Failing::Queue),
    }
}

fn wrong_name(name: &str) -> Option<Failing> {
    let name = name.trim();
    // Of invisible characters alone it would be nobody's.
    let fits =
        name.chars().any(char::is_alphanumeric) && name.chars().count() <= limits::NAME && !name.contains(['\n', '\r']);
    (!fits).then_some(Failing::Name)
}

fn wrong_text(text: &str, characters: usize, bytes: usize) -> Option<Failing> {
    let text = text.trim();
    if text.is_empty() {
        return Some(Failing::Empty);
    }
    (text.chars().count() > characters || text.len() > bytes).then_some(Failing::Long)
}

/// The page behind a personal link; one that is open stays so when the statement is withdrawn, for its words about somebody stay readable,
/// and he was given that term. Every address that is no open link gets the same answer, whatever is wrong with it.
async fn reply(room: &Arc<Inner>, mut asked: Asked, token: &str, request: Request) -> Response<Body> {
    let spent = room.limits.spent(What::Guess, asked.from, room.now());
    if !spent
        && is_token(token)
        && invited(&asked.edition, token, room.now()).is_none()
        && let Some(newer) = room.newer(&asked.edition).await
    {
        asked.edition = newer;
    }
    let scene = asked.edition.scene(asked.language, Manner::Served);
    let now = room.now();
    let (true, Some(queue), Some(desk)) = (scene.site().features.replies, &room.queue, &scene.site().desk) else {
        return plain(&asked, StatusCode::NOT_FOUND, Plain::Missing);
    };
    let open = if spent { None } else { invited(&asked.edition, token, now) };
    let Some((statement, until)) = open else {
        room.limits.take(What::Guess, asked.from, now);
        return plain(&asked, StatusCode::NOT_FOUND, Plain::Closed);
    };
    let page = |typed: &ReplyForm, failing| pages::reply(&scene, statement, until, token, typed, failing);
    match asked.method {
        Method::GET | Method::HEAD => Page::html(page(&ReplyForm::default(), None), Keep::Never).answer(
            &asked.method,
            &asked.headers,
            StatusCode::OK,
            asked.negotiated,
        ),
        Method::POST => {
            if !room.limits.take(What::Form, asked.from, now) {
                return closing(again(&asked, page(&ReplyForm::default(), Some(Failing::Unread)), Failing::Unread));
            }
            let Some(mut typed) = fields::<ReplyForm>(&asked, request, REPLY_BODY).await else {
                return plain(&asked, StatusCode::BAD_REQUEST, Plain::Refused);
            };
            typed.text = typed.text.replace("\r\n", "\n");
            let wrong = wrong_text(&typed.text, REPLY, limits::REPLY_BYTES);
            let wrong = wrong.or_else(|| (!room.limits.take(What::Reply, asked.from, now)).then_some(Failing::Busy));
            if let Some(failing) = wrong {
                return again(&asked, page(&typed, Some(failing)), failing);
            }
            let slip = Slip::Reply {
                statement: statement.id.clone(),
                token: token.to_owned(),
                text: countermark_statement::clean(typed.text.trim()),
                at: now,
            };
            match queue.put(&slip, desk) {
                Ok(()) => see(&asked, "/thanks"),
                Err(_) => again(&asked, page(&typed, Some(Failing::Queue)), Failing::Queue),
            }
        }
        _ => not_allowed(&asked),
    }
}

/// Whether it has a token's form.
fn is_token(token: &str) -> bool {
    (1..=TOKEN).contains(&token.len()) && token.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// The statement to which a token lets somebody answer, and until when. Tokens are compared by their hash, so that the time it takes
/// tells nothing of how much of one was right.
fn invited<'a>(edition: &'a Edition, token: &str, now: u64) -> Option<(&'a countermark_statement::Statement, u64)> {
    if !is_token(token) {
        return None;
    }
    let hash: String = Sha256::digest(token).iter().map(|byte| format!("{byte:02x}")).collect();
    edition.published.statements().iter().find_map(|statement| {
        let invited = statement.state.invited.iter().find(|invited| invited.sha256 == hash && now < invited.until)?;
        Some((&**statement, invited.until))
    })
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::pin::Pin;
    use std::task::{Context, Poll};

    use hyper::body::{Body as HttpBody, Frame};
    use tower::ServiceExt as _;

    use super::*;

    /// A body of which no byte ever comes.
    struct Slow;

    impl HttpBody for Slow {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            Poll::Pending
        }
    }

    async fn status(room: &Room, path: &str) -> StatusCode {
        let request = Request::get(path).body(Body::empty()).unwrap();
        router(room.clone()).oneshot(request).await.unwrap().status()
    }

    /// A crowd that wants pictures leaves the pages to everybody else.
    #[tokio::test]
    async fn pages_do_not_wait_for_pictures() {
        let folder = tempfile::tempdir().unwrap();
        let notice = r#"{"format":"countermark/statement/1","number":1,"published_at":1900000000,"language":"en","title":"T","category":null,"byline":"B","text":"So it is.","note":null,"kind":"notice","post":null,"opened":null,"changes":[],"bundle":null}"#;
        let notice = countermark_statement::Version::from_bytes(notice.as_bytes()).unwrap().to_bytes().unwrap();
        countermark_statement::Press::create(folder.path()).unwrap().put_version("note", &notice, None).unwrap();
        let room = Room::with_clock(folder.path(), None, [0; 32], || 1_900_000_000).unwrap();
        let turn = Arc::clone(&room.0.drawing).acquire_owned().await.unwrap();
        let picture = status(&room, "/statements/note/1.png");
        tokio::pin!(picture);
        let soon = Duration::from_millis(300);
        assert!(tokio::time::timeout(soon, &mut picture).await.is_err(), "another one is being drawn");
        assert_eq!(status(&room, "/en/statements/note").await, 200);
        drop(turn);
        assert_eq!(picture.await, 200);
        assert_eq!(room.0.drawing.available_permits(), 1, "its turn is over");
    }

    #[tokio::test]
    async fn a_body_that_never_ends_is_left() {
        assert!(within(Body::new(Slow), Duration::from_millis(5), 9).await.is_none());
        assert_eq!(within(Body::from("x=1"), Duration::from_secs(60), 3).await.unwrap(), "x=1");
        assert!(within(Body::from("x=12"), Duration::from_secs(60), 3).await.is_none());
    }
}
