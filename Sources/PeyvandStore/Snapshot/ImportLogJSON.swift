import PeyvandBase
import PeyvandData

/// The log of imports as a member of the store's head, and back.
///
///     {"entries": [{"number": 1, "kind": 2, "import": {…}, "added": 60, …, "serials": [[2, 0, 60]],
///                   "before": [[offset, length, values, first, checksum], …]}, …],
///      "touched": [[2, 17, 1], …]}
///
/// `serials` are family, first, and the one behind the last. `before` leads to the rows that put back what the import
/// changed; they stand behind the data and are read when an import is taken back. It is left out where that is no
/// longer known. `touched` are family, serial, and the number of imports at the last change by hand.
enum ImportLogJSON {
  static func isEmpty(_ log: ImportLog) -> Bool { log.entries.isEmpty && log.touched.isEmpty }

  // MARK: - Writing

  /// - Parameter blocks: for each entry where its rows stand; nil where they are not known.
  static func write(
    _ log: ImportLog, _ blocks: [[Block]?], to writer: inout JSONWriter, block: (Block, inout JSONWriter) -> Void
  ) {
    writer.beginObject(multiline: true)
    writer.key("entries")
    writer.beginArray(multiline: true)
    for (index, entry) in log.entries.enumerated() {
      writer.beginObject()
      writer.key("number")
      writer.integer(entry.number)
      writer.key("kind")
      writer.integer(Int64(entry.kind.raw))
      writer.key("import")
      ChangeJSON.write(entry.mark, &writer)
      for (name, place) in counts where entry[keyPath: place] != 0 {
        writer.key(name)
        writer.integer(entry[keyPath: place])
      }
      if entry.isUndone {
        writer.key("undone")
        writer.bool(true)
      }
      writer.key("serials")
      writer.beginArray()
      for (family, ranges) in entry.serials.sorted(by: { $0.key < $1.key }) {
        for serials in ranges {
          triple(Int64(family.raw), Int64(serials.lowerBound), Int64(serials.upperBound), &writer)
        }
      }
      writer.endArray()
      if !entry.origins.isEmpty {
        writer.key("origins")
        writer.beginArray()
        for origin in entry.origins {
          writer.beginArray()
          writer.integer(origin.number)
          writer.integer(origin.count)
          writer.endArray()
        }
        writer.endArray()
      }
      if blocks.indices.contains(index), let own = blocks[index] {
        writer.key("before")
        writer.beginArray()
        for place in own { block(place, &writer) }
        writer.endArray()
      }
      writer.endObject()
    }
    writer.endArray()
    writer.key("touched")
    writer.beginArray()
    for (family, serials) in log.touched.sorted(by: { $0.key < $1.key }) {
      for (serial, number) in serials.sorted(by: { $0.key < $1.key }) {
        triple(Int64(family.raw), Int64(serial), Int64(number), &writer)
      }
    }
    writer.endArray()
    writer.endObject()
  }

  private static var counts: [(String, WritableKeyPath<ImportEntry, Int>)] {
    [
      ("added", \.added), ("changed", \.changed), ("filled", \.filled), ("same", \.same), ("created", \.created),
      ("closed", \.closed), ("removed", \.removed),
    ]
  }

  private static func triple(_ a: Int64, _ b: Int64, _ c: Int64, _ writer: inout JSONWriter) {
    writer.beginArray()
    writer.integer(a)
    writer.integer(b)
    writer.integer(c)
    writer.endArray()
  }

  // MARK: - Reading

  /// - Parameters:
  ///   - given: how many serials a family has given.
  ///   - before: what stands in a place of the file, read when it is asked for; nil where the place is none.
  static func log(
    _ json: JSONValue, kinds: Int, given: (KindID) -> Int, before: (JSONValue) -> Deferred<[NewRows]>?
  ) -> ImportLog? {
    guard let written = json["entries"]?.array, let marks = json["touched"]?.array else { return nil }
    var entries: [ImportEntry] = []
    for json in written {
      guard let number = json["number"]?.integer, (1...Int(Int32.max)).contains(number),
        let kind = kind(json["kind"], of: kinds),
        let mark = json["import"].flatMap(ChangeJSON.mark), let serials = json["serials"]?.array
      else { return nil }
      var entry = ImportEntry(number: number, kind: kind, mark: mark)
      for (name, place) in counts {
        guard let count = json[name] else { continue }
        guard let count = count.integer, (0...Int(Int32.max)).contains(count) else { return nil }
        entry[keyPath: place] = count
      }
      entry.isUndone = json["undone"]?.bool ?? false
      for json in serials {
        guard let (family, first, upTo) = triple(json, kinds), first <= upTo, upTo <= given(family),
          let from = Int32(exactly: first),
          let to = Int32(exactly: upTo)
        else { return nil }
        entry.serials[family, default: []].append(from..<to)
      }
      for json in json["origins"]?.array ?? [] {
        guard let parts = json.array, parts.count == 2, let number = parts[0].integer, let count = parts[1].integer,
          number >= 0, (0...Int(Int32.max)).contains(count)
        else { return nil }
        entry.origins.append(.init(number: number, count: count))
      }
      if let places = json["before"] {
        guard let rows = before(places) else { return nil }
        entry.before = rows
      }
      entries.append(entry)
    }
    var touched: [KindID: [Int32: Int]] = [:]
    for json in marks {
      guard let (family, serial, number) = triple(json, kinds), let serial = Int32(exactly: serial) else { return nil }
      touched[family, default: [:]][serial] = number
    }
    return ImportLog(entries: entries, touched: touched)
  }

  private static func kind(_ json: JSONValue?, of kinds: Int) -> KindID? {
    guard let number = json?.integer, number >= 0, number < kinds else { return nil }
    return KindID(number)
  }

  private static func triple(_ json: JSONValue, _ kinds: Int) -> (KindID, Int, Int)? {
    guard let parts = json.array, parts.count == 3, let family = kind(parts[0], of: kinds), let a = parts[1].integer,
      let b = parts[2].integer, a >= 0, b >= 0
    else { return nil }
    return (family, a, b)
  }
}
