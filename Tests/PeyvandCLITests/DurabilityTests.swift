import Glibc
import PeyvandBase
import PeyvandData
import PeyvandStore
import PeyvandTestSupport
import Testing

/// Nothing that was acknowledged is lost, and nothing is half there, whatever ends the process or fails beneath it.
///
/// The product runs as a process of its own; what it acknowledged is read from its output, and what is there
/// afterwards is read by opening the store. Every statement adds the next customer, so a store that holds the
/// first so many customers and no other is the state after so many statements.
@Suite(.serialized) struct DurabilityTests {
  private let scratch = ScratchFolder()

  private static let declaration = "entity customer { name: text, region: text }\n"

  private static func statements(_ range: Range<Int>) -> [String] {
    range.map { turn in
      let long = String(repeating: "x", count: turn % 3 == 0 ? 5_000 : turn * 7 % 200)
      return "add customer \"k\(turn)\" { name: \"«نام» \(long)\", region: 'r \(turn)' }\n"
    }
  }

  /// How many statements the output acknowledges.
  private func acknowledged(_ output: String) -> Int {
    output.split(separator: "\n", omittingEmptySubsequences: false).dropLast().count { $0 == "1 customer added" }
  }

  /// How many of the statements the store holds: all before one and none after it, each whole.
  private func held(_ state: StoreState) throws -> Int {
    guard let kind = state.catalogue.kind(named: "customer"),
      let name = state.catalogue.fields.first(where: { $0.name == "name" }),
      let region = state.catalogue.fields.first(where: { $0.name == "region" })
    else { return 0 }
    let rows = state.rows(of: kind.id)
    let keys = try state.keys(of: rows.map { Int32($0) }, family: kind.id)
    #expect(keys == (0..<keys.count).map { "k\($0)" })
    for row in rows {
      guard case .text(let text) = try state.value(name.id, row: row) else {
        Issue.record("a customer without a name")
        continue
      }
      #expect(text.hasPrefix("«نام» "))
      #expect(try state.value(region.id, row: row) == .text("r \(row)"))
    }
    return keys.count
  }

  private func open(_ path: String, writable: Bool = true) throws(Diagnostics) -> StoreFile {
    try StoreFile.open(path: path, createIfMissing: writable, writable: writable)
  }

  // MARK: - Killed

