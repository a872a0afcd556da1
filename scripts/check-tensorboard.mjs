// node scripts/check-tensorboard.mjs [PYTHON]: lets the real TensorBoard read event files of the built package, and compares
// every run, tag, step, scalar and bucket. PYTHON, or python3, needs `pip install tensorboard`. The last line has counts.
import { checkTensorBoard, pythonWithTensorBoard } from './tensorboard/check.mjs';
import { collectVerdicts } from './workspace/verdicts.mjs';

const verdicts = collectVerdicts();
const asked = process.argv[2];
const python = await pythonWithTensorBoard(asked === undefined ? ['python3', 'python'] : [asked]);
if (python === undefined) {
  verdicts.report('TensorBoard', [
    `${asked ?? 'python3'} cannot import tensorboard: pip install tensorboard`,
  ]);
} else {
  const { problems, counts } = await checkTensorBoard(python);
  verdicts.report(`what TensorBoard shows is what was written: ${counts}`, problems);
}
verdicts.finish();
