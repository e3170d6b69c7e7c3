import Glibc
import PeyvandBase
import PeyvandData
import PeyvandFiles
import PeyvandRender
import PeyvandStore
import PeyvandTestSupport
import Testing

@testable import Peyvand

/// ^C reaches whatever a session is at, and leaves what it did not finish as it was.
@Suite struct StoppedTests {
  private let folder = ScratchFolder()

  private func session(_ program: String, store: String? = nil, _ change: (inout Session.Options) -> Void = { _ in })
    throws -> Session
  {
    var options = Session.Options()
    options.storePath = store.map { folder.path + "/" + $0 }
    options.allowWrite = [folder.path]
    change(&options)
    let session = try Session(options: options)
    var said: [Diagnostic] = []
    let status = session.run(program, name: "program", origin: .typed) { outcome in
      if case .diagnostics(let found) = outcome { said += found }
    }
    #expect(status == .fine, "\(said)")
    return session
  }

  private func count(_ session: Session) -> Int { session.state.recordCount }

  private func code(_ body: () throws(Diagnostics) -> Void) -> String? {
    do throws(Diagnostics) {
      try body()
      return nil
    } catch {
      return error.all.first?.code
    }
  }

  @Test(arguments: ["s.json", nil]) func undoIsStopped(store: String?) throws {
    let session = try session("entity thing { }\nadd thing \"a\" { }\nadd thing \"b\" { }", store: store)
    session.interrupt()
    #expect(code { () throws(Diagnostics) in _ = try session.undo() } == "E1501")
    #expect(count(session) == 2)
    session.options.interruption.reset()
    #expect(try session.undo() == "thing \"b\" added")
    #expect(count(session) == 1)
  }

  @Test func anExportIsStopped() throws {
    let session = try session("entity thing { }\nadd thing \"a\" { }")
    let path = folder.path + "/out.csv"
    let answer = Answer(.value(.number(1), .number(.plain), name: "n"))
    session.interrupt()
    #expect(code { () throws(Diagnostics) in try session.write(answer, to: path, as: .text(.csv), .typed) } == "E1501")
    #expect(TestFiles.files(below: folder.path, hidden: true).isEmpty)
    session.options.interruption.reset()
    try session.write(answer, to: path, as: .text(.csv), .typed)
    #expect(TestFiles.files(below: folder.path, hidden: true) == [path])
  }

  @Test func leavingIsStopped() throws {
    let session = try session("entity thing { name: text }", store: "s.json")
    let thing = try #require(session.catalogue.kind(named: "thing"))
    let name = try #require(thing.fields.first)
    var dictionary = TextDictionary()
    let code = dictionary.code(of: String(repeating: "x", count: 400)) ?? 0
    let column = Column(.text([Int32](repeating: code, count: 4_000), dictionary))
    let rows = NewRows(kinds: .all(thing.id), count: 4_000, columns: [name: column])
    try session.commit([.append(rows)], giving: try session.state.appending(rows).state)
    let before = try #require(session.file?.generation)
    session.interrupt()
    try session.leave()
    #expect(session.file?.generation == before)
    session.options.interruption.reset()
    try session.leave()
    #expect(session.file?.generation == before + 1)
  }

  @Test func aStoppedTestSaysSoHoweverMuchFailedBefore() throws {
    let session = try session("") { $0.limits.diagnostics = 1 }
    let text = """
      test "one" {
        expect 1 == 2
        expect 1 == 3
        print "now"
        expect 1 == 1
      }
      test "two" { expect 1 == 1 }
      """
    let found = session.test(text, name: "t.pvd", origin: .typed) { _ in session.interrupt() }
    #expect(found.isInterrupted)
    #expect(found.reports.map(\.isInterrupted) == [true])
    #expect(found.reports.first?.diagnostics.map(\.code) == ["E1711"])
  }
}
