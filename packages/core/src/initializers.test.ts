import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { toIdentifier } from './configured.js';
import { fans, type Initializer, initializers, varianceScaling, zeros } from './initializers.js';
import { createRng } from './rng.js';

/** SHA-256 of the values of all initializers, as little-endian f32. A change of it changes every model that a seed makes. */
const PINNED = '30d10f87aa94c50cb835ced27516a7586614158dd94671556cdd3d936cad529f';

interface Draw {
  readonly initializer: string;
  readonly options: Record<string, unknown>;
  readonly shape: number[];
  readonly distribution: 'uniform' | 'normal' | 'truncated_normal';
  readonly minval?: number;
  readonly maxval?: number;
  readonly mean?: number;
  readonly stddev?: number;
}
const path = new URL('../../../goldens/initializers.json', import.meta.url);
const golden = JSON.parse(readFileSync(path, 'utf8')) as {
  fixed: { initializer: string; options: Record<string, unknown>; shape: number[]; values: number[] }[];
  fans: { shape: number[]; fans: [number, number] }[];
  draws: Draw[];
};

/** Keras' class and spelling → ours. */
function resolve(keras: string, options: Record<string, unknown>): Initializer {
  const renamed = Object.entries(options).map(([key, value]) => [
    { minval: 'minValue', maxval: 'maxValue' }[key] ?? key,
    typeof value === 'string' ? value.replace(/_(.)/g, (_, letter) => letter.toUpperCase()) : value,
  ]);
  const name = keras[0]!.toLowerCase() + keras.slice(1);
  return initializers.resolve({ name, config: Object.fromEntries(renamed) }, 'test');
}

const shown = (name: string, options: object, shape: readonly number[]): string =>
  `${name} ${JSON.stringify(options)} of [${shape.join(', ')}]`;
const sizeOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

describe('against Keras', () => {
  it.each(golden.fixed.map((one) => [shown(one.initializer, one.options, one.shape), one] as const))(
    '%s',
    (_, { initializer, options, shape, values }) => {
      const found = resolve(initializer, options).apply(shape, createRng(1));
      expect([...found]).toEqual(values.map(Math.fround));
    },
  );

  it.each(golden.fans)('the fans of $shape are $fans', ({ shape, fans: [fanIn, fanOut] }) => {
    expect(fans(shape)).toEqual({ fanIn, fanOut });
  });

  /** Enough values for a deviation to show at half a per cent: the same shape again and again. */
  const sample = ({ initializer, options, shape }: Draw): number[] => {
    const drawn = resolve(initializer, options);
    const repeats = Math.ceil(40_000 / sizeOf(shape));
    return Array.from({ length: repeats }, (_, i) => [...drawn.apply(shape, createRng(i))]).flat();
  };
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  const deviation = (values: readonly number[]): number => {
    const centre = mean(values);
    return Math.sqrt(mean(values.map((value) => (value - centre) ** 2)));
  };

  it.each(golden.draws.map((one) => [shown(one.initializer, one.options, one.shape), one] as const))(
    '%s',
    (_, draw) => {
      const values = sample(draw);
      const [low, high] = [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
      if (draw.distribution === 'uniform') {
        const [min, max] = [draw.minval!, draw.maxval!];
        const slack = (max - min) * 1e-3;
        expect(low >= Math.fround(min) && low < min + slack).toBe(true);
        expect(high <= Math.fround(max) && high > max - slack).toBe(true);
        expect(Math.abs(deviation(values) / ((max - min) / Math.sqrt(12)) - 1)).toBeLessThan(0.02);
        return;
      }
      const [centre, stddev] = [draw.mean!, draw.stddev!];
      const cut = draw.distribution === 'truncated_normal';
      expect(Math.abs(mean(values) - centre)).toBeLessThan(0.025 * stddev);
      expect(Math.abs(deviation(values) / (stddev * (cut ? 0.87962566 : 1)) - 1)).toBeLessThan(0.02);
      if (cut) {
        expect(Math.max(centre - low, high - centre)).toBeLessThanOrEqual(2.000001 * stddev);
        expect(high - centre).toBeGreaterThan(1.99 * stddev);
      } else {
        expect(high - centre).toBeGreaterThan(3.2 * stddev);
      }
    },
  );

  it('knows every initializer that Keras draws with', () => {
    const drawn = new Set([...golden.fixed, ...golden.draws].map(({ initializer }) => initializer));
    for (const name of drawn) expect(initializers.names()).toContain(name[0]!.toLowerCase() + name.slice(1));
    expect(initializers.names()).toHaveLength(drawn.size + 1); // orthogonal has a test of its own
  });
});

describe('determinism', () => {
  it('the same seed gives the same bits, on every machine and in every version', () => {
    const hash = createHash('sha256');
    for (const name of initializers.names()) {
      const drawn = initializers.resolve(name, 'test').apply([12, 12], createRng(42).split(name));
      hash.update(Buffer.from(drawn.buffer));
    }
    expect(hash.digest('hex')).toBe(PINNED);
  });

  it('another seed gives other values', () => {
    const { apply } = initializers.resolve('glorotUniform', 'test');
    expect([...apply([3, 3], createRng(1))]).not.toEqual([...apply([3, 3], createRng(2))]);
  });
});

describe('names and options', () => {
  it('what differs from the defaults stands in the config', () => {
    expect(toIdentifier(varianceScaling())).toBe('varianceScaling');
    expect(toIdentifier(varianceScaling({ mode: 'fanOut', scale: 1 }))).toEqual({
      name: 'varianceScaling',
      config: { mode: 'fanOut' },
    });
    expect(zeros.name).toBe('zeros');
  });

  it.each(initializers.names())('%s is read back from what it writes', (name) => {
    const original = initializers.resolve(name, 'test');
    const copy = initializers.resolve(JSON.parse(JSON.stringify(toIdentifier(original))), 'test');
    const [a, b] = [original, copy].map((one) => [...one.apply([4, 4], createRng(3))]);
    expect(b).toEqual(a);
  });

  it.each(['identity', 'orthogonal'])('%s needs a matrix', (name) => {
    const { apply } = initializers.resolve(name, 'test');
    expect(() => apply([5], createRng(1))).toThrow(
      `[${name}] The shape is not that of a matrix. Expected at least two axes; received [5]. (initializer-shape)`,
    );
    expect(apply([2, 3, 6], createRng(1))).toHaveLength(36);
  });

  it('fans of no axes and of an axis of 0 are usable', () => {
    expect(fans([])).toEqual({ fanIn: 1, fanOut: 1 });
    expect([...varianceScaling().apply([0, 3], createRng(1))]).toEqual([]);
  });
});
