//! The pictures of a capture, and its whole text. A picture is decoded and made anew: what came from outside never reaches a browser as it is.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;

use super::jobs::Jobs;
use super::{CaseId, reads};
use crate::{Desk, Refusal, Signed};

/// The pictures that were shown last are kept as they were made.
const MOST: usize = 16;

/// What is kept: by case and number.
type Made = VecDeque<((String, usize), Bytes)>;

/// Pictures that were made.
#[derive(Clone, Default)]
pub(super) struct Gallery(Arc<Mutex<Made>>);

impl Gallery {
    fn find(&self, key: &(String, usize)) -> Option<Bytes> {
        let made = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        made.iter().find(|(known, _)| known == key).map(|(_, bytes)| bytes.clone())
    }

    fn keep(&self, key: (String, usize), bytes: Bytes) {
        let mut made = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        made.push_front((key, bytes));
        made.truncate(MOST);
    }
}

/// `/cases/ID/picture/N`, N from 1.
pub(super) async fn picture(
    State(desk): State<Desk>,
    Extension(jobs): Extension<Jobs>,
    Extension(gallery): Extension<Gallery>,
    signed: Signed,
    CaseId(id): CaseId,
    Path(path): Path<Vec<(String, String)>>,
) -> Result<Response, Refusal> {
    reads(&signed)?;
    let id = id.ok_or(Refusal::Missing)?;
    let number = path.iter().find(|(name, _)| name == "n").and_then(|(_, n)| n.parse::<usize>().ok());
    let number = number.and_then(|number| number.checked_sub(1)).ok_or(Refusal::Missing)?;
    let key = (id.clone(), number);
    let known = gallery.find(&key);
    let bytes = match known {
        Some(bytes) => {
            // Who may see it is asked of the office all the same: it may have been locked.
            desk.office(&signed, |_| Ok(())).await?;
            bytes
        }
        None => {
            let pictures = desk.office(&signed, move |office| Ok(office.captured_pictures(&id)?)).await?;
            let raw = pictures.and_then(|all| all.into_iter().nth(number)).ok_or(Refusal::Missing)?;
            let _turn = jobs.pictures.acquire().await;
            let made =
                tokio::task::spawn_blocking(move || countermark_ocr::shown(&raw, &countermark_ocr::Limits::default()));
            let made = made.await.map_err(|_| Refusal::Missing)?.map_err(|_| Refusal::Missing)?;
            let bytes = Bytes::from(made);
            gallery.keep(key, bytes.clone());
            bytes
        }
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("image/png")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("inline; filename=\"capture.png\"")),
    ];
    Ok((headers, bytes).into_response())
}

/// `/cases/ID/text`
pub(super) async fn text(State(desk): State<Desk>, signed: Signed, CaseId(id): CaseId) -> Result<Response, Refusal> {
    reads(&signed)?;
    let id = id.ok_or(Refusal::Missing)?;
    let case = desk.office(&signed, move |office| office.case(&id).map_err(super::missing)).await?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"published.txt\"")),
    ];
    Ok((headers, case.published).into_response())
}
