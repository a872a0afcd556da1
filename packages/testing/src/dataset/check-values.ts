/** Values: dtypes, ids and labels are what they should be, everywhere. */
import type { DatasetSubject } from './dataset-subject.js';
import type { DatasetArray, DatasetCheck } from './dataset-test.js';

const ARRAYS = { float32: 'Float32Array', int32: 'Int32Array' } as const;

/** x and y are typed arrays of the expected kind, and hold numbers. */
export function checkDtypes(subject: DatasetSubject): void {
  const { xDtype, yDtype } = subject.test;
  for (const [name, split] of subject.splits) {
    for (const [part, dtype] of [['x', xDtype] as const, ['y', yDtype] as const]) {
      const { data } = split[part];
      const kind = data.constructor.name;
      if (dtype && kind !== ARRAYS[dtype]) {
        const expected = ARRAYS[dtype];
        subject.fail('dtypes', { what: `${name}.${part} holds other numbers`, expected, received: kind });
      }
      everywhere(subject, 'dtypes', `${name}.${part}`, split[part], 'a finite number', Number.isFinite);
    }
  }
}

export function checkIds(subject: DatasetSubject): string | undefined {
  const { ids } = subject.test;
  if (!ids) return 'the test says nothing of ids';
  for (const [name, { x }] of subject.splits) {
    const fits = (id: number): boolean => Number.isInteger(id) && id >= 0 && id < ids.limit;
    everywhere(subject, 'ids', `${name}.x`, x, `an id in [0, ${ids.limit})`, fits);
  }
  return undefined;
}

export function checkLabels(subject: DatasetSubject): string | undefined {
  const { labels } = subject.test;
  if (!labels) return 'the test says nothing of labels';
  for (const [name, { y }] of subject.splits) {
    if ('low' in labels) {
      const fits = (label: number): boolean => label >= labels.low && label <= labels.high;
      everywhere(subject, 'labels', `${name}.y`, y, `a label in [${labels.low}, ${labels.high}]`, fits);
      continue;
    }
    const known = new Set(labels);
    everywhere(subject, 'labels', `${name}.y`, y, `one of ${labels.join(', ')}`, (label) => known.has(label));
    for (let i = 0; i < y.data.length && known.size > 0; i++) known.delete(y.data[i]!);
    if (known.size === 0) continue;
    subject.fail('labels', { what: `No sample of '${name}' has the label ${[...known].join(' or ')}` });
  }
  return undefined;
}

function everywhere(
  subject: DatasetSubject,
  check: DatasetCheck,
  name: string,
  array: DatasetArray,
  expected: string,
  fits: (value: number) => boolean,
): void {
  for (let i = 0; i < array.data.length; i++) {
    const value = array.data[i]!;
    if (fits(value)) continue;
    subject.fail(check, { what: `${name} holds something else at ${i}`, expected, received: String(value) });
  }
}
