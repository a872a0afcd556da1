/**
 * The rows of a table that occur in `ids`, each once, in the order in which they are met first, and for each id the place of its row
 * among them. Returns how many they are; −1 when more than `most`.
 *
 * Shapes   ids i32[count], all in [0, rows) · known: room for i32[rows] → list i32[most], places i32[count]
 */
export function occurringRows(
  list: usize, places: usize, known: usize, ids: usize,
  count: i32, rows: i32, most: i32,
): i32 {
  let met = 0;
  memory.fill(known, 0, <usize>rows << 2);
  for (const end = ids + (<usize>count << 2); ids != end; ids += 4) {
    const id = load<i32>(ids), at = known + (<usize>id << 2);
    let place = load<i32>(at);
    if (!place) {
      if (met == most) return -1;
      store<i32>(list + (<usize>met << 2), id);
      place = ++met;
      store<i32>(at, place);
    }
    store<i32>(places, place - 1);
    places += 4;
  }
  return met;
}
