import PeyvandBase
import PeyvandData
import PeyvandFiles
import PeyvandStore

enum SnapshotEntry {
  /// Bytes that begin like a store are opened as one; of others the first says what the rest is read as.
  static func problems(_ bytes: [UInt8]) -> [String] {
    if bytes.starts(with: "{\"header\"".utf8) { return store(FileBytes(bytes)) }
    guard let first = bytes.first else { return [] }
    let rest = FileBytes(Array(bytes.dropFirst()))
    switch first {
    case UInt8(ascii: "i"):
      return array(rest) { (reader, missing) throws(JSONError) in
        var values: [Int64] = []
        try reader.readIntegers(into: &values, missing: &missing, limit: 4096)
        return values.count
      }
    case UInt8(ascii: "j"):
      return array(rest) { (reader, missing) throws(JSONError) in
        var values: [Int32] = []
        try reader.readIntegers32(into: &values, missing: &missing, limit: 4096)
        return values.count
      }
    case UInt8(ascii: "d"):
      return array(rest) { (reader, missing) throws(JSONError) in
        var values: [Double] = []
        try reader.readDoubles(into: &values, missing: &missing, limit: 4096)
        return values.count
      }
    case UInt8(ascii: "s"):
      return array(rest) { (reader, missing) throws(JSONError) in
        var values: [String] = []
        try reader.readStrings(into: &values, missing: &missing, limit: 4096)
        return values.count
      }
    default: return tree(FileBytes(bytes))
    }
  }

  private static func array(
    _ file: FileBytes, _ read: (inout JSONReader, inout [Int]) throws(JSONError) -> Int
  ) -> [String] {
    var reader = JSONReader(file)
    var missing: [Int] = []
    do throws(JSONError) {
      let count = try read(&reader, &missing)
      return missing.allSatisfy { $0 < count } ? [] : ["a missing element beyond the array"]
    } catch {
      return []
    }
  }

  /// What was read, written and read again is the same.
  private static func tree(_ file: FileBytes) -> [String] {
    guard let value = try? JSONValue(file) else { return [] }
    var writer = JSONWriter()
    writer.value(value)
    guard let written = try? writer.finish(), let again = try? JSONValue(FileBytes(written)) else {
      return ["what was read cannot be written"]
    }
    return again == value ? [] : ["what was written is read as something else"]
  }

  private static func store(_ file: FileBytes) -> [String] {
    guard let state = try? StoreFile.state(of: file, named: "fuzz.json") else { return [] }
    walk(state)
    return []
  }

  /// Every column, adjacency, order and key of a state.
  static func walk(_ state: StoreState) {
    let catalogue = state.catalogue
    for kind in catalogue.kinds {
      let rows = state.rows(of: kind.id)
      _ = state.stretches(of: kind.id)
      _ = state.timeOrder(of: kind.id)
      let some = rows.prefix(64).map { Int32(truncatingIfNeeded: $0) }
      if let keys = try? state.keys(of: some, family: kind.family) {
        for key in keys { _ = try? state.row(withKey: key, family: kind.family) }
      }
      for id in kind.fields {
        _ = try? state.column(id)
        for row in rows.prefix(64) { _ = try? state.value(id, row: row) }
        _ = try? state.adjacency(of: kind.id, by: id)
      }
    }
    _ = try? state.lastEvent(notAfter: .max)
  }
}
