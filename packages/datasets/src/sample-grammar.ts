/**
 * The grammar of the generated sample corpus: sentences that judge, and sentences that only take up room.
 *
 * A sentence that judges comes in four forms. Of these only the plain one is told by its words alone: under a negation
 * the same words mean the opposite, and in the contrasts both kinds of words stand, and the order or whose opinion it is
 * decides. The other sentences use the same words, negations and "but", of things in the story and of what was expected,
 * whatever the label.
 */
import type { Rng } from '@ostinato/core';
import * as words from './sample-words.js';

/** How a judging sentence carries its judgement. */
export type VerdictForm = 'plain' | 'negation' | 'contrast' | 'hearsay';

/** Slots: {good} words of the judgement, {bad} words against it, the others from sample-words.ts. */
const VERDICTS: Readonly<Record<VerdictForm, readonly string[]>> = {
  plain: [
    'The {aspect} is {adverb} {good}.',
    'To me it is a {good} {film}.',
    'I found the {aspect} {adverb} {good}.',
    'It is {good} and {adverb} {good}.',
  ],
  negation: [
    'The {aspect} is not {bad}.',
    'It is never {bad}.',
    'Nobody could call it a {bad} {film}.',
    'I cannot say that the {aspect} is {bad}.',
    'There is nothing {bad} about the {aspect}.',
  ],
  contrast: [
    'It starts {bad} but ends {good}.',
    'The first half is {bad}, but the rest is {adverb} {good}.',
    'Although the {aspect} is {bad}, the whole is {good}.',
    'It is {good}, although the {aspect} is {bad}.',
    'What seems {bad} at first turns {good} before long.',
    'Not {good} at the beginning, {adverb} {good} at the end.',
  ],
  hearsay: [
    'My {relative} called it {bad}, i call it {good}.',
    'I expected something {bad} and got something {good}.',
    'The {crowd} promised a {bad} {film}, and i saw a {good} one.',
    'I call it {good}, whatever my {relative} says about a {bad} {film}.',
  ],
};

/** One is drawn: each stands here as often as its share of twenty. */
const FORMS: readonly VerdictForm[] = /* @__PURE__ */ (
  ['plain', 'negation', 'contrast', 'hearsay'] as const
).flatMap((form) => Array<VerdictForm>({ plain: 10, negation: 4, contrast: 4, hearsay: 2 }[form]).fill(form));

/** {any} and {other} are drawn from praise and blame alike, whatever the label. */
const DISTRACTIONS: readonly string[] = [
  '{Name} plays a {job} from a {any} {place} who {deed} a {thing}.',
  'The story begins in {month}, in a {place} where {name} works as a {job}.',
  'One {day} the {job} {deed} the {thing} of {name}, and nobody in the {place} knows why.',
  'There is a {job}, a {job}, and a {thing} that {name} {deed} in the second act.',
  'We saw it on a {day} in {month} with my {relative} and a {job} from the {place}.',
  'It was shot in {season} near a {place}, mostly at night.',
  '{Name} wrote it, {name} produced it, and {name} did the costumes.',
  'The {job} hopes for a {any} life, but {name} only {deed} a {other} {thing}.',
  'Her {relative} is not {any}, and his {relative} is never {other}.',
  '{Name} has a {any} dream about a {place}, then the {job} {deed} the {thing} again.',
  'Although the {job} is {any}, the {relative} of {name} {deed} the {thing}.',
  'Between the {place} and the {place} there is a long ride with a {thing} on a {any} horse.',
  'The {crowd} compared it with an older one by {name} about a {place}.',
  'After the {thing} is gone, {name} and the {job} travel to the {place} in {season}.',
  'In the {place} they meet {name}, a {other} {job} with a {thing} and a {relative}.',
  'It runs for two hours, and it has been showing in the {place} since {month}.',
];

const LEAD_INS = ['', '', '', 'In the end: ', 'All in all, ', 'Looking back, ', 'To be fair, ', 'Still, '];

/**
 * One review that holds the given judgement.
 *
 * Two to four judging sentences, all of one mind, somewhere among two to thirty that say nothing; in three of four
 * reviews the last sentence judges.
 */
export function writeReview(rng: Rng, positive: boolean): string {
  const distractions = 2 + rng.int(8) + (rng.int(4) === 0 ? rng.int(21) : 0);
  const sentences = Array.from({ length: distractions }, () => fill(pick(rng, DISTRACTIONS), rng, positive));
  const verdicts = 2 + rng.int(3);
  for (let i = 0; i < verdicts; i++) {
    const atEnd = i === 0 && rng.int(4) > 0;
    const place = atEnd ? sentences.length : rng.int(sentences.length + 1);
    sentences.splice(place, 0, verdict(rng, positive));
  }
  return sentences.join(' ');
}

function verdict(rng: Rng, positive: boolean): string {
  const sentence = fill(pick(rng, VERDICTS[pick(rng, FORMS)]), rng, positive);
  const leadIn = pick(rng, LEAD_INS);
  return leadIn === '' ? sentence : `${leadIn}${sentence[0]!.toLowerCase()}${sentence.slice(1)}`;
}

function fill(template: string, rng: Rng, positive: boolean): string {
  const sentence = template.replace(/\{(\w+)\}/g, (_, slot: string) => wordFor(slot, rng, positive));
  return sentence.replace(/\b([Aa]) (?=[aeiou])/g, '$1n ');
}

function wordFor(slot: string, rng: Rng, positive: boolean): string {
  if (slot === 'good') return pick(rng, positive ? words.PRAISE : words.BLAME);
  if (slot === 'bad') return pick(rng, positive ? words.BLAME : words.PRAISE);
  if (slot === 'any' || slot === 'other') return pick(rng, rng.int(2) === 0 ? words.PRAISE : words.BLAME);
  if (slot === 'name') return inventName(rng);
  if (slot === 'Name') return capital(inventName(rng));
  return pick(rng, SLOTS[slot]!);
}

const SLOTS: Readonly<Record<string, readonly string[]>> = {
  aspect: words.ASPECTS,
  film: words.FILMS,
  adverb: words.ADVERBS,
  relative: words.RELATIVES,
  job: words.JOBS,
  place: words.PLACES,
  thing: words.THINGS,
  deed: words.DEEDS,
  month: words.MONTHS,
  day: words.DAYS,
  season: words.SEASONS,
  crowd: words.CROWDS,
};

function inventName(rng: Rng): string {
  return words.inventName((limit) => rng.int(limit));
}

function capital(word: string): string {
  return word[0]!.toUpperCase() + word.slice(1);
}

function pick<T>(rng: Rng, items: readonly T[]): T {
  return items[rng.int(items.length)]!;
}
