import PeyvandBase
import PeyvandData
import Testing

@testable import PeyvandRender

/// Workbooks as far as their parts tell; that a spreadsheet reads them is shown where they are read back.
@Suite struct WorkbookTests {
  @Test func placesAsSpreadsheetsWriteThem() {
    #expect(Workbook.reference(0, 0) == "A1")
    #expect(Workbook.reference(9, 25) == "Z10")
    #expect(Workbook.reference(0, 26) == "AA1")
    #expect(Workbook.reference(0, 701) == "ZZ1")
    #expect(Workbook.reference(1_048_575, 16_383) == "XFD1048576")
  }

  @Test func textsAreXMLWhateverTheyHold() throws {
    #expect(WorkbookXML.escaped("a<b>&\"c\"") == "a&lt;b&gt;&amp;&quot;c&quot;")
    #expect(WorkbookXML.escaped("bell\u{7} \u{FFFF}") == "bell_x0007_ _xFFFF_")
    // What looks like an escape and is none.
    #expect(WorkbookXML.escaped("_x0041_ _x41_") == "_x005F_x0041_ _x41_")
    var xml = WorkbookXML()
    try xml.text("=1+1", at: "A1", style: .plain)
    #expect(
      String(decoding: xml.bytes, as: UTF8.self)
        == "<c r=\"A1\" t=\"inlineStr\"><is><t xml:space=\"preserve\">=1+1</t></is></c>")
  }

  @Test func whatHasNoRoomIsRefused() {
    func code(_ table: Table) -> String? {
      do throws(Diagnostic) {
        _ = try Workbook(rules: CalendarRules()).bytes(table, remarks: [])
        return nil
      } catch { return error.code }
    }
    let long = Table.Column(name: "x", type: .text, values: [.text(String(repeating: "x", count: 32_768))])
    #expect(code(Table(columns: [long], rowCount: 1)) == "E1228")
    #expect(code(Table(columns: [], rowCount: 1_048_576)) == "E1228")
    let wide = Table.Column(name: "x", type: .text, values: [])
    #expect(code(Table(columns: Array(repeating: wide, count: 16_385), rowCount: 0)) == "E1228")
  }
}
