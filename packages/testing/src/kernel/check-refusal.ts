/** Refusal: a kernel serves what it accepts, and says in words why it does not serve the rest. */
import { show } from '@ostinato/core';
import type { KernelSubject } from './kernel-subject.js';

export function checkRefusal(subject: KernelSubject): void {
  const { kernel, test } = subject;
  const reason = kernel.refuse(test.config as never);
  if (reason !== undefined) {
    subject.fail('refusal', {
      what: `It refuses the config of this test: ${reason}`,
      received: show(test.config),
    });
  }
  for (const { config, reason: words } of test.refuses ?? []) {
    const answer = kernel.refuse(config as never);
    if (typeof answer === 'string' && answer.trim() !== '' && answer.includes(words)) continue;
    subject.fail('refusal', {
      what: `It does not say why it cannot serve ${show(config)}`,
      expected: `a reason with '${words}'`,
      received: answer === undefined ? 'no refusal' : show(answer),
    });
  }
}
