import PeyvandData

/// A search for the shortest way from one record to another: a row with its `length` in hops and its `nodes`.
///
/// Where there is none within the limit both are missing. Of several ways of one length it is the one that the
/// steps, in their order, and the records, in theirs, give first.
package struct CheckedPath: Hashable, Sendable {
  /// From a record in hand of the binding's kind to others.
  package struct Step: Hashable, Sendable {
    package var binding: Binding
    package var set: CheckedSet
    package init(binding: Binding, set: CheckedSet) {
      self.binding = binding
      self.set = set
    }
  }
  package var from: CheckedExpression
  package var to: CheckedExpression
  package var steps: [Step]
  /// What the nodes are: a kind, or, where steps lead across families, what is any of them.
  package var kind: KindID
  package var limit: Int
  /// Whether each step leads back as well, so that the way may be sought from both ends.
  package var isSymmetric: Bool

  package init(
    from: CheckedExpression, to: CheckedExpression, steps: [Step], kind: KindID, limit: Int, isSymmetric: Bool
  ) {
    self.from = from
    self.to = to
    self.steps = steps
    self.kind = kind
    self.limit = limit
    self.isSymmetric = isSymmetric
  }
}
