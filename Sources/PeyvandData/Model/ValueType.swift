import PeyvandBase

/// What a number counts. Numbers of two units never meet; a number without one takes the other side's
/// only where it is a literal.
package struct Unit: Hashable, Sendable {
  /// `rial`, `kg`; missing for a plain number.
  package var name: String?
  /// A part of a whole, shown as a percentage and written as a fraction.
  package var isShare: Bool

  package static let plain = Unit(name: nil, isShare: false)
  package static let share = Unit(name: nil, isShare: true)
  package static func named(_ name: String) -> Unit { Unit(name: name, isShare: false) }

  package init(name: String?, isShare: Bool) {
    self.name = name
    self.isShare = isShare
  }
}

/// What a duration is made of, known before anything runs: calendar months and elapsed time do not compare.
package enum DurationClass: Hashable, Sendable {
  /// Whole or fractional days.
  case days
  /// Elapsed seconds.
  case seconds
  /// Calendar months.
  case months
  /// Parts of several classes; only where a literal or a parameter says so.
  case mixed
}

/// The type of one value. A set or a list of values is a matter of shape, not of type: see the checked tree.
package indirect enum ValueType: Hashable, Sendable {
  case number(Unit)
  case text
  /// Yes, no or not yet, with its marks: see `Truth`.
  case yesno
  /// A day.
  case date
  /// An instant.
  case time
  case duration(DurationClass)
  case period(PeriodUnit)
  case weekday
  /// A time of the day.
  case clock
  case record(KindID)
  case list(ValueType)
  /// The type of the word `missing`: fits everywhere.
  case missing

  package static let plainNumber = ValueType.number(.plain)

  /// Whether it is a number shown as a percentage.
  package var isShare: Bool { if case .number(let unit) = self { unit.isShare } else { false } }
}
