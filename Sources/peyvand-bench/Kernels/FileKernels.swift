import PeyvandBase
import PeyvandData
import PeyvandFiles
import PeyvandImport

/// Bytes of files turned into columns and back: what opening, saving and importing are made of.
extension Kernel {
  static let files: [Kernel] = [
    Kernel(name: "read-codes", does: "a store's line of digits to codes", most: 4_000_000) { rows in
      let lines = Lines(rows) { NumberLines.line(Packed($0.map(Sample.channel)), 0..<$0.count, nil, isDelta: false) }
      return Prepared(
        rows: rows, bytes: lines.width(rows) + 1,
        run: { NumberLines.small(lines[$0].span, rows: $0.count, isDelta: false, bounds: 0...100) },
        sum: { Checksum($0.map { Packed.joining([$0.piece]).array } ?? []) },
        plain: { Checksum($0.map(Sample.channel)) })
    },
    Kernel(name: "read-whole", does: "a store's line of whole numbers to references", most: 4_000_000) { rows in
      let value = { (row: Int) in Sample.customer(row, of: 200_000) }
      let lines = Lines(rows) { NumberLines.line(Packed($0.map(value)), 0..<$0.count, nil, isDelta: false) }
      return Prepared(
        rows: rows, bytes: lines.width(rows) + 4,
        run: { NumberLines.small(lines[$0].span, rows: $0.count, isDelta: false, bounds: 0...200_000) },
        sum: { Checksum($0.map { Packed.joining([$0.piece]).array } ?? []) }, plain: { Checksum($0.map(value)) })
    },
    Kernel(name: "read-times", does: "a store's line of differences to moments", most: 4_000_000) { rows in
      let lines = Lines(rows) { NumberLines.line(Packed($0.map(Sample.instant)), 0..<$0.count, nil, isDelta: true) }
      return Prepared(
        rows: rows, bytes: lines.width(rows) + 4,
        run: { NumberLines.large(lines[$0].span, rows: $0.count, isDelta: true, bounds: 0...(1 << 40)) },
        sum: { Checksum($0.map { Packed.joining([$0.piece]).array } ?? []) },
        plain: { Checksum($0.map(Sample.instant)) })
    },
    Kernel(name: "read-decimals", does: "a store's line of amounts to numbers", most: 4_000_000) { rows in
      let lines = Lines(rows) { NumberLines.line(Packed($0.map(Sample.amount)), 0..<$0.count, nil) ?? [] }
      return Prepared(
        rows: rows, bytes: lines.width(rows) + 4, run: { NumberLines.decimals(lines[$0].span, rows: $0.count) },
        sum: { Checksum($0.map { Packed.joining([$0.piece]).array } ?? []) }, plain: { Checksum($0.map(Sample.amount)) }
      )
    },
    Kernel(name: "write-decimals", does: "amounts to a store's line", most: 4_000_000) { rows in
      let column = Sample.packed(rows, Sample.amount)
      let lines = Lines(rows) { NumberLines.line(Packed($0.map(Sample.amount)), 0..<$0.count, nil) ?? [] }
      return Prepared(
        rows: rows, bytes: 4 + lines.width(rows), run: { NumberLines.line(column, $0, nil) ?? [] },
        sum: { Checksum($0) },
        plain: { Checksum(("[" + $0.map { NumberText.shortest(Sample.amount($0)) }.joined(separator: ",") + "]").utf8) }
      )
    },
    Kernel(name: "text-codes", does: "names to the codes of a dictionary", most: 4_000_000) { rows in
      let names = Sample.names.map { Array($0.utf8) }
      let length = names.reduce(0) { $0 + $1.count } / names.count
      let places = (0..<rows).map { Int(Sample.name($0)) }
      return Prepared(
        rows: rows, size: nil, bytes: Double(length) + 4,
        run: { range in
          var table = TextTable()
          return range.map { row in
            let name = names[places[row]]
            return table.code(of: name.span) ?? -1
          }
        },
        sum: { Checksum($0) },
        plain: { range in
          var codes: [Int32: Int32] = [:]
          return Checksum(
            range.map { row in
              let code = codes[Sample.name(row), default: Int32(codes.count)]
              codes[Sample.name(row)] = code
              return code
            })
        })
    },
    Kernel(name: "split-csv", does: "a CSV file to rows and cells, looked at for how it is written", most: 1_000_000) {
      rows in
      let file = FileBytes(csv(rows))
      return Prepared(
        rows: rows, size: nil, bytes: Double(file.count) / Double(rows), run: { _ in try? opened(file) },
        sum: { table in
          var sum = Checksum([table?.rowCount ?? 0, table?.columnNames.count ?? 0, table?.rowFaults.count ?? -1])
          for name in table?.columnNames ?? [] { for byte in name.utf8 { sum.add(byte) } }
          return sum
        },
        plain: { range in
          var sum = Checksum([range.count, 4, 0])
          for name in ["id", "channel", "seconds", "amount"] { for byte in name.utf8 { sum.add(byte) } }
          return sum
        })
    },
    Kernel(name: "csv-numbers", does: "two of its columns, split again and read as numbers", most: 1_000_000) { rows in
      let file = FileBytes(csv(rows))
      let table = try opened(file)
      return Prepared(
        rows: rows, size: nil, bytes: Double(file.count) / Double(rows) + 2 + 4,
        run: { _ in
          (try? table.columns(
            [2, 3].map { ColumnRequest(column: $0, reading: .field(.number(.plain))) }, interruption: nil)) ?? []
        },
        sum: { columns in
          var sum = Checksum()
          for column in columns {
            for value in numbers(column.values.slice(0..<column.values.count)) { sum.add(value) }
          }
          return sum
        },
        plain: { range in
          var sum = Checksum()
          for row in range { sum.add(Sample.seconds(row)) }
          for row in range { sum.add(Sample.amount(row)) }
          return sum
        })
    },
  ]

  private static func opened(_ file: FileBytes) throws -> any ImportTable {
    try ImportSource.open(file, named: "rows.csv")
  }

  private static func csv(_ rows: Int) -> [UInt8] {
    var bytes = Array("id,channel,seconds,amount\n".utf8)
    for row in 0..<rows {
      let cells = [
        "\(row)", Sample.channels[Int(Sample.channel(row))], NumberText.shortest(Sample.seconds(row)),
        NumberText.shortest(Sample.amount(row)),
      ]
      bytes += cells.joined(separator: ",").utf8
      bytes.append(UInt8(ascii: "\n"))
    }
    return bytes
  }

  /// A line a batch.
  private struct Lines {
    private let lines: [[UInt8]]

    init(_ rows: Int, _ line: (Range<Int>) -> [UInt8]) {
      lines = stride(from: 0, to: rows, by: Kernel.batch).map { line($0..<min(rows, $0 + Kernel.batch)) }
    }

    /// The line of a batch of rows.
    subscript(range: Range<Int>) -> [UInt8] { lines[range.lowerBound / Kernel.batch] }

    func width(_ rows: Int) -> Double { Double(lines.reduce(0) { $0 + $1.count }) / Double(max(1, rows)) }
  }
}
