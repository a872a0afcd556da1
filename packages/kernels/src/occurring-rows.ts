/** Which rows of a table a list of ids names. */

/** For each row 1 + its place in the list of the call that is under way, else 0; grown when a table is larger. */
let placeOf = new Int32Array(0);

/**
 * The rows that occur in `ids`, each once, in the order in which they are met first; and for each id the place of its row among them.
 * `ids` lie in [0, rows). Undefined when more than `most` rows occur.
 *
 * @example occurringRows(Int32Array.of(7, 2, 7), 9, 2) // { rows: [7, 2], places: [0, 1, 0] }
 */
export function occurringRows(
  ids: Int32Array,
  rows: number,
  most: number,
): { rows: Int32Array; places: Int32Array } | undefined {
  if (placeOf.length < rows) placeOf = new Int32Array(rows);
  const list = new Int32Array(most);
  const places = new Int32Array(ids.length);
  let met = 0;
  let tooMany = false;
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i]!;
    if (placeOf[id] === 0) {
      tooMany = met === most;
      if (tooMany) break;
      list[met++] = id;
      placeOf[id] = met;
    }
    places[i] = placeOf[id]! - 1;
  }
  for (let i = 0; i < met; i++) placeOf[list[i]!] = 0;
  return tooMany ? undefined : { rows: list.subarray(0, met), places };
}
