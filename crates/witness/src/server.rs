//! The wire: one route, with limits on time, size and number.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use countermark_tlog::directory::Disk;
use countermark_tlog::witness::{MAX_REQUEST, PATH, Refusal};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::state::{Failure, Witness};

/// The most connections at a time; a further one waits.
pub const MAX_CONNECTIONS: usize = 64;

/// How long a request's head may take, its body too, and how long a connection may idle.
pub const REQUEST_TIME: Duration = Duration::from_secs(10);

/// How long one connection may last; a log needs one request every few minutes.
const CONNECTION_TIME: Duration = Duration::from_secs(300);

/// How long requests under way may take after the end was called.
const DRAIN_TIME: Duration = Duration::from_secs(5);

/// Something that whoever runs a witness may want to see.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event {
    /// A checkpoint was cosigned.
    Cosigned {
        /// The log.
        origin: String,
        /// The checkpoint's size.
        size: u64,
    },
    /// A request was refused. [`Refusal::Fork`], and [`Refusal::Inconsistent`] unless the request was garbled, is the sign of a log
    /// that shows different people different things.
    Refused(Refusal),
    /// The witness's own state is in the way; nothing is cosigned until it is mended.
    Broken(crate::error::Error),
}

struct Shared<D: Disk> {
    witness: Witness<D>,
    clock: Box<dyn Fn() -> u64 + Send + Sync>,
    report: Box<dyn Fn(&Event) + Send + Sync>,
}

/// Serves a witness on a socket until `shutdown` returns; requests under way are answered first. Blocks; brings its own threads.
/// `clock` gives Unix seconds.
///
/// # Errors
/// When the socket or the threads can't be had.
pub fn serve<D>(
    listener: TcpListener,
    witness: Witness<D>,
    clock: impl Fn() -> u64 + Send + Sync + 'static,
    report: impl Fn(&Event) + Send + Sync + 'static,
    shutdown: impl FnOnce() + Send + 'static,
) -> io::Result<()>
where
    D: Disk + Send + 'static,
    D::Lock: Send,
{
    let shared = Arc::new(Shared { witness, clock: Box::new(clock), report: Box::new(report) });
    let router = Router::new().route(&format!("/{PATH}"), post(add_checkpoint::<D>)).with_state(shared);
    listener.set_nonblocking(true)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let done = runtime.block_on(async move {
        let listener = tokio::net::TcpListener::from_std(listener)?;
        let stop = tokio::task::spawn_blocking(shutdown);
        let mut connections = JoinSet::new();
        accept(&listener, &router, &mut connections, stop).await;
        drop(listener);
        // What is not done by then is cut; what was cosigned is on disk.
        let _ = timeout(DRAIN_TIME, async { while connections.join_next().await.is_some() {} }).await;
        Ok(())
    });
    runtime.shutdown_background();
    done
}

async fn accept(listener: &tokio::net::TcpListener, router: &Router, connections: &mut JoinSet<()>, stop: impl Future) {
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let mut stop = std::pin::pin!(stop);
    loop {
        let next = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, listener.accept().await)
        };
        let Some((place, accepted)) = first(next, stop.as_mut()).await else { return };
        while connections.try_join_next().is_some() {}
        match accepted {
            Ok((stream, _)) => {
                let router = router.clone();
                connections.spawn(async move {
                    let _place = place;
                    let _ = timeout(CONNECTION_TIME, connection(stream, router)).await;
                });
            }
            // No descriptor left, or the like: it passes, and must not spin.
            Err(_) => sleep(Duration::from_millis(100)).await,
        }
    }
}

/// The outcome of the first, unless the second is ready before.
async fn first<T>(one: impl Future<Output = T>, mut stop: std::pin::Pin<&mut impl Future>) -> Option<T> {
    let mut one = std::pin::pin!(one);
    std::future::poll_fn(|context| {
        if stop.as_mut().poll(context).is_ready() {
            return std::task::Poll::Ready(None);
        }
        one.as_mut().poll(context).map(Some)
    })
    .await
}

async fn connection(stream: tokio::net::TcpStream, router: Router) {
    let service = TowerToHyperService::new(router);
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(REQUEST_TIME).max_buf_size(64 * 1024);
    let _: Result<(), hyper::Error> = http.serve_connection(TokioIo::new(stream), service).await;
}

async fn add_checkpoint<D>(State(shared): State<Arc<Shared<D>>>, body: Body) -> Result<Response, Infallible>
where
    D: Disk + Send + 'static,
    D::Lock: Send,
{
    let body = match timeout(REQUEST_TIME, to_bytes(body, MAX_REQUEST)).await {
        Err(_) => return Ok(plain(StatusCode::REQUEST_TIMEOUT)),
        Ok(Err(_)) => return Ok(plain(StatusCode::PAYLOAD_TOO_LARGE)),
        Ok(Ok(body)) => body,
    };
    // Signatures and syncs: not for the threads that carry the connections.
    let answered = tokio::task::spawn_blocking(move || answer(&shared, &body)).await;
    Ok(answered.unwrap_or_else(|_| plain(StatusCode::INTERNAL_SERVER_ERROR)))
}

fn answer<D: Disk>(shared: &Shared<D>, body: &[u8]) -> Response {
    let (event, response) = match shared.witness.add_checkpoint(body, (shared.clock)()) {
        Ok((request, signature)) => {
            let head = request.checkpoint.checkpoint();
            let event = Event::Cosigned { origin: head.origin.clone(), size: head.size };
            (event, ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], signature.line()).into_response())
        }
        Err(Failure::Refused(refusal)) => {
            let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let (kind, body) = refusal.body();
            (Event::Refused(refusal), (status, [(header::CONTENT_TYPE, kind)], body).into_response())
        }
        // What is wrong here is the operator's to know, not the caller's.
        Err(Failure::State(error)) => (Event::Broken(error), plain(StatusCode::INTERNAL_SERVER_ERROR)),
    };
    (shared.report)(&event);
    response
}

fn plain(status: StatusCode) -> Response {
    status.into_response()
}
