import PeyvandBase

/// How the tests of one file went, for programs that read it.
package struct TestResults: Sendable {
  package struct Test: Sendable {
    package var name: String
    package var range: SourceRange
    package var expectations: Int
    package var errors: [Diagnostic]
    package init(name: String, range: SourceRange, expectations: Int, errors: [Diagnostic]) {
      self.name = name
      self.range = range
      self.expectations = expectations
      self.errors = errors
    }
  }
  package var file: String
  /// Why its tests could not run.
  package var errors: [Diagnostic]
  package var tests: [Test]

  package init(file: String, errors: [Diagnostic], tests: [Test]) {
    self.file = file
    self.errors = errors
    self.tests = tests
  }

  /// `{"tests": […], "errors": […], "passed": n, "failed": n}` on one line.
  package static func json(_ files: [TestResults], sources: [Int32: SourceText]) -> String {
    let renderer = DiagnosticRenderer(sources: sources, options: .init(style: .json))
    var json = JSONText()
    json.object { json in
      json.key("tests")
      json.array { json in
        for file in files {
          for test in file.tests {
            json.object { json in
              json.member("file", file.file)
              json.member("test", test.name)
              if let source = sources[test.range.file] {
                json.member("line", source.place(ofByte: Int(test.range.start)).line)
              }
              json.key("passed")
              json.yesno(test.errors.isEmpty)
              json.member("expectations", test.expectations)
              json.key("errors")
              renderer.write(test.errors, into: &json)
            }
          }
        }
      }
      json.key("errors")
      renderer.write(files.flatMap(\.errors), into: &json)
      let tests = files.flatMap(\.tests)
      let failed = tests.filter { !$0.errors.isEmpty }.count
      json.member("passed", tests.count - failed)
      json.member("failed", failed)
    }
    json.endLine()
    return json.text
  }
}
