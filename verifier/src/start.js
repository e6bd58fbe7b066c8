// The page's life: what the reader gives, when it is checked, where the report goes.

const PASTE_PAUSE = 250;

/** The bundle inside the page, if there is one: a JSON string of base64, so that its bytes come out exactly. */
const embedded = () => {
  const inside = document.getElementById('bundle').textContent.trim();
  return inside === '' ? null : fromBase64(JSON.parse(inside)) ?? new Uint8Array(0);
};

const start = () => {
  const at = (id) => document.getElementById(id);
  const report = at('report');
  let bundle = null; // the bytes that were given last
  let turn = 0;
  let link = { bytes: null, url: '' };

  /** Where a browser saves the bundle from. */
  const save = () => {
    if (link.bytes !== bundle) link = { bytes: bundle, url: URL.createObjectURL(new Blob([bundle], { type: 'application/json' })) };
    return link.url;
  };

  const openTrust = (id) => {
    at('trust').open = true;
    at(id).focus();
  };

  /** Reads what the reader trusts; says beside a field what is wrong with it. */
  const trusted = () => {
    const lines = (id) => at(id).value.split('\n').map((line) => line.trim()).filter(Boolean);
    const given = {
      logKey: at('log-key').value.trim() || null,
      trust: at('anchors').value.trim() || null,
      witnesses: lines('witnesses'),
      smallTables: at('small-tables').checked,
    };
    const { wrong } = readTrust(given);
    const says = {
      'log-key': wrong.includes('logKey') && 'This is not the key of a log: one line, name+number+letters, copied whole.',
      anchors: wrong.includes('trust') && 'There is no readable certificate here. It begins with -----BEGIN CERTIFICATE-----.',
      witnesses: wrong.includes('witnesses') && 'One of these lines is not the key of a witness.',
    };
    for (const [id, sentence] of Object.entries(says)) {
      at(`${id}-error`).textContent = sentence || '';
      if (sentence) at(id).setAttribute('aria-invalid', 'true');
      else at(id).removeAttribute('aria-invalid');
    }
    return wrong.length ? null : given;
  };

  const show = (said, elements) => {
    report.replaceChildren(...elements);
    report.removeAttribute('aria-busy');
    at('said').textContent = said;
  };

  const check = async () => {
    const given = trusted();
    if (bundle === null) return;
    turn += 1;
    const mine = turn;
    if (given === null) {
      show('What you gave as trusted does not read.', []);
      at('trust').open = true;
      return;
    }
    const bytes = bundle;
    try {
      const result = await verify(bytes, given);
      if (mine !== turn) return; // something else was given meanwhile
      show(headline(result), reportOf(result, { trust: openTrust, save: () => el('a', { href: save(), download: 'bundle.json' }).click() }));
    } catch {
      if (mine === turn) show('The bundle could not be checked here.', [el('p', { class: 'notice' }, 'This browser could not check the bundle. Nothing is known of it.')]);
    }
  };

  const take = async (bytes) => {
    bundle = bytes;
    await check();
    report.scrollIntoView({ block: 'start' });
  };

  const takeFile = async (file) => {
    if (file.size <= MAX_BUNDLE) return take(new Uint8Array(await file.arrayBuffer()));
    turn += 1;
    bundle = null;
    return show(headline(refusal('too-large')), reportOf(refusal('too-large')));
  };

  at('file').addEventListener('change', ({ target }) => target.files[0] && takeFile(target.files[0]));
  let pause;
  at('paste').addEventListener('input', ({ target }) => {
    clearTimeout(pause);
    const pasted = target.value.trim(); // a clipboard adds line ends; what is checked is the bundle itself
    if (pasted !== '') pause = setTimeout(() => take(utf8(pasted)), PASTE_PAUSE);
  });
  for (const id of ['log-key', 'anchors', 'witnesses', 'small-tables']) at(id).addEventListener('change', check);
  document.addEventListener('dragover', (event) => {
    event.preventDefault();
    document.body.classList.add('dragging');
  });
  document.addEventListener('dragleave', ({ relatedTarget }) => relatedTarget ?? document.body.classList.remove('dragging'));
  document.addEventListener('drop', (event) => {
    event.preventDefault();
    document.body.classList.remove('dragging');
    if (event.dataTransfer.files[0]) takeFile(event.dataTransfer.files[0]);
  });

  if (globalThis.crypto?.subtle === undefined) {
    at('unfit').textContent = 'This browser gives the page no cryptography here. Save the page as a file and open that, or use another browser.';
    at('unfit').hidden = false;
    return;
  }
  bundle = embedded();
  if (bundle === null) return;
  document.querySelector('main').insertBefore(report, at('input'));
  report.setAttribute('aria-busy', 'true');
  at('banner').hidden = false;
  at('save').href = save();
  at('input-title').textContent = 'Check it again, or another bundle';
  check();
};

// For tests, and for whoever wants the bare answer.
globalThis.countermark = {
  verify: async (bytes, trusted) => publicReport(await verify(bytes, trusted)),
  parts: { sha256, hitOf, verifyByHand, verifyEd25519, readJson, canonical, fold, isPublicKey, utf8 },
};

if (globalThis.document) start();
