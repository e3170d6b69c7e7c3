import PeyvandTestSupport
import Testing

@testable import PeyvandSyntax

struct SpecTests {
  @Test(arguments: SpecFile.names(in: "syntax") + SpecFile.names(in: "errors"))
  func spec(_ name: String) throws {
    var file = try SpecFile(name)
    #expect(!file.cases.isEmpty)
    for place in file.cases.indices {
      let one = file.cases[place]
      let output = Stages.output(of: one.input, stages: one.stages)
      if SpecFile.isRecording {
        file.cases[place].expected = output
      } else {
        #expect(output == one.expected, "\(name) \(one.title ?? "")\n\(one.input)")
      }
    }
    if SpecFile.isRecording { try file.save() }
  }
}
