/**
 * What a page loads to ask for a thumb up or down. Of the page's own attributes it takes the key that only hands
 * in, and what the question is about. It sets no style and runs no text, so a strict policy needs to name this
 * server only (`script-src` and `connect-src`).
 */
export const feedbackScript = `(() => {
  const own = document.currentScript;
  const { key, component = '', question = 'Was this helpful?' } = own.dataset;
  const element = (name, attributes, text = '') => {
    const made = document.createElement(name);
    for (const [one, value] of Object.entries(attributes)) made.setAttribute(one, value);
    made.textContent = text;
    return made;
  };
  const box = element('div', {
    class: 'patchwright-feedback',
    role: 'group',
    'aria-label': question,
    tabindex: '-1',
  });
  const said = element('span', { role: 'status' });
  const say = async (rating) => {
    for (const one of buttons) one.setAttribute('aria-disabled', 'true');
    const body = JSON.stringify({ rating, component, context: { page: location.pathname } });
    const headers = { 'content-type': 'application/json', authorization: 'Bearer ' + key };
    const address = new URL('/ingest/feedback', own.src);
    const sent = await fetch(address, { method: 'POST', headers, body }).catch(() => undefined);
    if (sent && sent.ok) {
      const isInside = box.contains(document.activeElement);
      for (const one of [label, ...buttons]) one.remove();
      if (isInside) box.focus(); // not lost with the button
    } else for (const one of buttons) one.removeAttribute('aria-disabled');
    said.textContent = sent && sent.ok ? 'Thank you.' : ' That could not be sent.';
  };
  const button = (text, name, rating) => {
    const made = element('button', { type: 'button', 'aria-label': name }, text);
    made.addEventListener('click', () => {
      if (!made.hasAttribute('aria-disabled')) void say(rating);
    });
    return made;
  };
  const label = element('span', { 'aria-hidden': 'true' }, question + ' ');
  const buttons = [button('\\u{1F44D}', 'Yes', 'up'), button('\\u{1F44E}', 'No', 'down')];
  box.append(label, ...buttons, said);
  if (!own.closest('head')) own.after(box);
  else if (document.body) document.body.append(box);
  else addEventListener('DOMContentLoaded', () => document.body.append(box));
})();
`;
