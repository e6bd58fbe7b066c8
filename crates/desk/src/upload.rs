//! Forms with files that came from a page of this desk.

use axum::body::Bytes;
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{DefaultBodyLimit, FromRequest, FromRequestParts, Multipart, Request};
use axum::http::StatusCode;

use crate::form::{FIELD, is_token, token_of};
use crate::{Desk, Refusal, Signed};

/// The most bytes of a form with its files: a capture (16 MiB), and what stands around it.
const MOST_UPLOAD: usize = 17 << 20;

/// The most bytes of a field that is no file.
const MOST_FIELD: usize = 1 << 20;

/// The most fields and files.
const MOST_PARTS: usize = 64;

/// A form with files (`multipart/form-data`), its token checked before any file was read: the token is the form's first field
/// ([`token`](crate::shell::token) at its beginning), or the header of a script's request.
#[derive(Debug)]
pub(crate) struct Upload {
    /// Who sent it.
    pub(crate) signed: Signed,
    fields: Vec<(String, String)>,
    files: Vec<Uploaded>,
}

/// A file of a form. What it is called and said to be is the browser's word, and not kept.
pub(crate) struct Uploaded {
    /// The form's field.
    pub(crate) field: String,
    /// Its content.
    pub(crate) bytes: Bytes,
}

impl std::fmt::Debug for Uploaded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Uploaded").field("bytes", &self.bytes.len()).finish_non_exhaustive()
    }
}

impl Upload {
    /// A field's text, the first where it came several times.
    pub(crate) fn text(&self, field: &str) -> Option<&str> {
        self.fields.iter().find(|(name, _)| name == field).map(|(_, text)| text.as_str())
    }

    /// A field's file, the first where there are several; none when nothing was chosen.
    pub(crate) fn file(&self, field: &str) -> Option<&Uploaded> {
        self.files.iter().find(|file| file.field == field)
    }
}

impl FromRequest<Desk> for Upload {
    type Rejection = Refusal;

    async fn from_request(request: Request, desk: &Desk) -> Result<Self, Refusal> {
        let (mut parts, body) = request.into_parts();
        let signed = Signed::from_request_parts(&mut parts, desk).await?;
        let header = token_of(&parts.headers);
        let mut request = Request::from_parts(parts, body);
        DefaultBodyLimit::max(MOST_UPLOAD).apply(&mut request);
        let mut form = Multipart::from_request(request, desk)
            .await
            .map_err(|_| Refusal::Input("this is no form with files of this desk".to_owned()))?;
        let mut upload = Self { signed, fields: Vec::new(), files: Vec::new() };
        let mut trusted = match header {
            Some(given) if is_token(&upload.signed, &given) => true,
            Some(_) => return Err(Refusal::Forged),
            None => false,
        };
        let mut count = 0;
        while let Some(mut field) = form.next_field().await.map_err(|error| refused(&error))? {
            count += 1;
            if count > MOST_PARTS {
                return Err(Refusal::TooLarge);
            }
            let name = field.name().unwrap_or_default().to_owned();
            if !trusted {
                let given = read(&mut field, 256).await?;
                trusted = name == FIELD && is_token(&upload.signed, &String::from_utf8_lossy(&given));
                if !trusted {
                    return Err(Refusal::Forged);
                }
            } else if let Some(unnamed) = field.file_name().map(str::is_empty) {
                let bytes = read(&mut field, MOST_UPLOAD).await?;
                if !(unnamed && bytes.is_empty()) {
                    upload.files.push(Uploaded { field: name, bytes: bytes.into() });
                }
            } else {
                let text = String::from_utf8(read(&mut field, MOST_FIELD).await?)
                    .map_err(|_| Refusal::Input("a field of the form is not text".to_owned()))?;
                upload.fields.push((name, text));
            }
        }
        if trusted { Ok(upload) } else { Err(Refusal::Forged) }
    }
}

