import PeyvandBase
import PeyvandData
import PeyvandFiles
import Testing

@testable import PeyvandImport

/// What people really send: titles, sums, ragged lines. And what RFC 4180 says, which stays as it is.
@Suite struct CSVToleranceTests {
  struct Sample: CustomTestStringConvertible {
    var name: String
    var text: String
    var names: [String]
    var rows: [[String?]]
    var testDescription: String { name }
  }

  /// The cases of csv-spectrum (github.com/max-mapper/csv-spectrum), and others of its kind.
  static let spectrum = [
    Sample(
      name: "comma in quotes",
      text: "first,last,address,city,zip\nJohn,Doe,120 any st.,\"Anytown, WW\",08123\n",
      names: ["first", "last", "address", "city", "zip"],
      rows: [["John", "Doe", "120 any st.", "Anytown, WW", "08123"]]),
    Sample(
      name: "empty", text: "a,b,c\n1,\"\",\"\"\n2,3,4\n", names: ["a", "b", "c"],
      rows: [["1", nil, nil], ["2", "3", "4"]]),
    Sample(
      name: "empty_crlf", text: "a,b,c\r\n1,\"\",\"\"\r\n2,3,4\r\n", names: ["a", "b", "c"],
      rows: [["1", nil, nil], ["2", "3", "4"]]),
    Sample(
      name: "escaped_quotes", text: "a,b\n1,\"ha \"\"ha\"\" ha\"\n3,4\n", names: ["a", "b"],
      rows: [["1", "ha \"ha\" ha"], ["3", "4"]]),
    Sample(
      name: "json", text: "key,val\n1,\"{\"\"type\"\": \"\"Point\"\", \"\"coordinates\"\": [102.0, 0.5]}\"\n",
      names: ["key", "val"], rows: [["1", "{\"type\": \"Point\", \"coordinates\": [102.0, 0.5]}"]]),
    Sample(
      name: "newlines", text: "a,b,c\n1,2,3\n\"Once upon \na time\",5,6\n7,8,9\n", names: ["a", "b", "c"],
      rows: [["1", "2", "3"], ["Once upon \na time", "5", "6"], ["7", "8", "9"]]),
    Sample(
      name: "newlines_crlf", text: "a,b,c\r\n1,2,3\r\n\"Once upon \r\na time\",5,6\r\n7,8,9\r\n",
      names: ["a", "b", "c"], rows: [["1", "2", "3"], ["Once upon \r\na time", "5", "6"], ["7", "8", "9"]]),
    Sample(
      name: "quotes_and_newlines", text: "a,b\n1,\"ha \n\"\"ha\"\" \nha\"\n3,4\n", names: ["a", "b"],
      rows: [["1", "ha \n\"ha\" \nha"], ["3", "4"]]),
    Sample(name: "simple", text: "a,b,c\n1,2,3\n", names: ["a", "b", "c"], rows: [["1", "2", "3"]]),
    Sample(name: "simple_crlf", text: "a,b,c\r\n1,2,3\r\n", names: ["a", "b", "c"], rows: [["1", "2", "3"]]),
    Sample(
      name: "utf8", text: "a,b,c\n1,2,3\n4,5,ʤ\n", names: ["a", "b", "c"], rows: [["1", "2", "3"], ["4", "5", "ʤ"]]),
    Sample(
      name: "location_coordinates",
      text: "Contact Phone Number,Location Coordinates,Cities\n1234567890,\"37°36'37.8\"\"N 121°2'17.9\"\"E\",Dallas\n",
      names: ["Contact Phone Number", "Location Coordinates", "Cities"],
      rows: [["1234567890", "37°36'37.8\"N 121°2'17.9\"E", "Dallas"]]),
    Sample(name: "quote alone", text: "a,b\n\"\"\"\",\"\"\"\"\"\"\n", names: ["a", "b"], rows: [["\"", "\"\""]]),
    Sample(name: "last cell quoted, no line end", text: "a,b\n1,\"x\"", names: ["a", "b"], rows: [["1", "x"]]),
    Sample(name: "CR alone", text: "a,b\r1,\"x\ry\"\r2,z\r", names: ["a", "b"], rows: [["1", "x\ry"], ["2", "z"]]),
  ]

