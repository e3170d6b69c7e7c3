import PeyvandBase
import PeyvandData

/// A map of relationships, drawn: as a tree of lines for a terminal, as Graphviz DOT, and as Mermaid.
struct MapText {
  let map: RelationshipMap

  // MARK: For a terminal

  /// Each node that something goes out from, and below it its ties. Lines without control characters of their own.
  func lines() -> [String] {
    var lines: [String] = []
    for (place, node) in map.nodes.enumerated() {
      let edges = map.edges.filter { $0.from == place }
      let isAlone = edges.isEmpty && !map.edges.contains { $0.to == place }
      guard !edges.isEmpty || isAlone else { continue }
      lines.append(title(node))
      let width = edges.map { displayWidth($0.name) }.max() ?? 0
      for (index, edge) in edges.enumerated() {
        let branch = index + 1 == edges.count ? "└─ " : "├─ "
        let gap = String(repeating: "─", count: max(width - displayWidth(edge.name), 0) + 1)
        lines.append("  " + branch + edge.name + " " + gap + "▶ " + target(edge) + "  ×\(edge.count)")
      }
    }
    return lines
  }

  private func title(_ node: RelationshipMap.Node) -> String {
    node.name + (node.count.map { "  (\($0))" } ?? "")
  }

  private func target(_ edge: RelationshipMap.Edge) -> String {
    map.nodes.indices.contains(edge.to) ? map.nodes[edge.to].name : ""
  }

  // MARK: For programs that draw

  /// Graphviz: `dot -Tsvg`.
  func dot() -> String {
    var text =
      "digraph relationships {\n  rankdir=LR;\n  node [fontname=\"sans-serif\"];\n  edge [fontname=\"sans-serif\"];\n"
    for (place, node) in map.nodes.enumerated() {
      let shape =
        switch node.shape {
        case .entity: "box"
        case .event: "ellipse"
        case .center: "doubleoctagon"
        }
      text += "  n\(place) [label=\(Self.quoted(title(node))), shape=\(shape)];\n"
    }
    for edge in map.edges {
      text += "  n\(edge.from) -> n\(edge.to) [label=\(Self.quoted("\(edge.name) ×\(edge.count)"))];\n"
    }
    return text + "}\n"
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    // Whoever looks at the drawing's text in a terminal is not to be obeyed either.
    for scalar in escapedForTerminal(String(text.map { $0.isNewline ? " " : $0 })).unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  func mermaid() -> String {
    var text = "flowchart LR\n"
    for (place, node) in map.nodes.enumerated() {
      let label = Self.label(title(node))
      switch node.shape {
      case .entity: text += "  n\(place)[\(label)]\n"
      case .event: text += "  n\(place)([\(label)])\n"
      case .center: text += "  n\(place){{\(label)}}\n"
      }
    }
    for edge in map.edges {
      text += "  n\(edge.from) -->|\(Self.label("\(edge.name) ×\(edge.count)"))| n\(edge.to)\n"
    }
    return text
  }

  /// Mermaid reads entities inside quotes, so that nothing of a name is taken for a mark.
  private static func label(_ text: String) -> String {
    var result = "\""
    for scalar in escapedForTerminal(String(text.map { $0.isNewline ? " " : $0 })).unicodeScalars {
      switch scalar {
      case "\"": result += "#quot;"
      case "#": result += "#35;"
      case "<": result += "#lt;"
      case ">": result += "#gt;"
      case "&": result += "#amp;"
      case "`": result += "#96;"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
