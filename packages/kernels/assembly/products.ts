/** Products value by value over a run; `count` is a multiple of 4. */

/** out ← a ⊙ b */
export function setProducts(out: usize, a: usize, b: usize, count: i32): void {
  const end = out + (<usize>count << 2);
  for (; out != end; out += 16, a += 16, b += 16) v128.store(out, f32x4.mul(v128.load(a), v128.load(b)));
}

/** out += a ⊙ b */
export function addProducts(out: usize, a: usize, b: usize, count: i32): void {
  const end = out + (<usize>count << 2);
  for (; out != end; out += 16, a += 16, b += 16) {
    v128.store(out, f32x4.add(v128.load(out), f32x4.mul(v128.load(a), v128.load(b))));
  }
}
