import PeyvandBase

/// What is said of ranks.
extension CheckDiagnostics {
  static func rankOfWhat(_ name: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1230", "`\(name)` says where a row stands among all rows, and here there are none", at: range,
      notes: ["make it a column first: `customer | with \(name)(sum(purchase.amount)) as place | where place <= 3`"])
  }
}
