/** Models on disk, in Node. Elsewhere: `model.toBytes()` and `modelFromBytes()`. */
import { isOstinatoError, OstinatoError, show } from '@ostinato/core';
import type { Model } from '../model/model.js';
import type { Sequential } from '../sequential.js';
import { makeFolders } from '../storage/folders.js';
import { needNode } from '../storage/node-files.js';
import { readWhole, writeWhole } from '../storage/whole-files.js';
import { decodeModel } from './model-file.js';
import type { LoadOptions } from './read-model.js';

/**
 * Writes a model to one file: whole, or not at all. Folders that are not there are made.
 *
 * Throws   `save-failed` with the path when it cannot be written; `not-built`
 *
 * @example
 * await saveModel(model, 'imdb.safetensors');
 */
export async function saveModel(model: Model, path: string): Promise<void> {
  const bytes = await model.toBytes();
  try {
    const node = needNode('saveModel');
    await makeFolders(node, node.paths.dirname(path));
    await writeWhole(path, bytes, 'saveModel');
  } catch (cause) {
    if (isOstinatoError(cause)) throw cause;
    throw new OstinatoError('save-failed', {
      where: 'saveModel',
      what: `The model could not be written to ${show(path)}: ${reasonOf(cause)}`,
      fix: 'Choose a folder that can be written to',
      cause,
    });
  }
}

/**
 * Reads a model that `saveModel` wrote.
 *
 * Memory   returns a new model for the caller to dispose
 * Throws   `model-file` when the file is not there, not readable or damaged; what `modelFromBytes` throws
 *
 * @example
 * const model = await loadModel('imdb.safetensors', { registry });
 * const graph = await loadModel<GraphModel>('graph.safetensors', { registry });
 */
export async function loadModel<Kind extends Model = Sequential>(
  path: string,
  options: LoadOptions,
): Promise<Kind> {
  const where = `loadModel ${show(path)}`;
  let bytes: Uint8Array;
  try {
    bytes = await readWhole(path, 'loadModel');
  } catch (cause) {
    if (isOstinatoError(cause)) throw cause;
    throw new OstinatoError('model-file', {
      where,
      what: `The file cannot be read: ${reasonOf(cause)}`,
      fix: 'Give the path of a file that saveModel() wrote',
      cause,
    });
  }
  return (await decodeModel(bytes, options, where)) as Model as Kind;
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
