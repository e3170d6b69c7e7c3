import PeyvandBase
import PeyvandFiles
import PeyvandTestSupport
import Testing

/// Zone files against what Python's zoneinfo makes of the same bytes (`scripts/zone-values` wrote both).
@Suite struct ZoneFileTests {
  private static let folder =
    "/" + #filePath.split(separator: "/").dropLast(2).joined(separator: "/") + "/Zones"

  private static func bytes(_ name: String) throws -> [UInt8] {
    try FileLeave.everything.open(name, base: folder).contents().array()
  }

  private static func zone(_ name: String) throws -> Zone { try ZoneFile.zone(named: name, bytes: bytes(name)) }

  @Test func everyChangeAndEveryLocalTimeIsThatOfPython() throws {
    let text = try FileLeave.everything.open("expected.txt", base: Self.folder).contents().text(named: "expected.txt")
    var zone = Zone.utc
    var zones = 0
    var values = 0
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      let words = line.split(separator: " ")
      if words[0] == "zone" {
        zone = try Self.zone(String(words[1]))
        zones += 1
        continue
      }
      let numbers = try words.dropFirst().map { try #require(Int64($0)) }
      values += 1
      switch words[0] {
      case "change":
        #expect(zone.offset(atInstant: numbers[0] - 1) == Int(numbers[1]), "\(zone.name) \(line)")
        #expect(zone.offset(atInstant: numbers[0]) == Int(numbers[2]), "\(zone.name) \(line)")
      case "at": #expect(zone.offset(atInstant: numbers[0]) == Int(numbers[1]), "\(zone.name) \(line)")
      default:
        let day = Int((Double(numbers[0]) / 86_400).rounded(.down))
        let instant = zone.instant(ofLocalDay: day, secondOfDay: Int(numbers[0]) - day * 86_400)
        #expect(instant == numbers[1], "\(zone.name) \(line)")
      }
    }
    #expect(zones == 13)
    #expect(values > 5_000)
  }

  @Test func daysOfTwentyThreeAndTwentyFiveHours() throws {
    let berlin = try Self.zone("Europe/Berlin")
    func hours(_ day: String) throws -> Int64 {
      let number = try #require(InstantText.parseDay(day))
      return (berlin.instant(ofLocalDay: number + 1) - berlin.instant(ofLocalDay: number)) / 3600
    }
    #expect(try hours("2024-03-31") == 23)
    #expect(try hours("2024-10-27") == 25)
    #expect(try hours("2024-06-01") == 24)
    // The rule after the file's last change: the last Sundays of March and October of a far year.
    #expect(try hours("2900-03-28") == 23)
    #expect(try hours("2900-10-31") == 25)
    let samoa = try Self.zone("Pacific/Apia")
    let skipped = try #require(InstantText.parseDay("2011-12-30"))
    #expect(samoa.instant(ofLocalDay: skipped) == samoa.instant(ofLocalDay: skipped + 1))
  }

  @Test func theFirstVersionHasNoRule() throws {
    // The first half of a file is a file of version 1 with another number in its head.
    var bytes = try Self.bytes("Europe/Berlin")
    let second = try #require(
      bytes.indices.dropFirst(4).first { bytes[$0...].starts(with: Array("TZif".utf8)) })
    bytes = Array(bytes[..<second])
    bytes[4] = 0
    let zone = try ZoneFile.zone(named: "old", bytes: bytes)
    #expect(zone.offset(atInstant: 1_719_792_000) == 7200)  // 2024-07-01
    #expect(zone.offset(atInstant: 4_086_288_000) == 3600)  // 2099-06-29, beyond 32 bits: as at the end
  }

  /// A file of version 2 to 4 without any change listed, whose footer is all.
  private func rule(_ text: String, version: Character = "3") throws -> Zone {
    func block() -> [UInt8] {
      var bytes = Array("TZif\(version)".utf8) + [UInt8](repeating: 0, count: 15)
      for count: UInt8 in [0, 0, 0, 0, 1, 1] { bytes += [0, 0, 0, count] }
      return bytes + [0, 0, 0, 0, 0, 0] + [0]
    }
    return try ZoneFile.zone(named: "rule", bytes: block() + block() + Array("\n\(text)\n".utf8))
  }

  @Test func rules() throws {
    #expect(try rule("<+0330>-3:30").offset(atInstant: 0) == 12_600)
    #expect(try rule("UTC0", version: "4").fixedOffset == 0)
    // Summer time the whole year, as RFC 9636 writes it.
    let always = try rule("EST5EDT,0/0,J365/25")
    for day in stride(from: 0, to: 20_000, by: 7) { #expect(always.offset(atInstant: Int64(day) * 86_400) == -14_400) }
    // Godthab once changed its clock at 22:00 of the day before: hours below 0.
    let nuuk = try rule("<-02>2<-01>,M3.5.0/-1,M10.5.0/0")
    #expect(nuuk.offset(atInstant: 1_711_846_799) == -7200)  // 2024-03-31 00:59:59 UTC
    #expect(nuuk.offset(atInstant: 1_711_846_800) == -3600)
    // Day 60 of a common year is 1 March in every year; day 59 of any year is 29 February in a leap year.
    let julian = try rule("AAA0BBB,J60/0,J61/0")
    #expect(julian.offset(atInstant: 1_709_251_200) == 3600)  // 2024-03-01
    #expect(julian.offset(atInstant: 1_709_164_800) == 0)  // 2024-02-29
    let plain = try rule("AAA0BBB,59/0,60/0")
    #expect(plain.offset(atInstant: 1_709_164_800) == 3600)
    #expect(plain.offset(atInstant: 1_709_251_200) == 0)
  }

  @Test func wrongRules() {
    for text in [
      "", "X", "XY3", "EST", "EST5EDT", "EST5EDT,M13.1.0,M11.1.0", "EST5EDT,M3.6.0,M11.1.0", "EST5EDT,M3.2.7,M11.1.0",
      "EST5EDT,M3.2.0", "EST5EDT,M3.2.0,M11.1.0x", "EST25", "<EST5", "EST5EDT,366,1", "EST5EDT,J0,1",
      "EST5EDT,M3.2.0/168,M11.1.0",
    ] where !text.isEmpty {
      #expect(throws: ZoneFile.Fault.self, "\(text)") { try rule(text) }
    }
  }

  @Test func bytesAreNotBelieved() throws {
    let good = try Self.bytes("Asia/Tehran")
    // Cut anywhere, or with any byte of its heads changed: a zone or a fault, never the end of the process.
    for length in 0..<good.count {
      #expect(throws: ZoneFile.Fault.self) { try ZoneFile.zone(named: "x", bytes: Array(good[..<length])) }
    }
    var chance = SystemRandomNumberGenerator()
    for place in 0..<good.count {
      var bytes = good
      bytes[place] = UInt8.random(in: 0...255, using: &chance)
      if let zone = try? ZoneFile.zone(named: "x", bytes: bytes) {
        _ = zone.instant(ofLocalDay: 19_000, secondOfDay: 5)
        #expect(abs(zone.offset(atInstant: 1_700_000_000)) <= Zone.largestOffset)
      }
    }
    #expect(throws: ZoneFile.Fault.self) { try ZoneFile.zone(named: "x", bytes: Array("TZif".utf8)) }
  }
}

