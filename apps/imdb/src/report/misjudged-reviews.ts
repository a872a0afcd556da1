/** The reviews a network was surest of and wrong about. */
import { html, type Markup } from './markup.js';

export interface MisjudgedReview {
  readonly label: 0 | 1;
  readonly probability: number;
  /** Row of the data file. */
  readonly fileRow: number;
  /** What the network read, unless the words are missing. */
  readonly text?: string;
}

/** Longer texts are folded. */
const SHORT_TEXT = 400;

export function misjudgedReviews(reviews: readonly MisjudgedReview[], textsMissing?: string): Markup {
  if (reviews.length === 0) return html`<p>None: every review was judged rightly.</p>`;
  const why = textsMissing && html`<p class="soft">Without texts: ${textsMissing}</p>`;
  const intro = html`<p class="soft">As the network read them: the last words of each review; [OOV] stands for a word it does not know.</p>`;
  return html`${why ?? intro}
${reviews.map(oneReview)}`;
}

function oneReview({ label, probability, fileRow, text }: MisjudgedReview): Markup {
  const [verdict, truth] = label === 1 ? ['negative', 'positive'] : ['positive', 'negative'];
  return html`<blockquote>
<p><b>${truth}</b>, but judged ${verdict}: probability ${probability.toFixed(4)} of being positive <span class="soft">(test review ${fileRow})</span></p>
${text !== undefined && textOf(text)}
</blockquote>
`;
}

function textOf(text: string): Markup {
  if (text.length <= SHORT_TEXT) return html`<p>${text}</p>`;
  const cut = text.lastIndexOf(' ', SHORT_TEXT);
  return html`<details><summary>${text.slice(0, cut)} …</summary><p>… ${text.slice(cut + 1)}</p></details>`;
}
