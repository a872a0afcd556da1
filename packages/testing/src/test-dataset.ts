/** The conformance suite of data sets: what a model's `fit` and an honest result rely on. */
import { checkForm } from './dataset/check-form.js';
import { checkDatasetDeterminism, checkSplits } from './dataset/check-splits.js';
import { checkDtypes, checkIds, checkLabels } from './dataset/check-values.js';
import { type DatasetLoad, DatasetSubject } from './dataset/dataset-subject.js';
import {
  DATASET_CHECKS,
  type DatasetCheck,
  type DatasetTest,
  type DatasetTestReport,
} from './dataset/dataset-test.js';

/** A check returns why it did not apply, or undefined when it was made; it throws what it found. */
type Check = (subject: DatasetSubject) => unknown;

const checks: Readonly<Record<DatasetCheck, Check>> = {
  form: checkForm,
  dtypes: checkDtypes,
  ids: checkIds,
  labels: checkLabels,
  splits: checkSplits,
  determinism: checkDatasetDeterminism,
};

/**
 * Tests a data set. `load` is called with seeds, three times in all; its name stands in errors.
 *
 * Throws   `conformance-<check>` for the first check that fails, in the order of `DATASET_CHECKS`
 *
 * @example
 * const loadDigits = (seed: number) => loadDigitsFrom(file, { seed });
 * await testDataset(loadDigits, { sampleShape: [28, 28], xDtype: 'float32', labels: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] });
 */
export async function testDataset(load: DatasetLoad, test: DatasetTest = {}): Promise<DatasetTestReport> {
  const subject = await DatasetSubject.of(load, test);
  const checked: DatasetCheck[] = [];
  const skipped: { check: DatasetCheck; reason: string }[] = [];
  for (const check of DATASET_CHECKS) {
    const reason = test.skip?.[check] ?? (await checks[check](subject));
    if (typeof reason === 'string') skipped.push({ check, reason });
    else checked.push(check);
  }
  return { checked, skipped };
}
