import Glibc
import PeyvandBase

/// The system's time zone files, found by name.
///
/// A zone is named in a script or a store, and both may come from someone else: so a name is a name of the zone
/// database (letters, digits, `_ + -`, parts joined by `/`) before it is a part of a path, and the file is opened
/// through a leave that reaches nothing outside the zone folder, links followed. `TZDIR` names another folder, as for
/// every program of the system.
package enum ZoneFiles {
  /// Larger than any zone's file.
  private static let largest = 1 << 20
  /// Names looked at to find those that are near.
  private static let mostNames = 5_000

  /// The folders in which zones are sought, in order.
  package static var folders: [String] {
    if let given = getenv("TZDIR"), let folder = String(validatingCString: given), !folder.isEmpty { return [folder] }
    return ["/usr/share/zoneinfo", "/usr/lib/zoneinfo", "/usr/share/lib/zoneinfo", "/etc/zoneinfo"]
  }

  /// The zone of a name: one that needs no file, else the system's.
  @Sendable package static func find(_ name: String) -> ZoneAnswer { find(name, in: folders) }

  /// The same, sought in these folders.
  package static func find(_ name: String, in folders: [String]) -> ZoneAnswer {
    if let zone = Zone.named(name) { return .found(zone) }
    guard isZoneName(name) else { return .unknown(near: near(name, in: folders)) }
    for folder in folders {
      let bytes: [UInt8]
      do throws(Diagnostic) {
        let leave = FileLeave(readRoots: [folder])
        bytes = try leave.open(name, base: folder).contents(limit: largest).array()
      } catch {
        continue
      }
      do throws(ZoneFile.Fault) {
        return .found(try ZoneFile.zone(named: name, bytes: bytes))
      } catch {
        return .unusable(FileDiagnostics.unusableZone(name, error.reason))
      }
    }
    return .unknown(near: near(name, in: folders))
  }

  /// Whether a text can be a zone's name at all: `Asia/Tehran`, `Etc/GMT+3`, `America/Port-au-Prince`.
  package static func isZoneName(_ name: String) -> Bool {
    guard name.utf8.count <= 100 else { return false }
    let parts = name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard parts.count <= 4 else { return false }
    return parts.allSatisfy { part in
      guard let first = part.first, isLetter(first) else { return false }
      return part.allSatisfy { byte in
        isLetter(byte) || (0x30...0x39).contains(byte) || [0x2B, 0x2D, 0x5F].contains(byte)
      }
    }
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) }

  // MARK: Names

  /// At most four names that may have been meant: the same but for its case, one whose city it is, those spelled alike.
  private static func near(_ name: String, in folders: [String]) -> [String] {
    guard name.utf8.count <= 100 else { return [] }
    let known = folders.lazy.map(names).first { !$0.isEmpty } ?? []
    func city(_ name: String) -> String { name.split(separator: "/").last.map(String.init) ?? name }
    func key(_ name: String) -> String {
      String(searchKey(name).map { $0 == " " || $0 == "-" ? "_" : $0 })
    }
    let wanted = key(name)
    var result = known.filter { key($0) == wanted } + known.filter { key(city($0)) == key(city(name)) }
    result += nearest(name, among: known, limit: 4)
    // A city alone, or in the wrong part of the world.
    let cities = known.map(city)
    for found in nearest(city(name), among: cities, limit: 4) {
      result += known.filter { city($0) == found }
    }
    var seen: Set<String> = []
    return Array(result.filter { seen.insert($0).inserted }.prefix(4))
  }

  /// The names below a folder, in order; the same zones in other countings of time are left out.
  private static func names(in folder: String) -> [String] {
    var found: [String] = []
    var open = [""]
    while let inner = open.popLast(), found.count < mostNames {
      let path = inner.isEmpty ? folder : folder + "/" + inner
      for entry in entries(of: path) where isZoneName(entry.name) {
        let name = inner.isEmpty ? entry.name : inner + "/" + entry.name
        guard isZoneName(name) else { continue }
        if entry.isFolder {
          if !["posix", "right"].contains(name) { open.append(name) }
        } else if name.utf8.first.map({ (0x41...0x5A).contains($0) }) ?? false {
          found.append(name)
        }
      }
    }
    return found.sorted()
  }

  private static func entries(of path: String) -> [(name: String, isFolder: Bool)] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var result: [(name: String, isFolder: Bool)] = []
    while result.count < mostNames, let entry = readdir(folder) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(validating: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      guard let name, isZoneName(name) else { continue }
      var info = stat()
      guard stat(path + "/" + name, &info) == 0 else { continue }
      result.append((name, info.st_mode & S_IFMT == S_IFDIR))
    }
    return result
  }
}
