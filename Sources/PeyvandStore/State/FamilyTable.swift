import PeyvandBase
import PeyvandData

/// The records of a family of kinds: one table of columns.
///
/// Rows stand kind by kind in the order of `Catalogue.familyOrder`, within a kind in time order (those
/// without a time last, equal times and entities in the order recorded). A table is a value; a change makes a
/// new one by a merge of what was there with what comes, so columns are only ever read and appended.
struct FamilyTable: Sendable {
  let family: KindID
  /// One a kind, in the order of the family, also for kinds without rows.
  var stretches: [KindRows]
  var count: Int
  var identity: Deferred<RowIdentity>
  /// By serial; 0 where there is none, empty where no row has one.
  var fingerprints: Deferred<[UInt64]>
  var columns: [FieldID: Deferred<Column>]
  /// New whenever rows come, go or move …
  var version = Version()
  /// … and also when only what columns refer to has moved.
  var columnsVersion = Version()

  /// A table without rows.
  init(family: KindID, catalogue: Catalogue) {
    self.family = family
    stretches = catalogue.familyOrder(family).map { KindRows(kind: $0, rows: 0..<0, timed: 0) }
    count = 0
    identity = Deferred(RowIdentity())
    fingerprints = Deferred([])
    columns = [:]
  }

  /// The rows of a kind and its special kinds.
  func rows(of kind: KindID, in catalogue: Catalogue) -> Range<Int> {
    var start: Int?
    var end = 0
    for stretch in stretches where catalogue.isKind(stretch.kind, specialOf: kind) {
      if start == nil { start = stretch.rows.lowerBound }
      end = stretch.rows.upperBound
    }
    guard let start, start <= end else { return 0..<0 }
    return start..<end
  }

  /// The kind of a row.
  func kind(ofRow row: Int) -> KindID? { stretches.first { $0.rows.contains(row) }?.kind }

  /// The stretch of rows over which a field's column reaches: from the first to the last kind that has it.
  func reach(of field: Field, in catalogue: Catalogue) -> Range<Int> {
    var start: Int?
    var end = 0
    for stretch in stretches where catalogue.has(field, stretch.kind) {
      if start == nil { start = stretch.rows.lowerBound }
      end = stretch.rows.upperBound
    }
    guard let start, start <= end else { return 0..<0 }
    return start..<end
  }
}

/// Which record stands in which row.
struct RowIdentity: Sendable {
  /// By row.
  var serials: [Int32] = []
  var keys = KeyTable()

  /// By serial the row, −1 for a removed record.
  var rowOfSerial: [Int32] { RowOrder.inverse(serials, count: keys.count) }
}

extension Catalogue {
  /// Whether records of exactly this kind have the field: their own or an inherited one.
  func has(_ field: Field, _ kind: KindID) -> Bool {
    field.declaredBy.contains { isKind(kind, specialOf: $0) }
  }
}
