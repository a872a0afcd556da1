/** Random orthogonal matrices. */
import type { Rng } from './rng.js';

/**
 * A rows × columns matrix with orthonormal columns (rows ≥ columns) or rows, times `gain`; row-major.
 *
 * The Q of a QR decomposition of normal deviates, with the signs that make R's diagonal positive, which makes Q uniform
 * over all such matrices (Mezzadri 2007, arXiv:math-ph/0609050). Gram–Schmidt in double precision, each vector
 * orthogonalized twice: that is enough for orthogonality to rounding (Giraud et al. 2005).
 */
export function orthogonalMatrix(rows: number, columns: number, gain: number, rng: Rng): Float32Array {
  const matrix = new Float32Array(rows * columns); // first: what finds no room shall not be computed for minutes before
  const length = Math.max(rows, columns);
  const count = Math.min(rows, columns);
  const draw = (): Vector => {
    const values = Float64Array.from({ length }, () => rng.normal());
    return { values, drawn: norm(values) };
  };
  const basis: Float64Array[] = [];
  let present: Vector | undefined; // orthogonalized once
  while (basis.length < count) {
    if (!present) {
      present = draw();
      orthogonalize([present], basis);
    }
    const next = basis.length + 1 < count ? draw() : undefined;
    orthogonalize(next ? [present, next] : [present], basis); // the second time, and the first
    const { values, drawn } = present;
    const left = norm(values);
    present = next;
    if (left < 1e-8 * drawn) continue; // all but dependent on the earlier ones: the next one takes its place
    basis.push(values.map((value) => value / left));
    if (next) orthogonalize([next], basis.slice(-1));
  }
  for (let k = 0; k < count; k++) {
    for (let i = 0; i < length; i++) {
      matrix[rows >= columns ? i * columns + k : k * columns + i] = gain * basis[k]![i]!;
    }
  }
  return matrix;
}

interface Vector {
  readonly values: Float64Array;
  /** Its length before anything was taken out of it. */
  readonly drawn: number;
}

/**
 * Takes out of one vector, or of two side by side, the parts along the units of `basis`, one unit after the other. Each sum waits for its last
 * addition: a second vector, and taking out what the unit before was found to have, fit into that time.
 */
function orthogonalize(
  [{ values: a }, second]: readonly [Vector, Vector?],
  basis: readonly Float64Array[],
): void {
  const b = second?.values ?? new Float64Array(a.length);
  let [ofA, ofB] = [0, 0];
  let before = basis[0];
  for (const unit of basis) {
    let sumA = 0;
    let sumB = 0;
    for (let i = 0; i < a.length; i++) {
      const x = a[i]! - ofA * before![i]!;
      const y = b[i]! - ofB * before![i]!;
      a[i] = x;
      b[i] = y;
      sumA += x * unit[i]!;
      sumB += y * unit[i]!;
    }
    [ofA, ofB, before] = [sumA, sumB, unit];
  }
  if (!before) return;
  for (let i = 0; i < a.length; i++) {
    a[i]! -= ofA * before[i]!;
    b[i]! -= ofB * before[i]!;
  }
}

function norm(vector: Float64Array): number {
  let sum = 0;
  for (const value of vector) sum += value * value;
  return Math.sqrt(sum);
}
