import CZlib

/// An archive made by hand, so that each of its numbers can lie.
struct ZipText {
  struct Part {
    var name: String
    var bytes: [UInt8]
    var isPacked = true
    /// What the directory says instead of the truth.
    var declaredSize: Int?
    var checksum: UInt32?
    var flags = 0
  }
  var parts: [Part] = []

  mutating func add(_ name: String, _ text: String) { parts.append(Part(name: name, bytes: Array(text.utf8))) }

  var bytes: [UInt8] {
    var file: [UInt8] = []
    var directory: [UInt8] = []
    for part in parts {
      let packed = part.isPacked ? Self.deflated(part.bytes) : part.bytes
      let checksum = part.checksum ?? UInt32(truncatingIfNeeded: crc32(0, part.bytes, uInt(part.bytes.count)))
      let name = Array(part.name.utf8)
      let common =
        Self.little(20, 2) + Self.little(part.flags, 2) + Self.little(part.isPacked ? 8 : 0, 2) + Self.little(0, 4)
        + Self.little(Int(checksum), 4) + Self.little(packed.count, 4)
        + Self.little(part.declaredSize ?? part.bytes.count, 4) + Self.little(name.count, 2) + Self.little(0, 2)
      directory += Self.little(0x0201_4B50, 4) + Self.little(20, 2) + common + Self.little(0, 10)
      directory += Self.little(file.count, 4) + name
      file += Self.little(0x0403_4B50, 4) + common + name + packed
    }
    let end =
      Self.little(0x0605_4B50, 4) + Self.little(0, 4) + Self.little(parts.count, 2) + Self.little(parts.count, 2)
      + Self.little(directory.count, 4) + Self.little(file.count, 4) + Self.little(0, 2)
    return file + directory + end
  }

  private static func little(_ number: Int, _ width: Int) -> [UInt8] {
    (0..<width).map { UInt8(truncatingIfNeeded: $0 < 8 ? number >> ($0 * 8) : 0) }
  }

  static func deflated(_ bytes: [UInt8]) -> [UInt8] {
    var stream = z_stream()
    deflateInit2_(
      &stream, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY, zlibVersion(), Int32(MemoryLayout<z_stream>.size))
    defer { deflateEnd(&stream) }
    var input = bytes
    var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, uLong(bytes.count))))
    let room = output.count
    let left = input.withUnsafeMutableBufferPointer { input in
      output.withUnsafeMutableBufferPointer { output in
        stream.next_in = input.baseAddress
        stream.avail_in = uInt(input.count)
        stream.next_out = output.baseAddress
        stream.avail_out = uInt(output.count)
        deflate(&stream, Z_FINISH)
        return Int(stream.avail_out)
      }
    }
    return Array(output.prefix(room - left))
  }
}

/// A workbook of hand-written parts.
struct WorkbookText {
  struct Sheet {
    var name: String
    /// What stands between `<worksheet>` and its end.
    var xml: String
    var state = ""
  }
  var sheets: [Sheet]
  var strings: [String] = []
  /// `<numFmt …/>` elements, and the format of each style.
  var formats = ""
  var styles: [Int] = [0]
  var properties = ""

  static let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
  static let relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
  static let package = "http://schemas.openxmlformats.org/package/2006/relationships"

  init(_ sheets: [Sheet]) { self.sheets = sheets }

  /// One sheet of these rows: each cell an element, or a text that is written in the cell itself.
  init(rows: [[String?]]) {
    sheets = [Sheet(name: "Sheet1", xml: Self.data(rows))]
  }

  static func data(_ rows: [[String?]]) -> String {
    var xml = "<sheetData>"
    for (index, row) in rows.enumerated() {
      xml += "<row r=\"\(index + 1)\">"
      for (column, cell) in row.enumerated() {
        guard let cell else { continue }
        let place = String(Character(Unicode.Scalar(UInt8(0x41 + column)))) + "\(index + 1)"
        if cell.hasPrefix("<c ") {
          xml += "<c r=\"\(place)\" " + cell.dropFirst(3)
        } else {
          xml += "<c r=\"\(place)\" t=\"inlineStr\"><is><t>\(cell)</t></is></c>"
        }
      }
      xml += "</row>"
    }
    return xml + "</sheetData>"
  }

  var zip: ZipText {
    var zip = ZipText()
    let head = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
    zip.add(
      "_rels/.rels",
      head
        + "<Relationships xmlns=\"\(Self.package)\"><Relationship Id=\"rId1\" Type=\"\(Self.relation)/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
    )
    var list = ""
    var relations = ""
    for (index, sheet) in sheets.enumerated() {
      let number = index + 1
      let state = sheet.state.isEmpty ? "" : " state=\"\(sheet.state)\""
      list += "<sheet name=\"\(sheet.name)\" sheetId=\"\(number)\"\(state) r:id=\"rId\(number)\"/>"
      relations +=
        "<Relationship Id=\"rId\(number)\" Type=\"\(Self.relation)/worksheet\" Target=\"worksheets/sheet\(number).xml\"/>"
      zip.add(
        "xl/worksheets/sheet\(number).xml", head + "<worksheet xmlns=\"\(Self.main)\">\(sheet.xml)</worksheet>")
    }
    zip.add(
      "xl/workbook.xml",
      head
        + "<workbook xmlns=\"\(Self.main)\" xmlns:r=\"\(Self.relation)\">\(properties)<sheets>\(list)</sheets></workbook>"
    )
    relations += "<Relationship Id=\"s1\" Type=\"\(Self.relation)/styles\" Target=\"/xl/styles.xml\"/>"
    relations += "<Relationship Id=\"s2\" Type=\"\(Self.relation)/sharedStrings\" Target=\"sharedStrings.xml\"/>"
    zip.add(
      "xl/_rels/workbook.xml.rels",
      head + "<Relationships xmlns=\"\(Self.package)\">\(relations)</Relationships>")
    zip.add(
      "xl/styles.xml",
      head
        + "<styleSheet xmlns=\"\(Self.main)\"><numFmts>\(formats)</numFmts><cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs><cellXfs>"
        + styles.map { "<xf numFmtId=\"\($0)\"/>" }.joined() + "</cellXfs></styleSheet>")
    zip.add(
      "xl/sharedStrings.xml",
      head + "<sst xmlns=\"\(Self.main)\">" + strings.map { "<si>\($0)</si>" }.joined() + "</sst>")
    return zip
  }

  var bytes: [UInt8] { zip.bytes }
}
