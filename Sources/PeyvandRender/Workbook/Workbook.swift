import PeyvandBase
import PeyvandData

/// An answer as an Excel workbook (Office Open XML, ECMA-376): a sheet with its table, and one with its receipt.
///
/// Numbers, shares, days, times and durations are cells of those kinds, so that a spreadsheet reckons with them; days
/// of a Jalali company are shown in its calendar. Texts are texts whatever they begin with, so no formula of a stranger
/// runs. What has no place in a spreadsheet (a time before March 1900, months) stands as it is read.
struct Workbook {
  let rules: CalendarRules
  private let values: ValueText

  init(rules: CalendarRules) {
    self.rules = rules
    values = ValueText(rules: rules)
  }

  /// Rows and columns of a sheet, and characters of a cell.
  static let mostRows = 1_048_576
  static let mostColumns = 16_384
  static let mostCharacters = 32_767

  /// The bytes of the file.
  /// - Parameter remarks: the receipt, a line each.
  /// - Throws: E1228 where a sheet has no room for it.
  func bytes(_ table: Table, remarks: [String]) throws(Diagnostic) -> [UInt8] {
    guard table.rowCount < Self.mostRows else {
      throw RenderDiagnostics.noRoom("\(table.rowCount) rows", "\(Self.mostRows - 1) below the names of the columns")
    }
    guard table.columns.count <= Self.mostColumns else {
      throw RenderDiagnostics.noRoom("\(table.columns.count) columns", "\(Self.mostColumns)")
    }
    var zip = ZipWriter()
    var isDone = zip.add("[Content_Types].xml", Array(Self.contentTypes.utf8))
    isDone = zip.add("_rels/.rels", Array(Self.relations.utf8)) && isDone
    isDone = zip.add("xl/workbook.xml", Array(Self.workbook.utf8)) && isDone
    isDone = zip.add("xl/_rels/workbook.xml.rels", Array(Self.workbookRelations.utf8)) && isDone
    isDone = zip.add("xl/styles.xml", Array(styles.utf8)) && isDone
    isDone = zip.add("xl/worksheets/sheet1.xml", try sheet(table)) && isDone
    isDone = zip.add("xl/worksheets/sheet2.xml", receipt(remarks)) && isDone
    guard isDone, let bytes = zip.finished() else { throw RenderDiagnostics.noRoom("the table", "4 GiB") }
    return bytes
  }

  // MARK: - Sheets

  private func sheet(_ table: Table) throws(Diagnostic) -> [UInt8] {
    var xml = WorkbookXML()
    let rightToLeft =
      rules.system == .jalali || table.columns.contains { $0.name.unicodeScalars.contains(where: Self.isRightToLeft) }
    xml.raw(Self.sheetStart)
    xml.raw("<sheetViews><sheetView workbookViewId=\"0\"\(rightToLeft ? " rightToLeft=\"1\"" : "")>")
    xml.raw(
      "<pane ySplit=\"1\" topLeftCell=\"A2\" activePane=\"bottomLeft\" state=\"frozen\"/></sheetView></sheetViews>")
    if !table.columns.isEmpty {
      xml.raw("<cols>")
      for (index, column) in table.columns.enumerated() {
        xml.raw("<col min=\"\(index + 1)\" max=\"\(index + 1)\" width=\"\(width(column))\" customWidth=\"1\"/>")
      }
      xml.raw("</cols>")
    }
    xml.raw("<sheetData><row r=\"1\">")
    for (index, column) in table.columns.enumerated() {
      let unit = column.type.unit.name.map { " (\($0))" } ?? ""
      try xml.text(column.name + unit, at: Self.reference(0, index), style: .header)
    }
    xml.raw("</row>")
    for row in 0..<max(table.rowCount, 0) {
      xml.raw("<row r=\"\(row + 2)\">")
      for (index, column) in table.columns.enumerated() where column.values.indices.contains(row) {
        try cell(column.values[row], column.type, at: Self.reference(row + 1, index), to: &xml)
      }
      xml.raw("</row>")
    }
    xml.raw("</sheetData></worksheet>")
    return xml.bytes
  }

  private func receipt(_ remarks: [String]) -> [UInt8] {
    var xml = WorkbookXML()
    xml.raw(Self.sheetStart + "<cols><col min=\"1\" max=\"1\" width=\"100\" customWidth=\"1\"/></cols><sheetData>")
    for (row, line) in remarks.enumerated() {
      xml.raw("<row r=\"\(row + 1)\">")
      // A receipt's line is no longer than a cell holds.
      try? xml.text(String(line.unicodeScalars.prefix(4_000)), at: Self.reference(row, 0), style: .plain)
      xml.raw("</row>")
    }
    xml.raw("</sheetData></worksheet>")
    return xml.bytes
  }

  private func cell(
    _ value: Value, _ type: ValueType, at reference: String, to xml: inout WorkbookXML
  ) throws(Diagnostic) {
    switch value {
    case .missing: return
    case .number(let number) where number.isFinite:
      xml.number(number, at: reference, style: type.unit == .share ? .share : .plain)
    case .number: return
    case .yesno(let truth): xml.truth(truth, at: reference)
    case .date(let day) where Self.isDated(day): xml.number(Double(day + Self.epoch), at: reference, style: .day)
    case .time(let instant) where Self.isDated(rules.zone.localDay(ofInstant: instant)):
      let serial = Double(rules.zone.localSeconds(ofInstant: instant)) / 86_400 + Double(Self.epoch)
      xml.number(serial, at: reference, style: .time)
    case .clock(let second): xml.number(Double(second) / 86_400, at: reference, style: .clock)
    case .duration(let duration)
    where duration.months == 0 && (type != .duration(.seconds) || duration.days * 86_400 + duration.seconds >= 0):
      let days = duration.days + duration.seconds / 86_400
      xml.number(days, at: reference, style: type == .duration(.seconds) ? .elapsed : .days)
    default: try xml.text(values.shown(value, type), at: reference, style: .plain)
    }
  }

