/** What a network says of each test review, beside the truth. */

/** Reviews by truth and verdict. */
export interface Confusion {
  readonly truePositive: number;
  readonly falseNegative: number;
  readonly falsePositive: number;
  readonly trueNegative: number;
}

/** A review that was judged wrongly: its row and how sure the network was that it is positive. */
export interface Misjudged {
  readonly row: number;
  readonly label: 0 | 1;
  readonly probability: number;
}

/** Above this a review counts as positive, as in Keras' accuracy. */
export const THRESHOLD = 0.5;

export function confusionOf(probabilities: ArrayLike<number>, labels: ArrayLike<number>): Confusion {
  const counts = [0, 0, 0, 0];
  for (let row = 0; row < labels.length; row++) {
    const verdict = probabilities[row]! > THRESHOLD ? 1 : 0;
    counts[2 * labels[row]! + verdict]!++;
  }
  const [trueNegative, falsePositive, falseNegative, truePositive] = counts as [
    number,
    number,
    number,
    number,
  ];
  return { truePositive, falseNegative, falsePositive, trueNegative };
}

/** The misjudged reviews that the network was surest of, the surest first. */
export function mostWrong(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  count: number,
): Misjudged[] {
  const misjudged: Misjudged[] = [];
  for (let row = 0; row < labels.length; row++) {
    const probability = probabilities[row]!;
    const label = labels[row] === 1 ? 1 : 0;
    if (probability > THRESHOLD !== (label === 1)) misjudged.push({ row, label, probability });
  }
  const error = ({ label, probability }: Misjudged): number => Math.abs(probability - label);
  return misjudged.sort((a, b) => error(b) - error(a) || a.row - b.row).slice(0, count);
}
