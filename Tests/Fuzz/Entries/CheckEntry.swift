import PeyvandBase
import PeyvandCheck
import PeyvandData
import PeyvandEval
import PeyvandSyntax
import PeyvandTestSupport

enum CheckEntry {
  /// A company with every flavour of kind, and what the random programs may use.
  private static let company = RandomCompany(seed: 11)
  private static let source = ReferenceColumns(company.store)
  private static let defined = CheckedProgram(ProgramGenerator.definitions, in: company.store.catalogue)

  static func problems(_ bytes: [UInt8], asks: Bool) -> [String] {
    let text = String(decoding: bytes, as: UTF8.self)
    var parser = Parser(text)
    let result = parser.parse()
    var checker = Checker(environment: defined.environment, texts: [1: ProgramGenerator.definitions, 0: text])
    let statements = checker.check(result.tree)
    let said = checker.takeDiagnostics()
    var problems = SyntaxEntry.misplaced(said, in: text)
    var printer = CheckedPrinter(catalogue: checker.environment.catalogue)
    _ = printer.print(statements)
    let isSound = !(result.diagnostics + said).contains { $0.severity == .error }
    guard asks, isSound else { return problems }
    let unions = checker.environment.catalogue.unions
    for case .query(let query, as: _) in statements.map(\.node) { problems += answering(query, unions) }
    return problems
  }

  /// An answer or an error; how long it takes is for the fuzzer's own limit.
  private static func answering(_ query: CheckedQuery, _ unions: [KindUnion]) -> [String] {
    var limits = Limits()
    limits.rows = 200_000
    limits.memoryBytes = 32 << 20
    limits.answerRows = 10_000
    limits.seconds = 2
    let asOf = AsOf(instant: company.moment.instant, day: company.moment.day)
    var context = EvaluationContext(
      source: UnionSource.over(source, unions), asOf: asOf, limits: limits, threads: 1)
    context.batchSize = 16
    do throws(Diagnostics) {
      _ = try Evaluator(context).answer(query)
      return []
    } catch {
      // Such errors say that a tree was made that the evaluator does not know.
      return error.all.filter { $0.code == "E1901" || $0.code == "E1599" }.map { "\($0.code) \($0.message)" }
    }
  }
}
