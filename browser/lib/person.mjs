// Somebody in front of a browser: finds things by what they are called, clicks with the mouse, types with the keyboard, waits for pages.
//
// Names are those that assistive technology hears (label, button text, link text), so the tests hold whatever the markup, and fail where a
// field has no name.

import { setTimeout as wait } from 'node:timers/promises';

/** How long a page may take to come to rest, on a machine that has other things to do. */
const PATIENCE = 60_000;

/** How long a thing may take to appear on a page at rest. */
const GLANCE = 10_000;

/** No request and no navigation for so long, and a page is at rest. */
const REST = 40;

const LETTERS = /^[\x20-\x7e]$/;

/** Roles that say what a person means by a field. */
const FIELDS = ['textbox', 'searchbox', 'spinbutton', 'combobox', 'listbox', 'Date', 'DateTime', 'InputTime', 'ColorWell'];

/**
 * A person at a page of a browser: `browser` is what `launch` gives; `options` are those of its `page`.
 */
export const person = async (browser, options = {}) => {
  const { width = 1280, height = 900, dark = false } = options;
  const page = await browser.page('about:blank', { ...options, width, height, dark });
  const { call } = page;
  const state = { loading: 0, waiting: new Map(), last: Date.now(), clicks: 0, address: '' };
  const faults = [];
  const requests = [];
  page.listen((method, params) => {
    if (method.startsWith('Network.') || method.startsWith('Page.frame')) state.last = Date.now();
    if (method === 'Page.frameStartedLoading' || method === 'Page.frameRequestedNavigation') state.loading = Date.now();
    if (method === 'Page.frameStoppedLoading' || method === 'Page.loadEventFired') state.loading = 0;
    if (method === 'Network.requestWillBeSent') {
      state.waiting.set(params.requestId, params.request.url);
      requests.push({ url: params.request.url, method: params.request.method });
    }
    if (method === 'Network.responseReceived' && params.response.status >= 400) {
      faults.push(`${params.response.status} ${params.response.url}`);
      // A script need not read to its end what was refused.
      if (params.type === 'Fetch') state.waiting.delete(params.requestId);
    }
    if (method === 'Network.loadingFinished') state.waiting.delete(params.requestId);
    if (method === 'Network.loadingFailed') {
      // A page that is left breaks off what it was still asking for.
      if (!params.canceled && params.errorText !== 'net::ERR_ABORTED') faults.push(`${params.errorText} ${state.waiting.get(params.requestId)}`);
      state.waiting.delete(params.requestId);
    }
    if (method === 'Page.javascriptDialogOpening') call('Page.handleJavaScriptDialog', { accept: true });
  });

  /** Waits until nothing moves any more. */
  const settle = async (patience = PATIENCE) => {
    const until = Date.now() + patience;
    await wait(REST);
    while (state.loading || state.waiting.size || Date.now() - state.last < REST) {
      if (Date.now() > until) throw new Error(`the page does not come to rest: ${[...state.waiting.values()].join(' ') || 'loading'}`);
      await wait(10);
    }
  };

  /** Tries until it gives something. */
  const patiently = async (look, complaint, patience = GLANCE) => {
    const until = Date.now() + patience;
    for (;;) {
      // A page that is just being replaced has no nodes.
      const found = await look().catch(() => undefined);
      if (found !== undefined && found !== false && found !== null) return found;
      if (Date.now() > until) throw new Error(await complaint());
      await wait(50);
    }
  };

  const tree = async () => (await call('Accessibility.getFullAXTree')).nodes.filter((node) => !node.ignored && node.role);
  /** By a whole name, by its beginning, by an expression; or by `[name, n]`, the n-th of that name, from 1. */
  const named = (nodes, roles, given) => {
    const [wanted, nth] = Array.isArray(given) ? given : [given, 1];
    const called = nodes.filter(({ role }) => roles.includes(role.value)).map((node) => [node, node.name?.value.trim() ?? '']);
    const is = (fits) => called.filter(([, name]) => fits(name)).map(([node]) => node)[nth - 1];
    if (wanted instanceof RegExp) return is((name) => wanted.test(name));
    return is((name) => name === wanted) ?? is((name) => name.startsWith(wanted));
  };
  const tell = (nodes, roles) => nodes.filter(({ role, name }) => roles.includes(role.value) && name?.value).map(({ name }) => `“${name.value}”`).join(', ');

  /** The node with one of these roles and that name. */
  const find = async (roles, wanted, patience = GLANCE) => patiently(
    async () => named(await tree(), roles, wanted),
    async () => `no ${roles.join(' or ')} is called ${wanted} at ${await where()}; there are ${tell(await tree(), roles) || 'none'}`,
    patience,
  );
  const has = async (roles, wanted) => named(await tree(), roles, wanted) !== undefined;

  const where = () => page.evaluate('location.href');
  const evaluate = (expression) => page.evaluate(expression);

  const on = async (node, script, ...rest) => {
    const { object } = await call('DOM.resolveNode', { backendNodeId: node.backendDOMNodeId });
    const { result, exceptionDetails } = await call('Runtime.callFunctionOn', {
      objectId: object.objectId, functionDeclaration: String(script), arguments: rest.map((value) => ({ value })), returnByValue: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  };

  /** Where the mouse goes for a node: its middle, which nothing may cover. */
  const middle = async (node) => {
    await call('DOM.scrollIntoViewIfNeeded', { backendNodeId: node.backendDOMNodeId });
    const look = () => on(node, function spot() {
      const label = this.labels?.[0];
      for (const element of [this, label]) {
        for (const box of element?.getClientRects() ?? []) {
          const [x, y] = [box.left + box.width / 2, box.top + Math.min(box.height / 2, 200)];
          const top = document.elementFromPoint(x, y);
          const hit = top && (element.contains(top) || top.contains(element) || top.closest('label') === label);
          if (box.width >= 2 && box.height >= 2 && hit) return { x, y };
        }
      }
      return null;
    });
    let spot = await look();
    if (!spot) {
      // Under something that sticks to an edge: a person scrolls on.
      await on(node, function centre() { this.scrollIntoView({ block: 'center' }); });
      spot = await look();
    }
    if (!spot) throw new Error(`${node.role.value} “${node.name?.value}” can't be clicked: it is covered or has no size`);
    return spot;
  };
  const press = async ({ x, y }, count = 1) => {
    await call('Input.dispatchMouseEvent', { type: 'mouseMoved', x, y });
    for (const type of ['mousePressed', 'mouseReleased']) await call('Input.dispatchMouseEvent', { type, x, y, button: 'left', clickCount: count });
  };
  const touch = async (node) => {
    const spot = await patiently(() => middle(node), async () => { await middle(node); return `${node.name?.value} can't be clicked`; }, 2_000);
    await press(spot);
    state.clicks += 1;
  };
  const key = async (name, { ctrl = false, shift = false, alt = false } = {}) => {
    const codes = { Tab: 9, Enter: 13, Escape: 27, ' ': 32, End: 35, Home: 36, ArrowLeft: 37, ArrowUp: 38, ArrowRight: 39, ArrowDown: 40, Backspace: 8 };
    const modifiers = (alt ? 1 : 0) + (ctrl ? 2 : 0) + (shift ? 8 : 0);
    const text = name === 'Enter' ? '\r' : LETTERS.test(name) && !ctrl ? name : undefined;
    const code = LETTERS.test(name) && name !== ' ' ? `Key${name.toUpperCase()}` : name;
    const windowsVirtualKeyCode = codes[name] ?? name.toUpperCase().charCodeAt(0);
    const commands = ctrl && name === 'a' ? ['selectAll'] : undefined;
    await call('Input.dispatchKeyEvent', { type: text ? 'keyDown' : 'rawKeyDown', key: name, code, text, windowsVirtualKeyCode, modifiers, commands });
    await call('Input.dispatchKeyEvent', { type: 'keyUp', key: name, code, windowsVirtualKeyCode, modifiers });
  };
  /** Short words key by key; long ones as a paste or an input method brings them, in pieces. */
  const write = async (words) => {
    if (words.length <= 60 && /^[\x20-\x7e]*$/.test(words)) {
      for (const letter of words) await call('Input.dispatchKeyEvent', { type: 'char', text: letter, key: letter });
    } else {
      for (let at = 0; at < words.length; at += 400) await call('Input.insertText', { text: words.slice(at, at + 400) });
    }
  };

  const me = {
    page,
    call,
    faults,
    requests,
    evaluate,
    settle,
    find,
    has,
    where,
    key,
    write,
    /** Clicks since the person sat down. */
    get clicks() { return state.clicks; },
    /** Types an address. */
    go: async (url) => {
      state.loading = Date.now();
      const { errorText } = await call('Page.navigate', { url });
      if (errorText && errorText !== 'net::ERR_ABORTED') throw new Error(`${url}: ${errorText}`);
      await settle();
    },
    reload: async () => { state.loading = Date.now(); await call('Page.reload'); await settle(); },
    path: async () => new URL(await where()).pathname,
    status: () => evaluate('performance.getEntriesByType("navigation")[0]?.responseStatus'),
    title: () => evaluate('document.title'),
    text: () => evaluate('document.body.innerText'),
    /** What a thing of the page says, by role and name. */
    said: async (roles, wanted) => on(await find([roles].flat(), wanted), function said() { return this.innerText; }),
    click: async (roles, wanted) => { await touch(await find([roles].flat(), wanted)); await settle(); },
    button: (wanted) => me.click('button', wanted),
    link: (wanted) => me.click('link', wanted),
    /** Opens a `<details>`, where it is closed. */
    open: async (wanted) => {
      const node = await find(['DisclosureTriangle', 'button'], wanted);
      if (!await on(node, function is() { return Boolean((this.closest('details') ?? this).open); })) await touch(node);
      await settle();
    },
    tick: async (wanted, state = true) => {
      const node = await find(['checkbox', 'radio', 'switch'], wanted);
      if (await on(node, function is() { return this.checked; }) !== state) await touch(node);
      await settle();
    },
    ticked: async (wanted) => on(await find(['checkbox', 'radio', 'switch'], wanted), function is() { return this.checked; }),
    /** Replaces what stands in a field. */
    fill: async (wanted, words) => {
      await touch(await find(FIELDS, wanted));
      await key('a', { ctrl: true });
      if (words === '') await key('Backspace');
      else await write(words);
      await settle();
    },
    /** Goes on typing at the end of a field. */
    add: async (wanted, words) => {
      await touch(await find(FIELDS, wanted));
      await key('End', { ctrl: true });
      await write(words);
    },
    value: async (wanted) => on(await find(FIELDS, wanted), function value() { return this.value; }),
    /** Chooses in a list by what stands there. */
    choose: async (wanted, option) => {
      const node = await find(['combobox', 'listbox'], wanted);
      await call('DOM.focus', { backendNodeId: node.backendDOMNodeId });
      state.clicks += 1;
      const done = await on(node, function choose(words) {
        const found = [...this.options].find(({ text }) => text.trim() === words) ?? [...this.options].find(({ text }) => text.includes(words));
        if (!found) return [...this.options].map(({ text }) => text).join(', ');
        this.value = found.value;
        this.dispatchEvent(new Event('input', { bubbles: true }));
        this.dispatchEvent(new Event('change', { bubbles: true }));
        return '';
      }, option);
      if (done) throw new Error(`${wanted} has no “${option}”: ${done}`);
      await settle();
    },
    /** Gives a file to a field for files. */
    file: async (wanted, path) => {
      const node = await find(['button', 'textbox', 'none', 'generic'], wanted);
      await call('DOM.setFileInputFiles', { files: [path].flat(), backendNodeId: node.backendDOMNodeId });
      await settle();
    },
    /** Waits until the page says something. */
    reads: (wanted, patience) => patiently(
      async () => { const text = await me.text(); return wanted instanceof RegExp ? wanted.test(text) : text.includes(wanted); },
      async () => `${await where()} never says ${wanted}; it says: ${(await me.text()).slice(0, 1500)}`,
      patience,
    ),
    /** Goes somewhere again and again until the page says something: what is published is seen within a second or two. */
    goUntil: (url, wanted) => patiently(
      async () => {
        await me.go(url);
        const text = await me.text();
        if (!(wanted instanceof RegExp ? wanted.test(text) : text.includes(wanted))) return false;
        me.complaints();
        await me.reload();
        return true;
      },
      async () => `${url} never says ${wanted}; it says: ${(await me.text()).slice(0, 1500)}`,
    ),
    /** Waits for an expression. */
    until: (expression, patience) => patiently(() => evaluate(`Boolean(${expression})`), async () => `never at ${await where()}: ${expression}`, patience),
    size: (w, h = height) => call('Emulation.setDeviceMetricsOverride', { width: w, height: h, deviceScaleFactor: 1, mobile: false }),
    dark: (is) => call('Emulation.setEmulatedMedia', {
      media: 'screen', features: [{ name: 'prefers-color-scheme', value: is ? 'dark' : 'light' }, { name: 'prefers-reduced-motion', value: 'reduce' }],
    }),
    slow: (rate) => call('Emulation.setCPUThrottlingRate', { rate }),
    /** What went wrong since it was last asked: exceptions, console errors, refused or failed requests. */
    complaints: () => [...page.errors.splice(0), ...faults.splice(0)],
    /** A PNG of the whole page, or of what is seen of it at first. */
    picture: async ({ whole = true, most = 6_000 } = {}) => {
      const { cssContentSize, cssVisualViewport } = await call('Page.getLayoutMetrics');
      const tall = whole ? Math.min(cssContentSize.height, most) : cssVisualViewport.clientHeight;
      return page.screenshot({ x: 0, y: 0, width: cssVisualViewport.clientWidth, height: Math.ceil(tall), scale: 1 });
    },
    close: () => page.close(),
  };
  return me;
};
