/// The address of a database, `postgres://user@host:5432/name`, taken apart; and the words it is shown in.
///
/// Addresses are typed, kept in scripts, shown in errors and written into histories, so none may hold a password: one
/// that does is refused, and wherever a text with one is shown its password is stars.
package struct DatabaseAddress: Hashable, Sendable {
  package var user: String?
  package var hasPassword = false
  package var host: String?
  package var port: String?
  package var database: String?
  /// What stands behind `?`, in order.
  package var settings: [(name: String, value: String)] {
    settingNames.indices.map { (settingNames[$0], settingValues[$0]) }
  }
  private var settingNames: [String] = []
  private var settingValues: [String] = []

  private static let schemes = ["postgres://", "postgresql://"]

  /// Whether a text is meant as an address and not as the name of a file.
  package static func isAddress(_ text: String) -> Bool {
    let lower = text.lowercased()
    return schemes.contains { lower.hasPrefix($0) }
  }

  /// Nil where it is none: another scheme, a port that is no number, an escape that is none.
  package init?(_ text: String) {
    guard let scheme = Self.schemes.first(where: { text.lowercased().hasPrefix($0) }) else { return nil }
    var rest = text.dropFirst(scheme.count)
    if let mark = rest.firstIndex(of: "?") {
      for setting in rest[rest.index(after: mark)...].split(separator: "&") {
        let parts = setting.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let name = Self.decoded(parts[0]), let value = Self.decoded(parts[1]) else {
          return nil
        }
        settingNames.append(name.lowercased())
        settingValues.append(value)
        if name.lowercased().contains("password") { hasPassword = true }
      }
      rest = rest[..<mark]
    }
    if let slash = rest.firstIndex(of: "/") {
      guard let name = Self.decoded(rest[rest.index(after: slash)...]) else { return nil }
      database = name.isEmpty ? nil : name
      rest = rest[..<slash]
    }
    if let sign = rest.lastIndex(of: "@") {
      let who = rest[..<sign]
      rest = rest[rest.index(after: sign)...]
      if let colon = who.firstIndex(of: ":") {
        hasPassword = true
        user = Self.decoded(who[..<colon])
      } else {
        user = Self.decoded(who)
      }
      if user?.isEmpty ?? true { user = nil }
    }
    if rest.hasPrefix("["), let close = rest.firstIndex(of: "]") {
      // An address of IPv6.
      host = String(rest[rest.index(after: rest.startIndex)..<close])
      rest = rest[rest.index(after: close)...]
      if rest.hasPrefix(":") { port = String(rest.dropFirst()) } else if !rest.isEmpty { return nil }
    } else if let colon = rest.lastIndex(of: ":") {
      port = String(rest[rest.index(after: colon)...])
      host = Self.decoded(rest[..<colon])
    } else {
      host = Self.decoded(rest)
    }
    if host?.isEmpty ?? true { host = nil }
    if port?.isEmpty ?? true { port = nil }
    for (name, value) in settings where !value.isEmpty {
      switch name {
      case "host": host = value
      case "port": port = value
      case "user": user = value
      case "dbname": database = value
      default: break
      }
    }
    if let port { guard let number = UInt16(port), number > 0 else { return nil } }
    for part in [user, host, database].compactMap({ $0 }) where part.utf8.contains(0) { return nil }
  }

  private static func decoded(_ text: some StringProtocol) -> String? {
    var bytes: [UInt8] = []
    var left = Array(text.utf8)[...]
    while let byte = left.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard let code = UInt8(String(decoding: left.prefix(2), as: UTF8.self), radix: 16), left.count >= 2 else {
        return nil
      }
      bytes.append(code)
      left = left.dropFirst(2)
    }
    return String(validating: bytes, as: UTF8.self)
  }

  /// As it is shown: `postgres://user@host/db`, with `***` in the place of a password.
  package var shown: String {
    var text = "postgres://"
    if let user { text += user + (hasPassword ? ":***" : "") + "@" } else if hasPassword { text += ":***@" }
    if let host, !host.hasPrefix("/") { text += host }
    if let port { text += ":" + port }
    if let database { text += "/" + database }
    return text
  }

  package static func == (one: DatabaseAddress, other: DatabaseAddress) -> Bool { one.shown == other.shown }
  package func hash(into hasher: inout Hasher) { hasher.combine(shown) }

  // MARK: - Texts that hold one

  /// The bytes of the passwords in a text: between the colon and the last `@` of an address, or behind `password=`.
  private static func passwords(in bytes: [UInt8]) -> [Range<Int>] {
    func matches(_ word: String, at start: Int) -> Bool {
      let word = Array(word.utf8)
      guard start + word.count <= bytes.count else { return false }
      for index in word.indices where bytes[start + index] | 0x20 != word[index] | 0x20 { return false }
      return true
    }
    var found: [Range<Int>] = []
    var at = 0
    while at < bytes.count {
      guard bytes[at] | 0x20 == UInt8(ascii: "p"), let scheme = schemes.first(where: { matches($0, at: at) }) else {
        at += 1
        continue
      }
      let start = at + scheme.utf8.count
      // To the end of the address: a blank, a quote or the line's end.
      var end = start
      while end < bytes.count, bytes[end] > 0x20, bytes[end] != UInt8(ascii: "\"") { end += 1 }
      let authority = bytes[start..<end].firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? end
      // A password may hold a stroke or an `@` itself, though it should not: the last `@` before a `?` counts.
      let before = bytes[start..<end].firstIndex(of: UInt8(ascii: "?")) ?? end
      let sign =
        bytes[start..<before].lastIndex(of: UInt8(ascii: "@"))
        ?? bytes[start..<authority].lastIndex(of: UInt8(ascii: "@"))
      if let sign, let colon = bytes[start..<sign].firstIndex(of: UInt8(ascii: ":")) { found.append(colon + 1..<sign) }
      var place = start
      while place < end {
        if matches("password=", at: place) {
          let value = place + 9
          let stop = bytes[value..<end].firstIndex(of: UInt8(ascii: "&")) ?? end
          found.append(value..<stop)
          place = stop
        } else {
          place += 1
        }
      }
      at = max(end, at + 1)
    }
    return found.filter { !$0.isEmpty }
  }

  /// Whether a text holds an address with a password.
  package static func holdsPassword(_ text: String) -> Bool { !passwords(in: Array(text.utf8)).isEmpty }

  /// The text with a star for each byte of a password, so that places in it stay.
  package static func masked(_ text: String) -> String {
    var bytes = Array(text.utf8)
    let found = passwords(in: bytes)
    guard !found.isEmpty else { return text }
    for range in found { for index in range { bytes[index] = UInt8(ascii: "*") } }
    return String(decoding: bytes, as: UTF8.self)
  }
}
