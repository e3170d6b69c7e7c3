/// Whether a number is another to a relative tolerance (absolute near 0).
func isClose(_ a: Double?, _ b: Double, _ tolerance: Double = 1e-9) -> Bool {
  guard let a else { return false }
  return a == b || abs(a - b) <= tolerance * max(abs(b), 1e-290) || (b == 0 && abs(a) <= tolerance)
}
