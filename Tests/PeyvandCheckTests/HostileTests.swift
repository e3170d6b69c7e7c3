import Glibc
import PeyvandBase
import PeyvandData
import PeyvandSyntax
import PeyvandTestSupport
import Testing

@testable import PeyvandCheck

/// Whatever a program says, the checker ends, and what is wrong has a place.
struct HostileTests {
  /// The specs' programs with the kinds they are about, and the project's own.
  static let programs: [(text: String, environment: Environment)] = {
    var programs: [(String, Environment)] = []
    for name in SpecFile.names(in: "check") {
      var schema = Environment(catalogue: Catalogue())
      for one in (try? SpecFile(name))?.cases ?? [] {
        if one.title == "schema" { schema = Program(one.input).environment }
        programs.append((one.input, one.title == "schema" ? Environment(catalogue: Catalogue()) : schema))
      }
    }
    for path in Repository.programs {
      programs.append((Repository.text(path) ?? "", Repository.environment(for: path)))
    }
    return programs
  }()

  /// Checks a program; what comes out that must not.
  private static func problems(_ text: String, _ environment: Environment) -> [String] {
    var problems: [String] = []
    var parser = Parser(text)
    let parsed = parser.parse()
    var checker = Checker(environment: environment, texts: [0: text], loader: Repository.load)
    let statements = checker.check(parsed.tree)
    for diagnostic in checker.diagnostics {
      guard let range = diagnostic.labels.first?.range else {
        problems.append("\(diagnostic.code) has no place\n\(text)")
        continue
      }
      if range.file == 0, !(0 <= range.start && range.start <= range.end && Int(range.end) <= text.utf8.count) {
        problems.append("\(diagnostic.code) lies outside the text\n\(text)")
      }
    }
    // Nothing is dropped in silence: every statement that was read is there, or an error says why not.
    if parsed.diagnostics.isEmpty, checker.diagnostics.isEmpty {
      let ranges = Set(statements.map(\.range))
      for statement in parsed.tree.statements where !ranges.contains(statement.range) {
        switch statement.node {
        case .kind, .use, .invalid: continue
        default: problems.append("dropped in silence\n\(text)")
        }
      }
    }
    // What stands can be shown.
    var printer = CheckedPrinter(catalogue: environment.catalogue)
    _ = printer.print(statements)
    return problems
  }

  private func hold(_ text: String, _ environment: Environment) {
    let problems = Self.problems(text, environment)
    #expect(problems.isEmpty)
  }

  /// In parts, which run beside each other.
  @Test(arguments: 0..<8) func everyPrefix(_ part: Int) {
    #expect(Self.programs.count > 400)
    for (text, environment) in stride(from: part, to: Self.programs.count, by: 8).map({ Self.programs[$0] }) {
      let scalars = Array(text.unicodeScalars)
      // Long ones at their words only: each cut is checked from the beginning.
      let isLong = scalars.count > 400
      let ends = scalars.indices.filter { !isLong || !scalars[$0].properties.isAlphabetic }
      for end in ends {
        var prefix = String.UnicodeScalarView()
        prefix.append(contentsOf: scalars[..<end])
        hold(String(prefix), environment)
      }
      hold(text, environment)
    }
  }

  @Test func soups() {
    var generator = SplitMix64(seed: 20_260_721)
    for (index, program) in (0..<2_000).map({ ($0, Self.programs[$0 % Self.programs.count]) }) {
      // Words of two programs, mixed: names that exist beside each other in ways that nobody writes.
      let other = Self.programs[generator.integer(0...(Self.programs.count - 1))]
      var words = Self.words(program.text) + (index % 3 == 0 ? Self.words(other.text) : [])
      guard !words.isEmpty else { continue }
      for _ in 0..<(1 + index % 8) {
        let a = generator.integer(0...(words.count - 1))
        let b = generator.integer(0...(words.count - 1))
        switch generator.integer(0...2) {
        case 0: words.swapAt(a, b)
        case 1: words[a] = words[b]
        default: words.remove(at: a)
        }
        if words.isEmpty { break }
      }
      hold(words.joined(separator: " "), program.environment)
    }
  }