  // MARK: - Measures

  /// Day 0 of a spreadsheet that counts from 1900, from 1970-01-01 on.
  private static let epoch = 25_569
  /// Spreadsheets believe that 1900 had a 29 February: from 1 March on their days are those of everybody.
  private static func isDated(_ day: Int) -> Bool { (-25_508...2_932_896).contains(day) }

  private static func isRightToLeft(_ scalar: Unicode.Scalar) -> Bool {
    (0x0590...0x08FF).contains(scalar.value) || (0xFB1D...0xFEFC).contains(scalar.value)
  }

  /// As wide as its widest cell among the first, within reason.
  private func width(_ column: Table.Column) -> Int {
    var widest = column.name.count + 2
    for value in column.values.prefix(200) { widest = max(widest, values.shown(value, column.type).count + 2) }
    return min(max(widest, 8), 60)
  }

  /// `A1`, `AB12`.
  static func reference(_ row: Int, _ column: Int) -> String {
    var letters: [UInt8] = []
    var rest = column
    repeat {
      letters.insert(UInt8(ascii: "A") + UInt8(truncatingIfNeeded: rest % 26), at: 0)
      rest = rest / 26 - 1
    } while rest >= 0
    return String(decoding: letters, as: UTF8.self) + String(row + 1)
  }

  // MARK: - The parts that are always the same

  /// By the places of `WorkbookXML.Style`.
  private var styles: String {
    let jalali = rules.system == .jalali
    let day = jalali ? "[$-fa-IR,16]yyyy/mm/dd;@" : "yyyy\\-mm\\-dd"
    let time = jalali ? "[$-fa-IR,16]yyyy/mm/dd hh:mm;@" : "yyyy\\-mm\\-dd\\ hh:mm"
    let formats = [(164, day), (165, time), (166, "[h]:mm:ss"), (167, "0.##\\ \"days\"")]
    var xml = Self.start + "<styleSheet xmlns=\"\(Self.main)\"><numFmts count=\"\(formats.count)\">"
    for (id, code) in formats { xml += "<numFmt numFmtId=\"\(id)\" formatCode=\"\(WorkbookXML.escaped(code))\"/>" }
    xml += "</numFmts><fonts count=\"2\"><font><sz val=\"11\"/><name val=\"Calibri\"/></font>"
    xml += "<font><b/><sz val=\"11\"/><name val=\"Calibri\"/></font></fonts>"
    xml += "<fills count=\"2\"><fill><patternFill patternType=\"none\"/></fill>"
    xml += "<fill><patternFill patternType=\"gray125\"/></fill></fills><borders count=\"1\"><border/></borders>"
    xml += "<cellStyleXfs count=\"1\"><xf/></cellStyleXfs><cellXfs count=\"\(WorkbookXML.Style.allCases.count)\">"
    for style in WorkbookXML.Style.allCases {
      let format =
        switch style {
        case .plain, .header: 0
        case .share: 10
        case .day: 164
        case .time: 165
        case .elapsed: 166
        case .days: 167
        case .clock: 20
        }
      xml += "<xf numFmtId=\"\(format)\" fontId=\"\(style == .header ? 1 : 0)\" applyNumberFormat=\"1\"/>"
    }
    return xml
      + "</cellXfs><cellStyles count=\"1\"><cellStyle name=\"Normal\" xfId=\"0\" builtinId=\"0\"/></cellStyles></styleSheet>"
  }

  private static let start = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
  private static let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
  private static let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
  private static let packages = "http://schemas.openxmlformats.org/package/2006"
  private static let types = "application/vnd.openxmlformats-officedocument.spreadsheetml"
  private static let sheetStart = start + "<worksheet xmlns=\"\(main)\">"

  private static let contentTypes =
    start + "<Types xmlns=\"\(packages)/content-types\">"
    + "<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
    + "<Default Extension=\"xml\" ContentType=\"application/xml\"/>"
    + "<Override PartName=\"/xl/workbook.xml\" ContentType=\"\(types).sheet.main+xml\"/>"
    + "<Override PartName=\"/xl/styles.xml\" ContentType=\"\(types).styles+xml\"/>"
    + "<Override PartName=\"/xl/worksheets/sheet1.xml\" ContentType=\"\(types).worksheet+xml\"/>"
    + "<Override PartName=\"/xl/worksheets/sheet2.xml\" ContentType=\"\(types).worksheet+xml\"/></Types>"

  private static let relations =
    start + "<Relationships xmlns=\"\(packages)/relationships\">"
    + "<Relationship Id=\"rId1\" Type=\"\(office)/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"

  private static let workbook =
    start + "<workbook xmlns=\"\(main)\" xmlns:r=\"\(office)\"><sheets>"
    + "<sheet name=\"answer\" sheetId=\"1\" r:id=\"rId1\"/><sheet name=\"receipt\" sheetId=\"2\" r:id=\"rId2\"/>"
    + "</sheets></workbook>"

  private static let workbookRelations =
    start + "<Relationships xmlns=\"\(packages)/relationships\">"
    + "<Relationship Id=\"rId1\" Type=\"\(office)/worksheet\" Target=\"worksheets/sheet1.xml\"/>"
    + "<Relationship Id=\"rId2\" Type=\"\(office)/worksheet\" Target=\"worksheets/sheet2.xml\"/>"
    + "<Relationship Id=\"rId3\" Type=\"\(office)/styles\" Target=\"styles.xml\"/></Relationships>"
}
