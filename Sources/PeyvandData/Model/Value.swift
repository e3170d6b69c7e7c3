import PeyvandBase

/// Calendar months, days and elapsed seconds, kept apart.
package struct Duration: Hashable, Sendable {
  package var months: Int
  package var days: Double
  package var seconds: Double

  package init(months: Int = 0, days: Double = 0, seconds: Double = 0) {
    self.months = months
    self.days = days
    self.seconds = seconds
  }
}

/// One period of the calendar: `index` counts from the calendar's own origin (see `CalendarRules`).
package struct Period: Hashable, Sendable {
  package var unit: PeriodUnit
  package var index: Int32
  package init(unit: PeriodUnit, index: Int32) {
    self.unit = unit
    self.index = index
  }
}

/// A record as it leaves the engine: by its kind's name and its key, never by a row number.
package struct RecordReference: Hashable, Sendable {
  package var kind: String
  package var key: String
  package init(kind: String, key: String) {
    self.kind = kind
    self.key = key
  }
}

/// One value, outside the columns: a literal, a parameter, a cell of an answer.
package indirect enum Value: Hashable, Sendable {
  case missing
  case number(Double)
  case text(String)
  case yesno(Bool)
  /// Days since 1970-01-01.
  case date(Int)
  /// Seconds since 1970-01-01 00:00 UTC.
  case time(Int64)
  case duration(Duration)
  case period(Period)
  /// 0 is Monday.
  case weekday(Int)
  /// Seconds since midnight.
  case clock(Int)
  case record(RecordReference)
  case list([Value])
}

/// A yes/no with its marks, in one byte.
///
/// Bits 0–1 are the truth (0 no, 1 yes, 2 neither yet), bit 2 the mark *unknown* (a missing value was
/// compared), bit 3 the mark *open* (a window that still runs). Logic is a table of 256 entries.
package enum Truth {
  package static let no: UInt8 = 0
  package static let yes: UInt8 = 1
  package static let neither: UInt8 = 2
  package static let truthBits: UInt8 = 3
  package static let unknownMark: UInt8 = 4
  package static let openMark: UInt8 = 8
  /// A missing value was asked: no, marked.
  package static let unknown: UInt8 = 4
  /// A match that has not come while its window runs.
  package static let notYet: UInt8 = 10
  /// A match that came while its window still runs.
  package static let openYes: UInt8 = 9
}