  private static func words(_ text: String) -> [String] {
    var lexer: [String] = []
    var word = ""
    for character in text {
      if character.isLetter || character.isNumber || character == "_" || character == "\"" {
        word.append(character)
      } else {
        if !word.isEmpty { lexer.append(word) }
        word = ""
        if !character.isWhitespace || character == "\n" { lexer.append(String(character)) }
      }
    }
    return word.isEmpty ? lexer : lexer + [word]
  }

  private static func times(_ count: Int, _ text: String) -> String { String(repeating: text, count: count) }

  private static func lines(_ count: Int, _ line: (Int) -> String) -> String {
    (0..<count).map(line).joined(separator: "\n") + "\n"
  }

  /// Few bytes that ask for very much.
  private static let greedy: [String] = [
    times(150, "(") + "1" + times(150, ")"),
    times(900, "not ") + "yes",
    times(900, "1 + ") + "1",
    "customer | where " + times(300, "any(purchase) and ") + "yes",
    "customer | where " + times(90, "(") + "yes" + times(90, " between no and yes)"),
    "customer | where any(" + times(60, "purchase within 1 day after (last(") + "purchase" + times(60, "))") + ")",
    lines(60) { "define f\($0) as f\($0 + 1) + f\($0 + 1)" } + "define f60 as 1\nf0",
    "define g(x) as x + x\n" + times(90, "g(") + "1" + times(90, ")"),
    lines(60) { "define customer.c\($0) as c\($0 + 1) + c\($0 + 1)" }
      + "define customer.c60 as 1\ncustomer | select c0",
    lines(60) { "kpi k\($0)\n  for customer\n  measure mean(k\($0 + 1)) + mean(k\($0 + 1))\n  decide \"x\"" } + "k0",
    lines(8) { place in
      "define a\(place + 1) as "
        + Array(repeating: place == 0 ? "count(customer)" : "a\(place)", count: 8).joined(separator: " + ")
    } + "define y as a8 + z\ndefine z as y + a8",
    lines(20_000) { "param p\($0): 1" },
    lines(20_000) { "entity e\($0) is e\(($0 + 1) % 20_000) { }" },
    lines(20_000) { "customer | where nothing\($0) = 1" },
    "entity wide { " + (0..<30_000).map { "f\($0): text" }.joined(separator: ", ") + " }",
    lines(20_000) { "entity k\($0) { }" },
    lines(400) { "relationship r\($0) { customer, to: e\($0) }\nentity e\($0) { }" }
      + "path from customer \"A\" to e1 \"B\" max 3",
    "purchase | where at in [" + times(5_000, "2024, ") + "2025]",
    lines(300) { "entity e\($0) is e\($0 + 1) { }" } + "entity e300 { }",
    lines(200) { "relationship r\($0) { customer, rep\($0): rep }" }
      + "entity rep { }\ncustomer | count(supplier) | select rep",
  ]

  /// Each ends at once, on the stack that the language runs on.
  @Test(.timeLimit(.minutes(5)), arguments: greedy.indices)
  func asksForVeryMuch(_ index: Int) {
    let schema = Program("entity customer { }\nentity supplier { }\nevent purchase { customer, at: date }").environment
    let problems = onTheLanguagesStack { Self.problems(Self.greedy[index], schema) }
    #expect(problems == [])
  }

  private func onTheLanguagesStack(_ body: @escaping @Sendable () -> [String]) -> [String]? {
    let work = Work(body)
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setstacksize(&attributes, Limits.stackBytes)
    defer { pthread_attr_destroy(&attributes) }
    var thread = pthread_t()
    let pointer = Unmanaged.passRetained(work).toOpaque()
    let result = pthread_create(
      &thread, &attributes,
      { pointer in
        guard let pointer else { return nil }
        Unmanaged<Work>.fromOpaque(pointer).takeRetainedValue().run()
        return nil
      }, pointer)
    guard result == 0 else { return nil }
    pthread_join(thread, nil)
    return work.result
  }

  /// What another thread does; looked at after that thread has ended.
  private final class Work: @unchecked Sendable {
    private let body: @Sendable () -> [String]
    private(set) var result: [String]?
    init(_ body: @escaping @Sendable () -> [String]) { self.body = body }
    func run() { result = body() }
  }
}
