use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::JoinHandle;

use super::*;

/// A name server on the loopback that answers as a test tells it to, by UDP and TCP on one port.
struct Server {
    address: SocketAddr,
    asked: Arc<AtomicUsize>,
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

/// Answers a question: the bytes to send, one after the other. The flag says whether it came by TCP.
type Reply = dyn Fn(&[u8], bool) -> Vec<Vec<u8>> + Send + std::marker::Sync;

impl Server {
    fn new(reply: impl Fn(&[u8], bool) -> Vec<Vec<u8>> + Send + std::marker::Sync + 'static) -> Self {
        let reply: Arc<Reply> = Arc::new(reply);
        let (udp, tcp) = loop {
            let udp = UdpSocket::bind("127.0.0.1:0").expect("a port");
            // The same port by TCP may be taken.
            if let Ok(tcp) = TcpListener::bind(udp.local_addr().expect("bound")) {
                break (udp, tcp);
            }
        };
        let address = udp.local_addr().expect("bound");
        let (stop, asked) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let (stopped, count, by_udp) = (Arc::clone(&stop), Arc::clone(&asked), Arc::clone(&reply));
        let first = std::thread::spawn(move || {
            let mut bytes = [0; 1024];
            while let Ok((length, from)) = udp.recv_from(&mut bytes) {
                if stopped.load(Ordering::SeqCst) {
                    return;
                }
                count.fetch_add(1, Ordering::SeqCst);
                for answer in by_udp(&bytes[..length], false) {
                    let _ = udp.send_to(&answer, from);
                }
            }
        });
        let stopped = Arc::clone(&stop);
        let second = std::thread::spawn(move || {
            for stream in tcp.incoming().flatten() {
                if stopped.load(Ordering::SeqCst) {
                    return;
                }
                let mut stream = stream;
                let mut bytes = vec![0; 2];
                if stream.read_exact(&mut bytes).is_err() {
                    continue;
                }
                bytes = vec![0; usize::from(u16::from_be_bytes([bytes[0], bytes[1]]))];
                let _ = stream.read_exact(&mut bytes);
                for answer in reply(&bytes, true) {
                    let _ = stream.write_all(&answer);
                }
            }
        });
        Self { address, asked, stop, threads: vec![first, second] }
    }

    fn resolver(&self) -> Resolver {
        Resolver::new(vec![self.address], Duration::from_millis(300))
    }

