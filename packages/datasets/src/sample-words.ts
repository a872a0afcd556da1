/**
 * The words of the generated sample corpus. Nothing here comes from IMDB or any other collection.
 */

const list = (words: string): readonly string[] => words.trim().split(/\s+/);

/** What one says of a film one likes. */
export const PRAISE = /* @__PURE__ */ list(`
  gripping wonderful superb charming brilliant delightful moving elegant thrilling excellent touching inventive witty
  splendid clever radiant masterful beautiful engaging fascinating`);

/** What one says of a film one does not like. */
export const BLAME = /* @__PURE__ */ list(`
  tedious dreadful clumsy boring awful lifeless shallow stale annoying pointless bland hollow messy predictable wooden
  silly painful forgettable dull tiresome`);

/** The parts of a film that are judged. */
export const ASPECTS = /* @__PURE__ */ list(`
  acting script camera music dialogue pacing editing plot direction humour lighting casting atmosphere cinematography
  ending soundtrack staging writing suspense romance`);

export const FILMS = /* @__PURE__ */ list('film movie picture feature production piece');
export const ADVERBS = /* @__PURE__ */ list(
  'really truly quite rather simply thoroughly utterly mostly often fairly',
);
export const RELATIVES = /* @__PURE__ */ list(
  'brother sister mother father cousin neighbour uncle aunt roommate teacher colleague grandmother boss dentist',
);
export const JOBS = /* @__PURE__ */ list(`
  baker sailor nurse detective painter farmer pilot tailor lawyer clerk gardener butcher fisherman librarian violinist
  soldier miner carpenter waiter doctor thief student priest boxer singer watchmaker journalist shepherd plumber spy`);
export const PLACES = /* @__PURE__ */ list(`
  village harbour city desert valley island station castle suburb forest mountain prison market monastery border lake
  factory school hotel theatre circus hospital lighthouse farm museum`);
export const THINGS = /* @__PURE__ */ list(`
  letter map suitcase necklace violin photograph diary key painting watch ship horse lamp ring treasure coat bicycle
  piano mirror clock knife umbrella notebook coin train wagon telescope tape crate locket`);
export const DEEDS = /* @__PURE__ */ list(`
  finds loses steals buries hides sells repairs carries follows burns inherits paints searches forgets borrows guards
  smuggles discovers returns destroys`);
export const MONTHS = /* @__PURE__ */ list(
  'january february march april may june july august september october november december',
);
export const DAYS = /* @__PURE__ */ list('monday tuesday wednesday thursday friday saturday sunday');
export const SEASONS = /* @__PURE__ */ list('winter spring summer autumn');
export const CROWDS = /* @__PURE__ */ list(
  'critics reviewers newspapers magazines posters trailers adverts billboards',
);

const STARTS = /* @__PURE__ */ list('ka lo mi ra te vo shi an bel dor');
const MIDDLES = /* @__PURE__ */ list('ri na lo ve da mo si ta');
const ENDS = /* @__PURE__ */ list('n rd lla ck mo ski ton berg');

/** An invented surname: 640 of them, the vocabulary's long tail. */
export function inventName(int: (limit: number) => number): string {
  const pick = (parts: readonly string[]): string => parts[int(parts.length)]!;
  return `${pick(STARTS)}${pick(MIDDLES)}${pick(ENDS)}`;
}
