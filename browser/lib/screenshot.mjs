// A picture of a chat on somebody's telephone: what a person posts who shows a private letter.

const escape = (text) => text.replace(/[&<>]/g, (sign) => `&#${sign.codePointAt(0)};`);

/** A PNG of words in a bubble, with the head of a chat above it. */
export const screenshot = async (browser, { from, words, time = '22:31' }) => {
  const page = await browser.page('about:blank', { width: 420, height: 900 });
  const { frameTree } = await page.call('Page.getFrameTree');
  const html = `<!doctype html><meta charset="utf-8"><style>
    body { margin: 0; font: 17px/1.45 "DejaVu Sans", sans-serif; background: #dfe7ef; color: #111 }
    header { background: #2b5278; color: #fff; padding: 14px 18px; font-weight: 600 }
    div { background: #fff; border-radius: 14px; margin: 14px; padding: 14px 16px; white-space: pre-wrap }
    small { display: block; text-align: right; color: #567 }
  </style><header>${escape(from)}</header><div>${escape(words)}<small>${time}</small></div>`;
  await page.call('Page.setDocumentContent', { frameId: frameTree.frame.id, html });
  const height = await page.evaluate('Math.ceil(document.body.getBoundingClientRect().height)');
  const picture = await page.screenshot({ x: 0, y: 0, width: 420, height, scale: 2 });
  await page.close();
  return picture;
};
