use super::article;

const LONG: &str = "The ministry of Veldland said on Monday that the talks, which began in spring, would go on in the capital until both sides agree.";

fn page(body: &str) -> String {
    format!(
        "<!doctype html><html lang=en><head><title>Talks go on | Daily Lantern</title><meta property=og:site_name content='Daily Lantern'>\
         <meta property=og:title content='Talks &amp; more'><meta name=author content='Ina Holt'>\
         <meta property='article:published_time' content='2031-04-02T10:00:00Z'><meta property=og:image content='/top.jpg'></head>\
         <body class='has-comments-open'><header><nav><a href=/>Home</a> <a href=/news>News</a></nav></header>{body}\
         <div id=cookie-consent><p>We use cookies to make this site better, and to show you what you like to see, every day.</p></div>\
         <footer><p>Copyright Daily Lantern, all rights reserved, and so on, and so forth, in every land.</p></footer></body></html>"
    )
}

#[test]
fn articles_without_what_stands_around() {
    let around = "<aside><p>Read also, dear reader, this long teaser of another story, with commas, and with words.</p></aside>\
                  <div class='related-links'><ul><li><a href=/a>Another story with a long title about the harvest, grain and fish</a></ul></div>\
                  <div class=comments><p>First! This comment is long, very long, and has commas, so that it looks like a text, does it not?</p></div>";
    let bodies = [
        format!(
            "<article><h1>Talks &amp; more</h1><p class=byline>By Ina Holt</p><p>{LONG}</p><p>“No,” he said.</p>{around}</article>"
        ),
        format!(
            "<div class=wrap><div class=story><h1>Talks &amp; more</h1><p>{LONG}</p><p>“No,” he said.</p></div>{around}</div>"
        ),
        format!("<main><div itemprop=articleBody><p>{LONG}<p>“No,” he said.</div>{around}</main>"),
        format!("<table><tr><td>{around}<td><div>{LONG}<br><br>“No,” he said.</div></table>"),
    ];
    for body in bodies {
        let found = article(&page(&body), Some("https://lantern.example/2031/talks"));
        assert_eq!(found.text(), format!("{LONG}\n\n“No,” he said."), "{body}");
        assert_eq!(found.title.as_deref(), Some("Talks & more"));
        assert_eq!(found.byline.as_deref(), Some("Ina Holt"));
        assert_eq!(found.published.as_deref(), Some("2031-04-02T10:00:00Z"));
        assert_eq!(found.site.as_deref(), Some("Daily Lantern"));
        assert_eq!(found.language.as_deref(), Some("en"));
        assert_eq!(found.pictures, ["https://lantern.example/top.jpg"]);
    }
}

#[test]
fn what_is_given_to_machines() {
    let given = |text: &str| {
        format!(
            r#"<script type="application/ld+json">{{"@graph":[{{"@type":"WebSite"}},{{"@type":["NewsArticle"],"headline":"H","articleBody":{},
            "author":[{{"name":"A. Reed"}},{{"name":"B. Ode"}}],"dateModified":"2031-05-06","image":{{"url":"i.png"}}}}]}}</script>"#,
            serde_json::to_string(text).unwrap()
        )
    };
    // The visible text is behind a wall: the machine's copy is taken.
    let machine = format!("{LONG}\n{LONG}\nLast.");
    let found = article(&format!("{}<article><p>{LONG}</p></article>", given(&machine)), Some("https://x.example/a/b"));
    assert_eq!(found.paragraphs, [LONG, LONG, "Last."]);
    assert_eq!(found.byline.as_deref(), Some("A. Reed, B. Ode"));
    assert_eq!(found.updated.as_deref(), Some("2031-05-06"));
    assert_eq!(found.pictures, ["https://x.example/a/i.png"]);
    // Both say the same: the visible paragraphs are better. The machine's copy is cut off: it does not count.
    for machine in [format!("{LONG} {LONG}"), format!("{}…", &LONG[..60])] {
        let found = article(&format!("{}<article><p>{LONG}<p>{LONG}</article>", given(&machine)), None);
        assert_eq!(found.paragraphs, [LONG, LONG]);
    }
    let broken = article("<script type=application/ld+json>{\"@type\":[[[[</script><p>Text.", None);
    assert_eq!(broken.paragraphs, ["Text."]);
}

#[test]
fn pages_that_are_hardly_pages() {
    assert_eq!(article("", None).paragraphs, Vec::<String>::new());
    assert_eq!(article("just words", None).paragraphs, ["just words"]);
    assert_eq!(article("<p>One.<p>Two.", None).paragraphs, ["One.", "Two."]);
    let links = article("<ul><li><a href=a>One</a><li><a href=b>Two</a></ul>", None);
    assert!(links.paragraphs.is_empty());
    for address in ["javascript:alert(1)", "file:///etc/passwd", "data:image/png;base64,AA"] {
        assert!(article(&format!("<article><img src='{address}'>"), Some("https://x.example/")).pictures.is_empty());
    }
}

#[test]
fn bombs_are_cut() {
    let many = 1_000_000;
    let attributes: String = (0..many).map(|n| format!(" a{n}")).collect();
    for bomb in [
        "<div>".repeat(many),
        "<div><p>text, ".repeat(many / 4),
        "<article>words, ".repeat(many / 4),
        format!("<article{attributes}><p>{LONG}"),
        format!("<p>{}", "&amp;".repeat(many)),
        format!("<script type=application/ld+json>{}</script>", "[".repeat(many)),
        format!("<table>{}", "<tr><td>".repeat(many / 4)),
        "<a>x<br>".repeat(many / 4),
    ] {
        let thread = std::thread::Builder::new().stack_size(1 << 20);
        let text = thread.spawn(move || article(&bomb, None).text().len()).unwrap().join().unwrap();
        assert!(text <= crate::LONGEST_PAGE);
    }
}
