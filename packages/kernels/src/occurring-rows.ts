/** Which rows of a table a list of ids names. */

/** For each row 1 + its place in the list of the call that is under way, else 0; grown when a table is larger. */
let placeOf = new Int32Array(0);

/**
 * Writes the rows that occur in `ids` to `list`, each once, in the order in which they are met first, and for each id the place of its row
 * among them to `places`. `ids` lie in [0, rows).
 *
 * Returns how many rows occur; −1 when they are more than `list` takes.
 *
 * @example occurringRows(Int32Array.of(7, 2, 7), 9, list, places) // 2, list 7 2, places 0 1 0
 */
export function occurringRows(ids: Int32Array, rows: number, list: Int32Array, places: Int32Array): number {
  if (placeOf.length < rows) placeOf = new Int32Array(rows);
  const known = placeOf;
  let met = 0;
  let fits = true;
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i]!;
    let place = known[id]!;
    if (place === 0) {
      fits = met < list.length;
      if (!fits) break;
      list[met] = id;
      place = ++met;
      known[id] = place;
    }
    places[i] = place - 1;
  }
  for (let i = 0; i < met; i++) known[list[i]!] = 0;
  return fits ? met : -1;
}
