/// A day of the week, Monday first as in ISO 8601.
package enum Weekday: UInt8, Sendable, Hashable, CaseIterable {
  case monday, tuesday, wednesday, thursday, friday, saturday, sunday

  /// The weekday of any day number; 1970-01-01 was a Thursday.
  package init(ofDay day: Int) {
    let place = ((day % 7) + 10) % 7
    self = Weekday(rawValue: UInt8(place)) ?? .monday
  }

  /// The weekday that an English name means, in any case; nil where it means none.
  package init?(name: String) {
    let key = name.lowercased()
    guard let found = Weekday.allCases.first(where: { $0.name == key }) else { return nil }
    self = found
  }

  package var name: String {
    switch self {
    case .monday: "monday"
    case .tuesday: "tuesday"
    case .wednesday: "wednesday"
    case .thursday: "thursday"
    case .friday: "friday"
    case .saturday: "saturday"
    case .sunday: "sunday"
    }
  }
}
