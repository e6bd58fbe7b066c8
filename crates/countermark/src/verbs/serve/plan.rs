//! What `serve` serves, and what each child is told: no more than it needs.

use std::ffi::{OsStr, OsString};
use std::fs::DirBuilder;
use std::net::{IpAddr, SocketAddr};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use super::front;
use crate::cli::{Global, Serve};
use crate::config::Config;
use crate::failure::{Failure, Outcome};
use crate::home::Home;

/// Where the desk is served unless told otherwise.
const DESK: SocketAddr = SocketAddr::new(IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 8470);

/// Where the pressroom is. Browsers send a host's cookies to all of its ports: at the desk's own address it would be sent the desk's.
const PRESSROOM: SocketAddr = SocketAddr::new(IpAddr::V4(std::net::Ipv4Addr::new(127, 0, 0, 2)), 8471);

/// What programs that the desk and the watcher start (the reader of pictures, those that tell of an alarm) find in their environment. Of
/// all else in ours the children see nothing.
const PASSED_ON: [&str; 9] =
    ["LANG", "LC_ALL", "LC_CTYPE", "PATH", "SSL_CERT_DIR", "SSL_CERT_FILE", "TESSDATA_PREFIX", "TMPDIR", "TZ"];

/// The two folders of a press.
const PUBLISHED: &str = "published";
const QUEUE: &str = "queue";

/// One of the two servers.
#[derive(Debug)]
pub(super) struct Site {
    pub(super) address: SocketAddr,
    tls: Option<(PathBuf, PathBuf)>,
    names: Vec<String>,
    proxies: Vec<IpAddr>,
    log: bool,
}

/// How a child is started: its verb with arguments, and its whole environment.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub(super) args: Vec<OsString>,
    pub(super) environment: Vec<(OsString, OsString)>,
}

/// Everything.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) desk: Site,
    pub(super) pressroom: Site,
    vault: PathBuf,
    watch: PathBuf,
    press: PathBuf,
}

impl Site {
    pub(super) fn is_tls(&self) -> bool {
        self.tls.is_some()
    }

    fn call(&self, verb: &str) -> Call {
        let mut call = Call::new(verb);
        if let Some((certificate, key)) = &self.tls {
            call.option("--tls-certificate", certificate).option("--tls-key", key);
        }
        for name in &self.names {
            call.option("--name", name);
        }
        for proxy in &self.proxies {
            call.option("--proxy", proxy.to_string());
        }
        if self.log {
            call.args.push("--log".into());
        }
        call
    }
}

impl Call {
    fn new(verb: &str) -> Self {
        let environment = Vec::new();
        Self { args: vec![verb.into()], environment }
    }

    fn option(&mut self, name: &str, value: impl AsRef<OsStr>) -> &mut Self {
        self.args.push(name.into());
        self.args.push(value.as_ref().to_owned());
        self
    }

    fn pass_on(&mut self, names: &[&str]) {
        let found = names.iter().filter_map(|name| Some((OsString::from(name), std::env::var_os(name)?)));
        self.environment.extend(found);
    }
}

impl Plan {
    /// What the options and the configuration say; options rule. What can't work is refused here, before anything is started.
    pub(super) fn of(global: &Global, args: &Serve) -> Outcome<Self> {
        let home = Home::of(global)?;
        let home = Home { vault: whole(&home.vault)?, watch: home.watch.as_deref().map(whole).transpose()? };
        let Config { desk, pressroom, .. } = Config::load(&home.config())?;
        let tls = |certificate: Option<PathBuf>, key: Option<PathBuf>, section: &str| match (certificate, key) {
            (Some(certificate), Some(key)) => Ok(Some((whole(&certificate)?, whole(&key)?))),
            (None, None) => Ok(None),
            _ => Err(Failure::new(format!("[{section}] in the configuration has one of tls_certificate and tls_key"))
                .hint("give both, or neither")),
        };
        let plan = Self {
            desk: Site {
                address: args.desk.or(desk.address).unwrap_or(DESK),
                tls: tls(desk.tls_certificate, desk.tls_key, "desk")?,
                names: desk.names,
                proxies: desk.behind_proxy,
                log: desk.log,
            },
            pressroom: Site {
                address: args.pressroom.or(pressroom.address).unwrap_or(PRESSROOM),
                tls: tls(pressroom.tls_certificate, pressroom.tls_key, "pressroom")?,
                names: pressroom.names,
                proxies: pressroom.behind_proxy,
                log: pressroom.log,
            },
            watch: home.watch(),
            press: whole(&pressroom.press.unwrap_or_else(|| home.press()))?,
            vault: home.vault,
        };
        front::check_desk(plan.desk.address, plan.desk.is_tls(), &plan.desk.proxies)?;
        for (certificate, key) in [&plan.desk, &plan.pressroom].iter().filter_map(|site| site.tls.as_ref()) {
            front::certificate(certificate, key)?;
        }
        Ok(plan)
    }

    /// Makes the press's folder where there is none: the pressroom may come before the desk is unlocked for the first time.
    pub(super) fn prepare(&self) -> Outcome<()> {
        let made = DirBuilder::new().recursive(true).mode(0o755).create(&self.press);
        made.map_err(|e| Failure::new(format!("{} can't be made: {e}", self.press.display())))
    }

    /// What whoever serves should think of once more.
    pub(super) fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        warnings.extend(front::desk_warning(self.desk.address));
        if self.desk.address.ip() == self.pressroom.address.ip() && self.pressroom.names.is_empty() {
            warnings.push("desk and pressroom stand at one address: a browser at both sends the desk's cookie to the pressroom too; give one of them an address or a name of its own (127.0.0.2)".to_owned());
        }
        let open = !self.pressroom.address.ip().is_loopback();
        if open && !self.pressroom.is_tls() && self.pressroom.proxies.is_empty() {
            warnings.push("the pressroom speaks plain HTTP beyond this machine: readers can't tell whether somebody changed its pages on the way".to_owned());
        }
        warnings
    }

    /// The desk: the vault stands in its environment, which only its user can read, and not among its arguments, which everybody can.
    /// `pressroom` is where its pages can be read on this machine.
    pub(super) fn desk_child(&self, pressroom: &str) -> Call {
        let mut call = self.desk.call("serve-desk");
        call.option("--watch", &self.watch).option("--press", &self.press);
        call.option("--pressroom-at", pressroom);
        call.pass_on(&PASSED_ON);
        // A program told of a case may need it; the other two have no business there.
        call.pass_on(&["HOME"]);
        call.environment.push(("COUNTERMARK_VAULT".into(), self.vault.clone().into()));
        call
    }

    /// The watcher: its folder.
    pub(super) fn watch_child(&self) -> Call {
        let mut call = Call::new("serve-watch");
        call.option("--watch", &self.watch);
        call.pass_on(&PASSED_ON);
        call
    }

    /// The pressroom: what was published, and where replies go. It starts nothing and looks nothing up: its environment is empty.
    pub(super) fn pressroom_child(&self) -> Call {
        let mut call = self.pressroom.call("serve-pressroom");
        call.option("--published", self.press.join(PUBLISHED)).option("--queue", self.press.join(QUEUE));
        call
    }
}

/// A path that means the same from everywhere: the children stand in `/`.
fn whole(path: &Path) -> Outcome<PathBuf> {
    std::path::absolute(path).map_err(|e| Failure::new(format!("where {} is can't be told: {e}", path.display())))
}
