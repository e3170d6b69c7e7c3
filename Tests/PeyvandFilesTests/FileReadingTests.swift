import Glibc
import PeyvandBase
import PeyvandFiles
import PeyvandTestSupport
import Testing

@Suite("Reading files")
struct FileReadingTests {
  let place = ScratchFolder()
  let leave = FileLeave.everything

  @Test("whole, mapped, in pieces and by stretch give the same bytes", arguments: [0, 1, 4_095, 4_096, 4_097, 300_000])
  func sameBytes(count: Int) throws {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
    place.file("f", bytes: bytes)
    #expect(try leave.open(place["f"]).contents().array() == bytes)
    #expect(try leave.open(place["f"]).mapped().array() == bytes)
    let file = try leave.open(place["f"])
    #expect(file.size == count)
    var pieces: [UInt8] = []
    var chunk: [UInt8] = []
    while try file.read(into: &chunk, upTo: 1_000) { pieces += chunk }
    #expect(pieces == bytes)
    #expect(try file.read(at: count / 3, count: 777) == Array(bytes.dropFirst(count / 3).prefix(777)))
    #expect(try file.read(at: count + 5, count: 10) == [])
    #expect(try file.read(at: -1, count: 10) == [])
  }

  @Test("a mapped store stays whole while another takes its place")
  func mappedAndReplaced() throws {
    place.file("s", String(repeating: "old ", count: 10_000))
    let view = try leave.open(place["s"]).mapped()
    let file = try AtomicFile(place["s"], leave: leave, purpose: .store)
    try file.write("new")
    try file.commit()
    #expect(try view.text(named: "s") == String(repeating: "old ", count: 10_000))
    #expect(place.text("s") == "new")
  }

  @Test("a file that is read stays as it is while others write over it", arguments: [0, 1, 4_096, 3_000_000])
  func steady(count: Int) throws {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
    place.file("f", bytes: bytes)
    let view = try leave.open(place["f"]).steady(large: -1)
    #expect(view.array() == bytes)
    let (path, wasLeased) = (place["f"], view.isLeased)
    StackedThreads.run(1, stackBytes: 1 << 20) { _ in
      // Waits until what is read was put beside.
      let file = Glibc.open(path, O_WRONLY | O_TRUNC)
      #expect(file >= 0)
      #expect(write(file, "other", 5) == 5)
      close(file)
    }
    #expect(place.text("f") == "other")
    #expect(view.array() == bytes && !view.isLeased)
    // A file that is open for writing is copied at once.
    let writer = Glibc.open(path, O_WRONLY)
    let copy = try leave.open(path).steady(large: -1)
    #expect(!copy.isLeased && copy.array() == Array("other".utf8))
    close(writer)
    #expect(wasLeased || count == 0 || leases(path) == false)
  }

  /// Whether the file system lends leases to who runs this.
  private func leases(_ path: String) -> Bool {
    let file = Glibc.open(path, O_RDONLY)
    defer { close(file) }
    return fcntl(file, 1_024, CInt(F_RDLCK)) == 0
  }

  @Test("a file that was read is let go")
  func letGo() throws {
    place.file("f", String(repeating: "x", count: 10_000))
    do {
      let view = try leave.open(place["f"]).steady(large: 1)
      #expect(view.byte(at: 9_999) == UInt8(ascii: "x"))
    }
    let file = Glibc.open(place["f"], O_WRONLY | O_NONBLOCK)
    #expect(file >= 0)
    close(file)
  }

  @Test("the limit holds, also for files that say they are empty")
  func limits() throws {
    place.file("f", "12345")
    #expect(try leave.readText(place["f"], limit: 5) == "12345")
    #expect(code { () throws(Diagnostic) in _ = try leave.read(place["f"], limit: 4) } == "E3005")
    #expect(code { () throws(Diagnostic) in _ = try leave.open(place["f"]).mapped(limit: 4) } == "E3005")
    let status = try leave.read("/proc/self/status")
    #expect(status.count > 100)
    #expect(code { () throws(Diagnostic) in _ = try leave.read("/proc/self/status", limit: 10) } == "E3005")
  }

