import { describe, expect, expectTypeOf, it } from 'vitest';
import type { AnyKernel, Kernel, KernelOps } from './kernel.js';
import { KernelChooser } from './kernel-choice.js';

type Lookup = Kernel<'embedding.lookup'>;
const lookup = (refuse: Lookup['refuse']): Lookup => ({
  op: 'embedding.lookup',
  refuse,
  run: () => ({}) as never,
});
const config = { inputDim: 10, outputDim: 4 };
const willing = lookup(() => undefined);
const small = lookup(({ outputDim }) => (outputDim > 8 ? `outputDim ${outputDim}` : undefined));
const never = lookup(() => 'threads are off');

describe('KernelChooser', () => {
  it('gives the first kernel that accepts', () => {
    const finder = new KernelChooser([never, small, willing]).at('embedding');
    expect(finder.use('embedding.lookup', config)).toBe(small);
    expect(finder.use('embedding.lookup', { ...config, outputDim: 9 })).toBe(willing);
  });

  it('gives none where none brings the operation or all refuse, and remembers why', () => {
    const chooser = new KernelChooser([never, small]);
    expect(chooser.at('embedding').use('embedding.lookup', { ...config, outputDim: 9 })).toBeUndefined();
    expect(chooser.at('lstm').use('lstm.sequence', {} as never)).toBeUndefined();
    expect(chooser.choices()).toEqual([
      {
        path: 'embedding',
        op: 'embedding.lookup',
        route: 'reference',
        reason: 'threads are off; outputDim 9',
      },
      {
        path: 'lstm',
        op: 'lstm.sequence',
        route: 'reference',
        reason: "no plugin brings a kernel for 'lstm.sequence'",
      },
    ]);
  });

  it('asks no kernel when fused kernels are off', () => {
    const asked = lookup(() => {
      throw new Error('asked');
    });
    const chooser = new KernelChooser([asked as AnyKernel], 'off');
    expect(chooser.at('embedding').use('embedding.lookup', config)).toBeUndefined();
    expect(chooser.choices()[0]?.reason).toBe("fused: 'off'");
  });

  it('makes a refusal an error when fused kernels are required', () => {
    const finder = new KernelChooser([never], 'required').at('model/embedding');
    expect(() => finder.use('embedding.lookup', config)).toThrow(
      "[model/embedding] No fused kernel serves 'embedding.lookup': threads are off. Change the layer's options, or set `fused: 'auto'` to allow the reference path. (kernel-required)",
    );
    expect(new KernelChooser([willing], 'required').at('x').use('embedding.lookup', config)).toBe(willing);
  });

  it('keeps the latest choice of each path and operation', () => {
    const chooser = new KernelChooser([small]);
    const use = (path: string, outputDim: number) =>
      chooser.at(path).use('embedding.lookup', { ...config, outputDim });
    use('a', 4);
    use('b', 4);
    use('a', 9);
    expect(chooser.choices()).toEqual([
      { path: 'a', op: 'embedding.lookup', route: 'reference', reason: 'outputDim 9' },
      { path: 'b', op: 'embedding.lookup', route: 'fused' },
    ]);
    use('a', 4);
    expect(chooser.choices()[0]).toEqual({ path: 'a', op: 'embedding.lookup', route: 'fused' });
  });

  it('keeps on record that there is nothing to ask for, and refuses that when kernels are required', () => {
    const chooser = new KernelChooser([willing]);
    chooser.at('rnn').without('sequence', 'the cell names no fused operation');
    expect(chooser.choices()).toEqual([
      { path: 'rnn', op: 'sequence', route: 'reference', reason: 'the cell names no fused operation' },
    ]);
    const strict = new KernelChooser([willing], 'required').at('rnn');
    expect(() => strict.without('sequence', 'zeroOutputForMask')).toThrow(
      /'sequence': zeroOutputForMask.*\(kernel-required\)/,
    );
  });

  it('knows the config, inputs and outputs of each operation', () => {
    const finder = new KernelChooser([]).at('x');
    const kernel = finder.use('gru.sequence', {} as KernelOps['gru.sequence']['config']);
    expectTypeOf(kernel).toEqualTypeOf<Kernel<'gru.sequence'> | undefined>();
    // @ts-expect-error the config of a lookup is another
    finder.use('embedding.lookup', { units: 3 });
    // @ts-expect-error there is no such operation
    finder.use('embedding.lokup', config);
  });
});
