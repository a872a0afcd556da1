import { expect, it } from 'vitest';
import { html } from './markup.js';

it('escapes texts, keeps markup, joins lists, leaves out nothing at all', () => {
  const inner = html`<b>${'a < b & "c"'}</b>`;
  expect(html`<p title="${"it's"}">${inner}${[1, html`<i/>`]}${undefined}${false}</p>`.text).toBe(
    '<p title="it&#39;s"><b>a &lt; b &amp; &quot;c&quot;</b>1<i/></p>',
  );
});

it('leaves out what XML does not allow', () => {
  expect(html`${'a\u0000b\ud800c\u{1f600}\n'}`.text).toBe('abc\u{1f600}\n');
});
