import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { orthogonalMatrix } from './orthogonal-matrix.js';
import { createRng, type Rng } from './rng.js';

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, x, i) => sum + x * b[i]!, 0);

/** Rows, or columns where they are fewer. */
function vectorsOf(matrix: Float32Array, rows: number, columns: number): number[][] {
  const tall = rows >= columns;
  return Array.from({ length: Math.min(rows, columns) }, (_, k) =>
    Array.from(
      { length: Math.max(rows, columns) },
      (_, i) => matrix[tall ? i * columns + k : k * columns + i]!,
    ),
  );
}

describe('orthogonalMatrix', () => {
  it.each([
    [1, 1],
    [3, 3],
    [32, 32],
    [7, 3],
    [3, 12],
    [1, 9],
    [65, 64],
  ])('of %d rows and %d columns has orthonormal columns or rows, whichever are fewer', (rows, columns) => {
    const vectors = vectorsOf(orthogonalMatrix(rows, columns, 1, createRng(1)), rows, columns);
    vectors.forEach((a, i) => {
      vectors.forEach((b, j) => {
        expect(Math.abs(dot(a, b) - (i === j ? 1 : 0))).toBeLessThan(3e-7);
      });
    });
  });

  it('is multiplied by its gain', () => {
    const [one, half] = [1, 0.5].map((gain) => orthogonalMatrix(5, 4, gain, createRng(1)));
    expect([...half!]).toEqual([...one!].map((value) => value / 2));
  });

  it('has no preferred direction: first entries average to 0, their squares to 1/n', () => {
    const n = 4;
    const firsts = Array.from({ length: 4000 }, (_, seed) => orthogonalMatrix(n, n, 1, createRng(seed))[0]!);
    const mean = firsts.reduce((a, b) => a + b) / firsts.length;
    const square = firsts.reduce((a, b) => a + b * b, 0) / firsts.length;
    expect(Math.abs(mean)).toBeLessThan(0.035); // four deviations of a mean of values of variance 1/n
    expect(Math.abs(square - 1 / n)).toBeLessThan(0.02);
  });

  it('draws a vector again that depends on the earlier ones', () => {
    const normals = [1, 0, 2, 0, 0, 1]; // the second is twice the first
    const rng = { normal: () => normals.shift()! } as unknown as Rng;
    expect([...orthogonalMatrix(2, 2, 1, rng)]).toEqual([1, 0, 0, 1]);
    expect(normals).toEqual([]);
  });

  interface Case {
    readonly gain: number;
    readonly normals: { readonly shape: [number, number]; readonly values: number[] };
    readonly result: { readonly shape: number[]; readonly values: number[] };
  }
  const path = new URL('../../../goldens/initializers.json', import.meta.url);
  const cases = JSON.parse(readFileSync(path, 'utf8')).orthogonal as Case[];
  it.each(cases.map((one) => [one.result.shape.join(' × '), one] as const))(
    'of %s is that of Keras for the same normal numbers',
    (_, { gain, normals, result }) => {
      const [tall, thin] = normals.shape;
      const columns = result.shape.at(-1)!;
      const rows = (tall * thin) / columns;
      let drawn = 0; // Keras draws a matrix, this draws its columns one after the other
      const rng = {
        normal: () => normals.values[(drawn % tall) * thin + Math.floor(drawn++ / tall)]!,
      } as unknown as Rng;
      const found = orthogonalMatrix(rows, columns, gain, rng);
      result.values.forEach((value, i) => {
        expect(Math.abs(found[i]! - value)).toBeLessThan(1e-5);
      });
    },
  );
});
