import PeyvandStore

/// What the imports of one command changed, held back until all of them are known to stand.
///
/// The state goes on with each of them, so that every file is looked at as if those before it stood; the disk hears of
/// it once, at the end, or not at all.
struct HeldChanges {
  private(set) var changes: [StoreChange] = []
  private(set) var rows = 0
  /// Imports that could stand, by their files.
  var fine: [String] = []
  /// Of a file that was refused: what the rows of it that are right come to.
  var besideRefused: StoreState?

  /// Whether the disk has to hear of anything.
  private(set) var isEmpty = true
  /// Whether all of it ends in a snapshot, for which nothing but the state is needed.
  var isLarge: Bool { rows > StoreFile.recordRows }

  mutating func append(_ new: [StoreChange]) {
    isEmpty = false
    rows += new.reduce(0) { $0 + $1.rowCount }
    changes = isLarge ? [] : changes + new
  }
}
