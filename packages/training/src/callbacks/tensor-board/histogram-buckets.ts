/** Sorts numbers into buckets of equal width, as TensorBoard's histograms hold them. */

/** TensorFlow's default. */
const BUCKETS = 30;

/**
 * Rows of left edge, right edge and count, from the least number to the greatest; when all are the same, all edges are
 * that number and the last bucket holds everything.
 *
 * Shapes   → f64[30, 3], row by row; zeros when there is no number
 */
export function histogramBuckets(values: ArrayLike<number>): Float64Array {
  const rows = new Float64Array(3 * BUCKETS);
  if (values.length === 0) return rows;
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const width = (high - low) / BUCKETS;
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    rows[3 * bucket] = low + width * bucket;
    rows[3 * bucket + 1] = bucket === BUCKETS - 1 ? high : low + width * (bucket + 1);
  }
  for (let i = 0; i < values.length; i++) {
    const bucket = width === 0 ? BUCKETS - 1 : Math.min(Math.floor((values[i]! - low) / width), BUCKETS - 1);
    rows[3 * bucket + 2]! += 1;
  }
  return rows;
}
