import { expect, it } from 'vitest';
import { type BucketFigures, judgeBuckets } from './bucketed-program.js';

const run = (total: number, valAccuracy: number) => ({ total, valAccuracy, weightsSha256: 'a' });

type Run = ReturnType<typeof run>;

const figures = (...seeds: [padded: Run, bucketed: Run][]): BucketFigures => ({
  threads: 2,
  runs: seeds.map(([padded, bucketed], i) => ({ model: 'gru', seed: i + 1, padded, bucketed })),
});

it('holds the ways of each seed against each other, then takes the middle', () => {
  const [time, accuracy] = judgeBuckets(
    figures([run(20, 0.8), run(13, 0.83)], [run(30, 0.82), run(20, 0.82)], [run(20, 0.84), run(18, 0.84)]),
  );
  expect(time).toMatchObject({ name: 'IMDB bucketed, gru, 2 threads, median of 3', time: '18.0 s' });
  expect(time).toMatchObject({ measured: '0.667 × the padded time', target: { met: true } });
  expect(accuracy).toMatchObject({
    measured: '0.8300 (+0.0100 ± 0.0100)',
    target: { text: 'at least the padded 0.8200', met: true },
  });
});

it('says what is missed; a standard error needs two seeds', () => {
  const verdicts = judgeBuckets(figures([run(20, 0.8), run(14, 0.79)]));
  expect(verdicts.map(({ target }) => target!.met)).toEqual([false, false]);
  expect(verdicts[1]!.measured).toBe('0.7900');
});
