import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Training, trainable } from './training-table.js';
import { useBackend } from './use-backend.js';

beforeAll(async () => {
  await useBackend('wasm');
  await useBackend('cpu');
});

const having = (backend: string, training: Training): string[] =>
  [...trainable(backend)].flatMap(([kernel, found]) => (found === training ? [kernel] : []));

describe('trainable', () => {
  it('tells what is native, what is ours and what has no gradient', () => {
    const wasm = trainable('wasm');
    expect(wasm.get('Tanh')).toBe('native');
    expect(wasm.get('UnsortedSegmentSum')).toBe('filled');
    expect(wasm.get('Conv2D')).toBe('no gradient');
  });

  it.each(['cpu', 'wasm'])('%s lacks no kernel that has a gradient', (backend) => {
    expect(having(backend, 'missing')).toEqual([]);
  });

  it('asks for a backend that is loaded', () => {
    expect(() => trainable('webgl')).toThrow("Call await useBackend('webgl') first. (backend-unknown)");
  });

  it('is what the README says', () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    const namesAfter = (start: string): string[] => {
      const text = readme
        .slice(readme.indexOf(start) + start.length)
        .split('\n\n')[0]!
        .split('\n| ')[0]!;
      return [...text.matchAll(/`(\w+)`/g)].map((match) => match[1]!);
    };
    const native = having('wasm', 'native');
    expect(namesAfter('Both train through these kernels of tfjs:')).toEqual(native);
    expect(namesAfter('| `cpu` |')).toEqual(having('cpu', 'filled'));
    expect(namesAfter('| `wasm` |')).toEqual(having('wasm', 'filled'));
    expect(having('cpu', 'native')).toEqual(
      [...native, 'BatchMatMul', 'Multiply', 'RealDiv', 'SquaredDifference', 'Sub'].sort(),
    );
  });
});
