// The editor's comfort: saves while one types, shows the sites as the server finds them, takes clicks and keys. It marks nothing itself.
//
// Words that are not saved yet stand in this page alone. They are private, and a browser's own storage is neither encrypted nor
// cleared with the session; what a crash can take is what was typed within the last second.

const IDLE = 350; // milliseconds after the last key
const MOST = 800; // while keys go on
const AGAIN = 2000; // after a failure

const form = document.getElementById('text-form');
const text = document.getElementById('text');
const title = document.getElementById('title');
const saved = document.getElementById('saved');
const revision = form.elements.revision;
const master = form.elements.view.value === 'master';
const here = location.pathname;
const review = () => document.getElementById('review');

let csrf = document.querySelector('meta[name=csrf]').content;
let since = 0; // when the oldest unsaved key was pressed; 0: all is saved
let timer = 0;
let busy = false;

const say = (words) => { saved.textContent = words; };

/** Sends a form's fields; one request at a time, each on the revision that the one before it made. */
const send = async (path, fields, options = {}) => {
  const body = new URLSearchParams(fields);
  body.set('csrf', csrf);
  body.set('revision', revision.value);
  return fetch(path, { method: 'POST', body, headers: { 'x-part': 'review', 'x-csrf': csrf }, redirect: 'follow', ...options });
};

/** The token of a new sign-in in another window. */
const renew = async () => {
  const answer = await fetch(here);
  const found = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('meta[name=csrf]');
  if (answer.redirected || !found || found.content === csrf) return false;
  csrf = found.content;
  return true;
};

/** Puts the server's new part in place; a field that somebody is filling keeps what he typed. */
const replace = (html) => {
  const fresh = new DOMParser().parseFromString(html, 'text/html').getElementById('review');
  if (!fresh) return false;
  const at = document.activeElement;
  const inside = review().contains(at);
  const typed = inside && at.id && 'value' in at ? [at.id, at.value, at.selectionStart, at.selectionEnd] : null;
  const open = document.getElementById('add')?.open;
  revision.value = fresh.dataset.revision;
  review().replaceWith(document.adoptNode(fresh));
  if (open) document.getElementById('add').open = true;
  dress();
  if (typed && document.getElementById(typed[0])) {
    const field = document.getElementById(typed[0]);
    [, field.value] = typed;
    field.focus();
    field.setSelectionRange?.(typed[2], typed[3]);
  } else if (inside) {
    (review().querySelector('[aria-invalid]') ?? document.getElementById('site'))?.focus({ preventScroll: true });
  }
  return true;
};

/** What only a script can offer. */
const dress = () => {
  const keys = document.getElementById('keys');
  if (keys) keys.hidden = false;
};

const clock = () => new Date().toISOString().slice(11, 19);

/** Saves the text, and again as long as keys were pressed meanwhile. */
const save = async () => {
  clearTimeout(timer);
  if (busy || !since) return;
  busy = true;
  const began = since;
  since = 0;
  let later = 0;
  try {
    let answer = await send(`${here}/text`, new FormData(form));
    if ([401, 403].includes(answer.status) && await renew()) answer = await send(`${here}/text`, new FormData(form));
    if (answer.status === 409) {
      form.elements.csrf.value = csrf;
      form.submit(); // the page that shows both versions
      return;
    }
    const html = answer.redirected ? '' : await answer.text();
    if (answer.ok && replace(html)) {
      say(`Saved ${clock()} UTC`);
    } else {
      since = began;
      later = AGAIN;
      say(answer.redirected || [401, 403].includes(answer.status)
        ? 'Not saved: you are signed out. Your words are still here: sign in in another window, and they are saved.'
        : 'Not saved: the desk refuses it. Press Save to see why.');
    }
  } catch {
    since = began;
    later = AGAIN;
    say('Not saved: the desk does not answer. It is tried again.');
  } finally {
    busy = false;
  }
  if (since) timer = setTimeout(save, later || IDLE);
};

