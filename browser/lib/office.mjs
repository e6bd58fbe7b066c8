// An office in a temporary folder: a vault, `countermark serve` on free ports of the loopback, and people who sign in.

import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The program: `COUNTERMARK`, or the one that `cargo build` makes. */
export const PROGRAM = process.env.COUNTERMARK ?? join(process.env.CARGO_TARGET_DIR ?? join(root, 'target'), 'debug', 'countermark');

const environment = () => {
  const { COUNTERMARK_VAULT, COUNTERMARK_PASSPHRASE_FILE, ...rest } = process.env;
  return rest;
};

/** A port that nobody listens on. */
export const freePort = () => new Promise((resolve, reject) => {
  const server = createServer();
  server.on('error', reject);
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});

/** An empty folder, or one where a vault stands; `close` ends what was started and removes it. */
export const newOffice = async (folder = mkdtempSync(join(tmpdir(), 'countermark-desk-'))) => {
  const passphrase = 'correct horse battery staple';
  writeFileSync(join(folder, 'pass'), `${passphrase}\n`, { mode: 0o600 });
  const common = ['--vault', join(folder, 'v.db')];
  const [desk, pressroom] = [await freePort(), await freePort()];
  let served = null;
  const office = {
    folder,
    passphrase,
    path: (name) => join(folder, name),
    write: (name, content) => { writeFileSync(join(folder, name), content); return join(folder, name); },
    desk: `http://127.0.0.1:${desk}`,
    pressroom: `http://127.0.0.1:${pressroom}`,
    /** What the servers said on standard error. */
    said: '',
    /** A verb on the command line; what it prints. */
    run: async (...args) => {
      const { stdout } = await promisify(execFile)(PROGRAM, [...common, '--passphrase-file', join(folder, 'pass'), ...args], { cwd: folder, env: environment() });
      return stdout;
    },
    /** What the desk says to whoever started it while nobody can sign in. */
    setUpCode: async () => {
      for (let tries = 0; tries < 100; tries += 1) {
        // The whole line: a piece of it may be read before the rest is written.
        const found = /with this code: (\S+)\n/.exec(office.said);
        if (found) return found[1];
        await new Promise((resolve) => { setTimeout(resolve, 50); });
      }
      throw new Error(`no set-up code was told: ${office.said}`);
    },
    init: () => office.run('init', '--no-clock'),
    serve: async () => {
      served = spawn(PROGRAM, [...common, '--json', 'serve', '--desk', `127.0.0.1:${desk}`, '--pressroom', `127.0.0.1:${pressroom}`], {
        cwd: folder, env: environment(), stdio: ['ignore', 'pipe', 'pipe'],
      });
      served.stderr.setEncoding('utf8').on('data', (text) => { office.said += text; });
      await new Promise((resolve, reject) => {
        served.on('error', reject);
        served.once('exit', (code) => reject(new Error(`serve ended with ${code}: ${office.said}`)));
        served.stdout.once('data', resolve);
      });
    },
    /** As a service manager asks for it. */
    stop: async (signal = 'SIGTERM') => {
      if (!served || served.exitCode !== null || served.signalCode !== null) return;
      const ended = new Promise((resolve) => served.once('exit', resolve));
      served.kill(signal);
      await ended;
      served = null;
    },
    /** As a power cut would: every process at once, nothing said to any. */
    kill: async () => {
      const ended = new Promise((resolve) => served.once('exit', resolve));
      for (const pid of [served.pid, ...readFileSync(`/proc/${served.pid}/task/${served.pid}/children`, 'utf8').trim().split(' ').map(Number)]) process.kill(pid, 'SIGKILL');
      await ended;
      served = null;
    },
    close: async () => {
      await office.stop();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
  return office;
};
