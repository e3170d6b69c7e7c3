import PeyvandData
import PeyvandTestSupport
import Testing

@testable import PeyvandCheck

/// What programs mean, as data: `Tests/Spec/check`. A case titled `schema` gives the kinds of those after it.
struct SpecTests {
  @Test(arguments: SpecFile.names(in: "check"))
  func spec(_ name: String) throws {
    var file = try SpecFile(name)
    #expect(!file.cases.isEmpty)
    var schema = Environment(catalogue: Catalogue())
    for place in file.cases.indices {
      let one = file.cases[place]
      let program = Program(one.input, after: one.title == "schema" ? Environment(catalogue: Catalogue()) : schema)
      if one.title == "schema" { schema = program.environment }
      if SpecFile.isRecording {
        file.cases[place].expected = program.output
      } else {
        #expect(program.output == one.expected, "\(name) \(one.title ?? "")\n\(one.input)")
      }
    }
    if SpecFile.isRecording { try file.save() }
  }
}
