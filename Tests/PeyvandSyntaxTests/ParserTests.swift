import PeyvandBase
import Testing

@testable import PeyvandSyntax

struct ParserTests {
  @Test func oneQuery() {
    var parser = Parser("customer\n| where a and\nb\n| count")
    let (query, result) = parser.parseQuery()
    #expect(result.diagnostics.isEmpty)
    #expect(TreePrinter().print(query) == "(query customer (|where (and a b)) (| count))")
    var wrong = Parser("customer; count")
    #expect(wrong.parseQuery().result.diagnostics.map(\.code) == ["E1020"])
    var empty = Parser("")
    #expect(empty.parseQuery().result.isIncomplete)
  }

  @Test func placesAreInBytesOfTheText() throws {
    let text = "مشتری | where ناحیه = «شمال»"
    var parser = Parser(text, file: 7)
    let result = parser.parse()
    guard case .query(let query)? = result.tree.statements.first?.node,
      case .filter(let condition)? = query.stages.first?.node,
      case .comparison(.equal, let left, let right) = condition.node
    else {
      Issue.record("another tree")
      return
    }
    #expect(left.range.file == 7)
    #expect(result.source.text(left.range.start, left.range.end) == "ناحیه")
    #expect(result.source.text(right.range.start, right.range.end) == "«شمال»")
    #expect(result.source.text(condition.range.start, condition.range.end) == "ناحیه = «شمال»")
    #expect(Int(query.range.end) == text.utf8.count)
  }

  @Test func columnsAreCalledByTheirText() {
    func columns(_ text: String) -> [String] {
      var parser = Parser(text)
      guard case .query(let query)? = parser.parse().tree.statements.first?.node,
        case .select(let columns)? = query.stages.first?.node
      else { return [] }
      return columns.map(\.text)
    }
    #expect(columns("a | select b, count( c ) ,d+1 as e, sum(x\n  of y)") == ["b", "count(c)", "d + 1", "sum(x of y)"])
    #expect(
      columns("a | select -b, (c or d)*1..2, f(x: 3), \"t {u}\"") == ["-b", "(c or d)*1..2", "f(x: 3)", "\"t {u}\""])
  }

  /// Another language is another table of spellings; the tree knows nothing of it.
  @Test func anotherLanguage() {
    var spellings: [String: Keyword] = [:]
    for (word, keyword) in [
      ("که", Keyword.where), ("سپس", .then), ("ظرف", .within), ("برحسب", .by), ("و", .and), ("انتخاب", .select),
    ] {
      spellings[word] = keyword
    }
    var persian = Parser(
      "مشتری | سهم(نخستین(خرید) سپس خرید ظرف ۶ ماه) برحسب ناحیه",
      keywords: Keywords(spellings, quarterMarks: "Q"))
    let result = persian.parse()
    #expect(result.diagnostics.isEmpty)
    #expect(
      TreePrinter().print(result.tree).split(whereSeparator: \.isWhitespace).joined(separator: " ")
        == "(query مشتری (| (call سهم (sequence (call نخستین خرید) (then خرید (within (quantity 6 ماه))))) (by ناحیه)))"
    )
  }

  @Test func everyKeywordIsFound() {
    for keyword in Keyword.allCases {
      #expect(Keywords.english.keyword(of: Array(keyword.rawValue.utf8)[...]) == keyword)
      #expect(Keywords.english.keyword(ignoringCase: keyword.rawValue.uppercased()) == keyword)
    }
    #expect(Keywords.english.keyword(of: Array("customer".utf8)[...]) == nil)
  }

  @Test func sameMeaningSeesWhatMatters() {
    func tree(_ text: String) -> SyntaxTree {
      var parser = Parser(text)
      return parser.parse().tree
    }
    #expect(sameMeaning(tree("a|count # x\n"), tree("a\n  | count")))
    #expect(!sameMeaning(tree("a | count"), tree("a | measure count")))
    #expect(!sameMeaning(tree("a + b * c"), tree("(a + b) * c")))
    #expect(!sameMeaning(tree("a = \"b\""), tree("a = \"B\"")))
    #expect(!sameMeaning(tree("`where`"), tree("where")))
  }
}
