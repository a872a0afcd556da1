/** The conformance suite of layers: the same questions for every layer, ours and anybody's. */
import { checkBatchIndependence } from './layer/check-batch-independence.js';
import { checkBuild } from './layer/check-build.js';
import { checkDeterminism } from './layer/check-determinism.js';
import { checkFused } from './layer/check-fused.js';
import { checkGradients } from './layer/check-gradients.js';
import { checkJson } from './layer/check-json.js';
import { checkMaskedSteps } from './layer/check-masked-steps.js';
import { checkMasks } from './layer/check-masks.js';
import { checkMemory } from './layer/check-memory.js';
import { checkReference } from './layer/check-reference.js';
import { checkRepetition } from './layer/check-repetition.js';
import { checkShapes } from './layer/check-shapes.js';
import { checkTrainingOps } from './layer/check-training-ops.js';
import { checkTrainingStep } from './layer/check-training-step.js';
import { checkUpdates } from './layer/check-updates.js';
import { checkWrongInputs } from './layer/check-wrong-inputs.js';
import { LayerSubject } from './layer/layer-subject.js';
import { LAYER_CHECKS, type LayerCheck, type LayerTest, type LayerTestReport } from './layer/layer-test.js';
import { checkBackend } from './random-tensor.js';

/** A check returns why it did not apply, or undefined when it was made; it throws what it found. */
type Check = (subject: LayerSubject) => unknown;

const checks: Readonly<Record<LayerCheck, Check>> = {
  build: checkBuild,
  shapes: checkShapes,
  determinism: checkDeterminism,
  json: checkJson,
  masks: checkMasks,
  reference: checkReference,
  'batch independence': checkBatchIndependence,
  gradients: checkGradients,
  'training step': checkTrainingStep,
  updates: checkUpdates,
  repetition: checkRepetition,
  'training ops': checkTrainingOps,
  'fused and reference': checkFused,
  'masked steps': checkMaskedSteps,
  'wrong inputs': checkWrongInputs,
  memory: checkMemory,
};

/**
 * Tests a layer: everything that models, files and kernels rely on. Runs on the current tfjs backend; gradients are
 * meant to be compared on 'cpu', which computes in double precision.
 *
 * Throws   `conformance-<check>` for the first check that fails, in the order of `LAYER_CHECKS`; `testing-backend` when
 *          no backend runs
 *
 * @example
 * await testLayer({ registry, spec: scaleSpec, options: { factor: 2 }, inputShapes: [[3, 4]] });
 */
export async function testLayer<Options>(test: LayerTest<Options>): Promise<LayerTestReport> {
  checkBackend('testLayer');
  const subject = new LayerSubject(test as LayerTest<never>);
  const checked: LayerCheck[] = [];
  const skipped: { check: LayerCheck; reason: string }[] = [];
  try {
    for (const check of LAYER_CHECKS) {
      const reason = test.skip?.[check] ?? (await checks[check](subject));
      if (typeof reason === 'string') skipped.push({ check, reason });
      else checked.push(check);
    }
  } finally {
    subject.dispose();
  }
  return { checked, skipped };
}
