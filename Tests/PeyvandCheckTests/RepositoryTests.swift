import Glibc
import PeyvandBase
import PeyvandData
import PeyvandSyntax
import PeyvandTestSupport
import Testing

@testable import PeyvandCheck

/// What the project itself is written in checks without errors.
struct RepositoryTests {
  @Test(arguments: ["xrm", "kpis"])
  func library(_ name: String) throws {
    let program = Program("use \(name)", loader: Repository.load)
    #expect(program.diagnostics.isEmpty, "\(program.output)")
  }

  @Test func bothModulesTogetherAnswer() throws {
    let kpis = try #require(Repository.text("stdlib/kpis.pvd"))
    let names = kpis.split(separator: "\n").filter { $0.hasPrefix("kpi ") }
      .map { $0.dropFirst(4).prefix { $0 != "(" && $0 != "\n" } }
    #expect(names.count == 5)
    let program = Program("use xrm\nuse kpis\n" + names.joined(separator: "\n"), loader: Repository.load)
    #expect(program.diagnostics.isEmpty, "\(program.output)")
    let cards = program.statements.filter { if case .card = $0.node { true } else { false } }
    #expect(cards.count == names.count)
  }

  /// The library's KPIs wait for the data they are about; asked for, they name what is lacking.
  @Test func aLibraryKPIWaits() throws {
    let quiet = Program("use kpis\nentity account { }\naccount | count", loader: Repository.load)
    #expect(quiet.diagnostics.isEmpty, "\(quiet.output)")
    let asked = Program("use kpis\nentity account { }\nreturn_rate", loader: Repository.load)
    #expect(asked.diagnostics.map(\.code) == ["E1110"])
  }

  @Test(arguments: ["kpis", "questions", "import", "why"])
  func company(_ name: String) throws {
    let schema = Program(try #require(Repository.text("scripts/company/schema.pvd")), loader: Repository.load)
    #expect(schema.diagnostics.isEmpty, "\(schema.output)")
    let text = try #require(Repository.text("scripts/company/\(name).pvd"))
    let program = Program(text, after: schema.environment, file: 1, loader: Repository.load)
    #expect(program.diagnostics.isEmpty, "\(program.output)")
    #expect(!program.statements.isEmpty)
  }

  @Test(arguments: Repository.programs.filter { !$0.hasPrefix("scripts/company") && !$0.hasPrefix("stdlib") })
  func script(_ path: String) throws {
    let text = try #require(Repository.text(path))
    let program = Program(text, after: Repository.environment(for: path), loader: Repository.load)
    #expect(program.diagnostics.isEmpty, "\(path)\n\(program.output)")
    #expect(!program.statements.isEmpty)
  }

  /// Every error the checker can tell of is shown by a spec, so that its words are read by somebody.
  @Test func everyCodeHasASpec() throws {
    let files = Repository.files(in: "Sources/PeyvandCheck", ending: "Diagnostics.swift")
    let codes = Set(try files.flatMap { Self.codes(in: try #require(Repository.text($0)), quoted: true) })
    #expect(codes.count > 40)
    var shown: Set<String> = []
    for name in SpecFile.names(in: "check") {
      for one in try SpecFile(name).cases { shown.formUnion(Self.codes(in: one.expected, quoted: false)) }
    }
    for name in SpecFile.names(in: "answers") {
      for one in try SpecFile(name).cases { shown.formUnion(codes.filter { one.expected.contains("[\($0)]") }) }
    }
    // What only the command line can bring about is shown by its own cases.
    if Repository.text("Tests/Golden/cli/parameters/expected")?.contains("error[E1701]") == true {
      shown.insert("E1701")
    }
    #expect(codes.subtracting(shown).sorted() == [])
    // And the words stand together.
    for path in Repository.files(in: "Sources/PeyvandCheck", ending: ".swift")
    where !path.hasSuffix("Diagnostics.swift") {
      #expect(Self.codes(in: Repository.text(path) ?? "", quoted: true).isEmpty, "\(path)")
    }
  }

  private static func codes(in text: String, quoted: Bool) -> [String] {
    text.split(whereSeparator: { $0.isWhitespace || $0 == "(" || $0 == "," || $0 == ")" }).compactMap { word in
      let bare = quoted ? word.dropFirst().dropLast() : word
      guard !quoted || word.hasPrefix("\"") && word.hasSuffix("\""), bare.count == 5, bare.first == "E",
        bare.dropFirst().allSatisfy(\.isNumber)
      else { return nil }
      return String(bare)
    }
  }
}

/// The files of this project.
enum Repository {
  static func text(_ path: String) -> String? { TestFiles.text(of: TestFiles.root + "/" + path) }

  /// Paths of the files below a folder, from the package's on, in order.
  static func files(in folder: String, ending: String) -> [String] {
    TestFiles.files(below: TestFiles.root + "/" + folder, ending: ending).map {
      String($0.dropFirst(TestFiles.root.count + 1))
    }
  }

  static let programs = files(in: "stdlib", ending: ".pvd") + files(in: "scripts", ending: ".pvd")

  /// Kinds that a script finds in its store: those of the scripts that load it.
  static func environment(for path: String) -> Environment {
    var environment = Environment(catalogue: Catalogue())
    let folder = path.split(separator: "/").dropLast().joined(separator: "/")
    for before in ["schema.pvd", "load.pvd", "definitions.pvd"] {
      let other = folder + "/" + before
      guard other != path, let text = text(other) else { continue }
      environment = Program(text, after: environment, file: 9, loader: load).environment
    }
    return environment
  }

  /// Reads `use`d modules from `stdlib/`, as the session does: their texts have negative numbers.
  static func load(_ target: UseTarget, at range: SourceRange) -> Result<Checker.Program?, Diagnostics> {
    guard case .library(let name) = target, let text = text("stdlib/\(name.text).pvd") else {
      return .failure(Diagnostics(Diagnostic("E3001", "there is no such library", at: range)))
    }
    let file: Int32 = name.text == "xrm" ? -1 : -2
    var parser = Parser(text, file: file)
    return .success(Checker.Program(tree: parser.parse().tree, file: file, text: text))
  }
}