  @Test func killedAtAnyMomentTheWriterLosesNothingThatItAcknowledged() throws {
    var acknowledgements = 0
    var random = SystemRandomNumberGenerator()
    var begun = 0
    // How long a whole round takes here and now, so that the moments lie in all of it.
    scratch.file("in", Self.declaration + Self.statements(0..<60).joined())
    var before = timespec()
    var after = timespec()
    clock_gettime(CLOCK_MONOTONIC, &before)
    let whole = try start(["s.json"], input: "in", output: "out")
    #expect(Product.wait(for: whole, seconds: 60) == 0)
    clock_gettime(CLOCK_MONOTONIC, &after)
    let length = UInt32(clamping: (after.tv_sec - before.tv_sec) * 1_000_000 + (after.tv_nsec - before.tv_nsec) / 1_000)
    for round in 0..<200 {
      if round % 10 == 0 {
        for name in TestFiles.names(in: scratch.path) { _ = unlink(scratch[name]) }
        begun = 0
      }
      // A snapshot in the middle of some rounds, so that it is killed too.
      var input = Self.statements(begun..<begun + 60)
      if round % 3 == 0 { for place in [40, 20, 10] { input.insert("save\n", at: place) } }
      scratch.file("in", (begun == 0 ? Self.declaration : "") + input.joined())
      let process = try start(["s.json"], input: "in", output: "out")
      usleep(UInt32.random(in: 1_000...max(2_000, length), using: &random))
      kill(process, SIGKILL)
      var status: Int32 = 0
      waitpid(process, &status, 0)
      let said = acknowledged(scratch.text("err") ?? "")
      acknowledgements += said
      // The lock died with its process.
      let file = try open(scratch["s.json"])
      let there = try held(file.state)
      #expect(there >= begun + said && there <= begun + 60, "round \(round)")
      // Opening it again gives the same.
      if file.generation > 0 { #expect(try held(open(scratch["s.json"], writable: false).state) == there) }
      begun = there
      if file.state.catalogue.kinds.isEmpty { begun = 0 }
      withExtendedLifetime(file) {}
    }
    #expect(acknowledgements > 200)
  }

  private func start(_ arguments: [String], input: String, output: String, _ environment: [String] = []) throws -> pid_t
  {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, scratch[input], O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, scratch[output], O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, scratch["err"], O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    let inside =
      ["/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", scratch.path, "/usr/bin/env"] + environment + [Product.path]
      + arguments
    return try Product.spawn(inside, Product.environment(["HOME=" + scratch.path]), &actions, flags: 0)
  }

  // MARK: - Failing calls

  private var shim: String { Product.folder + "/libFaultShim.so" }

  /// Runs twelve statements and two snapshots with the calls beneath failing, and holds the store to what was said.
  /// - Returns: whether anything failed.
  private func run(failing: String, _ comment: Comment) throws -> Bool {
    for name in TestFiles.names(in: scratch.path) { _ = unlink(scratch[name]) }
    var input = Self.statements(0..<12)
    input.insert("save\n", at: 8)
    input.insert("save\n", at: 4)
    scratch.file("in", Self.declaration + input.joined())
    let process = try start(
      ["s.json"], input: "in", output: "out",
      ["LD_PRELOAD=" + shim, "PEYVAND_SHIM_FILE=s.json", "PEYVAND_SHIM_FAIL=" + failing])
    let code = Product.wait(for: process, seconds: 60)
    #expect(code < 124, "ended by a signal: \(code)", sourceLocation: #_sourceLocation)
    let said = acknowledged(scratch.text("err") ?? "")
    let hasFailed = scratch.text("err")?.contains("error[E3") == true
    let file = try open(scratch["s.json"])
    let there = try held(file.state)
    // A statement whose flush failed may be there, the one; nothing was acknowledged after it.
    #expect(there == said || there == said + 1, comment)
    #expect(said == 12 || hasFailed, comment)
    if there > said {
      let errors = scratch.text("err") ?? ""
      #expect(errors.contains("may or may not be kept") || errors.contains("did not confirm"), comment)
    }
    // Once the cause is gone, writing goes on.
    if let kind = file.state.catalogue.kind(named: "customer") {
      let change = [StoreChange.add(kind.id, key: "after", values: [:])]
      let next = try file.state.applying(change)
      try file.commit(change, giving: next)
      #expect(try open(scratch["s.json"], writable: false).state.recordCount == there + 1, comment)
    }
    withExtendedLifetime(file) {}
    return hasFailed || said < 12
  }

  @Test func theShimIsBuilt() {
    #expect(access(shim, R_OK) == 0, "\(shim)")
  }

  @Test(arguments: ["\(ENOSPC)", "\(EIO)", "\(EIO) once", "\(ENOSPC) once"])
  func everyCallMayFail(how: String) throws {
    var failures = 0
    for number in 1...400 {
      if try run(failing: "any \(number) \(how)", "call \(number), error \(how)") {
        failures += 1
      } else if !how.contains("once") {
        break
      } else if number > 120 {
        break
      }
    }
    #expect(failures > 30)
  }

  @Test func aStoreThatDidNotComeToBeIsBegunAgainWhateverFails() throws {
    scratch.file("in", Self.declaration + Self.statements(0..<2).joined())
    func run(_ fail: String) throws -> String {
      let process = try start(
        ["s.json"], input: "in", output: "out",
        ["LD_PRELOAD=" + shim, "PEYVAND_SHIM_FILE=s.json", "PEYVAND_SHIM_FAIL=" + fail])
      #expect(Product.wait(for: process, seconds: 60) < 124)
      return scratch.text("err") ?? ""
    }
    var failures = 0
    for number in 1...60 {
      for name in TestFiles.names(in: scratch.path) where name.hasPrefix("s.json") { _ = unlink(scratch[name]) }
      // The journal takes its place, the first snapshot never does.
      _ = try run("renameat 2 \(ENOSPC)")
      #expect(TestFiles.names(in: scratch.path).contains("s.json.journal") && scratch.text("s.json") == nil)
      let errors = try run("any \(number) \(EIO)")
      if errors.contains("error[E3") { failures += 1 }
      let said = acknowledged(errors)
      let there = try held(open(scratch["s.json"]).state)
      #expect(there == said || there == said + 1, "call \(number)")
      if said == 2, !errors.contains("error[E3") { break }
    }
    #expect(failures > 10)
  }

  @Test func theProcessEndsAtOnceWhenAllIsWritten() throws {
    scratch.file("in", Self.declaration + "customer | count\n")
    let process = try start(
      ["s.json"], input: "in", output: "out",
      ["LD_PRELOAD=" + shim, "PEYVAND_SHIM_FILE=s.json", "PEYVAND_SHIM_LOG=" + scratch["log"]])
    #expect(Product.wait(for: process, seconds: 60) == 0)
    #expect(scratch.text("out")?.contains("0") == true)
    // Work that ^C left behind may still run: nothing is taken down under it.
    let log = String(decoding: try scratch.bytes("log"), as: UTF8.self)
    #expect(log.contains("\nsync ") && !log.contains("\nexit "))
  }

  @Test func aShortWriteGoesOnWhereItStopped() throws {
    for call in ["write", "pwrite"] {
      #expect(try !run(failing: "\(call) 1 0", "short \(call)"))
      #expect(acknowledged(scratch.text("err") ?? "") == 12)
    }
  }

  @Test func afterAFailedFlushNothingIsAcknowledgedAnyMore() throws {
    #expect(try run(failing: "fdatasync 3 \(EIO) once", "one flush"))
    // Two statements were flushed; the third was not, and the nine after it were refused.
    #expect(acknowledged(scratch.text("err") ?? "") == 2)
    let errors = scratch.text("err") ?? ""
    #expect(errors.contains("E3006") && errors.contains("E3011"))
  }

  @Test func aDiskThatIsFullInTheMiddleOfAWriteIsSaid() throws {
    // The system's own limit of a file's size: the first half of a record is written, the rest refused.
    scratch.file("in", Self.declaration + Self.statements(0..<30).joined())
    let ended = try Product.shell(
      "trap '' XFSZ; ulimit -f 24; exec peyvand s.json < in 2> err", in: scratch.path)
    #expect(ended.code < 124)
    let said = acknowledged(scratch.text("err") ?? "")
    #expect(said > 0 && said < 30)
    #expect(scratch.text("err")?.contains("E3006") == true)
    #expect(try held(open(scratch["s.json"]).state) == said)
  }

  // MARK: - Power loss

  @Test func noOrderOfLosingWhatWasNotFlushedLosesWhatWasAcknowledged() throws {
    var input = Self.statements(0..<14)
    input.insert("save\n", at: 9)
    input.insert("save\n", at: 5)
    scratch.file("in", Self.declaration + input.joined())
    let process = try start(
      ["s.json"], input: "in", output: "out",
      ["LD_PRELOAD=" + shim, "PEYVAND_SHIM_FILE=s.json", "PEYVAND_SHIM_LOG=" + scratch["log"]])
    #expect(Product.wait(for: process, seconds: 60) == 0)
    let log = RecordedCalls(try scratch.bytes("log"))
    #expect(log.calls.count > 60)
    #expect(log.unflushedRenames.isEmpty && log.writtenInPlace.isEmpty)

    var disk = LossyDisk()
    var random = SystemRandomNumberGenerator()
    var states = 0
    var said = 0
    let place = ScratchFolder()
    for call in log.calls {
      if case .acknowledged(let text) = call {
        #expect(!disk.hasUnflushed("s.json.journal"), "acknowledged before it was flushed")
        said += acknowledged(text)
        continue
      }
      disk.carryOut(call)
      for _ in 0..<20 {
        states += 1
        let files = disk.afterPowerLoss(&random)
        for name in TestFiles.names(in: place.path) { _ = unlink(place[name]) }
        for (name, bytes) in files { place.file(name, bytes: bytes) }
        do {
          let there = try held(open(place["s.json"]).state)
          #expect(there >= said && there <= said + 1, "after \(call)")
        } catch {
          Issue.record("not to be opened after \(call): \(error)")
        }
      }
    }
    #expect(said == 14 && states >= 1_200)
  }

  // MARK: - Two processes

  @Test func theSecondWriterIsToldWhoHoldsTheStore() throws {
    scratch.file("in", Self.declaration + Self.statements(0..<3).joined())
    _ = try Product.shell("peyvand s.json < in; mkfifo pipe", in: scratch.path)
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, scratch["pipe"], O_RDWR, 0)
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    let first = try Product.spawn(
      [Product.path, scratch["s.json"]], Product.environment(["HOME=" + scratch.path]), &actions, flags: 0)
    for _ in 0..<400 where scratch.text("s.json.lock")?.hasPrefix("\(first)") != true { usleep(10_000) }
    let second = try Product.run(
      ["s.json", "-c", "add customer \"k3\" { name: \"«نام» \", region: 'r 3' }"], in: scratch.path)
    #expect(second.code != 0)
    #expect(second.errors.contains("\(first)"), "\(second.errors)")
    let reader = try Product.run(["s.json", "-c", "customer | count"], in: scratch.path)
    #expect(reader.code == 0 && reader.output.contains("3"))
    kill(first, SIGKILL)
    var status: Int32 = 0
    waitpid(first, &status, 0)
    let third = try Product.run(
      ["s.json", "-c", "add customer \"k3\" { name: \"«نام» \", region: 'r 3' }"], in: scratch.path)
    #expect(third.code == 0)
    #expect(try held(open(scratch["s.json"]).state) == 4)
  }
}
