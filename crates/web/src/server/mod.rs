//! The server beneath: connections with limits, TLS where there is a certificate, an end that lets what is under way finish.

mod answer;
mod hosts;
mod options;
mod patient;
mod peers;
mod places;
mod watched;

use std::future::Future;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use axum::Router;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;

pub use answer::{Peer, Secure, Stay};
pub use options::{Line, Log, Options, Ready};

use answer::Answering;
use patient::Patient;
use peers::Peers;
use places::{Place, Places};

/// Serves until `shutdown` returns. Blocks; brings its own threads. Handlers find [`Peer`], [`Secure`] and [`Stay`] among a request's extensions.
/// `/healthz` and `/readyz` are answered here, whatever the router has.
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
        let answering = Arc::new(Answering::new(router, options.clone()));
        tokio::select! {
            () = accept(&listener, &answering, &mut connections, &ended) => {}
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
    answering: &Arc<Answering>,
    connections: &mut JoinSet<()>,
    ended: &watch::Receiver<bool>,
) {
    let options = answering.options();
    let places = Arc::new(Places::new(options.connections, options.head));
    let peers = Arc::new(Peers::new(options.per_peer));
    let tls = options.tls.as_ref().map(|tls| TlsAcceptor::from(tls.config()));
    loop {
        let accepted = listener.accept().await;
        while connections.try_join_next().is_some() {}
        let Ok((stream, peer)) = accepted else {
            // No descriptor left, or the like: it passes, and must not spin.
            sleep(std::time::Duration::from_millis(50)).await;
            continue;
        };
        let trusted = peer.ip().to_canonical().is_loopback() || options.is_proxy(peer.ip());
        // Behind a proxy and without TLS, whoever comes past the proxy would speak in the clear.
        if !trusted && !options.proxies.is_empty() && tls.is_none() {
            continue;
        }
        let seat = if trusted { None } else { Some(peers.take(peer.ip())) };
        if matches!(seat, Some(None)) {
            continue;
        }
        let Some(place) = places.take().await else { return };
        let (answering, ended, tls) = (Arc::clone(answering), ended.clone(), tls.clone());
        connections.spawn(async move {
            let _seat = seat;
            tokio::select! {
                () = meet(stream, peer, place.place(), tls, answering, ended) => {}
                () = place.called_back() => {}
            }
        });
    }
}

/// One connection from its first byte to its last.
async fn meet(
    stream: TcpStream,
    peer: SocketAddr,
    place: Place,
    tls: Option<TlsAcceptor>,
    answering: Arc<Answering>,
    ended: watch::Receiver<bool>,
) {
    let _ = stream.set_nodelay(true);
    let Ok(local) = stream.local_addr() else { return };
    let ends = Ends { peer, local };
    let stream = Patient::new(stream, answering.options().stall, place.clone());
    match tls {
        None => connection(stream, ends, place, answering, ended).await,
        Some(tls) => {
            if let Ok(Ok(stream)) = timeout(answering.options().head, tls.accept(stream)).await {
                connection(stream, ends, place, answering, ended).await;
            }
        }
    }
}

/// The two addresses of a connection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ends {
    pub(crate) peer: SocketAddr,
    pub(crate) local: SocketAddr,
}

async fn connection(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    ends: Ends,
    place: Place,
    answering: Arc<Answering>,
    mut ended: watch::Receiver<bool>,
) {
    let options = answering.options().clone();
    let service = service_fn(move |request: Request<Incoming>| {
        let (answering, place) = (Arc::clone(&answering), place.clone());
        async move { answering.answer(ends, place, request).await }
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(options.head)
        .max_headers(options.headers)
        .max_header_size(options.head_size)
        .max_buf_size(64 * 1024);
    let mut connection = std::pin::pin!(http.serve_connection(TokioIo::new(stream), service));
    let gone = tokio::select! {
        _ = connection.as_mut() => true,
        _ = ended.wait_for(|ended| *ended) => false,
        () = sleep(options.life) => false,
    };
    if !gone {
        connection.as_mut().graceful_shutdown();
        let _ = timeout(options.request, finish(connection)).await;
    }
}

async fn finish<F: Future>(connection: F) -> F::Output {
    connection.await
}
