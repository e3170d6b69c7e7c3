import Glibc
import PeyvandTestSupport
import Testing

/// Whole programs and what a user sees of them, as data in `Tests/Spec/answers`.
///
/// A case is a program with the small company it asks; a first case titled `company` is the company of all that
/// follow in its file. The answer worked out by hand stands in the program's comments: what is recorded below `---`
/// is reviewed against it. That something was added is shown only in cases whose title ends in "what is said".
@Suite struct AnswerSpecTests {
  @Test(arguments: SpecFile.names(in: "answers")) func whatAUserSees(name: String) throws {
    var spec = try SpecFile(name)
    let company = spec.cases.first?.title == "company" ? spec.cases[0].input : nil
    for index in spec.cases.indices {
      let one = spec.cases[index]
      var texts = [Sitting.Text(text: one.input, showsDone: one.title?.hasSuffix("what is said") == true)]
      if let company, one.title != "company" {
        texts.insert(Sitting.Text(text: company, name: "company", showsDone: false), at: 0)
      }
      let replies = Sitting().run(texts)
      if texts.count == 2 { #expect(replies.first?.text == "", "\(name), \(one.title ?? ""): its company") }
      var text = replies.last?.text ?? ""
      while text.hasSuffix("\n") { text.removeLast() }
      if SpecFile.isRecording {
        spec.cases[index].expected = text
      } else {
        #expect(text == one.expected, "\(name), \(one.title ?? "")")
      }
    }
    if SpecFile.isRecording { try spec.save() }
  }
}
