import PeyvandCheck
import PeyvandData
import PeyvandStatistics

/// The rows between two stages, and what has been left out on the way to them.
struct Relation: Sendable {
  /// Without outer frames.
  var frame: Frame
  /// The records in hand, where the rows are still records.
  var row: Binding?
  /// The columns that stages computed and that are still in reach.
  var columns: [ColumnID] = []
  var draft = ReceiptDraft()
  /// Whether a record may stand in several rows: `each` has spread those outside it.
  var isSpread = false
  /// The columns of a cross table, known only when it has been made.
  var crossHeaders: [CheckedColumn.Header]?
  /// What is said above the table, and beside it, where the last stage found something to say.
  var finding: Finding?

  init(_ frame: Frame, row: Binding? = nil) {
    self.frame = frame
    self.row = row
  }
}

/// A receipt while it is being written.
struct ReceiptDraft: Sendable {
  /// Rows there were before any was left out, in the present unit.
  var of: Int?
  /// Rows that were counted; the result's own where no `measure` counted others.
  var n: Int?
  var filterUnknown = 0
  var filterOpen = 0
  var several = 0
  /// Rows that something was left out of inside their sets.
  var insideUnknown = 0
  var insideOpen = 0
  var tally = EvaluationContext.Tally()
  /// Further remarks in words.
  var remarks: [String] = []
  /// Whether the rows are no cases of anything, so that there is no n.
  var isOfNothing = false
  /// Of a measure that is one share of all: how many were yes, and of how many.
  var share: (yes: Int, of: Int)?
  /// By name of a measure's columns.
  var columns: [(name: String, receipt: ColumnReceipt)] = []

  /// Adds what a part of the question outside the rows left out.
  mutating func add(_ other: ReceiptDraft) {
    filterUnknown += other.filterUnknown
    filterOpen += other.filterOpen
    several += other.several
    insideUnknown += other.insideUnknown
    insideOpen += other.insideOpen
    tally.add(other.tally)
    columns += other.columns
    remarks += other.remarks
    n = n ?? other.n
    of = of ?? other.of
  }

  func receipt(rows: Int?, unit: String?, asOf: AsOf) -> Receipt {
    var receipt = Receipt()
    receipt.n = n ?? (isOfNothing ? nil : rows)
    receipt.remarks = remarks
    receipt.of = of
    receipt.unit = unit
    receipt.unknown = filterUnknown + tally.unknown
    receipt.open = filterOpen + tally.open
    receipt.openYes = tally.openYes
    receipt.ties = tally.ties
    receipt.several = several
    // Two passes over the same rows may each have met it.
    receipt.insideUnknown = min(insideUnknown, of ?? Int.max)
    receipt.insideOpen = min(insideOpen, of ?? Int.max)
    receipt.hasNoWindow = tally.hasNoWindow
    receipt.excluded = tally.excluded
    receipt.asOf = asOf.instant
    receipt.asOfDay = asOf.day
    if let share {
      receipt.yes = share.yes
      receipt.interval = Proportions.wilson(share.yes, of: share.of).map {
        .init(low: $0.low, high: $0.high, method: "Wilson")
      }
    }
    for (note, times) in tally.notes.sorted(by: { $0.key < $1.key }) {
      receipt.remarks.append(times == 1 ? note : "\(note) (\(times) times)")
    }
    if tally.overlappingTies > 0 {
      let ties = tally.overlappingTies == 1 ? "1 overlapping tie" : "\(tally.overlappingTies) overlapping ties"
      receipt.remarks.append(ties)
    }
    if tally.hasNoHours { receipt.remarks.append("no working hours are declared, so every hour counts") }
    // Columns that left nothing out say no more than the rows do, unless they counted something else.
    guard let first = columns.first?.receipt,
      columns.contains(where: { $0.receipt.hasLeftOut || $0.receipt.n != n || ($0.receipt.unit ?? unit) != unit })
    else { return receipt }
    if columns.allSatisfy({ $0.receipt == first }) {
      receipt.unknown += first.unknown
      receipt.open += first.open
      receipt.openYes += first.openYes
      receipt.n = first.n
      receipt.of = first.of
      receipt.unit = first.unit ?? unit
    } else if columns.contains(where: { $0.name.isEmpty }) {
      // Parts of one value, which counted different things: there is no one n.
      (receipt.n, receipt.of) = (nil, nil)
      for (_, part) in columns {
        receipt.unknown += part.unknown
        receipt.open += part.open
        receipt.openYes += part.openYes
      }
    } else {
      for (name, column) in columns { receipt.columns[name] = column }
    }
    return receipt
  }
}

extension ColumnReceipt {
  var hasLeftOut: Bool { n != of || unknown + open + ties > 0 }
}
