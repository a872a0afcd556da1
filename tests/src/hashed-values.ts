// The integer hash from which goldens/README.md makes first weights and synthetic data.

export function hash(index: number, seed: number): number {
  let h = (Math.imul(index, 0x9e3779b1) + seed) >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

export interface HashedWeight {
  readonly name: string;
  readonly shape: number[];
  readonly seed: number;
  readonly limit: number;
}

export function hashedWeight({ shape, seed, limit }: HashedWeight): { data: Float32Array; shape: number[] } {
  const size = shape.reduce((product, length) => product * length, 1);
  const data = Float32Array.from({ length: size }, (_, i) => limit * (2 * (hash(i, seed) / 4294967296) - 1));
  return { data, shape };
}
