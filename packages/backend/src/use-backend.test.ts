import { isOstinatoError } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { useBackend } from './use-backend.js';

afterEach(() => vi.restoreAllMocks());

describe('useBackend', () => {
  it('starts wasm in Node without any path and says what it chose', async () => {
    const warn = vi.spyOn(console, 'warn');
    const report = await useBackend('wasm');
    expect(report).toEqual({
      backend: 'wasm',
      requested: 'wasm',
      filled: [
        'Identity',
        'Add',
        'Sub',
        'Multiply',
        'RealDiv',
        'SquaredDifference',
        'UnsortedSegmentSum',
        'BatchMatMul',
        '_FusedMatMul',
        'Cumsum',
        'Cumprod',
        'Reverse',
        'SplitV',
        'Concat',
      ],
      simd: true,
      threads: 1,
    });
    expect(tf.getBackend()).toBe('wasm');
    expect(warn).not.toHaveBeenCalled();
  });

  it('starts cpu quietly', async () => {
    const warn = vi.spyOn(console, 'warn');
    const report = await useBackend('cpu');
    expect(report).toEqual({
      backend: 'cpu',
      requested: 'cpu',
      filled: ['Identity', 'Add', 'UnsortedSegmentSum', 'Cumsum', 'Cumprod', 'Reverse', 'SplitV', 'Concat'],
      simd: false,
      threads: 1,
    });
    tf.tensor([1]).dispose();
    expect(warn).not.toHaveBeenCalled();
  });

  it('changes nothing when called again', async () => {
    const first = await useBackend('wasm');
    const kernel = tf.getKernel('Identity', 'wasm').kernelFunc;
    const warn = vi.spyOn(console, 'warn');
    expect(await useBackend('wasm')).toEqual(first);
    expect(tf.getKernel('Identity', 'wasm').kernelFunc).toBe(kernel);
    expect(warn).not.toHaveBeenCalled();
  });

  it('takes concurrent calls in turn: the last one counts', async () => {
    const wait = new Promise((resolve) => setTimeout(resolve, 50));
    const slow = {
      name: 'wasm',
      start: () => wait.then(() => import('@tensorflow/tfjs-backend-wasm')).then(),
    };
    const [first, second] = await Promise.all([useBackend(slow as never), useBackend('cpu')]);
    expect([first.backend, second.backend, tf.getBackend()]).toEqual(['wasm', 'cpu', 'cpu']);
  });

  it('goes on after a call that failed', async () => {
    const calls = [useBackend('nothing' as 'cpu'), useBackend('cpu')];
    const [failed, fine] = await Promise.allSettled(calls);
    expect([failed!.status, fine!.status]).toEqual(['rejected', 'fulfilled']);
  });

  it('falls back to cpu with the reason, in the report and in one logged line', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const broken = { name: 'webgl', start: async () => Promise.reject(new Error('no graphics card')) };
    const report = await useBackend(broken);
    expect(report).toMatchObject({ backend: 'cpu', requested: 'webgl', reason: 'no graphics card' });
    expect(warn.mock.calls).toEqual([["[useBackend] 'webgl' cannot start, using 'cpu': no graphics card"]]);
    await useBackend(broken, { silent: true });
    expect(warn).toHaveBeenCalledTimes(1);
  });

  it('refuses instead of falling back when told to', async () => {
    const broken = { name: 'webgl', start: async () => Promise.reject(new Error('no graphics card')) };
    await expect(useBackend(broken, { fallback: false })).rejects.toThrow(
      "[useBackend] The backend 'webgl' cannot start: no graphics card. (backend-unavailable)",
    );
  });

  it('says when an adapter made no backend known', async () => {
    const report = await useBackend({ name: 'nothing', start: async () => {} }, { silent: true });
    expect(report.reason).toBe("its start() made no tfjs backend called 'nothing' known");
  });

  it('starts any backend through an adapter', async () => {
    const start = async () => {
      if (tf.findBackendFactory('mirror')) return;
      tf.registerBackend('mirror', () => tf.findBackend('cpu'));
      tf.copyRegisteredKernels('cpu', 'mirror');
    };
    const report = await useBackend({ name: 'mirror', start });
    expect(report).toEqual({ backend: 'mirror', requested: 'mirror', filled: [], simd: false, threads: 1 });
    await useBackend('cpu');
  });

  it('names the nearest backend for a wrong name', async () => {
    const error = await useBackend('wsam' as 'wasm').catch((thrown: unknown) => thrown);
    expect(isOstinatoError(error, 'backend-unknown')).toBe(true);
    expect((error as Error).message).toContain("Did you mean 'wasm'?");
    await expect(useBackend(7 as never)).rejects.toThrow("Expected 'wasm', 'cpu' or an adapter");
  });

  it.each([
    ['config-unknown', { fallbck: false }, "Did you mean 'fallback'?"],
    ['config-fallback', { fallback: 'wasm' }, "Expected 'cpu' or false; received 'wasm'"],
    ['config-fallback', { fallback: true }, "Expected 'cpu' or false; received true"],
    ['config-silent', { silent: 'yes' }, "Expected true or false; received 'yes'"],
    ['config-wasm-path', { wasmPath: 7 }, 'received 7'],
    ['config-type', null, 'received null'],
    ['config-type', 'cpu', "received 'cpu'"],
  ])('refuses options it does not know: %s %j', async (code, options, message) => {
    const error = await useBackend('cpu', options as never).catch((thrown: unknown) => thrown);
    expect(isOstinatoError(error, code), String(error)).toBe(true);
    expect((error as Error).message).toContain(message);
  });

  it('takes an option that is undefined as one left out', async () => {
    const options = { wasmPath: undefined, fallback: undefined, silent: undefined };
    expect((await useBackend('cpu', options)).backend).toBe('cpu');
  });
});
