import PeyvandBase

enum ZoneEntry {
  /// A fault, or a zone whose changes stand in order of time and which tells every time of day.
  static func problems(_ bytes: [UInt8]) -> [String] {
    guard let zone = try? ZoneFile.zone(named: "Fuzz/Zone", bytes: bytes) else { return [] }
    var problems: [String] = []
    let changes = zone.transitions
    if !zip(changes, changes.dropFirst()).allSatisfy({ $0.at < $1.at }) { problems.append("changes out of order") }
    if changes.contains(where: { abs(Int($0.offset)) > Zone.largestOffset }) { problems.append("an offset of days") }
    var instants: [Int64] = [.min, .max, 0, -62_135_596_800, 253_402_300_799]
    for change in changes.prefix(40) + changes.suffix(40) {
      instants += [change.at, change.at &- 1, change.at &+ 1]
    }
    for instant in instants {
      let local = zone.localSeconds(ofInstant: instant)
      let second = zone.localSecondOfDay(ofInstant: instant)
      if !(0..<86_400).contains(second) { problems.append("second \(second) of a day") }
      let day = zone.localDay(ofInstant: instant)
      // Outside the calendar nothing more is asked than that it ends.
      guard (-62_135_596_800...253_402_300_799).contains(instant) else { continue }
      if Int64(day) * 86_400 + Int64(second) != local { problems.append("\(instant): day and second are not its own") }
      _ = zone.instant(ofLocalDay: day, secondOfDay: second)
    }
    return problems
  }
}
