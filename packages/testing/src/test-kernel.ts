/** The conformance suite of fused kernels: each against a reference of ordinary ops. */
import type { Kernel, KernelOp } from '@ostinato/core';
import { checkForward } from './kernel/check-forward.js';
import { checkInputs } from './kernel/check-inputs.js';
import { checkKernelDeterminism } from './kernel/check-kernel-determinism.js';
import { checkKernelGradients } from './kernel/check-kernel-gradients.js';
import { checkKernelMemory } from './kernel/check-kernel-memory.js';
import { checkRefusal } from './kernel/check-refusal.js';
import { KernelSubject } from './kernel/kernel-subject.js';
import {
  KERNEL_CHECKS,
  type KernelCheck,
  type KernelTest,
  type KernelTestReport,
} from './kernel/kernel-test.js';
import { checkBackend } from './random-tensor.js';

/** A check returns why it did not apply, or undefined when it was made; it throws what it found. */
type Check = (subject: KernelSubject) => unknown;

const checks: Readonly<Record<KernelCheck, Check>> = {
  refusal: checkRefusal,
  forward: checkForward,
  inputs: checkInputs,
  determinism: checkKernelDeterminism,
  gradients: checkKernelGradients,
  memory: checkKernelMemory,
};

/**
 * Tests a kernel with one config and one set of inputs; call it for many, such as all of `ODD_SIZES`. The kernel's plugin
 * must be set up (`await registry.ready()`).
 *
 * Throws   `conformance-<check>` for the first check that fails, in the order of `KERNEL_CHECKS`; `testing-backend` when
 *          no backend runs
 *
 * @example
 * await testKernel(adamKernel, { config, inputs: () => ({ param, gradient, slots }), reference: adamInTfjsOps });
 */
export async function testKernel<Op extends KernelOp>(
  kernel: Kernel<Op>,
  test: KernelTest<Op>,
): Promise<KernelTestReport> {
  checkBackend('testKernel');
  const subject = new KernelSubject(kernel as unknown as Kernel, test as unknown as KernelTest<KernelOp>);
  const checked: KernelCheck[] = [];
  const skipped: { check: KernelCheck; reason: string }[] = [];
  for (const check of KERNEL_CHECKS) {
    const reason = test.skip?.[check] ?? (await checks[check](subject));
    if (typeof reason === 'string') skipped.push({ check, reason });
    else checked.push(check);
  }
  return { checked, skipped };
}
