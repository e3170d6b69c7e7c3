import CMalloc

/// What becomes of memory that is given back.
///
/// A question's batches take and give back arrays of some hundred kilobytes thousands of times. Given back to the
/// system each time, every page of them is cleared and mapped anew when it is first touched, which took up to half of a
/// question's time; kept, the next batch has them at once.
package enum FreedMemory {
  /// Keeps what is freed for the next who asks, up to a bound. Once, when the process begins.
  package static func keep() {
    // Arrays larger than this go back to the system by themselves.
    _ = mallopt(M_MMAP_THRESHOLD, 32 << 20)
    _ = mallopt(M_TRIM_THRESHOLD, 64 << 20)
  }

  /// Gives back what is kept, because the next who ask will ask for something larger: after many small pieces were put
  /// together. Takes some milliseconds for a hundred megabytes.
  package static func giveBack() { _ = malloc_trim(0) }
}