@Suite struct ZoneFilesTests {
  private func found(_ name: String, in folders: [String]) -> Bool {
    if case .found = ZoneFiles.find(name, in: folders) { true } else { false }
  }
  private func near(_ name: String, in folders: [String]) -> [String]? {
    if case .unknown(let near) = ZoneFiles.find(name, in: folders) { near } else { nil }
  }

  /// A folder of zones with a secret beside it.
  private func zones() throws -> ScratchFolder {
    let folder = ScratchFolder()
    let source = "/" + #filePath.split(separator: "/").dropLast(2).joined(separator: "/") + "/Zones"
    let bytes = try FileLeave.everything.open("Asia/Tehran", base: source).contents().array()
    for name in ["zones", "zones/Asia", "zones/Europe", "zones/America"] { folder.folder(name) }
    for name in ["zones/Asia/Tehran", "zones/Asia/Tokyo", "zones/Europe/Berlin", "zones/America/New_York", "secret"] {
      folder.file(name, bytes: bytes)
    }
    folder.file("zones/Asia/Broken", "no zone")
    return folder
  }

  @Test func byName() throws {
    let folder = try zones()
    let folders = [folder.path + "/nowhere", folder.path + "/zones"]
    #expect(found("Asia/Tehran", in: folders))
    #expect(found("UTC", in: folders))
    #expect(found("-05:00", in: folders))
    guard case .unusable(let why) = ZoneFiles.find("Asia/Broken", in: folders) else {
      Issue.record("a broken file is said to be one")
      return
    }
    #expect(why.code == "E3015")
    #expect(near("Asia/Teheran", in: folders)?.first == "Asia/Tehran")
    #expect(near("asia/tehran", in: folders) == ["Asia/Tehran"])
    #expect(near("Tehran", in: folders) == ["Asia/Tehran"])
    #expect(near("Europe/Tehran", in: folders)?.first == "Asia/Tehran")
    #expect(near("new york", in: folders) == ["America/New_York"])
    #expect(near("Nowhere/Atall", in: folders) == [])
  }

  @Test func noNameLeadsOutOfTheFolder() throws {
    let folder = try zones()
    let folders = [folder.path + "/zones"]
    folder.link("zones/Asia/Out", to: folder.path + "/secret")
    folder.link("zones/Asia/In", to: folder.path + "/zones/Asia/Tehran")
    for name in [
      "../secret", "Asia/../../secret", folder.path + "/secret", "Asia/Out", "Asia", "Asia/", "/Asia/Tehran",
      "./Asia/Tehran", "Asia//Tehran", "Asia/Tehran\0", "\0", "", ".", "..", "Asia/Tehran ", "Asia\\Tehran",
      String(repeating: "A/", count: 5_000) + "A", String(repeating: "A", count: 1_000_000),
    ] {
      #expect(near(name, in: folders) != nil, "\(name.prefix(40))")
    }
    #expect(found("Asia/In", in: folders))
  }
}
