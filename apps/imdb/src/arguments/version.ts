/** The version of this program. */
import { readFileSync } from 'node:fs';

/** As package.json has it, which stands as far from the sources as from what is built of them. */
export function programVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
