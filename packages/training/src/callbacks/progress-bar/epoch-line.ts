/** The figures of an epoch in one line. */
import { showDuration } from './duration.js';

/** Figures by name: `loss`, `accuracy`, `valLoss`, `valAccuracy`. */
export type Figures = Readonly<Record<string, number>>;

/** `loss 0.6012  accuracy 0.6613  val loss 0.5243  val accuracy 0.7622` */
export function showFigures(figures: Figures): string {
  return Object.entries(figures)
    .map(([name, value]) => `${words(name)} ${value.toFixed(4)}`)
    .join('  ');
}

/** `Epoch  3/10   8.4 s  loss 0.3107 …`; in columns, as far as ten epochs and ten minutes go. */
export function epochLine(epoch: number, epochs: number, seconds: number, figures: Figures): string {
  const number = String(epoch).padStart(String(epochs).length);
  return `Epoch ${number}/${epochs}  ${showDuration(seconds).padStart(6)}  ${showFigures(figures)}`;
}

/** `valAccuracy` → `val accuracy` */
function words(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
