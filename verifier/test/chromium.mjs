// A headless Chromium driven over its debugging pipe: no package, no port.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const COMMAND = process.env.CHROMIUM ?? 'chromium';

/** Starts the browser. `page(url)` opens a tab; what went wrong in it is in its `errors` and `requests`. */
export const launch = async () => {
  const profile = mkdtempSync(join(tmpdir(), 'countermark-page-'));
  const child = spawn(COMMAND, [
    '--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run', '--disable-extensions',
    '--disable-background-networking', '--disable-component-update', '--hide-scrollbars', '--force-color-profile=srgb',
    `--user-data-dir=${profile}`, '--remote-debugging-pipe', 'about:blank',
  ], { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
  const waiting = new Map();
  const listeners = new Set();
  let next = 1;
  let buffer = '';
  child.stdio[4].setEncoding('utf8').on('data', (data) => {
    const messages = (buffer + data).split('\0');
    buffer = messages.pop();
    for (const message of messages.map((one) => JSON.parse(one))) {
      if (message.id === undefined) listeners.forEach((listener) => listener(message));
      else waiting.get(message.id)(message);
    }
  });
  const failed = new Promise((_, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`${COMMAND} ended with ${code}`)));
  });
  failed.catch(() => {});
  const send = (method, params = {}, sessionId = undefined) => Promise.race([failed, new Promise((resolve, reject) => {
    const id = next;
    next += 1;
    waiting.set(id, ({ result, error }) => {
      waiting.delete(id);
      if (error) reject(new Error(`${method}: ${error.message}`));
      else resolve(result);
    });
    child.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
  })]);
  return {
    page: (url, options) => openPage(send, listeners, url, options),
    /** A profile of its own, without cookies or anything else of the others: what `page` takes as `context`. */
    context: async () => (await send('Target.createBrowserContext', { disposeOnDetach: true })).browserContextId,
    /** As a power cut would: nothing is written any more. */
    kill: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
      // Its children die a moment later and may still write: what they leave in the temporary folder is no fault.
      try { rmSync(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }); } catch { /* left there */ }
    },
    version: async () => (await send('Browser.getVersion')).product,
    close: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return; // killed before: nobody is left to answer
      const ended = new Promise((resolve) => child.once('exit', resolve));
      await send('Browser.close').catch(() => {});
      await ended;
      rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
};

const openPage = async (send, listeners, url, { width = 1280, height = 900, dark = false, print = false, before, context, script = true } = {}) => {
  const { targetId } = await send('Target.createTarget', { url: 'about:blank', browserContextId: context });
  const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true });
  const call = (method, params) => send(method, params, sessionId);
  const errors = [];
  const requests = [];
  let loaded;
  const ready = new Promise((resolve) => { loaded = resolve; });
  const listener = (message) => {
    if (message.sessionId !== sessionId) return;
    const { method, params } = message;
    if (method === 'Runtime.exceptionThrown') errors.push(params.exceptionDetails.exception?.description ?? params.exceptionDetails.text);
    if (method === 'Runtime.consoleAPICalled' && params.type === 'error') errors.push(params.args.map(({ value }) => value).join(' '));
    if (method === 'Log.entryAdded' && ['error', 'warning'].includes(params.entry.level)) errors.push(params.entry.text);
    if (method === 'Network.requestWillBeSent') requests.push(params.request.url);
    if (method === 'Page.loadEventFired') loaded();
  };
  listeners.add(listener);
  for (const domain of ['Page', 'Runtime', 'Log', 'Network', 'DOM', 'Accessibility']) await call(`${domain}.enable`);
  await call('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false });
  await call('Emulation.setEmulatedMedia', {
    media: print ? 'print' : 'screen', features: [{ name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' }, { name: 'prefers-reduced-motion', value: 'reduce' }],
  });
  if (!script) await call('Emulation.setScriptExecutionDisabled', { value: true });
  if (before) await call('Page.addScriptToEvaluateOnNewDocument', { source: before });
  await call('Page.navigate', { url });
  await ready;
  const evaluate = async (expression) => {
    const { result, exceptionDetails } = await call('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  };
  return {
    call,
    /** Hears every event of the page; gives back how to hear no more. */
    listen: (hear) => {
      const heard = (message) => { if (message.sessionId === sessionId) hear(message.method, message.params); };
      listeners.add(heard);
      return () => listeners.delete(heard);
    },
    /** The next event of that name for which `fits` holds. */
    event: (method, fits) => new Promise((resolve) => {
      const waits = (message) => {
        if (message.method !== method || !fits(message.params)) return;
        listeners.delete(waits);
        resolve(message.params);
      };
      listeners.add(waits);
    }),
    errors,
    requests,
    evaluate,
    /** Waits for an expression to become true: a few turns of the browser's own clock. */
    until: async (expression) => {
      const look = `new Promise((resolve, reject) => { let n = 0; const look = () => { if (${expression}) resolve(true); else if ((n += 1) > 500) reject(new Error('never: ' + ${JSON.stringify(expression)})); else setTimeout(look, 10); }; look(); })`;
      for (let again = 0; ; again += 1) {
        // A page that is left meanwhile takes the question with it: the next one is asked.
        try { return await evaluate(look); } catch (error) {
          if (again === 20 || !/navigated or closed|Execution context was destroyed|Cannot find/.test(error.message)) throw error;
        }
      }
    },
    press: async (key, code = key, text = undefined, modifiers = 0) => {
      const windowsVirtualKeyCode = { Tab: 9, Enter: 13, ' ': 32 }[key] ?? 0;
      await call('Input.dispatchKeyEvent', { type: 'keyDown', key, code, text, windowsVirtualKeyCode, modifiers });
      await call('Input.dispatchKeyEvent', { type: 'keyUp', key, code, windowsVirtualKeyCode, modifiers });
    },
    choose: async (path) => {
      const { root } = await call('DOM.getDocument');
      const { nodeId } = await call('DOM.querySelector', { nodeId: root.nodeId, selector: '#file' });
      await call('DOM.setFileInputFiles', { files: [path], nodeId });
    },
    /** A PNG of a rectangle of the page. */
    screenshot: async (clip) => Buffer.from((await call('Page.captureScreenshot', { format: 'png', captureBeyondViewport: true, clip })).data, 'base64'),
    close: async () => {
      listeners.delete(listener);
      await send('Target.closeTarget', { targetId });
    },
  };
};
