import Glibc
import PeyvandFuzz
import Testing

/// Everything that the fuzzer was given or has found goes through the same entries in every run of the tests.
@Suite struct CorpusTests {
  private static let folder =
    #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2).joined(separator: "/")
    + "/Fuzz/Corpus"

  private static func names(in folder: String) -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
  }

  private static func bytes(of path: String) -> [UInt8]? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = fread(&buffer, 1, buffer.count, file)
      if count == 0 { return bytes }
      bytes += buffer[0..<count]
    }
  }

  @Test(arguments: FuzzTarget.allCases) func nothingIsWrongWithTheCorpus(_ target: FuzzTarget) throws {
    let folder = Self.folder + "/" + target.rawValue
    let names = Self.names(in: folder)
    #expect(names.count >= 10)
    for name in names {
      let bytes = try #require(Self.bytes(of: folder + "/" + name))
      let problems = target.problems(bytes)
      #expect(problems.isEmpty, "\(target.rawValue)/\(name)")
    }
  }
}
