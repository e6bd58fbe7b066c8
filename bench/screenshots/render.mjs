// Draws chats in headless Chromium: `node bench/screenshots/render.mjs FOLDER <jobs.json`. A job a picture, see `page`.
//
// Everything in a chat but the message itself is invented here: names, answers, times.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { launch } from '../../verifier/test/chromium.mjs';

const folder = process.argv[2];
const jobs = JSON.parse(readFileSync(0, 'utf8'));

/** Wall, header, own bubble, other's bubble, ink on each, names, small print; light and dark. */
const SKINS = {
  beige: {
    light: { wall: '#efeae2', bar: '#008069', barInk: '#fff', own: '#d9fdd3', other: '#fff', ownInk: '#111b21', ink: '#111b21', small: '#667781', name: '#c4532d', tick: '#53bdeb' },
    dark: { wall: '#0b141a', bar: '#202c33', barInk: '#e9edef', own: '#005c4b', other: '#202c33', ownInk: '#e9edef', ink: '#e9edef', small: '#8696a0', name: '#53bdeb', tick: '#53bdeb' },
  },
  blue: {
    light: { wall: 'linear-gradient(160deg,#dbddbb,#6ba587 60%,#88b884)', bar: '#fff', barInk: '#000', own: '#eeffde', other: '#fff', ownInk: '#000', ink: '#000', small: '#6fb26a', name: '#3a8bc8', tick: '#4fae4e', doodles: '#5f9573' },
    dark: { wall: '#0f1621', bar: '#17212b', barInk: '#f5f5f5', own: '#2b5278', other: '#182533', ownInk: '#fff', ink: '#f5f5f5', small: '#7da8d3', name: '#6ab3f3', tick: '#73c1fc', doodles: '#17222f' },
  },
  plain: {
    light: { wall: '#fff', bar: '#f6f6f6', barInk: '#000', own: 'linear-gradient(#2f8fff,#0a6ff0)', other: '#e9e9eb', ownInk: '#fff', ink: '#000', small: '#8e8e93', name: '#6b6b70', tick: '#dbe9ff' },
    dark: { wall: '#000', bar: '#1c1c1e', barInk: '#fff', own: 'linear-gradient(#2f8fff,#0a6ff0)', other: '#262629', ownInk: '#fff', ink: '#fff', small: '#8e8e93', name: '#98989d', tick: '#dbe9ff' },
  },
};

const NAMES = ['Ilse Arnth', 'Tomas Verrin', 'Office of the Warden', 'Мира Солль', 'Deputy Hallan 🌿', 'Press desk'];
const BEFORE = ['Did anything come from the council?', 'Please forward what you have 🙏', 'Is that the whole of it?', 'Ты видел это?', 'Any news? I leave at 17:30.'];
const AFTER = ['Thank you, received.', 'Astonishing 😮😮', 'I shall call you within the hour', 'Понял, спасибо', '👍'];

const escape = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