  @Test("bytes are handed out within bounds only")
  func bounds() {
    let bytes = FileBytes([1, 2, 3])
    #expect(bytes.byte(at: 2) == 3)
    #expect(bytes.byte(at: 3) == nil)
    #expect(bytes.byte(at: -1) == nil)
    #expect(bytes.array(1..<100) == [2, 3])
    #expect(bytes.array(50..<100) == [])
    #expect(bytes.withBytes { $0.byteCount } == 3)
    #expect(FileBytes([]).array() == [])
  }

  static let broken: [([UInt8], Int, Int)] = [
    ([0x80], 0, 1),
    ([0x61, 0x0A, 0xC3], 2, 2),
    ([0x61, 0xC0, 0xAF], 1, 1),
    ([0xE2, 0x82], 0, 1),
    ([0x61, 0x62, 0xE0, 0x80, 0x80], 2, 1),
    ([0xED, 0xA0, 0x80], 0, 1),
    ([0xF0, 0x80, 0x80, 0x80], 0, 1),
    ([0xF4, 0x90, 0x80, 0x80], 0, 1),
    ([0xF5, 0x80, 0x80, 0x80], 0, 1),
    ([0xFF, 0xFE, 0x61, 0x00], 0, 1),
    (Array("aaaaaaaaaaaaaaaaa\n\n".utf8) + [0xC3, 0x28], 19, 3),
    (Array("\u{1F600}\u{633}\u{20AC}".utf8) + [0xFE], 9, 1),
  ]

  @Test("bytes that are no UTF-8 are named by offset and line, never repaired", arguments: broken)
  func notUTF8(bytes: [UInt8], offset: Int, line: Int) throws {
    #expect(UTF8Check.firstInvalid(in: bytes) == offset)
    place.file("f", bytes: bytes)
    let diagnostic = try #require(said { () throws(Diagnostic) in _ = try leave.readText(place["f"]) })
    #expect(diagnostic.code == "E3008")
    #expect(diagnostic.message.contains("byte \(offset), on line \(line),"))
  }

  @Test("the check agrees with Swift on every two-byte and many longer sequences")
  func agrees() {
    func holds(_ bytes: [UInt8]) -> Bool {
      (UTF8Check.firstInvalid(in: bytes) == nil) == (String(validating: bytes, as: UTF8.self) != nil)
    }
    var wrong = 0
    for one in UInt8.min...UInt8.max {
      for two in UInt8.min...UInt8.max {
        if !holds([one, two]) { wrong += 1 }
        if one >= 0xE0, !holds([one, two, 0x80]) || !holds([one, two, 0xBF, 0x80]) || !holds([one, two, 0x80, 0xC0]) {
          wrong += 1
        }
      }
    }
    #expect(wrong == 0)
  }

  @Test("NUL bytes do not cut a text short")
  func nul() throws {
    place.file("f", bytes: [0x61, 0, 0x62])
    #expect(try leave.readText(place["f"]) == "a\0b")
  }

  @Test("one file under two names is one file")
  func sameFile() throws {
    place.file("f", "x")
    place.file("g", "x")
    place.link("l", to: "f")
    let f = try leave.open(place["f"])
    #expect(try f.isSameFile(as: leave.open(place["l"])))
    #expect(try !f.isSameFile(as: leave.open(place["g"])))
  }

  @Test("an unreadable file is the system's refusal")
  func unreadable() throws {
    place.file("f", "x", mode: 0o000)
    // The superuser reads it all the same.
    guard geteuid() != 0 else { return }
    #expect(code { () throws(Diagnostic) in _ = try leave.open(place["f"]) } == "E3006")
  }
}
