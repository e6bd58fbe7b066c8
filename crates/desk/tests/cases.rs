//! Cases at the desk: what each kind of case shows, to whom; what its forms do, and that the audit trail has it; what hostile input does not do.

#![allow(clippy::unwrap_used)] // a test may stop where it stands
#![allow(missing_docs)]

mod common;

use axum::http::StatusCode;
use common::cases::{self, House, LETTER};
use countermark_desk::Role;
use countermark_testkit::rng;
use countermark_vault::{Unlock, Vault};

/// What the audit trail says, the oldest first: who, act, reason.
fn trail(house: &House) -> Vec<(String, String, Option<String>)> {
    let store = Box::new(house.store.clone());
    let vault = Vault::open(store, Unlock::Passphrase(common::PASSPHRASE), Box::new(rng(9))).unwrap();
    let entries = vault.read::<_, countermark_vault::Error>(|tx| tx.audit_entries()).unwrap();
    entries.into_iter().map(|entry| (entry.act.who, entry.act.act, entry.act.reason)).collect()
}

fn count(house: &House, act: &str) -> usize {
    trail(house).iter().filter(|(_, what, _)| what == act).count()
}

#[tokio::test]
async fn a_named_copy_is_for_analysts_and_approvers_and_the_look_is_noted() {
    let house = House::new(1);
    let id = &house.named;
    for role in [Role::Press] {
        let page = house.person(&[role]).get(&format!("/cases/{id}")).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text.contains("A copy is named.") && !page.text.contains("The copy of"), "{role:?}");
        assert!(!page.text.contains("it is out"), "the reason is not for {role:?}");
        assert!(!page.text.contains(&format!("/cases/{id}/hear")), "{role:?}");
    }
    assert_eq!(count(&house, "case look"), 0);
    let mut analyst = house.person(&[Role::Analyst]);
    let page = analyst.get(&format!("/cases/{id}")).await;
    assert!(page.text.contains("The copy of <strong><bdi>4</bdi></strong>"), "{}", page.text);
    assert!(
        page.text.contains("is at most 1e-2") && page.text.contains("Who let it out nobody can say"),
        "{}",
        page.text
    );
    assert!(page.text.contains("aria-label=\"Places where copies differ"), "the picture");
    assert_eq!(count(&house, "case look"), 1);
    // Once a session; another person's look is another.
    analyst.get(&format!("/cases/{id}")).await;
    assert_eq!(count(&house, "case look"), 1);
    house.person_of(&analyst, "Berit Osk", &[Role::Approver]).get(&format!("/cases/{id}")).await;
    let looks: Vec<String> =
        trail(&house).into_iter().filter(|(_, act, _)| act == "case look").map(|(who, ..)| who).collect();
    assert_eq!(looks, ["Ines Almada", "Berit Osk"]);
    // Nobody without a role reads anything.
    assert_eq!(house.person(&[]).get(&format!("/cases/{id}")).await.status, StatusCode::FORBIDDEN);
    assert_eq!(house.person(&[Role::Writer]).get("/cases").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_list_is_filtered_and_leads_to_each_case() {
    let house = House::new(1);
    let mut press = house.person(&[Role::Press]);
    let all = press.get("/cases").await;
    for id in [&house.named, &house.undecided, &house.single, &house.invented] {
        assert!(all.text.contains(&format!("href=\"/cases/{id}\"")));
        assert_eq!(press.get(&format!("/cases/{id}")).await.status, StatusCode::OK);
        let brief = press.get(&format!("/cases/{id}/brief")).await;
        assert!(brief.status == StatusCode::OK && brief.text.contains("WHAT IS NOT PROVED"), "{}", brief.text);
    }
    let invented = press.get("/cases?kind=invented").await.text;
    assert!(invented.contains(&house.invented) && !invented.contains(&house.named));
    // What it is about is seen before it is opened, there and on the first page.
    let begins = "“<bdi>Ada Marwitz wrote: “We shall close every bridge over the Lisk by the end of the…</bdi>”";
    assert!(invented.contains(begins) && press.get("/").await.text.contains(begins), "{invented}");
    assert!(!house.person(&[Role::Writer]).get("/").await.text.contains("Ada Marwitz"));
    let shown = press.get("/cases?state=shown").await.text;
    assert!(shown.contains("No case is like that") && !shown.contains(&house.named));
    for odd in [
        "/cases?page=0",
        "/cases?page=99999999999999999999",
        "/cases?state=%3Cscript%3E",
        "/cases?page=%ff",
        "/cases/matches?words=%3Cscript%3E&page=-1",
    ] {
        let page = press.get(odd).await;
        assert!(page.status == StatusCode::OK && !page.text.contains("<script>"), "{odd}");
    }
    // Whoever may open no case is not offered to.
    assert!(!all.text.contains("/cases/new"));
    assert!(house.person(&[Role::Analyst]).get("/cases").await.text.contains("/cases/new"));
}

#[tokio::test]
async fn each_kind_says_what_it_is() {
    let house = House::new(1);
    let mut analyst = house.person(&[Role::Analyst]);
    let single = analyst.get(&format!("/cases/{}", house.single)).await.text;
    assert!(single.contains("there is nothing to name"), "{single}");
    let invented = analyst.get(&format!("/cases/{}", house.invented)).await.text;
    assert!(invented.contains("no proof that it was never written") && invented.contains("not found"), "{invented}");
    assert!(!invented.contains("Which copy it is") && !invented.contains("Make a bundle"));
    let undecided = analyst.get(&format!("/cases/{}", house.undecided)).await.text;
    assert!(undecided.contains("are missing</strong> before a copy could be named"), "{undecided}");
    assert!(undecided.contains("name=\"reason\"") && undecided.contains("A look counts"), "{undecided}");
    assert!(!undecided.contains("Answer"), "analysts do not answer");
    assert!(
        house
            .person(&[Role::Press])
            .get(&format!("/cases/{}", house.undecided))
            .await
            .text
            .contains(&format!("name=\"case\" value=\"{}\"", house.undecided))
    );
}

/// Two vaults with other codewords, and the same text: whoever reads the pages can't tell which is which.
#[tokio::test]
async fn below_the_line_nothing_follows_from_a_codeword() {
    let mut pages: Vec<Vec<String>> = Vec::new();
    for seed in [1, 2, 3] {
        let house = House::new(seed);
        let mut seen = Vec::new();
        // Few places seen and nobody has looked; the same after a look; every place seen, and no copy is like it.
        let mut analyst = house.person(&[Role::Analyst, Role::Press, Role::Approver]);
        for id in [&house.undecided, &house.whole] {
            for path in [format!("/cases/{id}"), format!("/cases/{id}/brief"), format!("/cases/{id}/text")] {
                seen.push(house.plain(&analyst.get(&path).await.text));
            }
            let answer = analyst.post(&format!("/cases/{id}/trace"), &[("reason", "it is out")]).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
            let page = analyst.get(&format!("/cases/{id}")).await.text;
            assert!(!page.contains("class=\"named\"") && !page.contains("The copy of"), "{page}");
            seen.push(house.plain(&page));
        }
        assert!(
            seen[0].contains("are missing")
                && seen[3].contains("are missing")
                && seen[7].contains("names no copy under the bound")
        );
        pages.push(seen);
    }
    for other in &pages[1..] {
        for (one, two) in pages[0].iter().zip(other) {
            assert_eq!(one, two);
        }
    }
}

#[tokio::test]
async fn a_look_takes_a_reason_and_stands_in_the_trail() {
    let house = House::new(1);
    let path = format!("/cases/{}/trace", house.unasked);
    let mut analyst = house.person(&[Role::Analyst]);
    for reason in ["", "   ", &"long ".repeat(200)] {
        assert_eq!(analyst.post(&path, &[("reason", reason)]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(house.person(&[Role::Press]).post(&path, &[("reason", "because")]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(count(&house, "case trace"), 0);
    let answer = analyst.post(&path, &[("reason", "the <minister> asks")]).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, &*format!("/cases/{}#copy", house.unasked)));
    let noted = trail(&house);
    assert!(noted.contains(&(
        "Ines Almada".to_owned(),
        "case trace".to_owned(),
        Some("the <minister> asks".to_owned())
    )));
    let page = analyst.get(&format!("/cases/{}", house.unasked)).await.text;
    assert!(
        page.contains("The copy of <strong><bdi>7</bdi></strong>") && page.contains("the &lt;minister&gt; asks"),
        "{page}"
    );
}

#[tokio::test]
async fn notes_are_kept_and_are_for_those_who_see_names() {
    let house = House::new(1);
    let (id, text) = (&house.named, "Called <b>Ben</b>.\r\nHe denies it \u{202e}all.");
    let mut analyst = house.person(&[Role::Analyst]);
    let answer = analyst.post(&format!("/cases/{id}/note"), &[("text", text)]).await;
    assert_eq!(answer.location(), format!("/cases/{id}#notes"));
    assert_eq!(count(&house, "case note"), 1);
    let page = analyst.get(&format!("/cases/{id}")).await.text;
    assert!(page.contains("Called &lt;b&gt;Ben&lt;/b&gt;.\nHe denies it \u{fffd}all."), "{page}");
    assert!(!house.person(&[Role::Press]).get(&format!("/cases/{id}")).await.text.contains("He denies"));
    for bad in ["", " \n ", &"a".repeat(20_001)] {
        assert_eq!(
            analyst.post(&format!("/cases/{id}/note"), &[("text", bad)]).await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
    }
    assert_eq!(
        house.person(&[Role::Press]).post(&format!("/cases/{id}/note"), &[("text", "x")]).await.status,
        StatusCode::FORBIDDEN
    );
}

#[tokio::test]
async fn ids_that_are_none_lead_nowhere() {
    let house = House::new(1);
    let mut chief = house.person(&[Role::Analyst, Role::Approver, Role::Press, Role::Writer]);
    let unknown = "0".repeat(32);
    for id in [
        "1",
        "..%2f..%2fetc%2fpasswd",
        "%00",
        "ABCDEF",
        &house.named[..8],
        &house.named.to_uppercase(),
        &unknown,
        "new%2f",
    ] {
        for (method, rest, fields) in [
            ("GET", "", &[][..]),
            ("GET", "/brief", &[]),
            ("GET", "/text", &[]),
            ("GET", "/picture/1", &[]),
            ("POST", "/note", &[("text", "x")]),
            ("POST", "/trace", &[("reason", "x")]),
            ("POST", "/hear", &[("days", "7")]),
            ("POST", "/reply", &[("text", "x")]),
            ("POST", "/prove", &[("part", "1")]),
        ] {
            if id == unknown && rest == "/trace" && method == "POST" {
                continue; // looked for all the same, and not found: below
            }
            let path = format!("/cases/{id}{rest}");
            let page = if method == "GET" { chief.get(&path).await } else { chief.post(&path, fields).await };
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{method} {path}");
        }
    }
    assert_eq!(chief.post(&format!("/cases/{unknown}/trace"), &[("reason", "x")]).await.status, StatusCode::NOT_FOUND);
    for n in ["0", "2", "99999999999999999999", "x", "-1"] {
        assert_eq!(chief.get(&format!("/cases/{}/picture/{n}", house.named)).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn a_hostile_text_is_a_text() {
    let house = House::new(1);
    let mut analyst = house.person(&[Role::Analyst, Role::Press]);
    let text = format!(
        "<script>alert(1)</script></textarea><img src=x onerror=alert(2)>\u{202e}evil\u{2066}\u{0} \"><svg/onload=alert(3)> {}",
        cases::quote(LETTER)
    );
    let answer = analyst
        .upload("/cases/new", &[("text", &text), ("address", "https://evil.example/\"onmouseover=alert(1)")], &[])
        .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    let path = answer.location().to_owned();
    for page in [analyst.get(&path).await, analyst.get(&format!("{path}/brief")).await, analyst.get("/cases").await] {
        assert_eq!(page.status, StatusCode::OK);
        for bad in ["<script>alert", "<img src=x", "<svg/onload", "\u{202e}", "\u{2066}", "\"onmouseover"] {
            assert!(!page.text.contains(bad), "{bad}: {}", page.text);
        }
    }
    let page = analyst.get(&path).await.text;
    assert!(page.contains("rel=\"noreferrer noopener nofollow external\"") && page.contains("&lt;script&gt;"));
    // As it came, and as nothing but text.
    let whole = analyst.get(&format!("{path}/text")).await;
    assert!(
        whole.header("content-type").starts_with("text/plain")
            && whole.header("content-disposition").starts_with("attachment")
    );
    assert!(whole.text.contains("<script>alert(1)</script>") && whole.header("x-content-type-options") == "nosniff");
}

#[tokio::test]
async fn a_long_text_makes_a_short_page() {
    let house = House::new(1);
    let mut analyst = house.person(&[Role::Analyst]);
    let noise = "lorem ipsum dolor sit amet ".repeat(18_000);
    let text = format!("{noise}{} {noise}", cases::quote(LETTER));
    assert!(text.len() > 900_000);
    let mut answer = analyst.upload("/cases/new", &[("text", &text)], &[]).await;
    while answer.location().starts_with("/cases/jobs/") || answer.header("refresh") == "1" {
        let job = if answer.location().is_empty() { answer.text.clone() } else { answer.location().to_owned() };
        if job.starts_with("/cases/jobs/") {
            answer = analyst.get(&job).await;
            if answer.header("refresh") == "1" {
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                answer.headers.insert("location", job.parse().unwrap());
            }
        }
    }
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    let page = analyst.get(answer.location()).await.text;
    assert!(page.len() < 100_000 && page.contains("harbour"), "{} bytes", page.len());
}

#[tokio::test]
async fn what_is_no_picture_opens_nothing_and_what_was_typed_stays() {
    let house = House::new(1);
    let mut analyst = house.person(&[Role::Analyst]);
    let before = count(&house, "case open");
    let files: [(&str, &[u8]); 7] = [
        ("a.svg", b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>"),
        ("a.gif", b"GIF89a"),
        ("a.zip", b"PK\x03\x04\x14\x00"),
        ("a.png", b"\x89PNG\r\n\x1a\n"),
        ("bomb.png", &cases::png(30_000, 30_000)),
        ("tall.png", &cases::png(1, 100_000)),
        ("a.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF"),
    ];
    for (name, bytes) in files {
        let page =
            analyst.upload("/cases/new", &[("address", "https://a.example/\"><b>")], &[("picture", name, bytes)]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}: {}", page.text);
        assert!(!page.text.contains("<b>"), "{name}");
    }
    let both =
        analyst.upload("/cases/new", &[("text", "a <text>")], &[("picture", "a.png", b"\x89PNG\r\n\x1a\n")]).await;
    assert!(
        both.status == StatusCode::UNPROCESSABLE_ENTITY && both.text.contains(">a &lt;text&gt;</textarea>"),
        "{}",
        both.text
    );
    for fields in
        [&[][..], &[("text", "   ")], &[("address", "javascript:alert(1)")], &[("text", "x"), ("address", "ftp://a")]]
    {
        let page = analyst.upload("/cases/new", fields, &[]).await;
        assert!(page.status == StatusCode::UNPROCESSABLE_ENTITY && page.text.contains("class=\"error\""), "{fields:?}");
    }
    let large = vec![0; 18 << 20];
    assert_eq!(
        analyst.upload("/cases/new", &[], &[("picture", "a.png", &large)]).await.status,
        StatusCode::PAYLOAD_TOO_LARGE
    );
    assert_eq!(
        analyst.upload("/cases/new", &[("address", "https://a.example/")], &[]).await.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "this desk fetches nothing"
    );
    assert_eq!(
        house.person(&[Role::Press]).upload("/cases/new", &[("text", "x")], &[]).await.status,
        StatusCode::FORBIDDEN
    );
    assert_eq!(count(&house, "case open"), before);
}

#[tokio::test]
async fn a_screenshot_is_read_kept_and_drawn_anew() {
    let house = House::reading(1, &cases::quote(LETTER));
    let mut analyst = house.person(&[Role::Analyst]);
    let mut given = cases::png(40, 30);
    given.extend(b"<script>alert(1)</script>");
    let mut answer = analyst.upload("/cases/new", &[("reason", "it is out")], &[("picture", "shot.png", &given)]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    if answer.location().starts_with("/cases/jobs/") {
        let job = answer.location().to_owned();
        while answer.location().is_empty() || answer.location() == job {
            answer = analyst.get(&job).await;
        }
    }
    let path = answer.location().to_owned();
    let page = analyst.get(&path).await.text;
    assert!(page.contains(&format!("src=\"{path}/picture/1\"")) && page.contains("The picture"), "{page}");
    let picture = analyst.get(&format!("{path}/picture/1")).await;
    assert_eq!((picture.status, picture.header("content-type")), (StatusCode::OK, "image/png"));
    assert!(picture.text.contains("PNG") && !picture.text.contains("script"));
    assert!(picture.header("content-security-policy").contains("default-src 'none'"));
    assert_eq!(analyst.get(&format!("{path}/picture/2")).await.status, StatusCode::NOT_FOUND);
    let (list, read) = (analyst.get("/cases").await.text, "read off a picture</span> “<bdi>");
    assert_eq!(list.matches(read).count(), 1, "{list}");
}

#[tokio::test]
async fn a_bundle_is_made_for_the_session_that_asked() {
    let house = House::new(1);
    let id = &house.named;
    let mut analyst = house.person(&[Role::Analyst]);
    for bad in
        [&[][..], &[("part", "0")], &[("part", "x")], &[("part", "999")], &[("part", "1"), ("shows", "everything")]]
    {
        let page = analyst.post(&format!("/cases/{id}/prove"), bad).await;
        assert!(page.status.is_client_error(), "{bad:?}: {}", page.status);
    }
    let answer =
        analyst.post(&format!("/cases/{id}/prove"), &[("part", "1"), ("part", "2"), ("words", "It was cut.")]).await;
    let job = answer.location().to_owned();
    assert!(job.starts_with("/cases/jobs/"), "{} {}", answer.status, answer.text);
    let page = house.done(&mut analyst, &job).await;
    assert!(page.text.contains("2 parts are open"), "{}", page.text);
    let file = analyst.get(&format!("{job}/file")).await;
    assert!(file.header("content-disposition").starts_with("attachment; filename=\"case-"), "{:?}", file.headers);
    let report = cases::verified(file.text.as_bytes());
    assert!(report.valid && report.row.is_none(), "{}", report.reason_text);
    assert_eq!(count(&house, "prove"), 1);
    // Nobody else has it.
    let mut other = house.person_of(&analyst, "Berit Osk", &[Role::Analyst]);
    for path in [job.clone(), format!("{job}/file"), "/cases/jobs/999".to_owned(), "/cases/jobs/x".to_owned()] {
        assert_eq!(other.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    // The press opens parts, and shows no copy.
    let mut press = house.person(&[Role::Press]);
    assert_eq!(
        press.post(&format!("/cases/{id}/prove"), &[("part", "1"), ("shows", "copy")]).await.status,
        StatusCode::FORBIDDEN
    );
    assert_eq!(press.post(&format!("/cases/{id}/prove"), &[("part", "1")]).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn the_person_concerned_is_heard_and_his_reply_kept() {
    let house = House::new(1);
    let id = &house.named;
    let mut analyst = house.person(&[Role::Analyst]);
    for days in ["0", "91", "x", ""] {
        assert!(analyst.post(&format!("/cases/{id}/hear"), &[("days", days)]).await.status.is_client_error(), "{days}");
    }
    assert!(
        analyst.post(&format!("/cases/{}/hear", house.undecided), &[("days", "7")]).await.status.is_client_error(),
        "nobody is named there"
    );
    assert_eq!(count(&house, "case hear"), 0);
    let job = analyst.post(&format!("/cases/{id}/hear"), &[("days", "7")]).await.location().to_owned();
    let page = house.done(&mut analyst, &job).await.text;
    let slot = page.split_once("id=\"slot\">").unwrap().1.split_once('<').unwrap().0.to_owned();
    let evidence = analyst.get(&format!("{job}/file")).await;
    let report = cases::verified(evidence.text.as_bytes());
    assert!(report.valid && report.row.is_some_and(|row| row.copy == 4 && row.name.is_none()));
    assert_eq!(count(&house, "case hear"), 1);

    let wrong = analyst.post(&format!("/cases/{id}/reply"), &[("text", "Not I."), ("slot", "00")]).await;
    assert_eq!(wrong.status, StatusCode::CONFLICT);
    let kept = analyst.post(&format!("/cases/{id}/reply"), &[("text", "Not I. <b>Never</b>."), ("slot", &slot)]).await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER);
    assert_eq!(count(&house, "case reply"), 1);
    let page = analyst.get(&format!("/cases/{id}")).await.text;
    assert!(page.contains("Not I. &lt;b&gt;Never&lt;/b&gt;.") && page.contains("His reply was kept"), "{page}");
    assert!(!house.person(&[Role::Press]).get(&format!("/cases/{id}")).await.text.contains("Not I."));
    // The evidence weighs what it weighed when the look was taken, though its wordings are out now.
    assert!(page.contains("The copy of <strong><bdi>4</bdi></strong>") && !page.contains("worth 0.0 bits"), "{page}");
}

/// What another process writes stands on the next page.
#[tokio::test]
async fn nothing_is_shown_from_before() {
    let house = House::new(1);
    let mut analyst = house.person(&[Role::Analyst]);
    assert!(!analyst.get("/cases").await.text.contains(">Being heard</span>"));
    let mut other = house.other_process();
    other.note_case(&house.named, "written elsewhere").unwrap();
    let new = other.open_case(b"words of nobody", "words of nobody", common::NOW / 1000, None).unwrap();
    other.hear::<countermark_office::Error>(&house.named, 7, |_| Ok(())).unwrap();
    assert!(analyst.get(&format!("/cases/{}", house.named)).await.text.contains("written elsewhere"));
    let list = analyst.get("/cases").await.text;
    assert!(list.contains(">Being heard</span>") && list.contains(&cases::hex(&new.id)), "{list}");
}