const typed = () => {
  const now = performance.now();
  since ||= now;
  say('…');
  clearTimeout(timer);
  timer = setTimeout(save, Math.max(0, Math.min(IDLE, since + MOST - now)));
};

/** A decision: first what was typed before it, then the decision. */
const decide = async (fields) => {
  await save();
  if (busy) return;
  busy = true;
  try {
    let answer = await send(`${here}/decide`, fields);
    if ([401, 403].includes(answer.status) && await renew()) answer = await send(`${here}/decide`, fields);
    if (answer.status === 409) location.reload();
    else if (master && answer.ok) location.reload(); // the text area shows the decisions there
    else if (answer.redirected || !replace(await answer.text())) say('Not done: you are signed out. Sign in in another window, and try again.');
  } catch {
    say('Not done: the desk does not answer.');
  } finally {
    busy = false;
    if (since) timer = setTimeout(save, IDLE);
  }
};

/** Looks at another site. */
const look = async (key) => {
  const answer = await fetch(`${here}?site=${encodeURIComponent(key)}`, { headers: { 'x-part': 'site' } });
  const fresh = answer.redirected ? null : new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById('site');
  if (!fresh) return;
  document.getElementById('site').replaceWith(document.adoptNode(fresh));
  for (const link of review().querySelectorAll('[data-site]')) {
    const current = link.dataset.site === key;
    const marked = link.closest('li') ?? link;
    if (current) marked.setAttribute('aria-current', 'true');
    else marked.removeAttribute('aria-current');
  }
  dress();
  document.getElementById('site').focus({ preventScroll: true });
  review().querySelector(`mark [data-site="${CSS.escape(key)}"]`)?.scrollIntoView({ block: 'nearest' });
};

const press = (selector) => document.querySelector(selector)?.click();

/** Keys count only while the focus is in the part with the sites, and in no field of it. */
const key = (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input, textarea, select')) return;
  const act = {
    j: '#site [rel=next]', ArrowDown: '#site [rel=next]', ArrowRight: '#site [rel=next]',
    k: '#site [rel=prev]', ArrowUp: '#site [rel=prev]', ArrowLeft: '#site [rel=prev]',
    a: '#site button[value^="accept."]', r: '#site button[value^="refuse."]',
    u: '.sites button[value=undo]', U: '.sites button[value=redo]',
  }[event.key] ?? (/^[1-9]$/.test(event.key) ? `#site button[value^="toggle."][value$=".${event.key}"]` : undefined);
  if (event.key === '?') document.getElementById('keys').hidden = !document.getElementById('keys').hidden;
  else if (act) press(act);
  else return;
  event.preventDefault();
};

/** Words that are chosen in the text are offered for a site of one's own. */
const chosen = () => {
  const words = text.value.slice(text.selectionStart, text.selectionEnd);
  const place = document.getElementById('place');
  if (!place || !words.trim() || words.length > 200) return;
  const times = (part) => part.toLowerCase().split(words.toLowerCase()).length - 1;
  place.value = words;
  document.getElementById('nth').value = times(text.value) > 1 ? times(text.value.slice(0, text.selectionStart)) + 1 : '';
  document.getElementById('add').open = true;
};

text.addEventListener('input', typed);
title.addEventListener('input', typed);
text.addEventListener('select', chosen);
document.addEventListener('submit', (event) => {
  if (event.target === form) {
    event.preventDefault();
    since ||= performance.now();
    save();
  } else if (review().contains(event.target) && event.target.method === 'post') {
    event.preventDefault();
    const fields = new FormData(event.target);
    if (event.submitter?.name) fields.set(event.submitter.name, event.submitter.value);
    decide(fields);
  }
});
document.addEventListener('click', (event) => {
  const link = event.target.closest('a[data-site]');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  look(link.dataset.site);
});
document.addEventListener('keydown', (event) => { if (review().contains(event.target)) key(event); });
addEventListener('pagehide', () => {
  if (since && text.value.length < 20_000) send(`${here}/text`, new FormData(form), { keepalive: true });
});
dress();
