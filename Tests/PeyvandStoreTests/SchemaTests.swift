import PeyvandBase
import PeyvandData
import PeyvandFiles
import PeyvandStore
import PeyvandTestSupport
import Testing

/// `docs/store.schema.json` against what is written, and against what is not a store.
@Suite("The schema of a store's file")
struct SchemaTests {
  private let base = StoreFileTests()

  private func schema() throws -> Schema {
    let place = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
    let bytes = try FileLeave.everything.read(place + "/docs/store.schema.json")
    return Schema(try JSONValue(bytes, duplicates: .refuse))
  }

  @Test("a store with something of everything is as the schema says, and so is each line of its journal")
  func written() throws {
    let schema = try schema()
    let store = try StoreFile.open(path: base.folder["s.json"], createIfMissing: true)
    var state = try base.full()
    try store.save(state)
    let snapshot = try JSONValue(FileBytes(try base.folder.bytes("s.json")), duplicates: .refuse)
    #expect(schema.faults(of: snapshot) == [])
    let c = base.company
    let changes: [StoreChange] = [
      .declare(state.catalogue), .define([.init(name: "x", source: "define x as 1")]),
      .add(c.customer, key: "new", values: [c.limit: .number(1), c.tags: .list([.text("a"), .missing])]),
      .change(c.customer, key: "new", values: [c.name: .missing]), .remove(c.customer, key: "new"),
      .append(
        NewRows(
          kinds: .each([c.call, c.visit]), count: 2, keys: ["k", nil],
          columns: [c.at: Make.times([1, nil]), c.about: Make.texts(["p0", "z"])], creates: [c.about],
          fingerprints: [7, .max])),
      .importing(
        NewRows(
          kinds: .all(c.customer), count: 2, keys: ["p0", "q"], columns: [c.region: Make.texts(["East", nil])],
          mode: .updating),
        ImportMark(source: "regions.csv", at: 1, rows: 2)),
      .undoImport(1),
    ]
    for change in changes {
      state = try state.applying(change)
      try store.commit([change], giving: state)
    }
    _ = try store.undo { _ in }
    let journal = String(decoding: try base.folder.bytes("s.json.journal"), as: UTF8.self)
    let lines = journal.split(separator: "\n")
    #expect(lines.count == 10)
    for line in lines {
      let json = try JSONValue(String(line.split(separator: " ", maxSplits: 2)[2]))
      #expect(schema.faults(of: json, as: "journalLine") == [])
    }
    try store.save(try state.applying(changes[6]))
    let later = try JSONValue(FileBytes(try base.folder.bytes("s.json")), duplicates: .refuse)
    #expect(schema.faults(of: later) == [])
    #expect(later["imports"] != nil && later["import_rows"]?.array?.isEmpty == false)
  }

  @Test("what is not as the schema says is found")
  func unlike() throws {
    let schema = try schema()
    let store = try StoreFile.open(path: base.folder["s.json"], createIfMissing: true)
    try store.save(try base.full(4))
    let text = String(decoding: try base.folder.bytes("s.json"), as: UTF8.self)
    for (old, new) in [
      ("\"version\":3", "\"version\":4"), ("\"journal\":true", "\"journal\":1"),
      ("\"system\":\"jalali\"", "\"system\":\"x\""),
      ("\"flavour\":\"entity\"", "\"flavour\":7"), ("\"head_crc32c\":\"", "\"head_crc32c\":\"x"),
      ("\"given\"", "\"give\""),
    ] {
      let changed = try JSONValue(text.replacing(old, with: new, maxReplacements: 1))
      #expect(!schema.faults(of: changed).isEmpty, "\(new)")
    }
  }
}

/// So much of JSON Schema (draft 2020-12) as the store's schema is written in; a word that it does not know is a fault.
private struct Schema {
  private let root: JSONValue

  init(_ root: JSONValue) { self.root = root }

  func faults(of value: JSONValue, as definition: String? = nil) -> [String] {
    var faults: [String] = []
    check(value, definition.flatMap { root["$defs"]?[$0] } ?? root, "", &faults)
    return faults
  }

  private func check(_ value: JSONValue, _ schema: JSONValue, _ place: String, _ faults: inout [String]) {
    func fault(_ what: String) { faults.append("\(place): \(what)") }
    for member in schema.members ?? [] {
      let rule = member.value
      switch member.key {
      case "$schema", "title", "description", "$defs", "properties": break
      case "$ref":
        let name = rule.text.map { String($0.split(separator: "/").last ?? "") } ?? ""
        guard let target = root["$defs"]?[name] else {
          fault("no definition \(name)")
          continue
        }
        check(value, target, place, &faults)
      case "const": if value != rule { fault("is not \(rule)") }
      case "enum": if rule.array?.contains(value) != true { fault("is none of \(rule)") }
      case "type":
        let types = rule.array?.compactMap(\.text) ?? [rule.text ?? ""]
        if !types.contains(where: { Self.isType(value, $0) }) { fault("is no \(types)") }
      case "required":
        for name in rule.array ?? [] where value.members != nil && name.text.flatMap({ value[$0] }) == nil {
          fault("lacks \(name)")
        }
      case "additionalProperties":
        for inner in value.members ?? [] {
          if let known = schema["properties"]?[inner.key] {
            check(inner.value, known, place + "/" + inner.key, &faults)
          } else if rule == .bool(false) {
            fault("has \(inner.key)")
          } else {
            check(inner.value, rule, place + "/" + inner.key, &faults)
          }
        }
      case "propertyNames":
        for inner in value.members ?? [] { check(.string(inner.key), rule, place, &faults) }
      case "items":
        for (index, element) in (value.array ?? []).enumerated() { check(element, rule, place + "/\(index)", &faults) }
      case "minItems": if let count = value.array?.count, count < rule.integer ?? 0 { fault("is too short") }
      case "maxItems": if let count = value.array?.count, count > rule.integer ?? 0 { fault("is too long") }
      case "minimum": if let number = value.number, number < rule.number ?? 0 { fault("is too small") }
      case "maximum": if let number = value.number, number > rule.number ?? 0 { fault("is too great") }
      case "pattern":
        guard let text = value.text, let regex = try? Regex(rule.text ?? "") else { continue }
        if text.firstMatch(of: regex) == nil { fault("does not match") }
      case "anyOf":
        let fits = rule.array?.contains { choice in
          var inner: [String] = []
          check(value, choice, place, &inner)
          return inner.isEmpty
        }
        if fits != true { fault("is none of several") }
      default: fault("the schema says \(member.key)")
      }
    }
    // An object whose other members are not spoken of.
    if schema["additionalProperties"] == nil {
      for inner in value.members ?? [] {
        if let known = schema["properties"]?[inner.key] { check(inner.value, known, place + "/" + inner.key, &faults) }
      }
    }
  }

  private static func isType(_ value: JSONValue, _ name: String) -> Bool {
    switch (value, name) {
    case (.null, "null"), (.bool, "boolean"), (.integer, "integer"), (.integer, "number"), (.double, "number"),
      (.string, "string"), (.array, "array"), (.object, "object"):
      true
    default: false
    }
  }
}
