/** Form: arrays are as long as their shapes say, and x, y and indices have a row for each sample. */
import { showShape } from '@ostinato/core';
import { type DatasetSubject, indicesOf, rowsOf } from './dataset-subject.js';
import type { DatasetArray } from './dataset-test.js';

export function checkForm(subject: DatasetSubject): void {
  for (const [name, split] of subject.splits) {
    checkArray(subject, `${name}.x`, split.x);
    checkArray(subject, `${name}.y`, split.y);
    checkSampleShape(subject, name, split.x);
    const rows = rowsOf(split.x);
    if (rows === 0) subject.fail('form', { what: `The split '${name}' is empty` });
    const counts = { y: rowsOf(split.y), indices: indicesOf(split)?.length ?? rows };
    for (const [part, count] of Object.entries(counts)) {
      if (count === rows) continue;
      subject.fail('form', {
        what: `${name}.${part} does not have a row for each of x`,
        expected: String(rows),
        received: String(count),
      });
    }
  }
}

function checkArray(subject: DatasetSubject, name: string, array: DatasetArray): void {
  if ('offsets' in array) {
    checkOffsets(subject, name, array.data, array.offsets);
    return;
  }
  const size = array.shape.reduce((product, length) => product * length, 1);
  if (array.data.length === size) return;
  subject.fail('form', {
    what: `${name} is not as long as its shape ${showShape(array.shape)} says`,
    expected: String(size),
    received: String(array.data.length),
  });
}

function checkOffsets(
  subject: DatasetSubject,
  name: string,
  data: ArrayLike<number>,
  offsets: ArrayLike<number>,
): void {
  let previous = 0;
  for (let i = 0; i < offsets.length; i++) {
    const offset = offsets[i]!;
    const wanted = i === 0 ? 0 : i === offsets.length - 1 ? data.length : undefined;
    if (offset < previous || (wanted !== undefined && offset !== wanted)) {
      subject.fail('form', {
        what: `${name}.offsets does not cut its data into rows at row ${i}`,
        expected: wanted === undefined ? `at least ${previous}` : String(wanted),
        received: String(offset),
      });
    }
    previous = offset;
  }
}

function checkSampleShape(subject: DatasetSubject, name: string, x: DatasetArray): void {
  const { sampleShape } = subject.test;
  if (!sampleShape) return;
  const received = 'shape' in x ? showShape(x.shape.slice(1)) : 'rows of unequal length';
  if (received === showShape(sampleShape)) return;
  subject.fail('form', {
    what: `The samples of '${name}' have another shape`,
    expected: showShape(sampleShape),
    received,
  });
}
