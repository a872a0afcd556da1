/** What the first call takes: tracing and compiling, where a library does that. */
import { LAYER_KINDS, layerName, MODES, modeName } from '../jobs/job.js';
import { median } from '../measure.js';
import { isTimed, type Row } from './row.js';
import { showMillis } from './show-numbers.js';

/** Head and rows: the median over all sizes, for us and each peer. */
export function firstCalls(rows: readonly Row[], peers: readonly string[]): string[][] {
  const timed = rows.filter(isTimed);
  const columns = ['ours', ...peers];
  const layers = LAYER_KINDS.filter((layer) => timed.some(({ job }) => job.layer === layer));
  const body = layers.flatMap((layer) =>
    MODES.map((mode) => {
      const here = timed.filter((row) => row.job.layer === layer && row.mode === mode);
      const cells = columns.map((peer) => {
        const millis = here.filter((row) => row.peer === peer).map((row) => row.firstCallMillis);
        return millis.length === 0 ? '–' : showMillis(median(millis));
      });
      return [`${layerName(layer)}, ${modeName(mode)}`, ...cells];
    }),
  );
  return body.length === 0 ? [] : [['median of all sizes', ...columns], ...body];
}
