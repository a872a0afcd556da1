/** Inputs that two programs make alike without sharing a file. */

/** Values in [−limit, limit) from an integer hash of index and seed. */
export function hashedValues(count: number, seed: number, limit: number): Float32Array {
  return Float32Array.from({ length: count }, (_, index) => {
    let h = (Math.imul(index, 0x9e3779b1) + seed) >>> 0;
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    return limit * (2 * (((h ^ (h >>> 16)) >>> 0) / 4294967296) - 1);
  });
}
