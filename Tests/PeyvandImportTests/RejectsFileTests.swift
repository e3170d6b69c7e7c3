import PeyvandBase
import PeyvandData
import PeyvandFiles
import PeyvandStore
import Testing

@testable import PeyvandImport

@Suite struct RejectsFileTests {
  private func rejects(
    _ text: String, _ options: ImportOptions = ImportOptions(), key: String? = nil, rounds: Int = 1
  ) throws -> (attempt: Importer.Attempt, file: String) {
    var company = Company()
    let product = company.kind("product", .entity, [("price", .number(.plain), false), ("name", .text, false)])
    let table = try CSVTable.open(FileBytes(text), named: "p.csv", options: options)
    let plan = try ImportPlan.make(kind: product, in: company.catalogue, from: table, key: key)
    let attempt = try Importer.attempt(plan, table: table, into: company.store, keepsAllRejects: true, at: 0)
    var bytes: [UInt8] = []
    try RejectsFile.write(attempt.rejected, of: table) { (part) throws(Diagnostics) in bytes += part }
    return (attempt, String(decoding: bytes, as: UTF8.self))
  }

  @Test func rowsStandAsTheyStoodWithTheReasonOfEach() throws {
    let (attempt, file) = try rejects(
      "key,price,name\nP-1,3,ok\nP-2,cheap,\"a \"\"b\"\", c\"\n,4,no key\nP-4,5,\" padded \"\nP-5,x,\"two\nlines\"\n")
    #expect(attempt.refusal != nil)
    #expect(attempt.report.rejected == 3)
    #expect(
      file.split(separator: "\n").map(String.init) == [
        "key,price,name,reject_reason,reject_line,reject_column",
        #"P-2,cheap,"a ""b"", c","""cheap"" is no number",3,price"#,
        ",4,no key,the key is missing,4,key",
        "P-5,x,\"two",
        #"lines","""x"" is no number",6,price"#,
      ])
  }

  @Test func aLineThatIsNoRowKeepsWhatItHolds() throws {
    let (_, file) = try rejects("key,price,name\nP-1,3,a,b,c\nP-2\nP-3,4,ok\n")
    #expect(
      file.split(separator: "\n").dropFirst().map(String.init) == [
        "P-1,3,\"a,b,c\",it has more cells than the file has columns,2,",
        "P-2,,,\"it has 1 cell, fewer than the file has columns\",3,",
      ])
  }

  @Test(arguments: [
    ("key;price;name\nP-1;x;a\nP-2;1;b\n", ImportOptions()),
    ("P-1\tx\ta\nP-2\t1\tb\n", ImportOptions(delimiter: .byte(9), header: false)),
    ("P-1 x a\nP-2 1 b\n", ImportOptions(delimiter: .blanks, header: false)),
  ])
  func itIsReadAsTheFileWas(text: String, options: ImportOptions) throws {
    var company = Company()
    let product = company.kind("product", .entity, [("price", .number(.plain), false), ("name", .text, false)])
    func read(_ text: String) throws -> Importer.Attempt {
      let table = try CSVTable.open(FileBytes(text), named: "p.csv", options: options)
      let names = table.columnNames
      let plan = try ImportPlan.make(
        kind: product, in: company.catalogue, from: table, key: names[0],
        given: [.init(name: "price", input: .column(1)), .init(name: "name", input: .column(2))])
      return try Importer.attempt(plan, table: table, into: company.store, keepsAllRejects: true, at: 0)
    }
    let table = try CSVTable.open(FileBytes(text), named: "p.csv", options: options)
    let first = try read(text)
    #expect(first.report.rejected == 1)
    var bytes: [UInt8] = []
    try RejectsFile.write(first.rejected, of: table) { (part) throws(Diagnostics) in bytes += part }
    let written = String(decoding: bytes, as: UTF8.self)
    let again = try read(written)
    #expect((again.report.rows, again.report.rejected) == (1, 1), "\(written)")
    let mended = try read(written.replacing("x", with: "7", maxReplacements: 1))
    #expect((mended.report.added, mended.report.rejected) == (1, 0), "\(written)")
    #expect(try mended.state.records("product", ["price", "name"]) == [["P-1", "7", "a"]])
  }

  @Test func manyRejectsAreAllThere() throws {
    let rows = 25_000
    let text = "key,price\n" + (0..<rows).map { "P-\($0),no\n" }.joined()
    let (attempt, file) = try rejects(text)
    #expect(attempt.report.rejects.count == ImportReport.shownRejects)
    #expect(attempt.rejected.count == rows)
    #expect(file.split(separator: "\n").count == rows + 1)
    #expect(file.hasSuffix("P-24999,no,\"\"\"no\"\" is no number\",25001,price\n"))
  }
}
