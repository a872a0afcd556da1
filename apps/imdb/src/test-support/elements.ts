/** Reads a page as XML. */
import { SaxesParser } from 'saxes';

/** Names of the elements of a page that is well-formed; throws where it is not. */
export function elements(page: string): string[] {
  const names: string[] = [];
  const parser = new SaxesParser();
  parser.on('opentag', ({ name }) => names.push(name));
  parser.on('error', (error) => {
    throw error;
  });
  parser.write(page).close();
  return names;
}
