import Glibc
import Peyvand
import PeyvandBase
import PeyvandData
import PeyvandFiles
import PeyvandStore

/// One sitting of Peyvand behind the benchmark's protocol: lines of JSON out, names of questions in.
///
/// A question's time is the whole of it, from its text to its answer: reading, checking, evaluating. What is
/// reshaped into the benchmark's rows afterwards is not counted, as for the peers.
final class Engine {
  let data: String
  let save: String
  let programs: String
  var session: Session?

  init(data: String, save: String, programs: String) {
    self.data = data
    self.save = save
    self.programs = programs
  }

  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  // MARK: Loading and opening

  func load() throws {
    emit("{\"ev\":\"version\",\"version\":\"0.1.0\"}")
    var options = Session.Options()
    options.parameters = [(name: "data", value: data)]
    options.allowRead = ["/"]
    let session = try Session(options: options)
    self.session = session
    let loading = try milliseconds { try run("load", in: session) }
    emit("{\"ev\":\"load\",\"s\":\(loading / 1e3)}")
    unlink(save)
    var flush = 0.0
    let saving = try milliseconds { flush = Milliseconds.of(try session.save(to: save).flushTime) }
    emit(
      "{\"ev\":\"save\",\"s\":\((saving - flush) / 1e3),\"flush_s\":\(flush / 1e3),"
        + "\"bytes\":\(FileSize.bytes(of: save))}")
    try run("definitions", in: session)
    emit("{\"ev\":\"ready\"}")
  }

  func reopen() throws {
    session = try opened()
    emit("{\"ev\":\"ready\"}")
  }

  func cold() throws {
    var rows = ""
    let time = try milliseconds {
      let session = try opened()
      rows = try Rows.json("q1", try run("q1", in: session))
    }
    emit("{\"ev\":\"cold\",\"ms\":\(time),\"rows\":\(rows)}")
  }

  private func opened() throws -> Session {
    var options = Session.Options()
    options.storePath = save
    let session = try Session(options: options)
    try run("definitions", in: session)
    return session
  }

  // MARK: Serving

  func serve() throws {
    while let line = readLine() {
      let words = line.split(separator: " ").map(String.init)
      guard let name = words.first, let session else { continue }
      if name == "memory" {
        emit(held(session))
        continue
      }
      guard access("\(programs)/\(name).pvd", R_OK) == 0 else {
        emit("{\"ev\":\"none\",\"q\":\"\(name)\"}")
        continue
      }
      do {
        let text = try program(name)
        var answers: [Answer] = []
        let time = try milliseconds { answers = try run(text, name, in: session) }
        let rows = words.contains("rows") ? ",\"rows\":\(try Rows.json(name, answers))" : ""
        emit("{\"ev\":\"q\",\"q\":\"\(name)\",\"ms\":\(time)\(rows)}")
      } catch {
        emit("{\"ev\":\"error\",\"q\":\"\(name)\",\"error\":\(Rows.quoted("\(error)"))}")
      }
    }
  }

  /// What the interactions take in memory, timelines and orders that the questions so far have asked for among it.
  private func held(_ session: Session) -> String {
    let catalogue = session.catalogue
    guard let family = catalogue.kinds.first(where: { $0.name == "interaction" })?.id else {
      return "{\"ev\":\"none\"}"
    }
    var byUse: [MemoryPart.Use: Int] = [:]
    for part in session.memory where part.family == family { byUse[part.use, default: 0] += part.bytes }
    let parts = MemoryPart.Use.allCases.compactMap { use in byUse[use].map { "\"\(use.rawValue)\":\($0)" } }
    return "{\"ev\":\"memory\",\"interactions\":\(session.recordCount(of: family)),"
      + "\"bytes\":\(byUse.values.reduce(0, +)),\"parts\":{\(parts.joined(separator: ","))}}"
  }

  func program(_ name: String) throws -> String {
    try FileLeave.everything.readText("\(programs)/\(name).pvd")
  }

  @discardableResult
  func run(_ name: String, in session: Session) throws -> [Answer] {
    try run(try program(name), name, in: session)
  }

  private func run(_ text: String, _ name: String, in session: Session) throws -> [Answer] {
    var answers: [Answer] = []
    var wrong: [String] = []
    let status = session.run(text, name: "\(name).pvd", origin: .typed) { outcome in
      switch outcome {
      case .answer(let answer): answers.append(answer)
      case .time: break
      case .diagnostics(let said):
        wrong += said.filter { $0.severity == .error }.map { "\($0.code) \($0.message) \($0.notes)" }
      }
    }
    guard status == .fine, wrong.isEmpty else { throw Failure(description: wrong.joined(separator: "; ")) }
    return answers
  }

  private func emit(_ line: String) { try? StandardStreams.write(line + "\n", to: .output) }
}

enum FileSize {
  static func bytes(of path: String) -> Int {
    var status = stat()
    guard stat(path, &status) == 0 else { return 0 }
    return Int(status.st_size)
  }
}
