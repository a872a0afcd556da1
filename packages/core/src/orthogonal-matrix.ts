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
  const basis: Float64Array[] = [];
  while (basis.length < count) {
    const vector = Float64Array.from({ length }, () => rng.normal());
    const before = norm(vector);
    orthogonalize(vector, basis);
    orthogonalize(vector, basis);
    const after = norm(vector);
    if (after < 1e-8 * before) continue; // all but dependent on the earlier ones: draw again
    basis.push(vector.map((value) => value / after));
  }
  for (let k = 0; k < count; k++) {
    for (let i = 0; i < length; i++) {
      matrix[rows >= columns ? i * columns + k : k * columns + i] = gain * basis[k]![i]!;
    }
  }
  return matrix;
}

function orthogonalize(vector: Float64Array, basis: readonly Float64Array[]): void {
  for (const unit of basis) {
    let projection = 0;
    for (let i = 0; i < vector.length; i++) projection += vector[i]! * unit[i]!;
    for (let i = 0; i < vector.length; i++) vector[i]! -= projection * unit[i]!;
  }
}

function norm(vector: Float64Array): number {
  let sum = 0;
  for (const value of vector) sum += value * value;
  return Math.sqrt(sum);
}
