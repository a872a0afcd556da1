/**
 * The program of a worker, as text: so no file has to be found, by Node or by a bundler.
 *
 * It makes its own instance of the compiled kernels over the shared memory, and from then on waits at the board until a round is
 * posted: for about half a millisecond it looks, because within a training step the next one comes soon, then it sleeps. Plain JavaScript for a classic worker or, in a Node started with --input-type=module, a module; the layout of the board is `PLACE`, handed over with the start message.
 */
export const workerSource = `
'use strict';
const port = typeof self === 'object' && typeof postMessage === 'function' ? self : process.getBuiltinModule('node:worker_threads').parentPort;

function start({ module, memory, board, place, argumentsAt, maxArguments, names, thread, looks }) {
  const kernels = new WebAssembly.Instance(module, { env: { memory } }).exports;
  kernels.initialize();
  const functions = names.map((name) => kernels[name]);
  const integers = new Int32Array(board, 0, argumentsAt / 4);
  const numbers = new Float64Array(board, argumentsAt);

  const values = []; // an array: to spread a typed one takes nine times as long
  function call(index) {
    const from = index * maxArguments;
    values.length = integers[place.argumentCount];
    for (let i = 0; i < values.length; i++) values[i] = numbers[from + i];
    const scratch = integers[place.scratchArgument];
    if (scratch >= 0) values[scratch] += thread * integers[place.scratchStride] * 64;
    functions[integers[place.kernel]](...values);
  }

  let round = Atomics.load(integers, place.round);
  port.postMessage('ready');
  while (true) {
    while (true) {
      const index = Atomics.sub(integers, place.remaining, 1) - 1;
      if (index < 0) break;
      try {
        call(index);
      } catch {
        Atomics.store(integers, place.failed, 1);
      }
      Atomics.add(integers, place.done, 1);
      Atomics.notify(integers, place.done);
    }
    if (Atomics.load(integers, place.stop)) break;
    for (let look = 0; look < looks && Atomics.load(integers, place.round) === round; look++);
    Atomics.wait(integers, place.round, round);
    round = Atomics.load(integers, place.round);
  }
  if (port.close) port.close();
}

if (port.once) port.once('message', start);
else port.onmessage = (event) => start(event.data);
`;
