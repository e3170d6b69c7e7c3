import Glibc
import PeyvandTestSupport
import Testing

/// The product from outside, as data: `Tests/Golden/cli/NAME` holds `command` (for the shell), what it prints in
/// `expected` (errors after a line `--- errors`) and its exit code in `code`. Its other files are where it runs.
/// `PEYVAND_RECORD=1` writes what came out, to be reviewed in the commit. The day on which it runs stands there as TODAY.
@Suite(.serialized) struct GoldenTests {
  static let folder =
    #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2)
    .joined(separator: "/") + "/Golden/cli"

  static var names: [String] { TestFiles.names(in: folder).filter { !$0.hasPrefix(".") } }

  @Test(arguments: names) func golden(name: String) throws {
    let place = Self.folder + "/" + name
    let command = try #require(TestFiles.text(of: place + "/command"))
    let scratch = ScratchFolder()
    for file in TestFiles.names(in: place) where !["command", "expected", "code"].contains(file) {
      scratch.file(file, TestFiles.text(of: place + "/" + file) ?? "")
    }
    let begun = Self.today
    let ended = try Product.shell(command, in: scratch.path)
    // Where it ran has a new name each time; and it may run over midnight.
    let output = (ended.output + (ended.errors.isEmpty ? "" : "--- errors\n" + ended.errors))
      .replacing(scratch.path, with: "FOLDER").replacing(begun, with: "TODAY").replacing(Self.today, with: "TODAY")
    if getenv("PEYVAND_RECORD") != nil {
      TestFiles.write(place + "/expected", output)
      TestFiles.write(place + "/code", "\(ended.code)\n")
      return
    }
    #expect(output == TestFiles.text(of: place + "/expected"))
    #expect("\(ended.code)\n" == TestFiles.text(of: place + "/code"))
  }

  /// The day, as an answer as of now tells it.
  private static var today: String {
    var (now, parts) = (time(nil), tm())
    gmtime_r(&now, &parts)
    func two(_ number: CInt) -> String { (number < 10 ? "0" : "") + String(number) }
    return "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
  }
}
