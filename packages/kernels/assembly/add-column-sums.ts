/**
 * out[j] += Σn panels[n, j], in the order of n: the gradient of a bias.
 *
 * Shapes   panels f32[count][depth, 8], each panel at its stride in bytes → out f32[8·count]
 */
export function addColumnSums(out: usize, panels: usize, panelStride: usize, count: i32, depth: i32): void {
  for (let panel = 0; panel < count; panel++) {
    let low = v128.load(out), high = v128.load(out, 16);
    const end = panels + (<usize>depth << 5);
    for (let row = panels; row != end; row += 32) {
      low = f32x4.add(low, v128.load(row));
      high = f32x4.add(high, v128.load(row, 16));
    }
    v128.store(out, low);
    v128.store(out, high, 16);
    out += 32;
    panels += panelStride;
  }
}
