import PeyvandBase

/// All that the evaluator sees of a store.
///
/// A family (a most general kind and its special kinds) is one table. Its rows stand kind by kind, in the
/// order of `Catalogue.familyOrder`, and within a kind in time order (entities: in the order recorded), so
/// every kind's own records are one stretch, a general kind's records are one stretch too, and what has
/// been seen by a day is a prefix of each stretch. Sources are values: what a question reads does not
/// change under it. Every call may be made from several threads.
package protocol ColumnSource: Sendable {
  var catalogue: Catalogue { get }
  /// The latest time of an event that is not after `limit`, as an instant; missing where there is none.
  func lastEvent(notAfter limit: Int64) throws(Diagnostics) -> Int64?
  /// The stretch of the family's rows that holds the records of a kind and its special kinds.
  func rows(of kind: KindID) -> Range<Int>
  /// The same, kind by kind.
  func stretches(of kind: KindID) -> [KindRows]
  /// The rows of a kind in time order across its special kinds (in the order recorded for entities, whose
  /// order is kept across special kinds too); missing where they already stand so.
  func timeOrder(of kind: KindID) -> [Int32]?
  /// The place in that order of each row of the kind's stretch; missing where there is no such order.
  func timePlaces(of kind: KindID) -> [Int32]?
  /// The values of a field; missing where no record has any. Costs reading it, the first time.
  func column(_ field: FieldID) throws(Diagnostics) -> Column?
  /// The records of `kind` (rows of its family) by the record that `field` refers to. Built at the first
  /// use (a counting sort) and kept.
  func adjacency(of kind: KindID, by field: FieldID) throws(Diagnostics) -> Adjacency
  /// The records of `kind` by a record that any of several fields refers to, each once; missing where the source
  /// keeps none.
  func adjacency(of kind: KindID, byAnyOf fields: [FieldID]) throws(Diagnostics) -> Adjacency?
  /// The times of such an adjacency's rows, by one field or by any of several; missing where the source keeps none.
  func times(of kind: KindID, byAnyOf fields: [FieldID]) throws(Diagnostics) -> TimelineTimes?
  /// What the source works out on the way to what it keeps lasts as long as this is held: a question holds it. Missing
  /// where the source has no such thing.
  func holding() -> (any AnyObject & Sendable)?
  /// The keys of some rows of a family.
  func keys(of rows: [Int32], family: KindID) throws(Diagnostics) -> [String]
  /// The row with a key (compared by fold).
  func row(withKey key: String, family: KindID) throws(Diagnostics) -> Int32?
}
