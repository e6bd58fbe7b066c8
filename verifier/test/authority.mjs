// A certificate authority and a time-stamper, played by the `openssl` command.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const KEYS = {
  rsa: ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'],
  'rsa-1024': ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:1024'],
  'p-256': ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'],
  'p-384': ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-384'],
  ed25519: ['-algorithm', 'ED25519'],
  'p-521': ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-521'],
};

export const CA = 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n';
export const STAMPER = 'extendedKeyUsage=critical,timeStamping\nkeyUsage=critical,digitalSignature\n';

export class Authority {
  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'countermark-tsa-'));
    this.serial = 0;
  }

  path(name) {
    return join(this.folder, name);
  }

  read(name) {
    return readFileSync(this.path(name), 'utf8');
  }

  run(...words) {
    return execFileSync('openssl', words, { cwd: this.folder, stdio: ['ignore', 'pipe', 'pipe'] });
  }

  end() {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** A key and a certificate `name`.pem, signed by `issuer` or by itself. */
  certificate(name, { kind = 'p-256', issuer, extensions = STAMPER, days = 30, hash = 'sha256', pss = false } = {}) {
    this.serial += 1;
    this.run('genpkey', ...KEYS[kind], '-out', `${name}.key`);
    writeFileSync(this.path(`${name}.kind`), kind);
    writeFileSync(this.path(`${name}.ext`), extensions);
    this.run('req', '-new', '-key', `${name}.key`, '-subj', `/O=Test/CN=${name}`, '-out', `${name}.csr`);
    const signer = issuer ? ['-CA', `${issuer}.pem`, '-CAkey', `${issuer}.key`] : ['-signkey', `${name}.key`];
    this.run('x509', '-req', '-in', `${name}.csr`, ...signer, '-set_serial', String(this.serial), '-days', String(days),
      ...(issuer ? this.read(`${issuer}.kind`) : kind) === 'ed25519' ? [] : [`-${hash}`], ...(pss ? ['-sigopt', 'rsa_padding_mode:pss', '-sigopt', 'rsa_pss_saltlen:-1'] : []), '-extfile', `${name}.ext`, '-out', `${name}.pem`);
    return this.read(`${name}.pem`);
  }

  /** The token of `stamper` for `data`; `chain` names the certificates that go with it. */
  stamp(stamper, data, { chain = [], ess = 'sha256', hash = 'sha256', imprint = 'sha256', accuracy = 'secs:1, millisecs:500', whole = false } = {}) {
    writeFileSync(this.path('data'), data);
    writeFileSync(this.path('chain.pem'), chain.map((name) => this.read(`${name}.pem`)).join(''));
    writeFileSync(this.path('serial'), '01\n');
    writeFileSync(this.path('tsa.cnf'), `[tsa]\ndefault_tsa = t\n[t]\nserial = ${this.path('serial')}\nsigner_cert = ${stamper}.pem\n`
      + `${chain.length ? 'certs = chain.pem\n' : ''}signer_key = ${stamper}.key\nsigner_digest = ${hash}\ndefault_policy = 1.2.3.4\n`
      + `digests = sha256, sha384\n${accuracy ? `accuracy = ${accuracy}\n` : ''}ordering = no\ntsa_name = no\ness_cert_id_chain = no\ness_cert_id_alg = ${ess}\n`);
    this.run('ts', '-query', '-data', 'data', `-${imprint}`, '-cert', '-out', 'request');
    this.run('ts', '-reply', '-queryfile', 'request', '-config', 'tsa.cnf', ...(whole ? [] : ['-token_out']), '-out', 'token');
    return new Uint8Array(readFileSync(this.path('token')));
  }
}
