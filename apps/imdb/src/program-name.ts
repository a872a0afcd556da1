/** What users type to start this program: `npm start --` for who did, else its own name. */

const NAME = 'ostinato-imdb';

export function programName(): string {
  return process.env.npm_lifecycle_event === 'start' ? 'npm start --' : NAME;
}

/** A help text with the program's name as users type it; what stands in a column stays there. */
export function withProgramName(text: string): string {
  const name = programName();
  const shift = ' '.repeat(Math.max(0, NAME.length - name.length));
  return text.replace(
    /ostinato-imdb(.*?)( {2,}|$)/gm,
    (_, words: string, gap: string) => name + words + gap + (gap && shift),
  );
}
