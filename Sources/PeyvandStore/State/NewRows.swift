import PeyvandBase
import PeyvandData

/// Rows to be recorded together: an import's, or one that was typed.
///
/// Columns have one element a row (`base` 0). A reference may be given as rows of the family it refers to, or
/// as text: then its texts are keys, looked up once for each different one, and rows of this very batch can
/// be meant too.
package struct NewRows: Sendable {
  package enum Kinds: Sendable {
    case all(KindID)
    /// One a row, of one family.
    case each([KindID])
  }
  /// What becomes of a record that is there already under a row's key, with other values.
  package enum Mode: String, Hashable, Sendable {
    /// The row is refused.
    case adding
    /// It is changed in the fields given; of several rows with its key that differ, all but the first are refused.
    case updating
    /// As `updating`, with what is missing left missing: no defaults, and nothing is required.
    case restoring
  }

  package var kinds: Kinds
  package var count: Int
  package var mode = Mode.adding
  /// Keys, where the rows have them: missing or empty ones are given by the store.
  package var keys: RowKeys?
  package var columns: [FieldID: Column]
  /// Whether these are records that were removed, to be recorded again: known by keys or fingerprints of their own.
  var isOfRemoved: Bool { mode == .restoring && fingerprints != nil }
  /// References (as text) to keys that are not there yet make a record of that key.
  package var creates: Set<FieldID>
  /// For rows without a key: what tells them from all others (source, cells, ordinal among equal rows).
  package var fingerprints: [UInt64]?

  package init(
    kinds: Kinds, count: Int, keys: RowKeys? = nil, columns: [FieldID: Column] = [:], creates: Set<FieldID> = [],
    fingerprints: [UInt64]? = nil, mode: Mode = .adding
  ) {
    self.mode = mode
    self.kinds = kinds
    self.count = count
    self.keys = keys
    self.columns = columns
    self.creates = creates
    self.fingerprints = fingerprints
  }

  package init(
    kinds: Kinds, count: Int, keys: [String?], columns: [FieldID: Column] = [:], creates: Set<FieldID> = [],
    fingerprints: [UInt64]? = nil, mode: Mode = .adding
  ) {
    self.init(
      kinds: kinds, count: count, keys: RowKeys(keys), columns: columns, creates: creates, fingerprints: fingerprints,
      mode: mode)
  }
}

extension NewRows {
  /// Which rows they are, without what they say.
  package var withoutColumns: NewRows {
    NewRows(kinds: kinds, count: count, keys: keys, fingerprints: fingerprints, mode: mode)
  }
}

/// What became of new rows.
package struct Appended: Sendable {
  package var state: StoreState
  /// Rows recorded.
  package var added = 0
  /// Rows that were there already, value for value.
  package var same = 0
  /// Rows that gave their values to a record of which only the key was known.
  package var filled = 0
  /// Records that were there with other values and were changed.
  package var changed = 0
  /// Records made because a reference named their key.
  package var created = 0
  /// Values of fields that the row's kind does not have.
  package var ignored: [FieldID: Int] = [:]
  /// Rows refused, in their order. Nothing of them is recorded.
  package var rejects: [RowReject] = []
  /// The serials of the records made, by family: those of the rows and those made because a reference named them.
  var serials: [KindID: Range<Int32>] = [:]
  /// What puts records back that were filled or changed.
  var before: [NewRows] = []
  /// The serials of the records that the rows meant and that were there already.
  var met: [Int32] = []
}

/// Why one row was refused.
package struct RowReject: Hashable, Sendable {
  package enum Reason: Hashable, Sendable {
    case required
    case notFinite
    case timeOutOfRange
    case unknownKey(String)
    case wrongKind(String)
    case noSuchRow
    /// The row with this key has other values; where one field alone differs, it is named.
    case otherValues(key: String)
    /// It refers to a row of the same batch that was refused.
    case refersToRefused(String)
  }
  package var row: Int
  package var field: FieldID?
  package var reason: Reason

  package init(row: Int, field: FieldID? = nil, _ reason: Reason) {
    self.row = row
    self.field = field
    self.reason = reason
  }
}
