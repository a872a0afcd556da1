/** Reads event files of TensorBoard, checking every length and check. */
import { PbfReader } from 'pbf';
import { maskedCrc32c } from '../callbacks/tensor-board/crc32c.js';

export interface ReadEvent {
  readonly wallTime: number;
  readonly step: number;
  readonly tag: string;
  readonly plugin: string;
  /** One number of a scalar; rows of left, right, count of a histogram. */
  readonly numbers: readonly number[];
}

type Draft = { -readonly [K in keyof ReadEvent]: ReadEvent[K] };

/** The events after the first one, which says the version. Throws for a damaged file. */
export function readEvents(file: Uint8Array): ReadEvent[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const events: ReadEvent[] = [];
  for (let at = 0; at < file.length; ) {
    const length = Number(view.getBigUint64(at, true));
    const data = file.subarray(at + 12, at + 12 + length);
    const whole = view.getUint32(at + 8, true) === maskedCrc32c(file.subarray(at, at + 8));
    if (!whole || view.getUint32(at + 12 + length, true) !== maskedCrc32c(data))
      throw new Error(`damaged at ${at}`);
    events.push(readEvent(data));
    at += length + 16;
  }
  if (events.shift()?.tag !== 'brain.Event:2') throw new Error('no version');
  return events;
}

function readEvent(data: Uint8Array): ReadEvent {
  const empty: Draft = { wallTime: 0, step: 0, tag: '', plugin: '', numbers: [] };
  return new PbfReader(data).readFields((tag, event, pbf) => {
    if (tag === 1) event.wallTime = pbf.readDouble();
    else if (tag === 2) event.step = pbf.readVarint();
    else if (tag === 3) event.tag = pbf.readString();
    else if (tag === 5) pbf.readMessage((_, same, summary) => summary.readMessage(readValue, same), event);
  }, empty);
}

function readValue(tag: number, event: Draft, pbf: PbfReader): void {
  if (tag === 1) event.tag = pbf.readString();
  else if (tag === 8) event.numbers = readTensor(pbf);
  else if (tag === 9)
    event.plugin = pbf.readMessage(
      (_, found, metadata) =>
        metadata.readMessage((field, name, data) => {
          if (field === 1) name.plugin = data.readString();
        }, found),
      { plugin: '' },
    ).plugin;
}

function readTensor(pbf: PbfReader): number[] {
  const tensor = pbf.readMessage(
    (tag, found, reader) => {
      if (tag === 1) found.dtype = reader.readVarint();
      else if (tag === 4) found.content = reader.readBytes().slice();
    },
    { dtype: 0, content: new Uint8Array(0) as Uint8Array },
  );
  const view = new DataView(tensor.content.buffer, tensor.content.byteOffset, tensor.content.byteLength);
  const size = tensor.dtype === 1 ? 4 : 8;
  return Array.from({ length: view.byteLength / size }, (_, i) =>
    size === 4 ? view.getFloat32(4 * i, true) : view.getFloat64(8 * i, true),
  );
}