/** A job: { id, text, skin, dark, font, size, width, scale, mine, number, form: 'png' | 'jpeg' | 'blurred' | 'rotated', angle, blur }. */
const page = (job) => {
  const c = SKINS[job.skin][job.dark ? 'dark' : 'light'];
  const n = job.number;
  const time = `${String((n * 7) % 24).padStart(2, '0')}:${String((n * 13) % 60).padStart(2, '0')}`;
  const name = NAMES[n % NAMES.length];
  const small = Math.round(job.size * 0.72);
  const ticks = job.mine ? `<svg width="${small * 1.4}" height="${small * 0.8}" viewBox="0 0 18 10" fill="none" stroke="${c.tick}" stroke-width="1.6"><path d="M1 5.5 4.5 9 11 1M7.5 8 8.5 9 16 1"/></svg>` : '';
  const foot = (mine) => `<span class="foot">${n % 4 === 1 ? 'edited ' : ''}${n % 5 === 2 ? `👁 ${(n * 37) % 900} ` : ''}${time}${n % 6 === 5 ? ' PM' : ''} ${mine ? ticks : ''}</span>`;
  const bubble = (text, mine, more = '') => `<div class="bubble ${mine ? 'own' : 'other'}">${mine ? '' : `<div class="name">${name}</div>`}${more}<span class="text">${escape(text)}</span>${foot(mine)}</div>`;
  const quoted = n % 7 === 3 ? `<div class="quoted"><b>${NAMES[(n + 1) % NAMES.length]}</b><br>${BEFORE[n % BEFORE.length]}</div>` : '';
  const reaction = n % 3 === 0 ? `<div class="reaction ${job.mine ? 'right' : ''}">❤️ ${(n % 9) + 1} 😮 2</div>` : '';
  const emoji = n % 4 === 2 ? ' 🙏🏻' : '';
  const doodles = c.doodles ? `background-image:url("data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" width="120" height="120" fill="none" stroke="${c.doodles}" stroke-width="1.5" opacity=".6"><circle cx="25" cy="28" r="12"/><path d="M70 20h26v18h-26zM20 80l14 22 14-22zM80 84q12-20 24 0t-24 0M60 60l8 8"/></svg>`)}")${c.wall.startsWith('linear') ? `,${c.wall}` : ''};background-color:${c.wall.startsWith('linear') ? 'transparent' : c.wall}` : `background:${c.wall}`;
  return `<!doctype html><meta charset="utf-8"><style>
*{box-sizing:border-box}body{margin:0;width:${job.width}px;${doodles};font:${job.size}px/1.35 ${job.font},'Noto Color Emoji',sans-serif}
.bar{background:${c.bar};color:${c.barInk};padding:${job.size * 0.6}px;display:flex;gap:10px;align-items:center}
.face{width:${job.size * 2.2}px;height:${job.size * 2.2}px;border-radius:50%;background:hsl(${n * 47},55%,55%);color:#fff;display:flex;align-items:center;justify-content:center}
.status{font-size:${small}px;opacity:.7}.day{text-align:center;font-size:${small}px;color:${c.small};padding:8px}
.chat{padding:8px ${job.size * 0.6}px 16px}.bubble{display:flow-root;max-width:84%;width:fit-content;border-radius:${job.skin === 'plain' ? 18 : 8}px;padding:6px 10px 7px;margin:5px 0;box-shadow:0 1px .5px rgba(0,0,0,.13)}
.own{background:${c.own};color:${c.ownInk};margin-left:auto}.other{background:${c.other};color:${c.ink}}
.text{white-space:pre-wrap;overflow-wrap:break-word}.name{color:${c.name};font-size:${job.size * 0.85}px;font-weight:600}
.foot{float:right;font-size:${small}px;color:${job.skin === 'plain' && c.ownInk === '#fff' ? '' : c.small};margin:${job.size * 0.4}px 0 0 ${job.size * 0.8}px;opacity:.85}
.quoted{border-left:4px solid ${c.name};background:rgba(127,127,127,.15);border-radius:4px;padding:4px 8px;font-size:${job.size * 0.85}px;margin-bottom:4px}
.reaction{display:block;width:fit-content;background:${c.other};color:${c.ink};border-radius:12px;padding:2px 8px;font-size:${small}px;margin-top:-4px}.right{margin-left:auto}
</style><div class="bar"><div class="face">${name[0]}</div><div>${name}<div class="status">last seen at ${time}</div></div></div>
<div class="chat"><div class="day">${n % 2 ? 'Today' : '12 March'}</div>${n % 2 ? bubble(BEFORE[n % BEFORE.length], !job.mine) : ''}
${bubble(job.text + emoji, job.mine, quoted)}${reaction}${n % 3 ? bubble(AFTER[n % AFTER.length], !job.mine) : ''}</div>`;
};

const browser = await launch();
const tool = await browser.page('about:blank');

/** What becomes of a picture on its way: made smaller and compressed, blurred, turned. */
const altered = async (picture, job) => Buffer.from(await tool.evaluate(`(async () => {
  const picture = await createImageBitmap(await (await fetch('data:image/png;base64,${picture.toString('base64')}')).blob());
  const canvas = document.createElement('canvas');
  const small = ${job.form === 'jpeg' ? 0.6 : 1};
  const turn = ${job.form === 'rotated' ? job.angle : 0} * Math.PI / 180;
  const [w, h] = [picture.width * small, picture.height * small];
  canvas.width = Math.ceil(w * Math.cos(turn) + h * Math.abs(Math.sin(turn)));
  canvas.height = Math.ceil(h * Math.cos(turn) + w * Math.abs(Math.sin(turn)));
  const on = canvas.getContext('2d');
  on.imageSmoothingQuality = 'high';
  on.fillStyle = ${job.number % 2} ? '#000' : '#fff';
  on.fillRect(0, 0, canvas.width, canvas.height);
  on.translate(canvas.width / 2, canvas.height / 2);
  on.rotate(turn);
  if (${job.form === 'blurred'}) on.filter = 'blur(${job.blur}px)';
  on.drawImage(picture, -w / 2, -h / 2, w, h);
  return canvas.toDataURL('image/${job.form === 'jpeg' ? 'jpeg' : 'png'}', 0.4).split(',')[1];
})()`), 'base64');

for (const job of jobs) {
  const tab = await browser.page(`data:text/html;base64,${Buffer.from(page(job)).toString('base64')}`, { width: job.width });
  await tab.evaluate('document.fonts.ready.then(() => true)');
  const height = await tab.evaluate('Math.ceil(document.body.getBoundingClientRect().height)');
  let picture = await tab.screenshot({ x: 0, y: 0, width: job.width, height, scale: job.scale });
  if (job.form !== 'png') picture = await altered(picture, job);
  writeFileSync(join(folder, `${job.id}.${job.form === 'jpeg' ? 'jpg' : 'png'}`), picture);
  await tab.close();
}
console.log(await browser.version());
await browser.close();
