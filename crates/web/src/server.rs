//! The server beneath: connections with limits, TLS where there is a certificate, an end that lets what is under way finish.

use std::future::Future;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tower_service::Service;

/// Who is at the other end of a connection: an extension of every request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer(pub SocketAddr);

/// Limits of a server, and its certificate.
#[derive(Clone)]
pub struct Options {
    /// The most connections at a time; a further one waits.
    pub connections: usize,
    /// How long a request's head may take, and how long a connection may idle.
    pub head: Duration,
    /// How long requests under way may take once the end was called.
    pub drain: Duration,
    /// The certificate, where it speaks TLS itself.
    pub tls: Option<Arc<rustls::ServerConfig>>,
}

impl Default for Options {
    fn default() -> Self {
        Self { connections: 1024, head: Duration::from_secs(10), drain: Duration::from_secs(3), tls: None }
    }
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options")
            .field("connections", &self.connections)
            .field("tls", &self.tls.is_some())
            .finish_non_exhaustive()
    }
}

/// Serves until `shutdown` returns. Blocks; brings its own threads. Handlers find [`Peer`] among a request's extensions.
///
/// # Errors
/// When the socket or the threads can't be had.
pub fn serve(
    listener: TcpListener,
    router: Router,
    options: &Options,
    shutdown: impl FnOnce() + Send + 'static,
) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener)?;
        let stop = tokio::task::spawn_blocking(shutdown);
        let (end, ended) = watch::channel(false);
        let mut connections = JoinSet::new();
        tokio::select! {
            () = accept(&listener, &router, options, &mut connections, &ended) => {}
            _ = stop => {}
        }
        drop(listener);
        let _ = end.send(true);
        let _ = timeout(options.drain, async { while connections.join_next().await.is_some() {} }).await;
        io::Result::Ok(())
    })?;
    runtime.shutdown_background();
    Ok(())
}

async fn accept(
    listener: &tokio::net::TcpListener,
    router: &Router,
    options: &Options,
    connections: &mut JoinSet<()>,
    ended: &watch::Receiver<bool>,
) {
    let places = Arc::new(Semaphore::new(options.connections));
    let tls = options.tls.clone().map(TlsAcceptor::from);
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        let accepted = listener.accept().await;
        while connections.try_join_next().is_some() {}
        let Ok((stream, peer)) = accepted else {
            // No descriptor left, or the like: it passes, and must not spin.
            sleep(Duration::from_millis(50)).await;
            continue;
        };
        let _ = stream.set_nodelay(true);
        let (router, head, ended, tls) = (router.clone(), options.head, ended.clone(), tls.clone());
        connections.spawn(async move {
            let _place = place;
            match tls {
                None => connection(stream, peer, router, head, ended).await,
                Some(tls) => {
                    if let Ok(Ok(stream)) = timeout(head, tls.accept(stream)).await {
                        connection(stream, peer, router, head, ended).await;
                    }
                }
            }
        });
    }
}

async fn connection(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    peer: SocketAddr,
    router: Router,
    head: Duration,
    mut ended: watch::Receiver<bool>,
) {
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(Peer(peer));
        router.clone().call(request)
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(head).max_buf_size(64 * 1024);
    let mut connection = std::pin::pin!(http.serve_connection(TokioIo::new(stream), service));
    let gone = tokio::select! {
        _ = connection.as_mut() => true,
        _ = ended.wait_for(|ended| *ended) => false,
    };
    if !gone {
        connection.as_mut().graceful_shutdown();
        let _: Result<(), hyper::Error> = finish(connection).await;
    }
}

async fn finish<F: Future>(connection: F) -> F::Output {
    connection.await
}
