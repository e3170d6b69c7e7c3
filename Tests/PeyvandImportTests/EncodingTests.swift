import Glibc
import PeyvandBase
import PeyvandData
import PeyvandFiles
import Testing

@testable import PeyvandImport

/// Opens bytes as an import does.
func source(_ bytes: [UInt8], _ options: ImportOptions = ImportOptions(), named name: String = "t.csv") throws
  -> any ImportTable
{
  try ImportSource.open(FileBytes(bytes), named: name, options: options)
}

func source(_ text: String, _ options: ImportOptions = ImportOptions(), named name: String = "t.csv") throws
  -> any ImportTable
{
  try source(Array(text.utf8), options, named: name)
}

extension ImportTable {
  /// Every row as texts; missing as nil.
  func cells() throws -> [[String?]] {
    let columns = try columns(
      columnNames.indices.map { ColumnRequest(column: $0, reading: .field(.text)) }, interruption: nil)
    return (0..<rowCount).map { row in columns.map { $0.values.shown(row) } }
  }

  func faultNames() -> [String] { rowFaults.map { ImportDiagnostics.code(of: $0.fault) } }

  func lines(ofRows rows: [Int]) -> [Int] { places(of: rows.map { ($0, nil) }).map(\.place.line) }
}

@Suite struct EncodingTests {
  static let persian = "key,نام,شهر\n1,علی رضایی,تهران\n2,مریم کاظمی,شیراز پارس\n3,گل‌آقا,رشت\n"
  static let french = "key,name,city\n1,Café Élysée,Besançon\n2,Hélène Müller,Zürich\n"

  /// A text in one of the encodings, by the table of the fixture and not by ours.
  static func encoded(_ text: String, _ name: String) throws -> [UInt8] {
    var bytes: [UInt32: UInt8] = [:]
    for (encoding, byte, scalar) in try fixture() where encoding == name { bytes[scalar ?? 0] = byte }
    return text.unicodeScalars.map { $0.value < 0x80 ? UInt8($0.value) : bytes[$0.value] ?? UInt8(ascii: "?") }
  }

  static func utf16(_ text: String, big: Bool, mark: Bool) -> [UInt8] {
    (mark ? [0xFEFF] : []).map(UInt16.init).appending(Array(text.utf16)).flatMap { unit -> [UInt8] in
      let (high, low) = (UInt8(unit >> 8), UInt8(unit & 0xFF))
      return big ? [high, low] : [low, high]
    }
  }

  static func fixture() throws -> [(encoding: String, byte: UInt8, scalar: UInt32?)] {
    let folder = "/" + #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
    let text = try FileLeave.everything.readText(folder + "/Encodings/iconv.txt")
    return text.split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap { line in
      let words = line.split(separator: " ")
      guard words.count == 3, let byte = UInt8(words[1], radix: 16) else { return nil }
      return (String(words[0]), byte, UInt32(words[2], radix: 16))
    }
  }

  /// Every byte of the three tables, against what iconv makes of it.
  @Test func tablesAreThoseOfIconv() throws {
    let names: [String: TextEncoding] = ["CP1256": .windows1256, "CP1252": .windows1252, "ISO-8859-1": .latin1]
    var seen = 0
    for (name, byte, scalar) in try Self.fixture() {
      let encoding = try #require(names[name])
      let decoded = try TextDecoder.utf8(
        FileBytes([byte]), from: 0, as: encoding, named: "t", limit: 100, interruption: nil)
      let expected = scalar.flatMap(Unicode.Scalar.init).map { Array(String(Character($0)).utf8) } ?? [0xFF]
      #expect(decoded.array() == expected, "\(name) \(byte)")
      seen += 1
    }
    #expect(seen == 3 * 128)
  }

  @Test(arguments: [persian, french]) func everyEncodingGivesTheSameCells(_ text: String) throws {
    let expected = try source(text).cells()
    #expect(expected.count >= 2)
    #expect(try source([0xEF, 0xBB, 0xBF] + Array(text.utf8)).cells() == expected)
    for big in [false, true] {
      for mark in [false, true] {
        let table = try source(Self.utf16(text, big: big, mark: mark))
        #expect(try table.cells() == expected)
        #expect(table.findings.contains { $0.hasPrefix(big ? "UTF-16BE" : "UTF-16LE") })
      }
    }
  }

  @Test func windows1256IsFoundByItsLetters() throws {
    // ی is none of its letters: such files have ي.
    let text = Self.persian.replacing("ی", with: "ي")
    let table = try source(try Self.encoded(text, "CP1256"))
    #expect(try table.cells() == source(text).cells())
    let finding = try #require(table.findings.first { $0.hasPrefix("Windows-1256") })
    #expect(finding == "Windows-1256: 100% of the bytes beyond ASCII are Arabic letters: one word is نام")
    #expect(table.warnings.map(\.code) == ["E2267"])
  }

