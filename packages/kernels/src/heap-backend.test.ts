import { useBackend } from '@ostinato/backend';
import { settleValues, tensorBeside } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { Heap } from './heap.js';
import { HeapBackend } from './heap-backend.js';

const storageFor = (heap = new Heap()): HeapBackend => new HeapBackend(heap);

describe.each(['cpu', 'wasm'] as const)('tensors in the heap beside the %s backend', (name) => {
  beforeAll(() => useBackend(name));

  const make = (values: number[]): { storage: HeapBackend; tensor: tf.Tensor } => {
    const storage = storageFor();
    const tensor = storage.empty([values.length]);
    storage.heap.floats(storage.addressOf(tensor), values.length).set(values);
    return { storage, tensor };
  };

  test('are read in place, and moved when a tfjs kernel wants them', () => {
    const before = tf.memory();
    const { storage, tensor } = make([1, 2, 3]);
    expect([...tensor.dataSync()]).toEqual([1, 2, 3]);
    expect(storage.holds(tensor)).toBe(true);
    const doubled = tf.mul(tensor, 2);
    expect([...doubled.dataSync()]).toEqual([2, 4, 6]);
    expect(storage.holds(tensor)).toBe(false);
    expect(storage.heap.bytesInUse).toBe(0);
    expect([...tensor.dataSync()]).toEqual([1, 2, 3]);
    tf.dispose([tensor, doubled]);
    expect(tf.memory().numTensors).toBe(before.numTensors);
    expect(tf.memory().numBytes).toBe(before.numBytes);
  });

  test.each([
    ['int32', 'float32', [3, -2, 0]],
    ['bool', 'float32', [1, 0, 1]],
    ['bool', 'int32', [1, 0, 1]],
  ] as const)('%s that tfjs calls %s is found as such', (from, to, values) => {
    const storage = storageFor();
    const narrow = tf.tensor1d([...values], from);
    const wide = tf.cast(narrow, to); // on cpu another label on the same data
    const read = (tensor: tf.Tensor): number[] => {
      const at = storage.addressOf(tensor);
      expect(storage.addressOf(tensor)).toBe(at);
      const { heap } = storage;
      if (tensor.dtype === 'bool') return [...heap.bytes(at, 3)];
      return [...(tensor.dtype === 'float32' ? heap.floats(at, 3) : heap.integers(at, 3))];
    };
    expect(read(narrow)).toEqual(values);
    expect(read(wide)).toEqual(values);
    expect(read(narrow)).toEqual(values);
    expect([...tf.add(wide, 1).dataSync()]).toEqual(values.map((value) => value + 1));
    tf.dispose([narrow, wide]);
    expect([storage.heap.bytesInUse, storage.numDataIds()]).toEqual([0, 0]);
  });

  test('can be made of values beside others, and elsewhere where those are', () => {
    const storage = storageFor();
    const ids = tf.tensor([4, 0, 6, 0], [2, 2], 'int32');
    const elsewhere = tensorBeside(ids, Uint8Array.of(1, 0, 1, 0), 'bool');
    expect(storage.holds(elsewhere)).toBe(false);
    storage.addressOf(ids);
    const values = Uint8Array.of(0, 1, 0, 1);
    const mask = tensorBeside(ids, values, 'bool');
    values.fill(1);
    expect([storage.holds(mask), mask.dtype, mask.shape]).toEqual([true, 'bool', [2, 2]]);
    expect([...mask.dataSync()]).toEqual([0, 1, 0, 1]);
    expect([...tf.logicalNot(mask).dataSync()]).toEqual([...elsewhere.dataSync()]);
    for (const count of [3, 5]) expect(() => tensorBeside(ids, new Uint8Array(count), 'bool')).toThrow(/2,2/);
    tf.dispose([ids, mask, elsewhere]);
    expect([storage.heap.bytesInUse, storage.numDataIds()]).toEqual([0, 0]);
  });

  test('come back when a kernel asks for their address', () => {
    const storage = storageFor();
    const ids = tf.tensor([4, 5, 6, 7], [2, 2], 'int32');
    const start = storage.addressOf(ids);
    expect([...storage.heap.integers(start, 4)]).toEqual([4, 5, 6, 7]);
    expect([...tf.cast(ids, 'float32').dataSync()]).toEqual([4, 5, 6, 7]);
    ids.dispose();
    expect(storage.heap.bytesInUse).toBe(0);
  });

  test('stay where they are when they cannot be moved: a round that failed, or no room', () => {
    const { storage } = make([1]);
    const outside = tf.tensor1d([5, 6, 7]);
    const inUse = storage.heap.bytesInUse;
    storage.heap.beforeAccess = () => {
      throw new Error('a worker trapped');
    };
    expect(() => storage.addressOf(outside)).toThrow('a worker trapped');
    expect(() => storage.write(new Float32Array(3), [3], 'float32')).toThrow('a worker trapped');
    storage.heap.beforeAccess = () => {};
    const allocate = storage.heap.allocate.bind(storage.heap);
    storage.heap.allocate = () => {
      throw new Error('no room');
    };
    expect(() => storage.addressOf(outside)).toThrow('no room');
    storage.heap.allocate = allocate;
    expect([storage.heap.bytesInUse, storage.holds(outside)]).toEqual([inUse, false]);
    expect([...outside.dataSync()]).toEqual([5, 6, 7]);
    expect(storage.heap.floats(storage.addressOf(outside), 3)).toEqual(Float32Array.of(5, 6, 7));
  });

  test('move from one memory to another, with all who share them', () => {
    const { storage, tensor } = make([1, 2, 3]);
    const clone = tf.clone(tensor);
    const other = storageFor();
    expect([...other.heap.floats(other.addressOf(tensor), 3)]).toEqual([1, 2, 3]);
    expect([storage.heap.bytesInUse, storage.holds(clone), other.refCount(clone.dataId)]).toEqual([
      0,
      false,
      2,
    ]);
    expect([...tf.neg(clone).dataSync()]).toEqual([-1, -2, -3]);
    tf.dispose([tensor, clone]);
    expect([other.heap.bytesInUse, other.numDataIds()]).toEqual([0, 0]);
  });

  test('are shared by clones without a copy and freed with the last of them', () => {
    const { storage, tensor } = make([1, 2]);
    const clone = tf.clone(tensor);
    expect(clone.dataId).toBe(tensor.dataId);
    tensor.dispose();
    expect(storage.heap.bytesInUse).toBeGreaterThan(0);
    expect([...clone.dataSync()]).toEqual([1, 2]);
    clone.dispose();
    expect(storage.heap.bytesInUse).toBe(0);
    expect(storage.numDataIds()).toBe(0);
    expect(() => storage.readSync(tensor.dataId)).toThrow(/HeapBackend.*\(stored-tensor\)/);
  });

  test('survive a round trip with several owners', () => {
    const { storage, tensor } = make([1, 2]);
    const clone = tf.clone(tensor);
    tf.add(tensor, 1).dispose();
    expect(storage.holds(clone)).toBe(false);
    storage.addressOf(clone);
    expect(storage.refCount(tensor.dataId)).toBe(2);
    tensor.dispose();
    expect([...clone.dataSync()]).toEqual([1, 2]);
    clone.dispose();
    expect(storage.numDataIds()).toBe(0);
  });

  describe('that follow from others', () => {
    /** Rows of a table; what `write` does, the kernels do elsewhere. */
    const lookedUp = (storage = storageFor(), write?: (out: number) => void) => {
      const table = tf.tensor2d([1, 2, 3, 4, 5, 6], [3, 2]);
      const ids = tf.tensor([2, 0, 2, 1], [2, 2], 'int32');
      const { heap } = storage;
      const blocks = [storage.addressOf(table), storage.addressOf(ids)] as const;
      const lookUp = (out: number): void => {
        heap.integers(blocks[1], 4).forEach((id, i) => {
          heap.floats(out + 8 * i, 2).set(heap.floats(blocks[0] + 8 * id, 2));
        });
      };
      const origin = { blocks, stays: true, write: write ?? lookUp };
      return { storage, table, ids, origin, rows: storage.later([2, 2, 2], origin) };
    };
    const expected = [5, 6, 1, 2, 5, 6, 3, 4];

    test('are written when somebody asks for them, once', () => {
      const { storage, table, ids, origin, rows } = lookedUp();
      expect([rows.shape, rows.dtype]).toEqual([[2, 2, 2], 'float32']);
      const inUse = storage.heap.bytesInUse;
      expect(storage.originOf(rows)).toBe(origin);
      expect(storage.originOf(table)).toBeUndefined();
      const start = storage.addressOf(rows);
      expect(storage.heap.bytesInUse).toBe(inUse + 64);
      expect([...storage.heap.floats(start, 8)]).toEqual(expected);
      expect(storage.originOf(rows)).toBe(origin);
      expect(storage.addressOf(rows)).toBe(start);
      tf.dispose([table, ids, rows]);
      expect(storage.heap.bytesInUse).toBe(0);
    });

    test('are read, and move, as if they were there', async () => {
      const { storage, table, ids, rows } = lookedUp();
      expect(await rows.data()).toEqual(Float32Array.from(expected));
      const { table: table2, ids: ids2, rows: again } = lookedUp(storage);
      expect([...tf.mul(again, 2).dataSync()]).toEqual(expected.map((value) => 2 * value));
      expect(storage.holds(again)).toBe(false);
      expect(storage.originOf(again)).toBeUndefined();
      tf.dispose([table, ids, rows, table2, ids2, again]);
      expect(storage.heap.bytesInUse).toBe(0);
    });

    test('outlive table and ids, wherever these go', () => {
      const { storage, table, ids, rows } = lookedUp();
      tf.add(table, 1).dispose(); // moves the table away
      expect(storage.holds(table)).toBe(false);
      tf.dispose([table, ids]);
      storage.write(new Float32Array(6).fill(9), [3, 2], 'float32'); // would fall on the table's place, were it free
      expect([...rows.dataSync()]).toEqual(expected);
    });

    test('leave nothing behind when nobody asks for them', () => {
      const { storage, table, ids, rows } = lookedUp();
      const clone = tf.clone(rows);
      tf.dispose([table, ids, rows]);
      expect(storage.originOf(clone)).toBeDefined();
      clone.dispose();
      expect([storage.heap.bytesInUse, storage.numDataIds()]).toEqual([0, 0]);
    });

    test('let go what they follow from when they are written, unless that is to stay', () => {
      const { storage, table, ids, origin } = lookedUp();
      const rows = storage.later([2, 2, 2], { ...origin, stays: false });
      tf.dispose([table, ids]);
      const inUse = storage.heap.bytesInUse;
      settleValues(rows);
      expect([storage.originOf(rows), storage.heap.bytesInUse]).toEqual([undefined, inUse + 64]);
      settleValues(rows);
      expect([...rows.dataSync()]).toEqual(expected);
      rows.dispose();
    });

    test('are no worse for a round that failed before them', () => {
      const heap = new Heap();
      const made: (() => void)[] = [];
      const storage = storageFor(heap);
      const { rows } = lookedUp(
        storage,
        (out) => void made.push(() => new Float32Array(heap.memory.buffer, out, 8).set(expected)),
      );
      let fails = 1; // the round that is open; then the rows' own
      heap.beforeAccess = () => {
        const calls = made.splice(0);
        if (fails-- > 0) throw new Error('a worker trapped');
        for (const call of calls) call();
      };
      const inUse = heap.bytesInUse;
      expect(() => rows.dataSync()).toThrow('a worker trapped');
      expect(storage.originOf(rows)).toBeDefined();
      fails = 0;
      const failing = heap.beforeAccess;
      heap.beforeAccess = () => {
        if (made.length > 0) fails = 1;
        failing();
      };
      expect(() => rows.dataSync()).toThrow('a worker trapped');
      expect([heap.bytesInUse, storage.originOf(rows) !== undefined]).toEqual([inUse, true]);
      heap.beforeAccess = failing;
      fails = 0;
      expect([...rows.dataSync()]).toEqual(expected);
    });

    test('can be asked for again after there was no room for them, or a kernel failed', () => {
      const heap = new Heap();
      let fails = true;
      const storage = storageFor(heap);
      const { rows } = lookedUp(storage, (out) => {
        if (fails) throw new Error('a worker trapped');
        heap.floats(out, 8).set(expected);
      });
      const inUse = heap.bytesInUse;
      expect(() => rows.dataSync()).toThrow('a worker trapped');
      expect(() => tf.mul(rows, 2)).toThrow('a worker trapped');
      expect([heap.bytesInUse, storage.holds(rows)]).toEqual([inUse, true]);
      fails = false;
      expect([...rows.dataSync()]).toEqual(expected);
    });
  });
});
