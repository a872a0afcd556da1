/** Memory of a kernel: outputs are all that is left of a call, and a gradient leaves nothing. */
import * as tf from '@tensorflow/tfjs-core';
import type { KernelSubject } from './kernel-subject.js';
import { disposeAll, tensorsIn } from './kernel-tensors.js';

export function checkKernelMemory(subject: KernelSubject): void {
  const inputs = subject.test.inputs();
  const before = tf.memory().numTensors;
  const outputs = subject.run(inputs);
  const made = tf.memory().numTensors - before;
  if (made !== tensorsIn(outputs).length) {
    subject.fail('memory', {
      what: 'A call leaves other tensors than its outputs',
      expected: String(tensorsIn(outputs).length),
      received: String(made),
      fix: 'Dispose what is made between, or make it inside tidy',
    });
  }
  disposeAll(outputs);
  if (subject.differentiable) subject.gradientsOf(subject.run, inputs);
  const left = tf.memory().numTensors - before;
  disposeAll(inputs);
  if (left === 0) return;
  subject.fail('memory', {
    what: 'A gradient leaves tensors',
    expected: '0',
    received: String(left),
    fix: 'Save what the backward pass needs through save(), which the tape disposes',
  });
}
