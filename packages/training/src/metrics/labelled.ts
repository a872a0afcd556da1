/** The same metric twice in a model, under two names. */
import { type JsonObject, type Metric, OstinatoError, show } from '@ostinato/core';

/**
 * A metric whose figures are reported under another name; saved and loaded with it.
 *
 * @example
 * metrics: [labelled('recallOfOne', recall({ classId: 1 })), labelled('recallOfTwo', recall({ classId: 2 }))]
 */
export function labelled(label: string, metric: Metric): Metric {
  if (typeof label !== 'string' || !/^[A-Za-z][\w-]*$/.test(label)) {
    throw new OstinatoError('config-label', {
      where: 'labelled',
      what: 'This is no name for a figure',
      expected: 'letters, digits, _ and -, a letter first',
      received: show(label),
    });
  }
  return {
    name: metric.name,
    label,
    config: { ...metric.config, label },
    get size() {
      return metric.size;
    },
    update: (yTrue, yPred, weights) => metric.update(yTrue, yPred, weights),
    result: (totals) => metric.result(totals),
    results: (totals) => metric.results?.(totals) ?? { '': metric.result(totals) },
  };
}

/** A maker that also takes `label`, as it stands in files. */
export function withLabelOption(create: (options: never) => Metric): (options: JsonObject) => Metric {
  return ({ label, ...options }) => {
    const metric = create(options as never);
    return label === undefined ? metric : labelled(label as string, metric);
  };
}