  @Test func windows1252IsFoundByItsLetters() throws {
    let table = try source(try Self.encoded(Self.french, "CP1252"))
    #expect(try table.cells() == source(Self.french).cells())
    #expect(
      table.findings.contains(
        "Windows-1252 (the same as Latin-1 here): 100% of the bytes beyond ASCII are letters and signs of western languages: one word is Café"
      ))
    let signs = try source(try Self.encoded("key,name\n1,Café – “été”\n2,naïve €5\n", "CP1252"))
    #expect(try signs.cells() == [["1", "Café – “été”"], ["2", "naïve €5"]])
    #expect(signs.findings.contains { $0.hasPrefix("Windows-1252: ") })
  }

  @Test func whatIsDeclaredIsNotGuessed() throws {
    // é of Windows-1252 is é of Windows-1256 too; a word alone says little, so it is said.
    let bytes = try Self.encoded("key,name\n1,سلام\n", "CP1256")
    #expect(try source(bytes, with { $0.encoding = .windows1256 }).cells() == [["1", "سلام"]])
    #expect(try source(bytes, with { $0.encoding = .latin1 }).cells() == [["1", "ÓáÇã"]])
    #expect(try source(bytes, with { $0.encoding = .utf8 }).faultNames() == ["E2233"])
    // A hole in the table of Windows-1252 rejects its line alone.
    let holes = try source(
      Array("key,name\n1,a".utf8) + [0x81] + Array("\n2,b\n".utf8), with { $0.encoding = .windows1252 })
    #expect(holes.faultNames() == ["E2233"])
    #expect(holes.lines(ofRows: [0]) == [2])
    for name in ["windows-1256", "CP1256", "utf-8", "UTF16", "latin1", "iso-8859-1", "Windows 1252"] {
      #expect(TextEncoding(named: name) != nil)
    }
    #expect(TextEncoding(named: "klingon") == nil)
  }

  @Test func aFewForeignLinesAreNamedAndNotTheEncodingOfAll() throws {
    let foreign = try Self.encoded("3,سلام\n", "CP1256")
    let table = try source(Array(Self.persian.utf8) + foreign + Array("4,x,y\n".utf8))
    #expect(table.faultNames().contains("E2233") || table.faultNames().contains("E2230"))
    #expect(table.columnNames[1] == "نام")
    #expect(table.rowCount == 5)
    // One letter among plain ones is no evidence of anything.
    let lone = try source(Array("a,b\n1,x\n2,".utf8) + [0xE9, 0x0A] + Array("3,z\n".utf8))
    #expect(lone.faultNames() == ["E2233"])
    #expect(lone.lines(ofRows: [1]) == [3])
  }

  @Test func whatCannotBeToldIsAsked() throws {
    // Cyrillic in Windows-1251: letters, but of no language that is told by itself.
    let word: [UInt8] = [0xCF, 0xF0, 0xE8, 0xE2, 0xE5, 0xF2, 0x2C, 0xEC, 0xE8, 0xF0, 0x0A]
    let bytes = Array("a,b\n".utf8) + Array(repeatElement(word, count: 400).joined())
    #expect(refusal { _ = try source(bytes) } == ["E2203"])
    #expect(refusal { _ = try source([0xFF, 0xFE, 0, 0, 0x61, 0, 0, 0]) } == ["E2202"])
    #expect(refusal { _ = try source(Array("a,b\n1,x\0y\n".utf8)) } == ["E2204"])
    #expect(refusal { _ = try source(Self.utf16("a,b\n1,x\0y\n", big: false, mark: true)) } == ["E2204"])
    #expect(refusal { _ = try source(Array("%PDF-1.7".utf8)) } == ["E2221"])
    #expect(refusal { _ = try source([]) } == ["E2201"])
  }

  @Test func placesCountLettersAsTheyStandInTheFile() throws {
    let text = "key,نام,n\n1,علي,x\n2,\"گل، و\nلاله\",y\n"
    for bytes in [
      Array(text.utf8), try Self.encoded(text, "CP1256"), Self.utf16(text, big: false, mark: true),
      Self.utf16(text, big: true, mark: false),
    ] {
      let table = try source(bytes)
      let places = table.places(of: [(row: 0, column: 2), (row: 1, column: 2), (row: 1, column: nil)]).map(\.place)
      #expect(
        places == [ImportPlace(line: 2, column: 7), ImportPlace(line: 4, column: 7), ImportPlace(line: 3, column: 1)])
    }
  }

  @Test func halvesOfUnitsAndPairsRejectTheirLine() throws {
    var bytes = Self.utf16("a,b\n1,x\n2,😀\n", big: false, mark: true)
    let half = Self.utf16("3,", big: false, mark: false) + [0x00, 0xD8] + Self.utf16("\n", big: false, mark: false)
    bytes += half + Self.utf16("4,z\n", big: false, mark: false)
    let table = try source(bytes)
    #expect(try table.cells() == [["1", "x"], ["2", "😀"], [nil, nil], ["4", "z"]])
    #expect(table.faultNames() == ["E2233"])
    // Half a unit at the end of the file.
    #expect(try source(Self.utf16("a,b\n1,x\n", big: true, mark: true) + [0]).faultNames().count == 1)
  }

  /// More than stays in memory: through a file without a name, and none is left behind.
  @Test func aLargeFileIsTurnedThroughAFileWithoutAName() throws {
    let line = try Self.encoded("12345,سلام دنيا,شيراز\n", "CP1256")
    let count = (9 << 20) / line.count
    let table = try source(Array("key,a,b\n".utf8) + Array(repeatElement(line, count: count).joined()))
    #expect(table.rowCount == count)
    let places = table.places(of: [(row: count - 1, column: 2)])
    #expect(places.first?.text == "شيراز")
    #expect(places.first?.place == ImportPlace(line: count + 1, column: 17))
  }
}

/// Options that differ from the usual ones.
func with(_ change: (inout ImportOptions) -> Void) -> ImportOptions {
  var options = ImportOptions()
  change(&options)
  return options
}

extension Array {
  fileprivate func appending(_ other: [Element]) -> [Element] { self + other }
}
