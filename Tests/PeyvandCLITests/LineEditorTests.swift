import LineEditor
import Peyvand
import Testing

@Suite struct LineEditorTests {
  @Test(arguments: [
    (["percentile(", "per"], "per", "per"), (["region", "relationship", "remove"], "re", "re"),
    (["customer", "customers"], "cu", "customer"), (["مشتری", "مشتریان"], "مش", "مشتری"), (["b", "a"], "x", "x"),
    ([], "x", "x"),
  ])
  func candidatesShareABeginning(candidates: [String], word: String, common: String) {
    #expect(LineEditor.commonBeginning(of: candidates, atLeast: word) == common)
  }

  @Test func theHistoryKeepsWhatIsPlain() {
    #expect(History.keeps("customer | count"))
    #expect(History.keeps("kpi x\n  for customer\n"))
    #expect(History.keeps("می‌رود"))
    #expect(!History.keeps(" customer"))
    #expect(!History.keeps("\tcustomer"))
    #expect(!History.keeps(""))
    #expect(!History.keeps("\n"))
    #expect(!History.keeps("a\u{1b}[2J"))
    #expect(!History.keeps("a\u{202e}b"))
    #expect(!History.keeps("a\rb"))
  }

  @Test func everyHelpEntryIsFoundByEachOfItsWords() throws {
    for word in ["where", "median", "customer | x", "E0000"] {
      #expect((Help.explanation(of: word) == nil) == (word.contains("|") || word == "E0000"))
    }
    #expect(Help.explanation(of: "COUNT")?.contains("count(SET)") == true)
  }
}
