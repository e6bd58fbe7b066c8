//! Sources by their names in `watch.toml`, each against its service on the loopback.

mod support;

use countermark_sources::{Batch, Cursor, Fault, Options, Secret, Source, Spec};
use countermark_testkit::{Jetstream, MastodonServer, VkApi};
use support::{Watched, net, texts};

/// As the watcher opens it.
fn open(name: &str, base: &str, credentials: Option<&str>) -> Opened {
    let options = Options { base: Some(base.into()), allow_private: true, ..Options::default() };
    options.check().expect("options");
    let secret = credentials.and_then(Secret::read);
    Opened(Spec::parse(name).expect("a name").source(&options, secret.as_ref()))
}

struct Opened(Box<dyn Source>);

impl Source for Opened {
    fn poll(&mut self, net: &countermark_sources::Net, cursor: &Cursor) -> Result<Batch, Fault> {
        self.0.poll(net, cursor)
    }

    fn every(&self) -> std::time::Duration {
        self.0.every()
    }
}

#[test]
fn each_by_its_name() {
    let (vk, mastodon, jetstream) = (VkApi::new("spec-services-1"), MastodonServer::new(), Jetstream::new());
    vk.write("on a wall");
    mastodon.write("anna", "<p>on a timeline</p>");
    let mut wall = Watched::new(open("vk:gazette", &vk.url(), Some("spec-services-1\n")));
    assert_eq!(texts(&wall.look()), ["on a wall"]);
    assert_eq!(open("vk:gazette", &vk.url(), None).poll(&net(), &Cursor::default()).err(), Some(Fault::Refused));
    let mut anna = Watched::new(open("mastodon:social.example/@anna", &mastodon.url(), None));
    assert_eq!(texts(&anna.look()), ["on a timeline"]);
    let mut all = Watched::new(open("bluesky:all", &jetstream.base(), None));
    all.look();
    jetstream.post("did:plc:anna", "1", "on the network");
    assert_eq!(texts(&all.until(1)), ["on the network"]);
}