async fn read(field: &mut Field<'_>, most: usize) -> Result<Vec<u8>, Refusal> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(|error| refused(&error))? {
        if bytes.len() + chunk.len() > most {
            return Err(Refusal::TooLarge);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn refused(error: &MultipartError) -> Refusal {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return Refusal::TooLarge;
    }
    Refusal::Input("the form can't be read, or broke off on its way; send it again".to_owned())
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::Body;
    use axum::http::header::{CONTENT_TYPE, COOKIE};
    use axum::middleware::from_fn_with_state;
    use axum::routing::post;
    use countermark_testkit::rng;
    use tower::ServiceExt;

    use super::*;
    use crate::gate::gate;
    use crate::{Outside, Roles};

    struct Nowhere;

    impl Outside for Nowhere {
        fn open(&self, _: &str, _: &str) -> Result<countermark_office::Office, String> {
            Err("there is nothing".to_owned())
        }
    }

    async fn told(upload: Upload) -> String {
        let file = upload.file("picture").map(|file| file.bytes.len());
        format!("{:?} {:?} {}", upload.text("note"), file, upload.files.len())
    }

    /// One part of a form.
    fn part(head: &str, content: &[u8]) -> Vec<u8> {
        let head = format!("--B\r\nContent-Disposition: form-data; {head}\r\n\r\n");
        [head.as_bytes(), content, b"\r\n"].concat()
    }

    async fn send(header: bool, parts: &[Vec<u8>]) -> (StatusCode, String) {
        let desk = Desk::new(Box::new(Nowhere), Box::new(rng(1)));
        let admission = desk.admit("ines", Roles::new());
        let router = Router::new().route("/up", post(told));
        let router = router.layer(from_fn_with_state(desk.clone(), gate)).with_state(desk);
        let mut body = Vec::new();
        for part in parts {
            body.extend_from_slice(&String::from_utf8_lossy(part).replace("TOKEN", &admission.csrf).into_bytes());
        }
        body.extend_from_slice(b"--B--\r\n");
        let mut request = Request::post("/up").header(CONTENT_TYPE, "multipart/form-data; boundary=B");
        request = request.header(COOKIE, format!("countermark={}", admission.cookie));
        if header {
            request = request.header("x-csrf", admission.csrf);
        }
        let answer = router.oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
        let status = answer.status();
        let bytes = axum::body::to_bytes(answer.into_body(), 1 << 20).await.unwrap();
        (status, String::from_utf8(bytes.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn the_token_comes_before_everything() {
        let token = part("name=\"csrf\"", b"TOKEN");
        let note = part("name=\"note\"", b"seen at noon");
        let picture = part("name=\"picture\"; filename=\"a/b.png\"", b"12345");
        let none = part("name=\"picture\"; filename=\"\"", b"");
        let whole = [token.clone(), note.clone(), picture.clone()];
        let (status, text) = send(false, &whole).await;
        assert_eq!((status, text.as_str()), (StatusCode::OK, "Some(\"seen at noon\") Some(5) 1"));
        assert_eq!(send(false, &[token.clone(), none]).await.1, "None None 0");
        assert_eq!(send(true, std::slice::from_ref(&picture)).await.0, StatusCode::OK);
        for forged in [
            vec![],
            vec![picture.clone(), token.clone()],
            vec![note, token.clone()],
            vec![part("name=\"csrf\"", b"")],
            vec![part("name=\"other\"", b"TOKEN")],
        ] {
            assert_eq!(send(false, &forged).await.0, StatusCode::FORBIDDEN);
        }
    }

    #[tokio::test]
    async fn sizes() {
        let token = part("name=\"csrf\"", b"TOKEN");
        let field = part("name=\"note\"", &vec![b'a'; MOST_FIELD + 1]);
        assert_eq!(send(false, &[token.clone(), field]).await.0, StatusCode::PAYLOAD_TOO_LARGE);
        let file = part("name=\"picture\"; filename=\"a\"", &vec![b'a'; MOST_UPLOAD]);
        assert_eq!(send(false, &[token.clone(), file]).await.0, StatusCode::PAYLOAD_TOO_LARGE);
        let capture = part("name=\"picture\"; filename=\"a\"", &vec![b'a'; 16 << 20]);
        assert_eq!(send(false, &[token.clone(), capture]).await.0, StatusCode::OK);
        let many = vec![part("name=\"note\"", b"a"); MOST_PARTS];
        assert_eq!(send(false, &[&[token][..], &many].concat()).await.0, StatusCode::PAYLOAD_TOO_LARGE);
    }
}
