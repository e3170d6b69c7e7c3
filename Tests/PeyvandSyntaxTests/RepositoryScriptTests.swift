import Glibc
import PeyvandBase
import Testing

@testable import PeyvandSyntax

/// The scripts and the library that the project ships are read without a word.
struct RepositoryScriptTests {
  static let scripts = files(in: ["stdlib", "scripts", "docs"], ending: ".pvd")

  /// The paths of the files below some folders of the repository, in order.
  static func files(in folders: [String], ending: String) -> [String] {
    let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
    var found: [String] = []
    func look(_ folder: String) {
      guard let directory = opendir(folder) else { return }
      defer { closedir(directory) }
      while let entry = readdir(directory) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name.hasPrefix(".") { continue }
        if entry.pointee.d_type == UInt8(DT_DIR) { look(folder + "/" + name) }
        if name.hasSuffix(ending) { found.append(folder + "/" + name) }
      }
    }
    for folder in folders { look(root + "/" + folder) }
    return found.sorted()
  }

  static func text(of path: String) -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = fread(&buffer, 1, buffer.count, file)
      if count == 0 { break }
      bytes += buffer[0..<count]
    }
    return String(validating: bytes, as: UTF8.self)
  }

  @Test func thereAreScripts() { #expect(Self.scripts.count >= 5) }

  /// They are written in the one style.
  @Test(arguments: scripts)
  func isFormatted(_ path: String) throws {
    let text = try #require(Self.text(of: path))
    #expect(Formatter.format(text) == text, "run: peyvand fmt \(path)")
  }

  @Test(arguments: scripts)
  func isRead(_ path: String) throws {
    let text = try #require(Self.text(of: path))
    var parser = Parser(text)
    let result = parser.parse()
    #expect(result.diagnostics.isEmpty, "\(path)\n\(Stages.errors(result, in: text))")
    #expect(!result.isIncomplete)
  }
}