  @Test(arguments: spectrum) func spectrumCases(_ sample: Sample) throws {
    let table = try source(sample.text)
    #expect(table.columnNames == sample.names)
    #expect(try table.cells() == sample.rows)
    #expect(table.rowFaults.isEmpty)
  }

  static let tolerated = [
    Sample(
      name: "titles", text: "Customers\nmade on 2024-01-01\n\nid,name,city\n1,A,X\n2,B,Y\n",
      names: ["id", "name", "city"],
      rows: [["1", "A", "X"], ["2", "B", "Y"]]),
    Sample(
      name: "titles filled up with empty cells", text: "Customers,,\n,,\nid,name,city\n1,A,X\n2,B,\n",
      names: ["id", "name", "city"], rows: [["1", "A", "X"], ["2", "B", nil]]),
    Sample(
      name: "a title with quotes", text: "\"List\" of all\nid,name,city\n1,A,X\n2,B,Y\n",
      names: ["id", "name", "city"],
      rows: [["1", "A", "X"], ["2", "B", "Y"]]),
    Sample(
      name: "a filter above the header", text: "Region,North\nid,name,city,amount\n1,A,X,5\n2,B,Y,6\n",
      names: ["id", "name", "city", "amount"], rows: [["1", "A", "X", "5"], ["2", "B", "Y", "6"]]),
    Sample(
      name: "what stands between cells, said first", text: "sep=;\r\nid;name\r\n1;a,b\r\n", names: ["id", "name"],
      rows: [["1", "a,b"]]),
    Sample(
      name: "a comma too many, and nothing behind it", text: "a,b\n1,2,\n3,4,, \n5,\"6\",\"\"\r\n7,8",
      names: ["a", "b"],
      rows: [["1", "2"], ["3", "4"], ["5", "6"], ["7", "8"]]),
    Sample(
      name: "names over several lines", text: "id,\"first\nname\"\n1,A\n", names: ["id", "first name"],
      rows: [["1", "A"]]),
    Sample(
      name: "a narrow header is no title", text: "a,b\n1,2,\n", names: ["a", "b"], rows: [["1", "2"]]),
    Sample(
      name: "a first line of values is no title", text: "x,,\n1,2,3\n4,5,6\n", names: ["x", "c2", "c3"],
      rows: [["1", "2", "3"], ["4", "5", "6"]]),
    Sample(
      name: "two columns", text: "key,name\nC-1,A\nC-2,B\n", names: ["key", "name"],
      rows: [["C-1", "A"], ["C-2", "B"]]),
    Sample(
      name: "a total in the middle is a record", text: "key,name,n\nTotal,,\n" + String(repeating: "C,x,1\n", count: 6),
      names: ["key", "name", "n"],
      rows: [["Total", nil, nil]] + Array(repeating: ["C", "x", "1"], count: 6)),
    Sample(
      name: "a full row that is called so", text: "key,name,n\nC,x,1\nTotal,Oil,7\n", names: ["key", "name", "n"],
      rows: [["C", "x", "1"], ["Total", "Oil", "7"]]),
  ]

  @Test(arguments: tolerated) func toleratedCases(_ sample: Sample) throws {
    let table = try source(sample.text)
    #expect(table.columnNames == sample.names)
    #expect(try table.cells() == sample.rows)
    #expect(table.rowFaults.isEmpty)
  }

