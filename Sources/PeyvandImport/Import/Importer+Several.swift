import PeyvandBase
import PeyvandData
import PeyvandStore

/// References that name several records in one cell, as some tools export them: `123;456`.
extension Importer {
  /// The rows that are recorded: all that were accepted, some of them more than once.
  struct Recorded {
    /// Rows of the file.
    var rows: FileRows
    /// Which time each of them stands here; empty where none stands twice.
    var turns: [Int32] = []
    /// References as they are taken, one a recorded row.
    var references: [FieldID: Column] = [:]
  }

  private static let separators: Set<Character> = [";", "|"]

  /// Takes the first key of each cell, or lets the row stand once for each of them.
  ///
  /// Rows stand several times for one column only, the first that asks for it: every pair of two lists would be a guess.
  /// A row that has a key of its own cannot stand twice, so the first is taken there.
  func recorded(_ accepted: FileRows, _ read: [Read], hasKeys: Bool) -> Recorded {
    var result = Recorded(rows: accepted)
    guard table.options.several != .one else { return result }
    for column in read {
      guard let field = column.field.flatMap({ state.catalogue.field($0) }), case .reference = field.type,
        case .text(let codes, let dictionary) = column.imported.values.storage,
        dictionary.entries.contains(where: { $0.contains(where: Self.separators.contains) })
      else { continue }
      let lists = dictionary.entries.map(Self.keys)
      let present = column.imported.values.present
      func list(_ row: Int32) -> [String] {
        let row = Int(row)
        guard codes.indices.contains(row), present.map({ $0[row] != 0 }) ?? true,
          lists.indices.contains(Int(codes[row]))
        else { return [] }
        return lists[Int(codes[row])]
      }
      if table.options.several == .each, !hasKeys, result.turns.isEmpty {
        var rows: [Int32] = []
        var turns: [Int32] = []
        for row in accepted {
          for turn in 0..<max(list(row).count, 1) {
            rows.append(row)
            turns.append(Int32(clamping: turn))
          }
        }
        if rows.count > accepted.count, rows.count <= Limits.Fixed.rows {
          result.rows = FileRows(rows)
          result.turns = turns
          result.references[field.id] = Self.column(rows.indices.map { list(rows[$0]).at(Int(turns[$0])) })
          continue
        }
      }
      result.references[field.id] = Self.column(result.rows.map { list($0).first })
    }
    return result
  }

  private static func keys(_ cell: String) -> [String] {
    cell.split(whereSeparator: separators.contains).compactMap { part in
      let key = String(part.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
      return key.isEmpty ? nil : key
    }
  }

  private static func column(_ keys: [String?]) -> Column {
    var texts = TextDictionary()
    var codes: [Int32] = []
    var present: [UInt8] = []
    for key in keys {
      let code = key.flatMap { texts.code(of: $0) }
      codes.append(code ?? 0)
      present.append(code == nil ? 0 : 1)
    }
    return Column(.text(codes, texts), present: present.contains(0) ? present : nil)
  }
}

extension Array {
  fileprivate func at(_ place: Int) -> Element? { indices.contains(place) ? self[place] : nil }
}
