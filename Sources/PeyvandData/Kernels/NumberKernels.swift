import Glibc
import PeyvandBase

package enum NumberOperation: Hashable, Sendable { case add, subtract, multiply, divide, modulo }
package enum NumberFunction: Hashable, Sendable { case floor, abs, sqrt, log, round }

/// Arithmetic on numbers. What has no finite result (a division by nought, an overflow, the root of a negative
/// number) is missing.
package enum NumberKernels {
  package static func apply(
    _ operation: NumberOperation, _ a: Slab<Double>, _ b: Slab<Double>, present: Slab<UInt8>?
  ) -> Vector {
    let values =
      switch operation {
      case .add: mapped(a, b) { $0 + $1 }
      case .subtract: mapped(a, b) { $0 - $1 }
      case .multiply: mapped(a, b) { $0 * $1 }
      case .divide: mapped(a, b) { $0 / $1 }
      // The remainder has the divisor's sign, so that a count of days mod 7 is a place in the week on both
      // sides of nought.
      case .modulo: mapped(a, b) { remainder($0, $1) }
      }
    return finite(values, present: present)
  }

  private static func remainder(_ a: Double, _ b: Double) -> Double {
    let rest = fmod(a, b)
    return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest
  }

  package static func apply(_ function: NumberFunction, _ a: Slab<Double>, present: Slab<UInt8>?) -> Vector {
    switch function {
    case .floor: Vector(.numbers(mapped(a) { $0.rounded(.down) }), present: present)
    case .abs: Vector(.numbers(mapped(a) { Swift.abs($0) }), present: present)
    case .round: Vector(.numbers(mapped(a) { $0.rounded(.toNearestOrAwayFromZero) }), present: present)
    case .sqrt: finite(mapped(a) { $0.squareRoot() }, present: present)
    case .log: finite(mapped(a) { Glibc.log($0) }, present: present)
    }
  }

  /// Rounded half away from nought to so many decimals (negative: to tens, hundreds).
  package static func round(_ a: Slab<Double>, digits: Slab<Double>, present: Slab<UInt8>?) -> Vector {
    finite(
      mapped(a, digits) { value, digits in
        let scale = pow(10, digits.rounded(.down))
        let scaled = value * scale
        // Too large to have decimals: as it stands.
        guard scaled.isFinite, Swift.abs(scaled) < 9e15 else { return value }
        return scaled.rounded(.toNearestOrAwayFromZero) / scale
      }, present: present)
  }

  /// The lower bound of the bucket of a width that holds the value; missing for widths not above nought.
  package static func bucket(_ a: Slab<Double>, width: Slab<Double>, present: Slab<UInt8>?) -> Vector {
    finite(mapped(a, width) { $1 > 0 ? ($0 / $1).rounded(.down) * $1 : .nan }, present: present)
  }

  package static func scaled(_ a: Slab<Double>, by factor: Double) -> Slab<Double> {
    factor == 1 ? a : mapped(a) { $0 * factor }
  }

  package static func negated(_ a: Slab<Double>) -> Slab<Double> { mapped(a) { 0 - $0 } }

  /// The values, missing where they are not finite.
  package static func finite(_ values: Slab<Double>, present: Slab<UInt8>?) -> Vector {
    let isFinite = values.withElements(
      { base, step in
        // All bits of the exponent set: not a number, or infinite.
        let exponent: UInt64 = 0x7FF0_0000_0000_0000
        var faults: UInt64 = 0
        for index in 0..<(step == 0 ? 1 : values.count) {
          faults |= base[index].bitPattern & exponent == exponent ? 1 : 0
        }
        return faults == 0
      }, empty: true)
    guard !isFinite else { return Vector(.numbers(values), present: present) }
    let mask: Slab<UInt8> = mapped(values) { $0.isFinite ? 1 : 0 }
    return Vector(.numbers(mapped(values) { $0.isFinite ? $0 : 0 }), present: Presence.both(present, mask))
  }

  // MARK: Durations of parts

  package static func durations(
    _ a: Slab<Duration>, _ b: Slab<Duration>, subtracting: Bool, present: Slab<UInt8>?
  ) -> Vector {
    let sign: Double = subtracting ? -1 : 1
    return checked(
      mapped(a, b) { x, y in
        let months =
          subtracting ? x.months.subtractingReportingOverflow(y.months) : x.months.addingReportingOverflow(y.months)
        return months.overflow
          ? nil : Duration(months: months.0, days: x.days + sign * y.days, seconds: x.seconds + sign * y.seconds)
      }, present: present)
  }

  /// Times a number, month by month; missing where months would not be whole.
  package static func durations(_ a: Slab<Duration>, times b: Slab<Double>, present: Slab<UInt8>?) -> Vector {
    checked(
      mapped(a, b) { x, factor in
        let months = Double(x.months) * factor
        guard let whole = Int(exactly: months) else { return nil }
        return Duration(months: whole, days: x.days * factor, seconds: x.seconds * factor)
      }, present: present)
  }

  private static func checked(_ values: Slab<Duration?>, present: Slab<UInt8>?) -> Vector {
    func isSound(_ value: Duration?) -> Bool { value.map { $0.days.isFinite && $0.seconds.isFinite } ?? false }
    let mask: Slab<UInt8> = mapped(values) { isSound($0) ? 1 : 0 }
    return Vector(
      .durations(mapped(values) { isSound($0) ? $0 ?? Duration() : Duration() }),
      present: Presence.reduced(Presence.both(present, mask)))
  }

  /// For sorting alone: a month as 30.4375 days.
  package static func approximateSeconds(_ values: Slab<Duration>) -> Slab<Double> {
    mapped(values) { (Double($0.months) * 30.4375 + $0.days) * 86_400 + $0.seconds }
  }

  package static func durations(months: Slab<Double>) -> Slab<Duration> {
    mapped(months) { Duration(months: Int(exactly: $0.rounded(.towardZero)) ?? 0) }
  }
  package static func durations(days: Slab<Double>) -> Slab<Duration> { mapped(days) { Duration(days: $0) } }
  package static func durations(seconds: Slab<Double>) -> Slab<Duration> { mapped(seconds) { Duration(seconds: $0) } }
}
