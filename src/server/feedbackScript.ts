/**
 * What a page loads to ask for a thumb up or down. Of the page's own attributes it takes the key that only hands
 * in, and what the question is about.
 */
export const feedbackScript = `(() => {
  const own = document.currentScript;
  const { key, component = '', question = 'Was this helpful?' } = own.dataset;
  const box = document.createElement('div');
  box.className = 'patchwright-feedback';
  const label = document.createElement('span');
  label.textContent = question + ' ';
  const say = async (rating) => {
    const body = JSON.stringify({ rating, component, context: { page: location.pathname } });
    const headers = { 'content-type': 'application/json', authorization: 'Bearer ' + key };
    const address = new URL('/ingest/feedback', own.src);
    const sent = await fetch(address, { method: 'POST', headers, body }).catch(() => undefined);
    box.textContent = sent && sent.ok ? 'Thank you.' : 'That could not be sent.';
  };
  const button = (text, name, rating) => {
    const made = document.createElement('button');
    made.type = 'button';
    made.textContent = text;
    made.setAttribute('aria-label', name);
    made.addEventListener('click', () => void say(rating));
    return made;
  };
  box.append(label, button('\\u{1F44D}', 'Yes', 'up'), button('\\u{1F44E}', 'No', 'down'));
  own.after(box);
})();
`;
