/** The JSON of a run: six figures a number, and a line a row, so that two runs can be compared line by line. */

const FIGURES = 6;
/** Lists by these names have a line an entry. */
const ROW_LISTS = new Set(['rows', 'growth', 'steps', 'runs']);

/** Indented by one space, but for the rows of long lists. */
export function figuresJson(figures: object): string {
  const lists: string[] = [];
  const text = JSON.stringify(
    figures,
    (key, value: unknown) => {
      if (!ROW_LISTS.has(key) || !Array.isArray(value)) return short(value);
      lists.push(value.map((row) => JSON.stringify(row, (_, inner: unknown) => short(inner))).join(',\n'));
      return `@list ${lists.length - 1}`;
    },
    1,
  );
  return `${text.replace(/"@list (\d+)"/g, (_, index: string) => `[\n${lists[Number(index)]!}\n]`)}\n`;
}

function short(value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toPrecision(FIGURES)) : value;
}