  @Test func titlesAreSaidAndTheLinesAreThoseOfTheFile() throws {
    let table = try source("Customers\n\nid,name,city\n1,A,X\n2,B,Y\n")
    #expect(table.findings.contains("1 line above the header passed over: \"Customers\""))
    #expect(table.findings.contains("header in line 3"))
    #expect(table.warnings.map(\.code) == ["E2267"])
    #expect(table.lines(ofRows: [0, 1]) == [4, 5])
    // What is said goes before what is found.
    let skipped = try source("a,b,c\n\nid,name,city\n1,A,X\n", with { $0.skip = 2 })
    #expect(skipped.columnNames == ["id", "name", "city"])
    #expect(skipped.lines(ofRows: [0]) == [4])
    #expect(try source("x\nid,name,city\n1,A,X\n", with { $0.header = true }).columnNames == ["id", "name", "city"])
    #expect(refusal { _ = try source("a\n1\n", with { $0.skip = 9 }) } == ["E2201"])
  }

  @Test func raggedLinesAreRejectedByName() throws {
    let table = try source("a,b,c\n1,2\n1,2,3\n1,2,3,4\n1\n1,2,3\n1,2,3\n")
    #expect(table.rowFaults.map(\.fault) == [.tooFew(cells: 2), .tooMany, .tooFew(cells: 1)])
    #expect(table.lines(ofRows: table.rowFaults.map(\.row)) == [2, 4, 5])
  }

  @Test func shortLinesAreFilledWhereThatIsSaid() throws {
    let text = "a,b,c\n1,2\n1,2,3\n1,2,3,4\n\"x\"\n5,\"y\"\r\n6"
    let table = try source(text, with { $0.short = .fill })
    #expect(
      try table.cells() == [
        ["1", "2", nil], ["1", "2", "3"], [nil, nil, nil], ["x", nil, nil], ["5", "y", nil], ["6", nil, nil],
      ])
    #expect(table.rowFaults.map(\.fault) == [.tooMany])
    #expect(table.lines(ofRows: [0, 1, 2, 3, 4, 5]) == [2, 3, 4, 5, 6, 7])
    // The same cells are the same row, written short or whole.
    let whole = try source("a,b,c\n1,2,\n6,,\n")
    let hashes = try table.rowHashes(interruption: nil)
    #expect(try whole.rowHashes(interruption: nil) == [hashes[0], hashes[5]])
    #expect(table.places(of: [(row: 5, column: 2)]).first?.text == "")
  }

  @Test func footersAreRejectedByName() throws {
    let text = "key,name,n\nC-1,A,3\nC-2,B,4\nTotal,,7\nGenerated by CRM 5.1,,\n"
    let table = try source(text)
    #expect(table.rowFaults.map(\.fault) == [.footer, .footer])
    #expect(table.lines(ofRows: [2, 3]) == [4, 5])
    #expect(try table.cells().map { $0[0] } == ["C-1", "C-2", nil, nil])
    #expect(try table.rowHashes(interruption: nil)[2] == 0)
    #expect(try source(text, with { $0.keepsFooter = true }).rowFaults.isEmpty)
    let short = try source("key,name,n\nC-1,A,3\nC-2,B,4\nGenerated by CRM 5.1\n\n")
    #expect(short.rowFaults.map(\.fault) == [.tooFew(cells: 1)])
    #expect(try source("کد,نام,مبلغ\n1,الف,3\n2,ب,4\nجمع کل,,7\n").rowFaults.map(\.fault) == [.footer])
  }

  @Test func repeatedNamesAreSaid() throws {
    let table = try source("id,name,name,id\n1,a,b,2\n")
    #expect(table.columnNames == ["id", "name", "name 2", "id 2"])
    #expect(table.findings.contains("names that stand twice: `name 2`, `id 2`"))
  }

  /// A quote that is never closed, at every place of a file: its line is rejected, and no other.
  @Test func oneBadQuoteNeverFoldsAFile() throws {
    let lines = (1...40).map { "\($0),name \($0),x" }
    for bad in 0..<40 {
      var broken = lines
      broken[bad] = "\(bad + 1),\"name,x"
      let table = try source("a,b,c\n" + broken.joined(separator: "\n") + "\n")
      #expect(table.rowCount == 40)
      #expect(table.rowFaults.map(\.row) == [bad])
      #expect(table.lines(ofRows: [bad]) == [bad + 2])
    }
  }
}
