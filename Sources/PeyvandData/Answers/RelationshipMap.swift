import PeyvandBase

/// Who is tied to whom: kinds and what ties them, or a record and those around it.
package struct RelationshipMap: Sendable {
  package enum Shape: Sendable { case entity, event, center }
  package struct Node: Sendable {
    package var name: String
    package var shape: Shape
    /// Records of the kind; nil for a record.
    package var count: Int?
    package init(name: String, shape: Shape, count: Int? = nil) {
      self.name = name
      self.shape = shape
      self.count = count
    }
  }
  package struct Edge: Sendable {
    /// Places among the nodes.
    package var from: Int
    package var to: Int
    package var name: String
    package var count: Int
    package init(from: Int, to: Int, name: String, count: Int) {
      self.from = from
      self.to = to
      self.name = name
      self.count = count
    }
  }
  package var nodes: [Node]
  package var edges: [Edge]
  /// Records that are tied to the one in the middle and were left out, since a drawing of all shows none.
  package var leftOut: Int

  package init(nodes: [Node] = [], edges: [Edge] = [], leftOut: Int = 0) {
    self.nodes = nodes
    self.edges = edges
    self.leftOut = leftOut
  }

  /// A row an edge: from, tie, to, n.
  package var table: Table {
    func name(_ place: Int) -> Value { nodes.indices.contains(place) ? .text(nodes[place].name) : .missing }
    func column(_ title: String, _ type: ValueType, _ values: [Value]) -> Table.Column {
      Table.Column(name: title, type: type, values: values)
    }
    return Table(
      columns: [
        column("from", .text, edges.map { name($0.from) }), column("tie", .text, edges.map { .text($0.name) }),
        column("to", .text, edges.map { name($0.to) }),
        column("n", .plainNumber, edges.map { .number(Double($0.count)) }),
      ], rowCount: edges.count)
  }
}
