import PeyvandBase
import PeyvandData
import Testing

@testable import PeyvandRender

/// Maps for programs that draw: what a stranger called his company must not become part of the drawing's own text.
@Suite struct MapTests {
  private let map = RelationshipMap(
    nodes: [
      .init(name: "customer", shape: .entity, count: 2), .init(name: "visit", shape: .event, count: 3),
      .init(name: "customer \"A\\\"]-->\nB\"", shape: .center),
    ],
    edges: [.init(from: 1, to: 0, name: "customer", count: 3), .init(from: 2, to: 0, name: "refers", count: 1)])

  @Test func dotQuotesNames() {
    let text = MapText(map: map).dot()
    #expect(text.hasPrefix("digraph relationships {\n"))
    #expect(text.contains("  n0 [label=\"customer  (2)\", shape=box];\n"))
    #expect(text.contains("  n1 -> n0 [label=\"customer ×3\"];\n"))
    #expect(text.contains("  n2 [label=\"customer \\\"A\\\\\\\"]--> B\\\"\", shape=doubleoctagon];\n"))
    #expect(text.hasSuffix("}\n"))
  }

  @Test func mermaidWritesMarksAsEntities() {
    let text = MapText(map: map).mermaid()
    #expect(text.hasPrefix("flowchart LR\n"))
    #expect(text.contains("  n1([\"visit  (3)\"])\n"))
    #expect(text.contains("  n2{{\"customer #quot;A\\#quot;]--#gt; B#quot;\"}}\n"))
  }

  @Test func onlyAMapIsDrawn() throws {
    let value = Answer(.value(.number(3), .plainNumber, name: "count"))
    for format in [OutputFormat.dot, .mermaid] {
      let renderer = AnswerRenderer(catalogue: Catalogue(), options: .init(format: format))
      let error = #expect(throws: Diagnostic.self) { try renderer.render(value) }
      #expect(error?.code == "E1229")
      #expect(try renderer.render(Answer(.map(map))).output.contains("visit"))
    }
  }

  @Test func otherFormatsShowATableOfTies() throws {
    let renderer = AnswerRenderer(catalogue: Catalogue(), options: .init(format: .csv))
    let output = try renderer.render(Answer(.map(map))).output
    #expect(output.hasPrefix("from,tie,to,n\n"))
    #expect(output.contains("visit,customer,customer,3\n"))
  }
}
