import PeyvandBase
import PeyvandData
import PeyvandFiles
import PeyvandStore
import PeyvandTestSupport

enum JournalEntry {
  private static let owner = "00112233445566778899aabbccddeeff/1/"

  /// A company of two, for statements to speak of.
  private static let company: StoreState? = {
    guard let declared = try? StoreState().declaring(CompanySchema.catalogue()),
      let customer = declared.catalogue.kind(named: "customer"), let rep = declared.catalogue.kind(named: "rep"),
      let state = try? declared.adding(customer.id, key: "C-1", values: [:]).state
    else { return nil }
    return try? state.adding(rep.id, key: "R-1", values: [:]).state
  }()

  /// Bytes that begin like a journal are read as one; others are statements, a line each, put into lines as a writer
  /// does it, since no fuzzer finds a checksum.
  static func problems(_ bytes: [UInt8]) -> [String] {
    guard let company else { return ["the company is refused"] }
    let isRaw = bytes.count > 9 && bytes[8] == 0x20
    let journal = FileBytes(isRaw ? bytes : lines(of: bytes))
    guard let state = try? StoreFile.state(ofJournal: journal, over: company, named: "fuzz.json.journal") else {
      return []
    }
    SnapshotEntry.walk(state)
    guard let again = try? StoreFile.state(ofJournal: journal, over: company, named: "fuzz.json.journal") else {
      return ["what was read once is refused the second time"]
    }
    return contents(of: state) == contents(of: again) ? [] : ["read twice it gives two states"]
  }

  /// Keys and values, in the order in which they stand.
  private static func contents(of state: StoreState) -> [String] {
    var all: [String] = []
    for kind in state.catalogue.kinds where kind.family == kind.id {
      let rows = state.rows(of: kind.id)
      all += (try? state.keys(of: rows.map { Int32($0) }, family: kind.id)) ?? []
      for field in state.catalogue.fields where field.family == kind.id {
        for row in rows { all.append("\((try? state.value(field.id, row: row)) ?? .missing)") }
      }
    }
    return all
  }

  private static func lines(of bytes: [UInt8]) -> [UInt8] {
    let header = """
      {"n":0,"format":"peyvand journal","version":1,"id":"00112233445566778899aabbccddeeff","generation":1}
      """
    var all = line(Array(header.utf8))
    for (number, statement) in bytes.split(separator: 0x0A).enumerated() {
      all += line(Array("{\"n\":\(number + 1),".utf8) + statement + [UInt8(ascii: "}")])
    }
    return all
  }

  private static func line(_ json: [UInt8]) -> [UInt8] {
    let digits = String(checksum(Array(owner.utf8) + json), radix: 16)
    let check = String(repeating: "0", count: 8 - digits.count) + digits
    return Array("\(check) \(json.count) ".utf8) + json + [0x0A]
  }

  /// CRC-32C (RFC 3720), a bit at a time.
  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    var rest = UInt32.max
    for byte in bytes {
      rest ^= UInt32(byte)
      for _ in 0..<8 { rest = rest >> 1 ^ (rest & 1 == 0 ? 0 : 0x82F6_3B78) }
    }
    return ~rest
  }
}
