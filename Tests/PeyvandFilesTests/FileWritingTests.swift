import Glibc
import PeyvandBase
import PeyvandFiles
import PeyvandTestSupport
import Testing

@Suite("Writing files", .serialized)
struct FileWritingTests {
  let place = ScratchFolder()
  let leave = FileLeave.everything

  @Test("nothing stands under the name until the commit, everything after it")
  func atomic() throws {
    place.file("out.csv", "old")
    let file = try AtomicFile(place["out.csv"], leave: leave)
    try file.write("new ")
    try file.write(Array("bytes".utf8))
    #expect(place.text("out.csv") == "old")
    #expect(place.names().count == 2)
    try file.commit()
    #expect(file.byteCount == 9)
    #expect(place.text("out.csv") == "new bytes")
    #expect(place.names() == ["out.csv"])
    #expect(code { () throws(Diagnostic) in try file.write("late") } == "E3006")
    #expect(code { () throws(Diagnostic) in try file.commit() } == "E3006")
    #expect(place.text("out.csv") == "new bytes")
  }

  @Test("a file let go or discarded leaves no trace", arguments: [true, false])
  func discarded(byHand: Bool) throws {
    place.file("out.csv", "old")
    do {
      let file = try AtomicFile(place["out.csv"], leave: leave)
      try file.write("new")
      if byHand { file.discard() }
    }
    #expect(place.names() == ["out.csv"])
    #expect(place.text("out.csv") == "old")
  }

  @Test("large and small writes keep their order")
  func large() throws {
    let file = try AtomicFile(place["big"], leave: leave)
    var expected: [UInt8] = []
    for (turn, size) in [1, 1_000_000, 100_000, 3_000_000, 5, 1_048_576, 1_048_575, 0, 9].enumerated() {
      let bytes = [UInt8](repeating: UInt8(turn), count: size)
      expected += bytes
      try file.write(bytes)
    }
    try file.commit()
    #expect(file.byteCount == expected.count)
    #expect(try leave.read(place["big"]).array() == expected)
  }

  @Test("a store is 0600 whatever the umask; an export too, unless it replaces a file")
  func modes() throws {
    let old = umask(0o002)
    defer { _ = umask(old) }
    try write("s.json", .store)
    #expect(place.mode("s.json") == 0o600)
    try write("e.csv", .export)
    #expect(place.mode("e.csv") == 0o600)
    _ = umask(0o077)
    try write("f.csv", .export)
    #expect(place.mode("f.csv") == 0o600)
    place.file("kept.csv", "x")
    _ = chmod(place["kept.csv"], 0o640)
    try write("kept.csv", .export)
    #expect(place.mode("kept.csv") == 0o640)
    place.file("loose.json", "x")
    try write("loose.json", .store)
    #expect(place.mode("loose.json") == 0o600)
  }

  private func write(_ name: String, _ purpose: AtomicFile.Purpose) throws {
    let file = try AtomicFile(place[name], leave: leave, purpose: purpose)
    try file.write("x")
    try file.commit()
  }

  @Test("the unfinished file of a crash is swept away for a store, left alone for an export")
  func leftOver() throws {
    place.file("s.json.tmp", "half")
    let store = try AtomicFile(place["s.json"], leave: leave, purpose: .store)
    try store.write("whole")
    try store.commit()
    #expect(place.names() == ["s.json"])
    place.file("e.csv.tmp", "the user's own")
    try write("e.csv", .export)
    #expect(place.text("e.csv.tmp") == "the user's own")
  }

  @Test("what stood there before can be kept")
  func previous() throws {
    for (turn, text) in ["one", "two", "three"].enumerated() {
      let file = try AtomicFile(place["s.json"], leave: leave, purpose: .store)
      try file.write(text)
      try file.commit(keepingOldAs: "s.json.previous")
      #expect(place.text("s.json") == text)
      #expect(place.text("s.json.previous") == [nil, "one", "two"][turn])
    }
  }

  @Test("a link is followed to its goal, and stays a link")
  func throughLink() throws {
    place.folder("there")
    place.file("there/real.csv", "old")
    place.link("alias.csv", to: "there/real.csv")
    let file = try AtomicFile(place["alias.csv"], leave: leave)
    try file.write("new")
    try file.commit()
    #expect(place.text("there/real.csv") == "new")
    #expect(file.path == place["there/real.csv"])
    #expect((place.mode("alias.csv") ?? 0) & 0o777 == 0o777)
  }

  @Test("a full disk leaves the old file and no trace, and says what happened")
  func fullDisk() throws {
    place.file("out.csv", "old")
    let fileSize = __rlimit_resource_t(RLIMIT_FSIZE.rawValue)
    var old = rlimit()
    _ = getrlimit(fileSize, &old)
    let handler = signal(SIGXFSZ, SIG_IGN)
    var small = rlimit(rlim_cur: 20_000_000, rlim_max: old.rlim_max)
    _ = setrlimit(fileSize, &small)
    defer {
      _ = setrlimit(fileSize, &old)
      _ = signal(SIGXFSZ, handler)
    }
    let file = try AtomicFile(place["out.csv"], leave: leave)
    let diagnostic = try #require(
      said { () throws(Diagnostic) in
        try file.write([UInt8](repeating: 1, count: 30_000_000))
        try file.commit()
      })
    #expect(diagnostic.code == "E3006")
    #expect(diagnostic.message.contains("out.csv"))
    #expect(place.names() == ["out.csv"])
    #expect(place.text("out.csv") == "old")
    #expect(code { () throws(Diagnostic) in try file.write("more") } == "E3006")
  }

  @Test("one writer a store; the second is told who it is; free when let go")
  func lock() throws {
    do {
      let lock = try FileLock(storePath: place["s.json"])
      #expect(lock.path == place["s.json.lock"])
      #expect(place.mode("s.json.lock") == 0o600)
      let diagnostic = try #require(
        said { () throws(Diagnostic) in _ = try FileLock(storePath: place["s.json"]) })
      #expect(diagnostic.code == "E3010")
      #expect(diagnostic.message.contains("process \(getpid())"))
      withExtendedLifetime(lock) {}
    }
    let again = try FileLock(storePath: place["s.json"])
    #expect(again.path == place["s.json.lock"])
    #expect(place.text("s.json.lock") == "\(getpid())\n")
  }

  @Test("a lock that is a link or a pipe is refused")
  func oddLock() {
    place.file("victim", "precious")
    place.link("s.json.lock", to: "victim")
    #expect(code { () throws(Diagnostic) in _ = try FileLock(storePath: place["s.json"]) } == "E3006")
    _ = mkfifo(place["t.json.lock"], 0o600)
    #expect(code { () throws(Diagnostic) in _ = try FileLock(storePath: place["t.json"]) } == "E3006")
    #expect(place.text("victim") == "precious")
  }

  @Test("a closed pipe is an error of its own")
  func closedPipe() throws {
    StandardStreams.ignoreBrokenPipes()
    var ends: [CInt] = [0, 0]
    #expect(pipe(&ends) == 0)
    _ = close(ends[0])
    let saved = dup(2)
    _ = dup2(ends[1], 2)
    var caught: StreamError?
    do throws(StreamError) { try StandardStreams.write("x", to: .error) } catch { caught = error }
    _ = dup2(saved, 2)
    _ = close(saved)
    _ = close(ends[1])
    #expect(caught == .closedPipe)
    #expect(caught?.diagnostic == nil)
  }
}
