import PeyvandBase
import PeyvandCheck
import Synchronization

/// Where the time of a question goes: a line a node of its checked tree, under the stage that asked for it.
///
/// Every node is one visit a batch, so what is noted costs a look at the clock for some thousand rows. Times are those
/// of all threads together: of two that work side by side both count.
package final class TimeProfile: Sendable {
  /// One node, and all of its visits.
  package struct Line: Sendable {
    /// What is done, in a word, and where it is asked for.
    package var label: String
    package var range: SourceRange?
    package var depth: Int
    /// How often it was worked out: batches, most often.
    package var visits: Int
    /// Rows it gave.
    package var rows: Int
    /// Bytes it gave; what it read of others stands with these.
    package var bytes: Int
    /// With what stands below it, and by itself.
    package var nanoseconds: Int64
    package var own: Int64
  }

  private struct Key: Hashable {
    var parent: Int
    var range: SourceRange?
    var label: String
  }
  private struct Node {
    var parent: Int
    var line: Line
  }
  private struct Content {
    var nodes: [Node] = []
    var places: [Key: Int] = [:]
  }
  private let content = Mutex(Content())

  package init() {}

  /// The number of a node below another (−1: below none), the same for each of its visits.
  func node(_ label: String, at range: SourceRange?, below parent: Int) -> Int {
    content.withLock { content in
      let key = Key(parent: parent, range: range, label: label)
      if let known = content.places[key] { return known }
      let number = content.nodes.count
      content.places[key] = number
      content.nodes.append(
        Node(
          parent: parent,
          line: Line(label: label, range: range, depth: 0, visits: 0, rows: 0, bytes: 0, nanoseconds: 0, own: 0)))
      return number
    }
  }

  func add(_ node: Int, rows: Int, bytes: Int, nanoseconds: Int64) {
    content.withLock { content in
      guard content.nodes.indices.contains(node) else { return }
      content.nodes[node].line.visits += 1
      content.nodes[node].line.rows += rows
      content.nodes[node].line.bytes += bytes
      content.nodes[node].line.nanoseconds += nanoseconds
      content.nodes[node].line.own += nanoseconds
      let parent = content.nodes[node].parent
      if content.nodes.indices.contains(parent) { content.nodes[parent].line.own -= nanoseconds }
    }
  }

  /// The lines, each node's own below it, in the order in which they were first met.
  package var lines: [Line] {
    content.withLock { content in
      var children: [Int: [Int]] = [:]
      for (number, node) in content.nodes.enumerated() { children[node.parent, default: []].append(number) }
      var lines: [Line] = []
      var open = (children[-1] ?? []).reversed().map { (number: $0, depth: 0) }
      while let next = open.popLast() {
        var line = content.nodes[next.number].line
        line.depth = next.depth
        line.own = max(0, line.own)
        lines.append(line)
        open += (children[next.number] ?? []).reversed().map { (number: $0, depth: next.depth + 1) }
      }
      return lines
    }
  }

  package static func nanoseconds(since begun: ContinuousClock.Instant) -> Int64 {
    let (seconds, attoseconds) = begun.duration(to: .now).components
    return seconds &* 1_000_000_000 &+ attoseconds / 1_000_000_000
  }
}
