// A public channel on the loopback, as a preview page of Telegram shows one (`/s/CHANNEL`), with its pictures.

import { createServer } from 'node:http';

const escape = (text) => text.replace(/[&<>"]/g, (sign) => `&#${sign.codePointAt(0)};`);

/** `post({ text, picture })` puts something on it; `asked` is how often somebody looked. */
export const channel = async (name, title) => {
  const posts = [];
  const state = { asked: 0 };
  let address = '';
  const page = () => `<!doctype html><title>${escape(title)}</title><section class="tgme_channel_history">${posts.map(({ text, picture, at }, index) => `
    <div class="tgme_widget_message" data-post="${name}/${index + 1}">
      <a class="tgme_widget_message_owner_name"><span>${escape(title)}</span></a>
      ${picture ? `<a class="tgme_widget_message_photo_wrap" style="width:800px;background-image:url('${address}/photo/${index + 1}.png')"></a>` : ''}
      ${text ? `<div class="tgme_widget_message_text js-message_text">${escape(text)}</div>` : ''}
      <span class="tgme_widget_message_meta"><a class="tgme_widget_message_date"><time datetime="${at}" class="time"></time></a></span>
    </div>`).join('')}</section>`;
  const server = createServer((request, answer) => {
    const photo = /^\/photo\/(\d+)\.png$/.exec(request.url);
    if (request.url.startsWith(`/s/${name}`)) {
      state.asked += 1;
      answer.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page());
    } else if (photo && posts[photo[1] - 1]?.picture) {
      answer.writeHead(200, { 'content-type': 'image/png' }).end(posts[photo[1] - 1].picture);
    } else {
      answer.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${server.address().port}`;
  return {
    address,
    get asked() { return state.asked; },
    post: ({ text = '', picture = null }) => posts.push({ text, picture, at: `${new Date().toISOString().slice(0, 19)}+00:00` }),
    close: () => new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); }),
  };
};
