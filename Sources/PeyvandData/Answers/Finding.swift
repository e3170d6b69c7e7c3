import PeyvandBase

/// What a question found that is more than its rows: said above them, and beside them.
package struct Finding: Sendable {
  package var view: Table.View?
  /// Warnings of meaning (W4…).
  package var notes: [Diagnostic]
  package init(view: Table.View?, notes: [Diagnostic]) {
    self.view = view
    self.notes = notes
  }
}
