import Glibc
import PeyvandBase
import PeyvandTestSupport
import Testing

/// What a script around `peyvand` meets: exit codes, streams, signals.
@Suite(.serialized) struct ProcessTests {
  private let scratch = ScratchFolder()

  @Test func theBinaryIsTheOneBuilt() throws {
    #expect(try Product.run(["--version"]).output == "0.1.0\n")
  }

  @Test(arguments: [
    ["--bogus"], ["run"], ["run", "a.pvd", "--set", "novalue"], ["run", "a.pvd", "--set", "=1"], ["fmt"], ["check"],
    ["--format", "xml"], ["--json", "--format", "csv", "-c", "1"], ["no-such-command"], ["explain", "no-such-word"],
  ])
  func wrongUsageIsTwo(arguments: [String]) throws {
    let ended = try Product.run(arguments)
    #expect(ended.code == 2)
    #expect(ended.output.isEmpty)
    #expect(!ended.errors.isEmpty)
  }

  @Test(arguments: Limit.all.map(\.flag)) func everyFlagOfTheLimitsIsTaken(_ flag: String) throws {
    let ended = try Product.run(["--limits", flag, "7"])
    #expect(ended.code == 0, "\(ended.errors)")
    let line = try #require(ended.output.split(separator: "\n").first { $0.contains(flag + " ") || $0.hasSuffix(flag) })
    #expect(line.contains("  7"), "\(line)")
  }

  @Test func aProgramWithAnErrorIsThree() throws {
    let ended = try Product.run(["-c", "customer | where ("])
    #expect(ended.code == 3)
    #expect(ended.output.isEmpty)
    #expect(ended.errors.contains("-c:1:19"))
  }

  @Test func aScriptThatIsNotThereIsOutOfReach() throws {
    let ended = try Product.run(["run", "not-there.pvd"], in: scratch.path)
    #expect(ended.code == 5)
    #expect(ended.errors.contains("not-there.pvd"))
  }

  @Test func aScriptThatIsNoTextIsAnErrorInTheProgram() throws {
    let number = open(scratch["bad.pvd"], O_WRONLY | O_CREAT, 0o644)
    _ = [UInt8]([0x61, 0xFF, 0x0A]).withUnsafeBytes { write(number, $0.baseAddress, $0.count) }
    _ = close(number)
    let ended = try Product.run(["run", "bad.pvd"], in: scratch.path)
    #expect(ended.code == 3)
    #expect(ended.errors.contains("E3008"))
  }

  @Test func aHundredThousandBracketsAreAnError() throws {
    for opening in ["(", "[", "not ", "-", "sum(", "{", "\"{"] {
      scratch.file("deep.pvd", String(repeating: opening, count: 100_000))
      let ended = try Product.run(["run", "deep.pvd"], in: scratch.path)
      #expect(ended.code == 3, "\(opening)")
      #expect(ended.errors.contains("error[E1"), "\(opening)")
    }
  }

  @Test func aLineOfTenMegabytesIsAnError() throws {
    scratch.file("long.pvd", String(repeating: "abcde + ", count: 1_300_000))
    let ended = try Product.run(["run", "long.pvd"], in: scratch.path)
    #expect(ended.code == 3 || ended.code == 5)
    #expect(ended.errors.utf8.count < 20_000)
  }

  @Test func theReaderMayLeave() throws {
    let ended = try Product.shell("peyvand --help | head -n 1; peyvand --limits | true", in: scratch.path)
    #expect(ended.code == 0)
    #expect(ended.errors.isEmpty)
  }

  @Test func aFullDiskIsSaid() throws {
    let ended = try Product.shell("peyvand --limits > /dev/full", in: scratch.path)
    #expect(ended.code == 5)
    #expect(ended.errors.contains("E3006"))
  }

  @Test func anErrorNeverCarriesAnEscape() throws {
    scratch.file("esc.pvd", "customer | where (\"\u{1b}]0;title\u{7}\" + \n")
    let ended = try Product.run(["run", "esc.pvd"], in: scratch.path)
    #expect(ended.code == 3)
    #expect(!ended.errors.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
  }

  @Test func checkNamesEveryPlaceAndSpeaksJSON() throws {
    scratch.file("a.pvd", "customer | where = 3\n\nlet b as (\n")
    let words = try Product.run(["check", "a.pvd"], in: scratch.path)
    #expect(words.code == 3)
    #expect(words.errors.contains("a.pvd:1:18") && words.errors.contains("a.pvd:3:11"))
    let json = try Product.run(["check", "--json", "a.pvd"], in: scratch.path)
    #expect(json.output.hasPrefix("{\"code\":\"E1"))
    #expect(json.errors.isEmpty)
  }

  @Test func theStagesAreShown() throws {
    let tokens = try Product.run(["run", "--stage", "tokens", "-"], input: "customer | count")
    #expect(tokens.output == "1:1 name customer\n1:10 pipe |\n1:12 name count\n1:17 end\n")
    let tree = try Product.run(["run", "--stage", "tree", "-"], input: "customer | count")
    #expect(tree.output.contains("customer") && tree.code == 0)
  }

  @Test func linesFromAPipeAreAnsweredToo() throws {
    let ended = try Product.run([], input: "? sum\nquit\n? mean\n")
    #expect(ended.output.contains("sum(VALUES)") && !ended.output.contains("mean(VALUES)"))
    #expect(!ended.output.contains("> "))
    #expect(ended.code == 0)
    #expect(try Product.run([], input: "customer | where (").code == 3)
  }
}
