/**
 * The process that `scripts/fuzz.mjs` starts: is sent blocks of work, answers each with a finding or null.
 */
import fc from 'fast-check';
import { type Case, casesOf, feed, fileOf, type Target } from './target.js';
import { allTargets } from './targets.js';

interface Block {
  readonly target: string;
  readonly seed: number;
  readonly runs: number;
}

const targets = await allTargets();

process.on('message', (message: Block | { readonly list: true }) => {
  void answer(message).then((reply) => process.send?.(reply));
});

async function answer(message: Block | { readonly list: true }): Promise<unknown> {
  if ('list' in message) return targets.map(({ name }) => name);
  const target = targets.find(({ name }) => name === message.target)!;
  const property = fc.asyncProperty(casesOf(target), (one) => feed(target, fileOf(target, one)));
  const details = await fc.check(property, { numRuns: message.runs, seed: message.seed });
  if (!details.failed) return null;
  const [smallest] = details.counterexample ?? [];
  return `${(details.errorInstance as Error).message}\n${smallest ? describe(target, smallest) : ''}`;
}

/** The smallest case, and its bytes when they are few. */
function describe(target: Target, one: Case): string {
  const bytes = fileOf(target, one);
  const text = bytes.length > 4000 ? `${bytes.length} bytes` : Buffer.from(bytes).toString('latin1');
  return `damage: ${JSON.stringify(one)}\nbytes: ${JSON.stringify(text)}`;
}
