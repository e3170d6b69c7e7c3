import PeyvandBase
import PeyvandData
import PeyvandFiles
import PeyvandImport
import PeyvandStore
import PeyvandTestSupport

enum CSVEntry {
  private static let types: [FieldType] = [.text, .number(.plain), .yesno, .date, .time, .duration]

  /// The first byte says how the others are read.
  static func problems(_ bytes: [UInt8]) -> [String] {
    guard let first = bytes.first else { return [] }
    var options = ImportOptions()
    switch first & 7 {
    case 1: options.delimiter = .byte(UInt8(ascii: ";"))
    case 2: options.delimiter = .blanks
    case 3: options.delimiter = .byte(9)
    default: break
    }
    if first & 8 != 0 { options.header = first & 16 != 0 }
    if first & 32 != 0 { options.calendar = .jalali }
    if first & 64 != 0 { options.missing = ["NA", "-"] }
    let file = FileBytes(Array(bytes.dropFirst()))
    guard let table = try? CSVTable.open(file, named: "fuzz.csv", options: options) else { return [] }
    let places = Array(table.columnNames.indices)
    var problems: [String] = []
    if let found = try? table.foundTypes(of: places, interruption: nil), found.count != places.count {
      problems.append("\(found.count) types for \(places.count) columns")
    }
    let requests = places.map { ColumnRequest(column: $0, reading: .found) }
    if let columns = try? table.columns(requests, interruption: nil) {
      for column in columns where column.values.count != table.rowCount {
        problems.append("a column of \(column.values.count) for \(table.rowCount) rows")
      }
    }
    for place in places.prefix(4) {
      for type in types {
        _ = try? table.columns([ColumnRequest(column: place, reading: .field(type))], interruption: nil)
      }
      _ = try? table.columns([ColumnRequest(column: place, reading: .key)], interruption: nil)
    }
    if let hashes = try? table.rowHashes(interruption: nil), hashes.count != table.rowCount {
      problems.append("\(hashes.count) hashes for \(table.rowCount) rows")
    }
    _ = table.places(of: (0..<min(8, table.rowCount)).map { (row: $0, column: $0 % max(1, places.count)) })
    return problems + imported(table)
  }

  /// Into a store of a fixed company, as the statement does it.
  private static func imported(_ table: CSVTable) -> [String] {
    var state = StoreState()
    guard let declared = try? state.declaring(CompanySchema.catalogue()) else { return ["the company is refused"] }
    state = declared
    guard let kind = state.catalogue.kinds.first(where: { $0.name == "contact" }),
      let plan = try? ImportPlan.make(kind: kind.id, in: state.catalogue, from: table, key: nil),
      let done = try? Importer.run(plan, table: table, into: state)
    else { return [] }
    // The same file again adds nothing.
    guard let again = try? Importer.run(plan, table: table, into: done.state) else { return [] }
    return again.state.recordCount == done.state.recordCount ? [] : ["the same file again added records"]
  }
}
