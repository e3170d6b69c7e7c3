import Glibc

/// The present: looked at once a sitting, so that all of its answers look from one moment.
enum Clock {
  /// Seconds since 1970-01-01 00:00 UTC.
  static func now() -> Int64 { Int64(time(nil)) }
}