    fn txt(&self, name: &str) -> Result<Vec<String>, DnsError> {
        let texts = self.resolver().txt(name)?;
        Ok(texts.into_iter().map(|text| String::from_utf8(text).expect("ASCII")).collect())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        if let Ok(socket) = UdpSocket::bind("127.0.0.1:0") {
            let _ = socket.send_to(b"", self.address);
        }
        let _ = TcpStream::connect(self.address);
        self.threads.drain(..).for_each(|thread| {
            let _ = thread.join();
        });
    }
}

/// An answer to a question: flags, how many records, the records.
fn answer(question: &[u8], flags: [u8; 2], count: u8, records: &[u8]) -> Vec<u8> {
    let mut answer = question.to_vec();
    answer[2..4].copy_from_slice(&flags);
    answer[7] = count;
    answer.extend_from_slice(records);
    answer
}

/// A record of the name that the question begins with (a pointer to it), or of another.
fn record(name: &[u8], kind: u8, data: &[u8]) -> Vec<u8> {
    let mut record = name.to_vec();
    record.extend([0, kind, 0, 1, 0, 0, 0, 60]);
    record.extend((data.len() as u16).to_be_bytes());
    record.extend(data);
    record
}

const ASKED: [u8; 2] = [0xc0, 12];
const GOOD: [u8; 2] = [0x81, 0x80];
const CUT: [u8; 2] = [0x83, 0x80];

fn strings(texts: &[&str]) -> Vec<u8> {
    texts.iter().flat_map(|text| [&[text.len() as u8], text.as_bytes()].concat()).collect()
}

const NAME: &str = "k._domainkey.example.org";

#[test]
fn texts_are_put_together() {
    let server = Server::new(|question, _| {
        let mut records = record(&ASKED, 16, &strings(&["v=DKIM1; ", "p=abc"]));
        records.extend(record(&ASKED, 16, &strings(&["other"])));
        // Of another name, another kind.
        records.extend(record(b"\x01x\x00", 16, &strings(&["foreign"])));
        records.extend(record(&ASKED, 1, &[127, 0, 0, 1]));
        vec![answer(question, GOOD, 4, &records)]
    });
    assert_eq!(server.txt(NAME), Ok(vec!["v=DKIM1; p=abc".to_owned(), "other".to_owned()]));
    assert_eq!(server.txt("K._DomainKey.Example.ORG."), Ok(vec!["v=DKIM1; p=abc".to_owned(), "other".to_owned()]));
}

#[test]
fn no_such_record_is_an_answer() {
    let none = Server::new(|question, _| vec![answer(question, [0x81, 0x83], 0, &[])]);
    assert_eq!(none.txt(NAME), Ok(vec![]));
    let empty = Server::new(|question, _| vec![answer(question, GOOD, 0, &[])]);
    assert_eq!(empty.txt(NAME), Ok(vec![]));
}

#[test]
fn aliases_are_followed_and_end() {
    let other = answer::wire_name("keys.example.net").expect("a name");
    let alias = other.clone();
    let whole = Server::new(move |question, _| {
        let mut records = record(&ASKED, 5, &alias);
        records.extend(record(&alias, 16, &strings(&["found"])));
        vec![answer(question, GOOD, 2, &records)]
    });
    assert_eq!(whole.txt(NAME), Ok(vec!["found".to_owned()]));
    // The server gives the alias alone: its target is asked for.
    let steps = Server::new(move |question, _| {
        let records = if question[12..].starts_with(&other) {
            record(&ASKED, 16, &strings(&["found"]))
        } else {
            record(&ASKED, 5, &other)
        };
        vec![answer(question, GOOD, 1, &records)]
    });
    assert_eq!(steps.txt(NAME), Ok(vec!["found".to_owned()]));
    assert_eq!(steps.asked.load(Ordering::SeqCst), 2);
    let circle = Server::new(|question, _| vec![answer(question, GOOD, 1, &record(&ASKED, 5, &ASKED))]);
    assert_eq!(circle.txt(NAME), Err(DnsError::Aliases));
    let endless = Server::new(|question, _| {
        let label = [b"\x01a".as_slice(), &question[12..question.len() - 4]].concat();
        vec![answer(question, GOOD, 1, &record(&ASKED, 5, &label))]
    });
    assert_eq!(endless.txt("b.c"), Err(DnsError::Aliases));
}

#[test]
fn what_does_not_fit_comes_by_tcp() {
    let long = "x".repeat(250);
    let server = Server::new(move |question, tcp| {
        if !tcp {
            return vec![answer(question, CUT, 0, &[])];
        }
        let data = strings(&[long.as_str(); 10]);
        let whole = answer(question, GOOD, 1, &record(&ASKED, 16, &data));
        let (begin, end) = whole.split_at(700);
        // In pieces, as TCP may bring them.
        vec![(whole.len() as u16).to_be_bytes().to_vec(), begin.to_vec(), end.to_vec()]
    });
    assert_eq!(server.txt(NAME).map(|texts| texts[0].len()), Ok(2500));
    for cut in [vec![], vec![vec![0]], vec![vec![0, 50], vec![1, 2, 3]]] {
        let broken =
            Server::new(move |question, tcp| if tcp { cut.clone() } else { vec![answer(question, CUT, 0, &[])] });
        assert_eq!(broken.txt(NAME), Err(DnsError::Silent));
    }
}

#[test]
fn only_an_answer_to_the_question_counts() {
    let server = Server::new(|question, _| {
        let forged = record(&ASKED, 16, &strings(&["forged"]));
        let wrong = |change: &dyn Fn(&mut Vec<u8>)| {
            let mut answer = answer(question, GOOD, 1, &forged);
            change(&mut answer);
            answer
        };
        vec![
            Vec::new(),
            vec![0; 5],
            wrong(&|a| a[0] ^= 1),
            wrong(&|a| a[13] ^= 1),
            wrong(&|a| a[2] &= 0x7f),
            wrong(&|a| a[5] = 2),
            answer(question, GOOD, 1, &record(&ASKED, 16, &strings(&["true"]))),
        ]
    });
    assert_eq!(server.txt(NAME), Ok(vec!["true".to_owned()]));
}

#[test]
fn damaged_answers_and_silence() {
    let silent = Server::new(|_, _| vec![]);
    assert_eq!(silent.resolver().txt(NAME), Err(DnsError::Silent));
    assert_eq!(silent.asked.load(Ordering::SeqCst), ROUNDS);
    let fails = Server::new(|question, _| vec![answer(question, [0x81, 0x82], 0, &[])]);
    assert_eq!(fails.txt(NAME), Err(DnsError::Server { code: 2 }));
    let begin = NAME.len() + 2 + 12 + 4;
    let loops = (0xc000 | begin as u16).to_be_bytes();
    for records in [
        record(&ASKED, 16, &[200, b'x']),
        record(&loops, 16, &strings(&["x"])),
        record(&[0xc0, 0xff], 16, &strings(&["x"])),
        record(&[0x80], 16, &strings(&["x"])),
        record(&[[1, b'a'].repeat(140), vec![0]].concat(), 16, &strings(&["x"])),
        record(&ASKED, 5, &[0xff]),
        record(&ASKED, 16, &strings(&["x"]))[..8].to_vec(),
        vec![],
    ] {
        let server = Server::new(move |question, _| vec![answer(question, GOOD, 1, &records)]);
        assert_eq!(server.txt(NAME), Err(DnsError::Damaged));
    }
}

#[test]
fn the_next_server_is_asked_where_one_fails() {
    let fails = Server::new(|question, _| vec![answer(question, [0x81, 0x85], 0, &[])]);
    let works = Server::new(|question, _| vec![answer(question, GOOD, 1, &record(&ASKED, 16, &strings(&["x"])))]);
    let resolver = Resolver::new(vec![fails.address, works.address], Duration::from_millis(300));
    assert_eq!(resolver.txt(NAME), Ok(vec![b"x".to_vec()]));
    assert_eq!(Resolver::new(vec![], Duration::from_millis(1)).txt(NAME), Err(DnsError::Silent));
}

#[test]
fn names() {
    let long = "a.".repeat(130);
    for name in ["", ".", "a..b", "a b", "ü.example", "a/b", &"a".repeat(64), &long] {
        assert_eq!(Resolver::new(vec![], Duration::ZERO).txt(name), Err(DnsError::Name), "{name}");
    }
}

#[test]
fn servers_of_a_configuration() {
    let text = "# x\nsearch example.org\nnameserver 192.0.2.1\nnameserver  2001:db8::1 \nnameserver fe80::1%eth0\nnameserver 192.0.2.2\nnameserver 192.0.2.3\n";
    let found: Vec<_> = servers(text).iter().map(ToString::to_string).collect();
    assert_eq!(found, ["192.0.2.1:53", "[2001:db8::1]:53", "192.0.2.2:53"]);
    assert_eq!(servers("")[0].to_string(), "127.0.0.1:53");
}

#[test]
fn any_bytes_are_read_without_a_panic() {
    let question = answer::question([1, 2], &answer::wire_name(NAME).expect("a name"));
    let mut state = 1_u64;
    for _ in 0..50_000 {
        let mut bytes = question.clone();
        bytes[2] = 0x81;
        for _ in 0..(state >> 33) % 60 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            bytes.push(if state >> 62 == 0 { 0xc0 } else { (state >> 50) as u8 % 32 });
        }
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        bytes[7] = (state >> 40) as u8 % 4;
        let _ = answer::read(&bytes, &question);
        let _ = answer::read(&bytes[..(state >> 35) as usize % bytes.len()], &question);
    }
}
