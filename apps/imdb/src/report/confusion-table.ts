/** Truth against verdict, in counts and in parts of each truth. */
import type { Confusion } from '../test-verdicts.js';
import { html, type Markup } from './markup.js';

export function confusionTable(confusion: Confusion): Markup {
  const { truePositive, falseNegative, falsePositive, trueNegative } = confusion;
  return html`<div class="scroll"><table>
<thead><tr><th></th><th class="number">judged positive</th><th class="number">judged negative</th><th class="number">together</th></tr></thead>
<tbody>
${row('positive', truePositive, falseNegative, 0)}
${row('negative', falsePositive, trueNegative, 1)}
</tbody></table></div>`;
}

function row(truth: string, positive: number, negative: number, right: 0 | 1): Markup {
  const together = positive + negative;
  const cells = [positive, negative].map((count, column) => {
    const style = column === right ? 'number right' : 'number';
    return html`<td class="${style}">${count} <span class="soft">(${percent(count, together)})</span></td>`;
  });
  return html`<tr><th>${truth}</th>${cells}<td class="number">${together}</td></tr>`;
}

function percent(count: number, all: number): string {
  return all === 0 ? '–' : `${((100 * count) / all).toFixed(1)} %`;
}
