import Glibc
import PeyvandTestSupport
import Testing

/// What goes wrong at a user's: a clear error with its place, the right exit code, a store that is what it was, and
/// never a signal.
@Suite(.serialized) struct HostileTests {
  private let scratch = ScratchFolder()
  private static let kinds = "entity customer { name: text, age: number }\nevent purchase { customer, at: date }\n"

  private func run(_ program: String, _ more: [String] = []) throws -> Product.Ended {
    scratch.file("p.pvd", program)
    return try Product.run(["run", "p.pvd"] + more, in: scratch.path)
  }

  private func bytes(_ name: String, _ bytes: [UInt8]) {
    let number = open(scratch[name], O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    _ = bytes.withUnsafeBytes { write(number, $0.baseAddress, $0.count) }
    _ = close(number)
  }

  @Test(arguments: [
    ("customer | where nmae = \"A\"", "p.pvd:3:18"), ("custmer | count", "p.pvd:3:1"),
    ("customer | sum(name)", "p.pvd:3:"), ("customer | where name > 3", "p.pvd:3:"),
    ("customer | where age = \"x\"", "p.pvd:3:"), ("purchase where at > 2024-13-40", "p.pvd:3:"),
    ("use \"p.pvd\"", "p.pvd:3:1"), ("use \"nowhere.pvd\"", "p.pvd:3:1"), ("use nothing", "p.pvd:3:"),
    ("import customer from \"nowhere.csv\"", "p.pvd:3:22"), ("import customer from \".\"", "p.pvd:3:22"),
    ("import customer from \"/etc/passwd\"", "p.pvd:3:22"),
    ("export (customer) to \"out.csv\"", "p.pvd:3:22"),
  ])
  func everyErrorHasItsPlace(statement: String, place: String) throws {
    let ended = try run(Self.kinds + statement + "\nprint \"after\"\n")
    #expect([3, 4, 5].contains(ended.code), "\(ended.code): \(ended.errors)")
    #expect(ended.errors.contains(place), "\(ended.errors)")
    #expect(ended.errors.contains("error[E"))
    #expect(!ended.output.contains("after"))
  }

  @Test func filesThatUseEachOther() throws {
    scratch.file("a.pvd", "use \"b.pvd\"\n")
    scratch.file("b.pvd", "use \"a.pvd\"\n")
    let ended = try Product.run(["run", "a.pvd"], in: scratch.path)
    #expect(ended.code == 3)
    #expect(ended.errors.contains("E1702") && ended.errors.contains(".pvd:1:1"), "\(ended.errors)")
  }

  @Test(arguments: [
    "1e400", String(repeating: "9", count: 400), "9223372036854775807 + 1", "-9223372036854775808 - 1", "1 / 0",
    "0 / 0",
    "5 mod 0", "2024-01-01 + 9223372036854775807 days", "2024-01-01 + 999999999999 months", "round(1 / 3, 9999999999)",
    "customer | take 9223372036854775807", "customer | take 99999999999999999999", "customer | skip -1",
    "percentile([1, 2], 1000%)", "bucket(5, 0)", "sqrt(-1)", "log(0)",
  ])
  func numbersOutOfRange(expression: String) throws {
    let ended = try run(Self.kinds + expression + "\n")
    #expect([0, 3].contains(ended.code), "\(expression): \(ended.code), \(ended.errors)")
    #expect(!ended.output.contains("inf") && !ended.output.contains("nan"), "\(ended.output)")
    if ended.code == 3 { #expect(ended.errors.contains("p.pvd:3:"), "\(ended.errors)") }
  }

  @Test func textsThatAreNone() throws {
    bytes("nul.pvd", Array("print \"a".utf8) + [0] + Array("b\"\ncust\u{0}omer | count\n".utf8))
    let nul = try Product.run(["run", "nul.pvd"], in: scratch.path)
    #expect(nul.code < 128 && !nul.errors.utf8.contains(0))
    bytes("bad.csv", Array("key,name,age\nC-1,Al".utf8) + [0xFF, 0xFE] + Array("borz,3\n".utf8))
    let bad = try run(Self.kinds + "import customer from \"bad.csv\"\n")
    #expect([4, 5].contains(bad.code), "\(bad.code): \(bad.errors)")
    bytes("nul.csv", Array("key,name,age\nC-1,A".utf8) + [0] + Array("b,3\n".utf8))
    let zero = try run(Self.kinds + "import customer from \"nul.csv\"\ncustomer | select name\n")
    #expect(zero.code < 128 && !zero.errors.utf8.contains(0))
  }

  @Test func aBrokenFileLeavesTheStoreAsItWas() throws {
    scratch.file("good.csv", "key,name,age\nC-1,Alborz,3\n")
    let first = try run(Self.kinds + "import customer from \"good.csv\"\n", ["--store", "s.json"])
    #expect(first.code == 0, "\(first.errors)")
    let before = scratch.text("s.json")
    scratch.file("bad.csv", "key,name,age\nC-2,Bahar,4\nC-3,Chaman,four\nC-4,Darya,5\n")
    scratch.file("q.pvd", "import customer from \"bad.csv\"\nprint \"after\"\n")
    let ended = try Product.run(["run", "q.pvd", "--store", "s.json"], in: scratch.path)
    #expect(ended.code == 4, "\(ended.errors)")
    #expect(ended.errors.contains("q.pvd:1:1") && ended.errors.contains("bad.csv:3"), "\(ended.errors)")
    #expect(!ended.output.contains("after"))
    #expect(scratch.text("s.json") == before)
  }

  @Test func aStatementThatFailsEndsTheScriptAndUndoesNothingElse() throws {
    let ended = try run(
      Self.kinds
        + "add customer \"C-1\" { name: \"A\" }\nadd customer \"C-1\" { name: \"B\" }\nadd customer \"C-2\" { name: \"C\" }\n",
      ["--store", "s.json"])
    #expect(ended.code == 4)
    #expect(ended.errors.contains("p.pvd:4:1"), "\(ended.errors)")
    let left = try Product.run(["s.json", "-c", "customer | select key, name"], in: scratch.path)
    #expect(left.output == "key\tname\nC-1\tA\n", "\(left.output)")
  }

  @Test func nothingIsExportedOntoTheStore() throws {
    let first = try run(Self.kinds + "add customer \"C-1\" { name: \"A\" }\n", ["--store", "s.json"])
    #expect(first.code == 0, "\(first.errors)")
    let before = scratch.text("s.json")
    scratch.file("q.pvd", "export (customer) to \"s.json\"\n")
    let ended = try Product.run(["run", "q.pvd", "--store", "s.json", "--allow-write", "."], in: scratch.path)
    #expect([3, 5].contains(ended.code), "\(ended.code): \(ended.errors)")
    #expect(scratch.text("s.json") == before)
  }
}
