/** The plugin that makes all of this package's callbacks known by name. */
import { definePlugin } from '@ostinato/core';
import { backupAndRestore } from '../checkpoint/backup-and-restore.js';
import { csvLogger } from './csv-logger.js';
import { jsonLinesLogger } from './json-lines-logger.js';
import { modelCheckpoint } from './model-checkpoint.js';
import { progressBar } from './progress-bar/progress-bar.js';
import { tensorBoard } from './tensor-board/tensor-board.js';
import { timing } from './timing.js';

/**
 * The callbacks that write, show or keep something, for configs that name them. Models know `earlyStopping`,
 * `reduceLROnPlateau` and `terminateOnNaN` without it.
 *
 * @example
 * const registry = createRegistry([layers, callbacks]);
 * await model.fit(x, y, { callbacks: ['timing', { name: 'csvLogger', config: { filename: 'log.csv' } }] });
 */
export const callbacks = /* @__PURE__ */ definePlugin({
  name: '@ostinato/training',
  version: '0.0.0',
  callbacks: [
    { name: 'backupAndRestore', create: backupAndRestore },
    { name: 'csvLogger', create: csvLogger },
    { name: 'jsonLinesLogger', create: jsonLinesLogger },
    { name: 'modelCheckpoint', create: modelCheckpoint },
    { name: 'progressBar', create: progressBar },
    { name: 'tensorBoard', create: tensorBoard },
    { name: 'timing', create: timing },
  ],
});
