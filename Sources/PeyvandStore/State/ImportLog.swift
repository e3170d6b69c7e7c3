import PeyvandBase
import PeyvandData

/// What is to become of records that an earlier file of a source brought and a later one no longer names.
package enum MissingPolicy: String, Hashable, Sendable, CaseIterable {
  case keep
  /// Of a relationship: it ends on the day of the import.
  case close
  /// Gone, but for those that other records refer to.
  case remove
}

/// Where rows come from, for the log of imports.
package struct ImportMark: Hashable, Sendable {
  /// What the file is known by: with the kind, what makes two imports two versions of one thing. Where it lies as seen
  /// from the store (`./customers.csv`), a name that was said, or, in logs of before, its name without a folder.
  package var source: String
  /// When it was said.
  package var at: Int64
  /// Rows of the file, and those of them that were rejected before the store saw them.
  package var rows: Int
  package var rejected: Int
  /// Rows of the file that a condition left out.
  package var leftOut: Int
  package var missing: MissingPolicy
  /// Keys of rows that a condition left out and whose records are to go, where this source recorded them: what they say
  /// now is of no such record. Not kept once the import is done.
  package var going: [String] = []

  package init(
    source: String, at: Int64, rows: Int, rejected: Int = 0, leftOut: Int = 0, missing: MissingPolicy = .keep,
    going: [String] = []
  ) {
    self.going = going
    self.leftOut = leftOut
    self.source = source
    self.at = at
    self.rows = rows
    self.rejected = rejected
    self.missing = missing
  }
}

/// One import as it is remembered: what it did in numbers, and what taking it back takes.
package struct ImportEntry: Sendable {
  /// From 1; given again only where `undo` took the import itself back.
  package var number: Int
  package var kind: KindID
  package var mark: ImportMark
  package var added = 0
  package var changed = 0
  package var filled = 0
  package var same = 0
  package var created = 0
  package var closed = 0
  package var removed = 0
  package var isUndone = false
  /// The serials of the records it made, by family; also of those of them that were removed and put back.
  var serials: [KindID: [Range<Int32>]] = [:]
  /// Of the records it removed, in their order, which import had made them.
  var origins: [Origin] = []

  /// So many records in a row, made by that import.
  struct Origin: Hashable, Sendable {
    var number: Int
    var count: Int
  }

  /// The records it changed or removed as they were; nil once that was forgotten.
  var before: Deferred<[NewRows]>?

  /// Whether what it did is still known.
  package var isKnown: Bool { before != nil && !isUndone }

  package init(number: Int, kind: KindID, mark: ImportMark) {
    self.number = number
    self.kind = kind
    self.mark = mark
  }
}

/// The imports that a store remembers, and which records were changed by hand since.
///
/// What an import made is a range of serials, since serials are given in order; what it changed is kept as rows that
/// can be said again. Both together are what `import --undo` needs, and the sparse record of changes by hand is what
/// keeps it from taking back what somebody has said since.
package struct ImportLog: Sendable {
  package private(set) var entries: [ImportEntry] = []
  /// By family and serial the number of imports at the time of its last change by hand.
  private(set) var touched: [KindID: [Int32: Int]] = [:]

  /// Imports that can be taken back; of those before only the numbers stay.
  static let known = 50
  /// Imports that are listed.
  static let listed = 1_000

  init() {}

  init?(entries: [ImportEntry], touched: [KindID: [Int32: Int]]) {
    guard zip(entries, entries.dropFirst()).allSatisfy({ $0.number < $1.number }), (entries.first?.number ?? 1) >= 1
    else { return nil }
    self.entries = entries
    self.touched = touched
  }

  var lastNumber: Int { entries.last?.number ?? 0 }

  package subscript(number: Int) -> ImportEntry? { entries.first { $0.number == number } }

  mutating func append(_ entry: ImportEntry) {
    entries.append(entry)
    if entries.count > Self.listed { entries.removeFirst(entries.count - Self.listed) }
    let forgotten = entries.count - Self.known - 1
    if entries.indices.contains(forgotten) { entries[forgotten].before = nil }
  }

  mutating func markUndone(_ number: Int) {
    guard let place = entries.firstIndex(where: { $0.number == number }) else { return }
    entries[place].isUndone = true
    entries[place].before = nil
  }

  /// Forgets what imports did where it cannot be read any more.
  /// - Returns: their numbers, and why.
  mutating func forgetUnreadable() -> [(number: Int, error: Diagnostics)] {
    var found: [(number: Int, error: Diagnostics)] = []
    for place in entries.indices {
      do throws(Diagnostics) { _ = try entries[place].before?.get() } catch {
        found.append((entries[place].number, error))
        entries[place].before = nil
      }
    }
    return found
  }

  /// Records that were put back are those of the imports that made them once.
  mutating func give(_ serials: [Range<Int32>], of family: KindID, to origins: [ImportEntry.Origin]) {
    var next = serials.joined().makeIterator()
    for origin in origins {
      var own: [Range<Int32>] = []
      for _ in 0..<origin.count {
        guard let serial = next.next() else { break }
        if let last = own.last, last.upperBound == serial {
          own[own.count - 1] = last.lowerBound..<(serial + 1)
        } else {
          own.append(serial..<(serial + 1))
        }
      }
      guard let place = entries.firstIndex(where: { $0.number == origin.number }) else { continue }
      entries[place].serials[family, default: []] += own
    }
  }

  /// Notes that a record was changed by hand.
  mutating func touch(_ serial: Int32, of family: KindID) {
    guard lastNumber > 0 else { return }
    touched[family, default: [:]][serial] = lastNumber
  }

  /// The records of a family changed by hand after an import.
  func touched(_ family: KindID, since number: Int) -> [Int32] {
    (touched[family] ?? [:]).filter { $0.value >= number }.map(\.key).sorted()
  }
}
