import { programName } from '../program-name.js';
import { showPath } from './show-path.js';

/** What to type to go on with the run in a folder, for who started the program by `npm start` or by its name. */
export function resumeCommand(folder: string): string {
  return `${programName()} train --resume ${showPath(folder)}`;
}
