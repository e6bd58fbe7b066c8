// Whether a page can be used at a width: nothing beyond the edge, nothing cut. At 320 px this is a zoom of 400 % on 1280 px (WCAG 2.2, 1.4.10).

/** What does not fit, a line each. Tables and drawings may scroll in a box of their own. */
export const cut = (who) => who.evaluate(`(() => {
  const found = [];
  const name = (e) => e.tagName.toLowerCase() + (e.id ? '#' + e.id : '') + [...e.classList].map((c) => '.' + c).join('') + ' “' + (e.innerText ?? '').trim().slice(0, 40) + '”';
  const wide = document.documentElement.clientWidth;
  if (document.scrollingElement.scrollWidth > wide) found.push('the page is ' + document.scrollingElement.scrollWidth + ' px wide in ' + wide);
  const own = (e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
  for (const e of document.body.querySelectorAll('*')) {
    const style = getComputedStyle(e);
    if (!e.checkVisibility({ checkVisibilityCSS: true }) || e.closest('svg') || e.closest('.unseen')) continue;
    const box = e.getBoundingClientRect();
    if (box.width <= 1 || box.height <= 1) continue;
    let scrolls = false;
    for (let p = e.parentElement; p && p !== document.body; p = p.parentElement) scrolls ||= ['auto', 'scroll'].includes(getComputedStyle(p).overflowX) || p.classList.contains('unseen') || (p.getBoundingClientRect().bottom < 0);
    if (!scrolls && box.bottom > 0 && (box.right > wide + 1 || box.left < -1)) found.push(name(e) + ' reaches from ' + Math.round(box.left) + ' to ' + Math.round(box.right));
    if (own(e) && ['hidden', 'clip'].includes(style.overflowX) && e.scrollWidth > e.clientWidth + 1 && !['INPUT', 'TEXTAREA', 'SELECT'].includes(e.tagName)) found.push(name(e) + ' is cut');
  }
  return found.slice(0, 8);
})()`);
